import { OVERWRITE } from '../../../lib/domain/assignment.ts';
import { toDeadline } from '../../../lib/domain/deadline.ts';
import type { SetOwnerCommand } from '../../../lib/domain/execution.ts';
import type { HeldOwner } from '../../../lib/domain/held-owner.ts';
import type { Owner } from '../../../lib/domain/owner.ts';
import { createDecideOwner } from '../../../lib/use-cases/executions/decide-owner.ts';
import { createOwnerResolver } from '../../../lib/use-cases/executions/resolve-owner.ts';
import { makeArchivedOwner, makeOwner, makeQueueOwner } from '../../builders/owner.ts';
import { makeCommand } from '../../builders/queued-execution.ts';
import { createFakeOwnerCache } from '../../fakes/owner-cache.ts';
import { createFakeOwnerDirectory } from '../../fakes/owners-api.ts';
import { createFakeTelemetry } from '../../fakes/telemetry.ts';
import { makeClock, START_EPOCH_MS } from '../../support/clock.ts';

const DEADLINE = toDeadline(START_EPOCH_MS + 8_000);
const OWNERS: readonly Owner[] = [
  makeOwner({ id: '1', userId: '11' }),
  makeArchivedOwner({ id: '2', userId: '12', email: 'left@example.com' }),
  makeQueueOwner({ id: '3', email: 'queue@example.com' }),
  makeOwner({ id: '4', userId: '14', email: 'bob@example.com' }),
];
/** What the record held when the execution was first seen. */
const before = (value: string): HeldOwner => ({ value, setAtEpochMs: START_EPOCH_MS });
/** Somebody set it a moment later. */
const since = (value: string): HeldOwner => ({ value, setAtEpochMs: START_EPOCH_MS + 1 });

function setUp() {
  const ownersApi = createFakeOwnerDirectory(OWNERS);
  const resolver = createOwnerResolver({
    cache: createFakeOwnerCache(),
    ownersApi,
    now: makeClock().now,
    ownerMaxAgeMs: 3_600_000,
    metrics: createFakeTelemetry().metrics,
  });
  const { decide } = createDecideOwner(resolver);
  return {
    ownersApi,
    decide: (command: Partial<SetOwnerCommand>, held: HeldOwner | undefined) =>
      decide(makeCommand({ firstSeenAtEpochMs: START_EPOCH_MS, ...command }), held, DEADLINE),
  };
}

it.each(['4;1', ';4', '1;2;4', '1; 4', '1;1'])(
  '[T3] A record that holds %j is not changed, whatever is known of the property',
  async (value) => {
    const { decide, ownersApi } = setUp();
    for (const overwrite of OVERWRITE) {
      const decided = await decide({ overwrite, ownerProperty: 'team' }, before(value));
      expect(decided).toEqual({ result: { outcome: 'FAILED', errorCode: 'PROPERTY_HOLDS_SEVERAL', subject: 'team' } });
    }
    expect(ownersApi.calls).toEqual([]);
  },
);

it.each([
  ['ALWAYS', '', 'ASSIGNED'],
  ['ALWAYS', '4', 'ASSIGNED'],
  ['ALWAYS', '2', 'ASSIGNED'],
  ['ALWAYS', 'nonsense', 'ASSIGNED'],
  ['IF_UNASSIGNED', '', 'ASSIGNED'],
  ['IF_UNASSIGNED', ' ', 'ASSIGNED'],
  ['IF_UNASSIGNED', '4', 'KEPT_EXISTING'],
  ['IF_UNASSIGNED', '2', 'KEPT_EXISTING'],
  ['IF_UNASSIGNED', 'nonsense', 'KEPT_EXISTING'],
  ['IF_OWNER_INACTIVE', '', 'ASSIGNED'],
  ['IF_OWNER_INACTIVE', '4', 'KEPT_EXISTING'],
  ['IF_OWNER_INACTIVE', '2', 'ASSIGNED'],
  ['IF_OWNER_INACTIVE', '3', 'KEPT_EXISTING'],
  ['IF_OWNER_INACTIVE', '999', 'ASSIGNED'],
  ['IF_OWNER_INACTIVE', 'nonsense', 'KEPT_EXISTING'],
] as const)(
  'With overwrite mode %s and a record that holds %j, the decision is %s',
  async (overwrite, value, outcome) => {
    const { decide } = setUp();
    const { result, write } = await decide({ overwrite }, before(value));
    expect([result.outcome, write]).toEqual([outcome, outcome === 'ASSIGNED' ? '1' : undefined]);
  },
);

it('When the existing owner must be kept, the email is not looked up and the result says that the step is set to keep', async () => {
  const { decide, ownersApi } = setUp();
  expect(await decide({ overwrite: 'IF_UNASSIGNED', ownerEmail: 'nonsense' }, before('4'))).toEqual({
    result: { outcome: 'KEPT_EXISTING', ownerId: '4', previousOwnerId: '4', keptBecause: 'SET_TO_KEEP' },
  });
  expect(ownersApi.calls).toEqual([]);
});

