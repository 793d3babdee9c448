import { toDeadline } from '../../../lib/domain/deadline.ts';
import {
  PortalNotConnectedError,
  StoreUnavailableError,
  UpstreamUnavailableError,
} from '../../../lib/domain/errors.ts';
import { readOwnerRef } from '../../../lib/domain/owner-ref.ts';
import type { EnsureConnected } from '../../../lib/ports/portals.ts';
import type { SetSuccessorCommand } from '../../../lib/ports/steps.ts';
import { createOwnerResolver } from '../../../lib/use-cases/executions/resolve-owner.ts';
import { createSetSuccessor } from '../../../lib/use-cases/operator/set-successor.ts';
import { PORTAL_A, PORTAL_B, toEmail, toOwnerId } from '../../builders/ids.ts';
import { makeArchivedOwner, makeOwner, makeQueueOwner } from '../../builders/owner.ts';
import { createFakeOwnerCache, type FakeOwnerCache } from '../../fakes/owner-cache.ts';
import { createFakeOwnerDirectory, type FakeOwnerDirectory } from '../../fakes/owners-api.ts';
import { createFakeSuccessors, type FakeSuccessors } from '../../fakes/successors.ts';
import { makeClock } from '../../support/clock.ts';

const GUARD_MS = 3_600_000;
const JANE = makeOwner({ id: '1', userId: '11' });
const LEFT = makeArchivedOwner({ id: '2', userId: '12', email: 'left@example.com' });
const BOB = makeOwner({ id: '4', userId: '14', email: 'bob@example.com' });
const OWNERS = [
  JANE,
  LEFT,
  makeQueueOwner({ id: '3', email: 'queue@example.com' }),
  BOB,
  makeArchivedOwner({ id: '5', email: 'twice@example.com' }),
  makeArchivedOwner({ id: '6', email: 'twice@example.com' }),
];
const ensureConnected: EnsureConnected = async (portalId) => {
  if (portalId !== PORTAL_A) throw new PortalNotConnectedError('no token is configured for the portal');
};

const clock = makeClock();
const lines: object[] = [];
let cache: FakeOwnerCache;
let ownersApi: FakeOwnerDirectory;
let successors: FakeSuccessors;

beforeEach(() => {
  cache = createFakeOwnerCache();
  ownersApi = createFakeOwnerDirectory(OWNERS);
  successors = createFakeSuccessors();
  lines.length = 0;
});

function run(leaver: string, successor: string | undefined, change: Partial<SetSuccessorCommand> = {}) {
  const write = (message: string, fields: object = {}) => void lines.push({ message, ...fields });
  const setSuccessor = createSetSuccessor({
    resolver: createOwnerResolver({
      cache,
      ownersApi,
      now: clock.now,
      ownerMaxAgeMs: GUARD_MS,
      metrics: { count: () => undefined, measure: () => undefined },
    }),
    successors,
    ensureConnected,
    now: clock.now,
    log: { debug: write, info: write, warn: write, error: write },
  });
  const command = {
    portalId: PORTAL_A,
    leaver: ref(leaver),
    successor: successor ? ref(successor) : 'nobody',
  } as const;
  return setSuccessor({ ...command, ...change }, toDeadline(clock.now() + 8_000));
}

function ref(text: string) {
  const reading = readOwnerRef(text);
  if (reading === undefined) throw new Error('a fixture is not valid');
  return reading;
}

const stored = (leaverId: string) => successors.findSuccessorId(PORTAL_A, toOwnerId(leaverId));
const store = (...links: [string, string][]) =>
  Promise.all(links.map(([from, to]) => successors.setSuccessor(PORTAL_A, toOwnerId(from), toOwnerId(to), 0)));

