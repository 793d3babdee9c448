import { toDeadline } from '../../../lib/domain/deadline.ts';
import { StoreUnavailableError, UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import { createFindOwner } from '../../../lib/use-cases/executions/find-owner.ts';
import {
  createAddressAliasResolver,
  createDomainAliasResolver,
} from '../../../lib/use-cases/executions/follow-aliases.ts';
import { createOwnerResolver } from '../../../lib/use-cases/executions/resolve-owner.ts';
import { createSubstitutingResolver } from '../../../lib/use-cases/executions/substitute-leavers.ts';
import { PORTAL_A, PORTAL_B, toEmail, toOwnerId } from '../../builders/ids.ts';
import { makeArchivedOwner, makeOwner, makeQueueOwner } from '../../builders/owner.ts';
import { toAddress, toAliasName, toDomain } from '../../contracts/aliases.contract.ts';
import { createFakeAliases, type FakeAliases } from '../../fakes/aliases.ts';
import { createFakeOwnerCache, type FakeOwnerCache } from '../../fakes/owner-cache.ts';
import { createFakeOwnerDirectory, type FakeOwnerDirectory } from '../../fakes/owners-api.ts';
import { createFakeSuccessors, type FakeSuccessors } from '../../fakes/successors.ts';
import { type FakeClock, makeClock } from '../../support/clock.ts';

const GUARD_MS = 3_600_000;
const JANE = makeOwner({ id: '1', userId: '11', email: 'jane@example.com' });
const LEFT = makeArchivedOwner({ id: '2', userId: '12', email: 'left@example.com' });
const BOB = makeOwner({ id: '4', userId: '14', email: 'bob@example.com' });
const ALIAS = 'j.doe@example.com';

let clock: FakeClock;
let cache: FakeOwnerCache;
let ownersApi: FakeOwnerDirectory;
let successors: FakeSuccessors;
let aliases: FakeAliases;

beforeEach(() => {
  clock = makeClock();
  cache = createFakeOwnerCache();
  ownersApi = createFakeOwnerDirectory([JANE, LEFT, BOB]);
  successors = createFakeSuccessors();
  aliases = createFakeAliases();
});

function makeResolver() {
  const plain = createOwnerResolver({
    cache,
    ownersApi,
    now: clock.now,
    ownerMaxAgeMs: GUARD_MS,
    metrics: { count: () => undefined, measure: () => undefined },
  });
  const aliased = createAddressAliasResolver({ resolver: plain, aliases });
  const substituting = createSubstitutingResolver({ resolver: aliased, successors });
  return createDomainAliasResolver({ resolver: substituting, aliases });
}

const find = (ownerEmail = ALIAS, portalId = PORTAL_A) =>
  createFindOwner(makeResolver())({ portalId, ownerEmail }, toDeadline(clock.now() + 8_000));
const knowFormer = (email: string, owner = JANE) =>
  cache.rememberEmail(PORTAL_A, toEmail(email), {
    owners: [{ ...owner, formerEmails: [toEmail(email)] }],
    confirmedAtEpochMs: clock.now(),
  });

describe('an address that is an alias', () => {
  it('An alias leads to its person, in its own portal only', async () => {
    await aliases.set(PORTAL_A, toAddress(ALIAS, 1));
    expect(await find()).toMatchObject({ outcome: 'FOUND', ownerId: '1', matchedBy: 'ALIAS', resolvedFrom: 'LIVE' });
    expect(await find(ALIAS, PORTAL_B)).toMatchObject({ outcome: 'FAILED', errorCode: 'OWNER_NOT_FOUND' });
  });

  it('An alias leads to an active person who has it, as soon as there is one', async () => {
    await aliases.set(PORTAL_A, toAddress(ALIAS, 1));
    expect(await find()).toMatchObject({ ownerId: '1' });
    ownersApi.owners.push(makeOwner({ id: '7', userId: '17', email: ALIAS }));
    clock.advance(60_001);
    expect(await find()).toMatchObject({ ownerId: '7', matchedBy: 'EMAIL' });
  });

  it('Aliases are not read for an address that an active person has', async () => {
    await aliases.set(PORTAL_A, toAddress('jane@example.com', 4));
    expect(await find('jane@example.com')).toMatchObject({ ownerId: '1', matchedBy: 'EMAIL' });
    expect(aliases.reads()).toBe(0);
  });

  it('Aliases are not read for a value that is no address', async () => {
    expect(await find('nobody')).toMatchObject({ errorCode: 'EMAIL_INVALID' });
    expect(await find('')).toMatchObject({ errorCode: 'EMAIL_MISSING' });
    expect(aliases.reads()).toBe(0);
  });

  it('An alias wins over somebody who had the address before', async () => {
    await knowFormer(ALIAS);
    expect(await find()).toMatchObject({ ownerId: '1', matchedBy: 'FORMER_EMAIL' });
    await aliases.set(PORTAL_A, toAddress(ALIAS, 4));
    expect(await find()).toMatchObject({ ownerId: '4', matchedBy: 'ALIAS' });
  });

  it('An alias wins over somebody who left with the address, and over their successor', async () => {
    await successors.setSuccessor(PORTAL_A, toOwnerId(2), toOwnerId(4), 0);
    expect(await find('left@example.com')).toMatchObject({ ownerId: '4', matchedBy: 'EMAIL' });
    await aliases.set(PORTAL_A, toAddress('left@example.com', 1));
    expect(await find('left@example.com')).toEqual(expect.not.objectContaining({ substitutedFor: expect.anything() }));
    expect(await find('left@example.com')).toMatchObject({ ownerId: '1', matchedBy: 'ALIAS' });
  });

  it('An alias leads to its person although a queue has the address', async () => {
    ownersApi.owners.push(makeQueueOwner({ id: '9', email: 'queue@example.com' }));
    expect(await find('queue@example.com')).toMatchObject({ errorCode: 'OWNER_IS_QUEUE' });
    await aliases.set(PORTAL_A, toAddress('queue@example.com', 1));
    expect(await find('queue@example.com')).toMatchObject({ ownerId: '1', matchedBy: 'ALIAS' });
  });

  it('An alias does not choose between two active people who have the address, but between two who had it', async () => {
    const twins = [JANE, BOB].map((owner) => ({ ...owner, email: toEmail(ALIAS) }));
    ownersApi.owners.splice(0, ownersApi.owners.length, ...twins);
    await aliases.set(PORTAL_A, toAddress(ALIAS, 1));
    expect(await find()).toMatchObject({ errorCode: 'OWNER_AMBIGUOUS' });

    ownersApi.owners.splice(0, 2, JANE, BOB);
    const owners = [JANE, BOB].map((owner) => ({ ...owner, formerEmails: [toEmail(ALIAS)] }));
    clock.advance(60_001);
    await cache.rememberEmail(PORTAL_A, toEmail(ALIAS), { owners, confirmedAtEpochMs: clock.now() });
    expect(await find()).toMatchObject({ ownerId: '1', matchedBy: 'ALIAS' });
  });

  it('[M1] An alias of a leaver leads to their successor, or fails as their own address does', async () => {
    await aliases.set(PORTAL_A, toAddress(ALIAS, 2));
    expect(await find()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', aboutOwnerIds: ['2'] });
    await successors.setSuccessor(PORTAL_A, toOwnerId(2), toOwnerId(4), 0);
    expect(await find()).toMatchObject({ ownerId: '4', substitutedFor: '2', matchedBy: 'ALIAS' });
  });

  it('[M1] An alias of an owner of whom nothing is known any more leads to a leaver, not to a former holder', async () => {
    await knowFormer(ALIAS);
    await aliases.set(PORTAL_A, toAddress(ALIAS, 99));
    expect(await find()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', aboutOwnerIds: ['99'] });
    await successors.setSuccessor(PORTAL_A, toOwnerId(99), toOwnerId(4), 0);
    expect(await find()).toMatchObject({ ownerId: '4', substitutedFor: '99', matchedBy: 'ALIAS' });
  });

  it('[D1] An execution that needs an alias is retried while the table is away', async () => {
    await find();
    aliases.outage.fail(new StoreUnavailableError('away'));
    await expect(find()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
  });

  it('[O5] An alias assigns nobody by an old refusal while HubSpot is away', async () => {
    await cache.rememberEmail(PORTAL_A, toEmail('left@example.com'), {
      owners: [LEFT],
      confirmedAtEpochMs: clock.now(),
    });
    await aliases.set(PORTAL_A, toAddress('left@example.com', 1));
    await cache.rememberOwner(PORTAL_A, JANE.id, { owner: JANE, confirmedAtEpochMs: clock.now() });
    clock.advance(61_000);
    ownersApi.outage.fail(new UpstreamUnavailableError('http_503'));
    await expect(find('left@example.com')).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE' });
  });

  it('A live look-up follows aliases too', async () => {
    await aliases.set(PORTAL_A, toAddress(ALIAS, 1));
    await aliases.set(PORTAL_A, toDomain('@old.example.com', '@example.com'));
    const live = (email: string) =>
      makeResolver().lookUpLive(PORTAL_A, toEmail(email), toDeadline(clock.now() + 8_000));
    expect(await live(ALIAS)).toMatchObject({ owner: { id: '1' }, matchedBy: 'ALIAS', email: ALIAS });
    expect(await live('bob@old.example.com')).toMatchObject({ owner: { id: '4' }, email: 'bob@old.example.com' });
    expect(await live('nobody@example.com')).toMatchObject({ code: 'OWNER_NOT_FOUND' });
  });
});

describe('an address at a former domain', () => {
  beforeEach(() => aliases.set(PORTAL_A, toDomain('@old.example.com', '@example.com')));

  it('An address at a former domain leads to whoever has the same name at the new one', async () => {
    expect(await find('Bob@OLD.example.com')).toMatchObject({ outcome: 'FOUND', ownerId: '4', matchedBy: 'ALIAS' });
  });

  it('An address at a former domain leads to nobody when nobody has that name there', async () => {
    expect(await find('nobody@old.example.com')).toMatchObject({ errorCode: 'OWNER_NOT_FOUND' });
  });

  it('An address at a former domain leads to the successor of somebody who left there, and to nobody without one', async () => {
    expect(await find('left@old.example.com')).toMatchObject({ errorCode: 'OWNER_NOT_FOUND' });
    await successors.setSuccessor(PORTAL_A, toOwnerId(2), toOwnerId(1), 0);
    expect(await find('left@old.example.com')).toMatchObject({ ownerId: '1', substitutedFor: '2', matchedBy: 'ALIAS' });
  });

  it('An address at a former domain leads to the person who had the very address, whatever others are called now', async () => {
    await knowFormer('bob@old.example.com');
    expect(await find('bob@old.example.com')).toMatchObject({ ownerId: '1', matchedBy: 'FORMER_EMAIL' });
  });

  it('An address at a former domain leads to the person of its own alias', async () => {
    await aliases.set(PORTAL_A, toAddress('bob@old.example.com', 1));
    expect(await find('bob@old.example.com')).toMatchObject({ ownerId: '1', matchedBy: 'ALIAS' });
  });

  it('An address at a former domain does not lead to a namesake when its own alias leads to somebody who left', async () => {
    await aliases.set(PORTAL_A, toAddress('bob@old.example.com', 2));
    expect(await find('bob@old.example.com')).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', aboutOwnerIds: ['2'] });
    await successors.setSuccessor(PORTAL_A, toOwnerId(2), toOwnerId(1), 0);
    expect(await find('bob@old.example.com')).toMatchObject({ ownerId: '1', substitutedFor: '2', matchedBy: 'ALIAS' });
  });

  it('An address at a former domain leads to the successor of somebody who left with it, or else to their namesake', async () => {
    ownersApi.owners.push(makeArchivedOwner({ id: '8', userId: '18', email: 'bob@old.example.com' }));
    expect(await find('bob@old.example.com')).toMatchObject({ ownerId: '4', matchedBy: 'ALIAS' });
    await successors.setSuccessor(PORTAL_A, toOwnerId(8), toOwnerId(1), 0);
    expect(await find('bob@old.example.com')).toMatchObject({ ownerId: '1', substitutedFor: '8', matchedBy: 'EMAIL' });
  });

  it('An address at a former domain leads to an active person who still has it', async () => {
    ownersApi.owners.push(makeOwner({ id: '8', userId: '18', email: 'bob@old.example.com' }));
    expect(await find('bob@old.example.com')).toMatchObject({ ownerId: '8', matchedBy: 'EMAIL' });
  });
});

it('A change of aliases shows with the next execution of the same container, also where the address was just refused', async () => {
  const { resolveEmail } = makeResolver();
  const resolve = (email: string) => resolveEmail(PORTAL_A, email, toDeadline(clock.now() + 8_000));
  for (const email of [ALIAS, 'bob@old.example.com']) {
    expect(await resolve(email)).toMatchObject({ code: 'OWNER_NOT_FOUND' });
  }
  await aliases.set(PORTAL_A, toAddress(ALIAS, 1));
  await aliases.set(PORTAL_A, toDomain('@old.example.com', '@example.com'));
  expect(await resolve(ALIAS)).toMatchObject({ owner: { id: '1' } });
  expect(await resolve('bob@old.example.com')).toMatchObject({ owner: { id: '4' } });
  await aliases.remove(PORTAL_A, toAliasName(ALIAS));
  await aliases.remove(PORTAL_A, toAliasName('@old.example.com'));
  for (const email of [ALIAS, 'bob@old.example.com']) {
    expect(await resolve(email)).toMatchObject({ code: 'OWNER_NOT_FOUND' });
  }
});

it('An unknown address costs two reads of aliases, and one that leads by its own alias one', async () => {
  const { resolveEmail } = makeResolver();
  await resolveEmail(PORTAL_A, 'nobody@example.com', toDeadline(clock.now() + 8_000));
  expect(aliases.reads()).toBe(2);
  await aliases.set(PORTAL_A, toAddress(ALIAS, 1));
  await resolveEmail(PORTAL_A, ALIAS, toDeadline(clock.now() + 8_000));
  expect(aliases.reads()).toBe(3);
});
