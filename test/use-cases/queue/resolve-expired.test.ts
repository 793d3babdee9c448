import { toDeadline } from '../../../lib/domain/deadline.ts';
import { UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import { EXPIRY_MARGIN_MS, type QueuedExecution } from '../../../lib/domain/execution.ts';
import type { HeldOwner } from '../../../lib/domain/held-owner.ts';
import { EXPIRED } from '../../../lib/domain/result.ts';
import type {
  CheckOwnerProperty,
  PlanRecord,
  ReadRecordOwner,
  ReadRecordOwners,
  RecordsAsked,
} from '../../../lib/ports/steps.ts';
import { createResolveExpired } from '../../../lib/use-cases/queue/resolve-expired.ts';
import { ASSIGNED, makeNumbered, makeNumberedAll, numbersOf } from '../../builders/numbered-executions.ts';
import { createFakeTelemetry } from '../../fakes/telemetry.ts';
import { makeClock, START_EPOCH_MS } from '../../support/clock.ts';

const HELD: HeldOwner = { value: ASSIGNED.ownerId ?? '', setAtEpochMs: 1 };
const GONE = { kind: 'refused', code: 'RECORD_NOT_FOUND' } as const;
const AWAY = new UpstreamUnavailableError('http_502');
const DEADLINE = toDeadline(START_EPOCH_MS + 8_000);
/** Fifteen minutes: what is left of the margin when an execution is ended without having been looked at. */
const LAST_MS = EXPIRY_MARGIN_MS / 2;

const inMs = (ms: number) => ({ expiresAtEpochMs: START_EPOCH_MS + ms });
/** In its margin, with time to be looked at again. */
const ENDING = inMs(LAST_MS + 1);
const holdAll: ReadRecordOwners = async ({ firstSeen }) => ({
  kind: 'answered',
  owners: new Map([...firstSeen.keys()].map((id) => [id, HELD])),
});
const nothingToWrite: PlanRecord = async ([execution]) => ({
  write: undefined,
  results: [[execution as QueuedExecution, ASSIGNED]],
});

type Deps = {
  checkOwnerProperty?: CheckOwnerProperty;
  readRecordOwners?: ReadRecordOwners;
  readRecordOwner?: ReadRecordOwner;
  planRecord?: PlanRecord;
};

function setUp(deps: Deps = {}) {
  const asked: RecordsAsked[] = [];
  const telemetry = createFakeTelemetry();
  const { readRecordOwners = holdAll, planRecord = nothingToWrite } = deps;
  const { checkOwnerProperty = async () => undefined, readRecordOwner = async () => GONE } = deps;
  const resolveExpired = createResolveExpired({
    checkOwnerProperty,
    readRecordOwner,
    readRecordOwners: async (records, deadline) => {
      asked.push(records);
      return readRecordOwners(records, deadline);
    },
    planRecord,
    now: makeClock().now,
    reportFault: telemetry.reportFault,
  });
  const resolve = async (executions: readonly QueuedExecution[]) => {
    const { finished, open } = await resolveExpired(executions, DEADLINE);
    return {
      results: finished.map(({ execution, result }) => [...numbersOf([execution]), result]),
      open: numbersOf(open),
    };
  };
  return { resolve, asked, telemetry };
}

it('An expired execution reports success when its record already has the owner to be written', async () => {
  const { resolve, asked } = setUp();
  expect(await resolve([makeNumbered(1, ENDING)])).toEqual({ results: [[1, ASSIGNED]], open: [] });
  expect(asked).toHaveLength(1);
});

it('An expired execution reports that nothing was done when its record would have to be written', async () => {
  const write = { ...HELD, value: ASSIGNED.ownerId ?? '' } as const;
  const { resolve } = setUp({
    planRecord: async ([one]) => ({ write, results: [[one as QueuedExecution, ASSIGNED]] }),
  });
  expect(await resolve([makeNumbered(1, ENDING)])).toEqual({ results: [[1, EXPIRED]], open: [] });
});

it('An expired execution is decided alone, so that it reports nothing that another one would have written', async () => {
  const decided: number[][] = [];
  const { resolve } = setUp({
    planRecord: async (executions, held, deadline) => {
      decided.push(numbersOf(executions));
      return nothingToWrite(executions, held, deadline);
    },
  });
  const { record } = makeNumbered(1).command;
  await resolve([1, 2].map((number) => makeNumbered(number, { ...ENDING, command: { record } })));
  expect(decided).toEqual([[1], [2]]);
});

it.each([
  ['a moment before', 1, [[1, ASSIGNED]], 1],
  ['at the moment', 0, [[1, EXPIRED]], 0],
] as const)(
  'An execution that is resolved %s HubSpot stops waiting reads its record only in time',
  async (_when, ms, results, looks) => {
    const { resolve, asked } = setUp();
    expect(await resolve([makeNumbered(1, inMs(ms))])).toEqual({ results, open: [] });
    expect(asked).toHaveLength(looks);
  },
);

it('Records of expired executions are read in groups, oldest first, each record at the moment of its earliest execution', async () => {
  const { resolve, asked } = setUp();
  const { record } = makeNumbered(1).command;
  const seen = (ms: number) => ({ record, firstSeenAtEpochMs: START_EPOCH_MS + ms });
  await resolve([
    makeNumbered(1, { ...ENDING, command: seen(9) }),
    makeNumbered(2, { ...ENDING, command: seen(5) }),
    makeNumbered(3, { ...ENDING, command: { ownerProperty: 'csm_owner' } }),
  ]);
  expect(asked.map(({ property, firstSeen }) => [property, [...firstSeen]])).toEqual([
    ['csm_owner', [['9100000003', START_EPOCH_MS]]],
    ['hubspot_owner_id', [[record.objectId, START_EPOCH_MS + 5]]],
  ]);
});

const readNone: ReadRecordOwners = async () => ({ kind: 'answered', owners: new Map() });

it.each([
  ['a batch does not have', readNone],
  ['is of a group that HubSpot refuses to read', async () => ({ kind: 'refused' }) as const],
])('An expired execution whose record %s is read alone', async (_why, readRecordOwners) => {
  const { resolve } = setUp({ readRecordOwners, readRecordOwner: async () => HELD });
  expect(await resolve([makeNumbered(1, ENDING)])).toEqual({ results: [[1, ASSIGNED]], open: [] });
});

it('A record that cannot be read alone does not stop any other record of its group', async () => {
  const { resolve } = setUp({
    readRecordOwners: readNone,
    readRecordOwner: async ({ record }) =>
      record.objectId === makeNumbered(1).command.record.objectId ? Promise.reject(AWAY) : HELD,
  });
  expect(await resolve(makeNumberedAll(2, ENDING))).toEqual({ results: [[2, ASSIGNED]], open: [1] });
});

it('An expired execution reports what is wrong with its property, and its record is not read', async () => {
  const refusal = { kind: 'refused', code: 'PROPERTY_HOLDS_SEVERAL' } as const;
  const { resolve, asked } = setUp({ checkOwnerProperty: async () => refusal });
  const result = { outcome: 'FAILED', errorCode: refusal.code, subject: 'hubspot_owner_id' };
  expect(await resolve([makeNumbered(1, ENDING)])).toEqual({ results: [[1, result]], open: [] });
  expect(asked).toEqual([]);
});

it.each([
  ['is gone from HubSpot', readNone],
  ['is of a group that HubSpot refuses to read', async () => ({ kind: 'refused' }) as const],
])('An expired execution whose record %s reports that nothing was done', async (_why, readRecordOwners) => {
  const { resolve, telemetry } = setUp({ readRecordOwners });
  expect(await resolve([makeNumbered(1, ENDING)])).toEqual({ results: [[1, EXPIRED]], open: [] });
  expect(telemetry.lines).toEqual([]);
});

it.each([
  [LAST_MS + 1, [], [1]],
  [LAST_MS, [[1, EXPIRED]], []],
  [1, [[1, EXPIRED]], []],
])(
  'An execution with %i ms left whose record cannot be read stays open until fifteen minutes before its end',
  async (ms, results, open) => {
    const { resolve } = setUp({ readRecordOwners: () => Promise.reject(AWAY) });
    expect(await resolve([makeNumbered(1, inMs(ms))])).toEqual({ results, open });
  },
);

it('A group of records that cannot be read does not stop any other group from being read', async () => {
  const { resolve, telemetry } = setUp({
    readRecordOwners: (asked, deadline) =>
      asked.property === 'csm_owner' ? Promise.reject(AWAY) : holdAll(asked, deadline),
  });
  const executions = [
    makeNumbered(1, { ...ENDING, command: { ownerProperty: 'csm_owner' } }),
    makeNumbered(2, ENDING),
    makeNumbered(3, ENDING),
  ];
  expect(await resolve(executions)).toEqual({
    results: [
      [2, ASSIGNED],
      [3, ASSIGNED],
    ],
    open: [1],
  });
  expect(telemetry.lines).toEqual([
    'fault the records of expiring executions could not be read: UpstreamUnavailableError',
  ]);
});

it('A record that cannot be decided does not stop any other record of its group', async () => {
  const { resolve } = setUp({
    planRecord: (executions, held, deadline) =>
      numbersOf(executions)[0] === 1 ? Promise.reject(AWAY) : nothingToWrite(executions, held, deadline),
  });
  expect(await resolve(makeNumberedAll(2, ENDING))).toEqual({ results: [[2, ASSIGNED]], open: [1] });
});
