import { MAX_ALIASES } from '../../../lib/domain/alias.ts';
import { toDeadline } from '../../../lib/domain/deadline.ts';
import { PortalNotConnectedError, UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import { readAliasTarget } from '../../../lib/domain/owner-ref.ts';
import type { EnsureConnected } from '../../../lib/ports/portals.ts';
import { createOwnerResolver } from '../../../lib/use-cases/executions/resolve-owner.ts';
import { createSetAlias } from '../../../lib/use-cases/operator/set-alias.ts';
import { PORTAL_A, PORTAL_B, toEmail } from '../../builders/ids.ts';
import { makeArchivedOwner, makeOwner, makeQueueOwner } from '../../builders/owner.ts';
import { toAddress, toAliasName, toDomain } from '../../contracts/aliases.contract.ts';
import { createFakeAliases, type FakeAliases } from '../../fakes/aliases.ts';
import { createFakeOwnerCache, type FakeOwnerCache } from '../../fakes/owner-cache.ts';
import { createFakeOwnerDirectory, type FakeOwnerDirectory } from '../../fakes/owners-api.ts';
import { makeClock } from '../../support/clock.ts';

const ensureConnected: EnsureConnected = async (portalId) => {
  if (portalId !== PORTAL_A) throw new PortalNotConnectedError('no token is configured for the portal');
};
const JANE = makeOwner({ id: '1', userId: '11', email: 'jane@example.com' });

const clock = makeClock();
const lines: object[] = [];
let cache: FakeOwnerCache;
let ownersApi: FakeOwnerDirectory;
let aliases: FakeAliases;

beforeEach(() => {
  cache = createFakeOwnerCache();
  ownersApi = createFakeOwnerDirectory([
    JANE,
    makeArchivedOwner({ id: '2', userId: '12', email: 'left@example.com' }),
    makeQueueOwner({ id: '3', email: 'queue@example.com' }),
    makeOwner({ id: '4', userId: '14', email: 'bob@example.com' }),
  ]);
  aliases = createFakeAliases();
  lines.length = 0;
});

function say(alias: string, to: string | undefined, portalId = PORTAL_A) {
  const write = (message: string, fields: object = {}) => void lines.push({ message, ...fields });
  const metrics = { count: () => undefined, measure: () => undefined };
  const setAlias = createSetAlias({
    resolver: createOwnerResolver({ cache, ownersApi, now: clock.now, ownerMaxAgeMs: 3_600_000, metrics }),
    aliases,
    ensureConnected,
    now: clock.now,
    log: { debug: write, info: write, warn: write, error: write },
  });
  const target = to === undefined ? 'nobody' : readAliasTarget(to);
  if (target === undefined) throw new Error('a fixture is not valid');
  return setAlias({ portalId, alias: toAliasName(alias), to: target }, toDeadline(clock.now() + 8_000));
}

it.each([
  ['j.doe@example.com', 'jane@example.com', { ownerId: '1', ownerEmail: 'jane@example.com' }],
  ['j.doe@example.com', '1', { ownerId: '1', ownerEmail: 'jane@example.com' }],
  ['left@example.com', '1', { ownerId: '1' }],
  ['queue@example.com', '1', { ownerId: '1' }],
  ['@old.example.com', '@example.com', { toDomain: '@example.com' }],
])('The alias %s may lead to %s', async (alias, to, about) => {
  expect(await say(alias, to)).toMatchObject({ status: 'set', ...about });
  expect(await aliases.list(PORTAL_A)).toMatchObject([{ alias, setAtEpochMs: clock.now() }]);
});

it.each([
  ['bob@example.com', '1', 'ALIAS_IS_TAKEN', 'somebody else has it'],
  ['jane@example.com', '1', 'ALIAS_IS_TAKEN', 'it is their own'],
  ['j.doe@example.com', '2', 'ALIAS_PERSON_NOT_ACTIVE', 'they left'],
  ['j.doe@example.com', '3', 'ALIAS_PERSON_NOT_ACTIVE', 'they are a queue'],
  ['j.doe@example.com', '99', 'OWNER_NOT_FOUND', 'there is no such owner'],
  ['j.doe@example.com', 'nobody@example.com', 'OWNER_NOT_FOUND', 'nobody has that email'],
  ['@old.example.com', '@old.example.com', 'ALIAS_LOOP', 'it leads to itself'],
  ['@old.example.com', '1', 'ALIAS_TARGET_INVALID', 'a domain leads to no person'],
  ['j.doe@example.com', '@example.com', 'ALIAS_TARGET_INVALID', 'an address leads to no domain'],
])('The alias %s may not lead to %s: %s, because %s', async (alias, to, reason) => {
  expect(await say(alias, to)).toMatchObject({ status: 'refused', reason, message: expect.stringMatching(/\.$/) });
  expect(await aliases.list(PORTAL_A)).toEqual([]);
});

it('A domain alias that leads on is refused, in either direction', async () => {
  await aliases.set(PORTAL_A, toDomain('@b.example', '@c.example'));
  expect(await say('@a.example', '@b.example')).toMatchObject({ reason: 'ALIAS_LOOP' });
  expect(await say('@c.example', '@d.example')).toMatchObject({ reason: 'ALIAS_LOOP' });
  expect(await say('@b.example', '@d.example')).toMatchObject({ status: 'set' });
});

it('Setting an alias asks HubSpot who has the address, whatever the cache says', async () => {
  const confirmedAtEpochMs = clock.now();
  await cache.rememberEmail(PORTAL_A, toEmail('new@example.com'), { owners: [], confirmedAtEpochMs });
  ownersApi.owners.push(makeOwner({ id: '8', userId: '18', email: 'new@example.com' }));
  expect(await say('new@example.com', '1')).toMatchObject({ reason: 'ALIAS_IS_TAKEN' });
});

it('An alias is removed without HubSpot, and the answer names nobody for one that was missing', async () => {
  await say('j.doe@example.com', '1');
  ownersApi.outage.fail(new UpstreamUnavailableError('http_503'));
  expect(await say('j.doe@example.com', undefined)).toEqual({ status: 'removed', ownerId: '1' });
  expect(await say('j.doe@example.com', undefined)).toEqual({ status: 'removed' });
  expect(await aliases.list(PORTAL_A)).toEqual([]);
});

it('One alias more than an account may have is refused, and existing ones can still be changed', async () => {
  for (let n = 0; n < MAX_ALIASES; n += 1) await aliases.set(PORTAL_A, toAddress(`p${n}@example.com`, 1));
  expect(await say('j.doe@example.com', '1')).toMatchObject({ reason: 'TOO_MANY_ALIASES' });
  expect(await say('p7@example.com', '4')).toMatchObject({ status: 'set', ownerId: '4' });
});

it('Setting an alias is refused for an account that is not connected, and fails while HubSpot is away', async () => {
  expect(await say('j.doe@example.com', '1', PORTAL_B)).toMatchObject({ reason: 'PORTAL_NOT_CONNECTED' });
  ownersApi.outage.fail(new UpstreamUnavailableError('http_503'));
  await expect(say('j.doe@example.com', '1')).rejects.toMatchObject({ retryable: true });
});

it('[X5] Setting an alias writes no address to the log', async () => {
  await say('j.doe@example.com', 'jane@example.com');
  await say('@old.example.com', '@example.com');
  await say('bob@example.com', '1');
  expect(lines).toHaveLength(3);
  expect(JSON.stringify(lines)).not.toContain('@');
});