it.each(['ALWAYS', 'IF_UNASSIGNED'] as const)(
  'The current owner is not looked up for the overwrite mode %s',
  async (overwrite) => {
    const { decide, ownersApi } = setUp();
    await decide({ overwrite }, before('4'));
    expect(ownersApi.calls.filter((call) => call.endsWith(' 4'))).toEqual([]);
  },
);

it.each(['ALWAYS', 'IF_UNASSIGNED', 'IF_OWNER_INACTIVE'] as const)(
  'An owner who is newer than the execution is kept with overwrite mode %s and is not looked up',
  async (overwrite) => {
    const { decide, ownersApi } = setUp();
    const { result, write } = await decide({ overwrite }, since('4'));
    expect(result).toEqual({
      outcome: 'KEPT_EXISTING',
      ownerId: '4',
      previousOwnerId: '4',
      keptBecause: 'CHANGED_SINCE',
    });
    expect([write, ownersApi.calls.filter((call) => call.endsWith(' 4'))]).toEqual([undefined, []]);
  },
);

it.each([
  ['the email’s owner', {}, '1', { outcome: 'ALREADY_ASSIGNED', ownerId: '1' }],
  [
    'the fallback owner',
    { ownerEmail: 'left@example.com', ifNotAssignable: 'FALLBACK', fallbackOwner: '4' },
    '4',
    { outcome: 'FALLBACK_ASSIGNED', ownerId: '4', errorCode: 'OWNER_DEACTIVATED' },
  ],
  ['nobody', { ownerEmail: 'nobody@example.com', ifNotAssignable: 'CLEAR' }, '', { outcome: 'CLEARED' }],
] as const)(
  'A newer value that already is %s counts as what the execution asks for',
  async (_who, command, value, result) => {
    const { decide } = setUp();
    const decision = await decide(command, since(value));
    expect(decision.result).toMatchObject(result);
    expect(decision).not.toHaveProperty('write');
  },
);

it.each([
  ['FAIL', ''],
  ['LEAVE', ''],
  ['FALLBACK', ''],
  ['FALLBACK', '1'],
  ['CLEAR', ''],
] as const)(
  '[L2] A newer owner is kept whatever the step does without an owner: %s, fallback owner %j',
  async (ifNotAssignable, fallbackOwner) => {
    const { decide } = setUp();
    const command = { ifNotAssignable, fallbackOwner, ownerEmail: 'left@example.com' };
    const { result, write } = await decide(command, since('4'));
    expect(result).toMatchObject({ outcome: 'KEPT_EXISTING', keptBecause: 'CHANGED_SINCE' });
    expect(write).toBeUndefined();
  },
);

it('A record that was cleared since the execution was first seen stays empty', async () => {
  const { decide } = setUp();
  const { result, write } = await decide({}, since(''));
  expect([result, write]).toEqual([
    { outcome: 'KEPT_EXISTING', previousOwnerId: '', keptBecause: 'CHANGED_SINCE' },
    undefined,
  ]);
});

it.each([
  ['FAIL', '4', 'FAILED', undefined],
  ['LEAVE', '4', 'LEFT_UNCHANGED', undefined],
  ['CLEAR', '4', 'CLEARED', ''],
  ['CLEAR', '', 'CLEARED', undefined],
] as const)(
  'An email without an owner, with %s on a record that holds %j, leads to %s',
  async (ifNotAssignable, value, outcome, write) => {
    const { decide } = setUp();
    const decision = await decide({ ownerEmail: 'nobody@example.com', ifNotAssignable }, before(value));
    expect(decision.result).toMatchObject({ outcome, errorCode: 'OWNER_NOT_FOUND', previousOwnerId: value });
    expect(decision.result).not.toHaveProperty('ownerId');
    expect(decision.write).toBe(write);
  },
);

it.each([
  ['4', 'FALLBACK_ASSIGNED', '4'],
  [' 4 ', 'FALLBACK_ASSIGNED', '4'],
  ['2', 'FAILED', undefined],
  ['3', 'FAILED', undefined],
  ['999', 'FAILED', undefined],
  ['', 'FAILED', undefined],
  ['bob@example.com', 'FAILED', undefined],
] as const)(
  'The fallback owner %j leads to %s, and only an active person of the account is written',
  async (fallbackOwner, outcome, write) => {
    const { decide } = setUp();
    const command = { ownerEmail: 'left@example.com', ifNotAssignable: 'FALLBACK', fallbackOwner } as const;
    const decision = await decide(command, undefined);
    expect([decision.result.outcome, decision.write]).toEqual([outcome, write]);
    if (outcome === 'FAILED') {
      expect(decision.result).toMatchObject({ errorCode: 'FALLBACK_OWNER_INVALID', subject: 'fallbackOwner' });
    }
  },
);

it('A decision about a record that was not read contains no previous owner', async () => {
  const { decide } = setUp();
  const { result, write, resolution } = await decide({}, undefined);
  expect(result).toEqual({
    outcome: 'ASSIGNED',
    ownerId: '1',
    matchedBy: 'EMAIL',
    resolvedFrom: 'LIVE',
    ownerDataAgeSeconds: 0,
  });
  expect([write, resolution?.kind]).toEqual(['1', 'assignable']);
});