describe('Setting a successor', () => {
  it.each([
    ['2', '4', 'both by id'],
    ['left@example.com', 'bob@example.com', 'both by email'],
    ['Left <LEFT@example.com>', ' 4 ', 'as people type it'],
  ])('The successor of %s is set to %s and both emails are returned to check: %s', async (leaver, successor) => {
    expect(await run(leaver, successor)).toEqual({
      status: 'set',
      leaverOwnerId: '2',
      leaverEmail: 'left@example.com',
      successorOwnerId: '4',
      successorEmail: 'bob@example.com',
    });
    expect(await stored('2')).toBe('4');
  });

  it('A successor can be set before the leaver leaves, set again, and changed', async () => {
    expect(await run('1', '4')).toMatchObject({ status: 'set' });
    expect(await run('1', '4')).toMatchObject({ status: 'set' });
    ownersApi.owners.push(makeOwner({ id: '7', email: 'new@example.com' }));
    expect(await run('1', '7')).toMatchObject({ status: 'set', successorOwnerId: '7' });
    expect(await stored('1')).toBe('7');
  });

  it('A leaver is refused as successor, unless an active person follows in the chain', async () => {
    expect(await run('1', '2')).toMatchObject({ status: 'refused', reason: 'SUCCESSOR_NOT_ACTIVE' });
    expect(await stored('1')).toBeUndefined();
    await store(['2', '4']);
    expect(await run('1', '2')).toMatchObject({ status: 'set', successorOwnerId: '2' });
  });

  it.each([
    ['3', 'Field "successor": this owner is a queue, not a person, and nobody active follows.'],
    ['2', 'Field "successor": this person is deactivated, and nobody active follows.'],
    ['1', 'Nobody can be their own successor.'],
  ])('The successor %s is refused with what is wrong with it: %s', async (successor, message) => {
    expect(await run('1', successor)).toMatchObject({ status: 'refused', message });
  });

  it.each<[string, string, [string, string][], string, string]>([
    ['1', '3', [], 'SUCCESSOR_NOT_ACTIVE', 'a queue'],
    ['1', 'queue@example.com', [], 'SUCCESSOR_NOT_ACTIVE', 'a queue by its email'],
    ['1', '2', [['2', '5']], 'SUCCESSOR_NOT_ACTIVE', 'a chain of people who left'],
    ['1', '14', [], 'OWNER_NOT_FOUND', 'a user id'],
    ['999', '4', [], 'OWNER_NOT_FOUND', 'a leaver whom the portal does not have'],
    ['1', 'nobody@example.com', [], 'OWNER_NOT_FOUND', 'nobody'],
    ['twice@example.com', '4', [], 'OWNER_AMBIGUOUS', 'two leavers of one email'],
    ['1', 'twice@example.com', [], 'OWNER_AMBIGUOUS', 'two successors of one email'],
    ['1', '1', [], 'SUCCESSOR_LOOP', 'oneself'],
    ['1', '4', [['4', '1']], 'SUCCESSOR_LOOP', 'each other, both active'],
    [
      '1',
      '2',
      [
        ['2', '4'],
        ['4', '1'],
      ],
      'SUCCESSOR_LOOP',
      'a circle of three',
    ],
  ])(
    'For the leaver %s, the successor %s with the chain %j is refused with %s and not stored: %s',
    async (leaver, successor, links, reason) => {
      await store(...links);
      const result = await run(leaver, successor);
      expect(result).toMatchObject({ status: 'refused', reason, message: expect.stringMatching(/^\S.*\.$/) });
      expect(await stored('1')).toBeUndefined();
      expect(await stored('5')).toBeUndefined();
    },
  );

  it('A shared email is refused with the field and the IDs to choose from', async () => {
    expect((await run('twice@example.com', '4')).message).toBe(
      'Field "leaver": this email leads to owners 5, 6. Give one of the IDs.',
    );
  });

  it('A successor is refused where the chain would become too long', async () => {
    await store(...Array.from({ length: 10 }, (_, at): [string, string] => [String(at + 100), String(at + 101)]));
    ownersApi.owners.push(makeArchivedOwner({ id: '100' }), makeOwner({ id: '110' }), makeArchivedOwner({ id: '101' }));
    expect(await run('1', '100')).toMatchObject({ status: 'refused', reason: 'SUCCESSOR_CHAIN_TOO_LONG' });
    expect(await run('1', '101')).toMatchObject({ status: 'set' });
  });

  it('[O5] The row of a successor is trusted for as long as the leaver guard allows', async () => {
    const confirmedAtEpochMs = clock.now() - GUARD_MS;
    await cache.rememberOwner(PORTAL_A, BOB.id, { owner: BOB, confirmedAtEpochMs });
    ownersApi.owners.splice(3, 1, makeArchivedOwner({ id: '4' }));
    expect(await run('2', '4')).toMatchObject({ status: 'set' });
    await cache.rememberOwner(PORTAL_A, BOB.id, { owner: BOB, confirmedAtEpochMs: confirmedAtEpochMs - 1 });
    expect(await run('2', '4')).toMatchObject({ status: 'refused', reason: 'SUCCESSOR_NOT_ACTIVE' });
  });

  it('HubSpot is asked for the email of a successor, whatever the cache contains', async () => {
    const cached = { owners: [JANE], confirmedAtEpochMs: clock.now() };
    await cache.rememberEmail(PORTAL_A, toEmail('bob@example.com'), cached);
    expect(await run('2', 'bob@example.com')).toMatchObject({ successorOwnerId: '4' });
  });
});

describe('Removing a successor', () => {
  it.each(['2', 'left@example.com'])('The successor of %s can be removed, also a second time', async (leaver) => {
    await store(['2', '4']);
    expect(await run(leaver, undefined)).toMatchObject({
      status: 'removed',
      leaverOwnerId: '2',
      successorOwnerId: '4',
    });
    expect(await stored('2')).toBeUndefined();
    const again = await run(leaver, undefined);
    expect(again).toMatchObject({ status: 'removed', leaverOwnerId: '2' });
    expect(again).not.toHaveProperty('successorOwnerId');
  });

  it('Removing the successor of a leaver given by ID takes no call', async () => {
    ownersApi.outage.fail(new UpstreamUnavailableError('timeout'));
    await store(['999', '4']);
    expect(await run('999', undefined)).toMatchObject({ status: 'removed', successorOwnerId: '4' });
    expect(ownersApi.calls).toEqual([]);
  });
});

it.each([['4'], [undefined]])(
  'Setting a successor is refused for an account that is not connected: successor %s',
  async (successor) => {
    expect(await run('2', successor, { portalId: PORTAL_B })).toMatchObject({
      status: 'refused',
      reason: 'PORTAL_NOT_CONNECTED',
    });
    expect([ownersApi.calls, successors.reads()]).toEqual([[], 0]);
  },
);

it('A temporary error while setting a successor is thrown, and nothing is stored', async () => {
  ownersApi.outage.fail(new UpstreamUnavailableError('timeout'));
  await expect(run('2', '4')).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE', retryable: true });
  expect(await stored('2')).toBeUndefined();
  ownersApi.outage.recover();
  successors.outage.fail(new StoreUnavailableError('away'));
  await expect(run('2', '4')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
});

it('[O11] Setting a successor logs only IDs', async () => {
  await run('left@example.com', 'bob@example.com');
  expect(lines).toEqual([
    {
      message: 'successor answered',
      portalId: PORTAL_A,
      status: 'set',
      reason: undefined,
      leaverOwnerId: '2',
      successorOwnerId: '4',
    },
  ]);
});
