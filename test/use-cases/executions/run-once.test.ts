import { toDeadline } from '../../../lib/domain/deadline.ts';
import {
  MissingScopesError,
  PortalNotConnectedError,
  RateLimitedError,
  StoreUnavailableError,
  UpstreamUnavailableError,
} from '../../../lib/domain/errors.ts';
import type { ExecutionKey, Moment } from '../../../lib/domain/execution.ts';
import { type ActionResult, type ExecutionAnswer, failed, QUEUED } from '../../../lib/domain/outcome.ts';
import type { Sleep } from '../../../lib/ports/telemetry.ts';
import { createRunOnce, type RunOnce } from '../../../lib/use-cases/executions/run-once.ts';
import { PORTAL_A, toOwnerId } from '../../builders/ids.ts';
import { makeLedgerDelivery } from '../../builders/queued-execution.ts';
import { createFakeExecutionLedger, type FakeExecutionLedger } from '../../fakes/execution-ledger.ts';
import { createFakeWorkLog, type FakeWorkLog } from '../../fakes/work-log.ts';
import { type FakeClock, makeClock, START_EPOCH_MS } from '../../support/clock.ts';
import { makeTelemetry, type RecordingTelemetry } from '../../support/recording-telemetry.ts';

const KEY: ExecutionKey = { portalId: PORTAL_A, executionId: 'ap-1' };
const RESULT: ActionResult = { outcome: 'ASSIGNED', ownerId: toOwnerId('1') };
const BUDGET_MS = 8_000;
const STORE_DOWN = new StoreUnavailableError('down');

let clock: FakeClock;
let ledger: FakeExecutionLedger;
let workLog: FakeWorkLog;
let telemetry: RecordingTelemetry;
let writers: number;

beforeEach(() => {
  clock = makeClock();
  ledger = createFakeExecutionLedger(clock.now);
  workLog = createFakeWorkLog(clock.now);
  telemetry = makeTelemetry();
  writers = 0;
});

function start(sleep: Sleep = clock.sleep): RunOnce {
  const { metrics, log } = telemetry;
  return createRunOnce({ ledger, workLog, now: clock.now, sleep, newId: () => `w${writers++}`, metrics, log });
}

const run = (work: (moment: Moment) => Promise<ExecutionAnswer>, payloadHash = 'hash', runOnce = start()) =>
  runOnce({ ...KEY, payloadHash, hasStableId: true }, toDeadline(clock.now() + BUDGET_MS), work);
const counted = () => telemetry.counted.map(({ name }) => name);

it('[S11, E14] A second delivery gets the same answer as the first, and the work is done once', async () => {
  const work = jest.fn(async () => RESULT);
  expect([await run(work), await run(work)]).toEqual([RESULT, RESULT]);
  expect(work).toHaveBeenCalledTimes(1);
  expect(counted()).toEqual(['ExecutionReplayed']);
});

it('[S13] An execution ID that comes again with another payload is refused', async () => {
  const work = jest.fn(async () => RESULT);
  await run(work);
  expect(await run(work, 'another hash')).toEqual(failed('INPUT_INVALID', { subject: 'callbackId' }));
  expect(work).toHaveBeenCalledTimes(1);
  expect(counted()).toEqual(['ExecutionConflict']);
  expect(await run(work)).toEqual(RESULT);
});

it('An overlapping delivery waits and gets the same answer as the first', async () => {
  const finish = Promise.withResolvers<ActionResult>();
  const first = run(() => finish.promise);
  const waits: number[] = [];
  const patient = start(async (ms) => {
    waits.push(ms);
    if (waits.length === 3) {
      finish.resolve(RESULT);
      await first;
    }
  });
  const second = run(async () => failed('OWNER_NOT_FOUND'), 'hash', patient);
  expect(await Promise.all([first, second])).toEqual([RESULT, RESULT]);
  expect(waits).toEqual([150, 150, 150]);
});

it('An overlapping delivery is returned to HubSpot when the first one does not finish in time', async () => {
  const first = run(() => new Promise(() => undefined));
  const work = jest.fn(async () => RESULT);
  const before = clock.now();
  await expect(run(work)).rejects.toMatchObject({ code: 'EXECUTION_IN_PROGRESS', retryable: true });
  expect(clock.now() - before).toBeLessThan(BUDGET_MS);
  expect(clock.now() - before).toBeGreaterThan(BUDGET_MS - 2 * 150);
  expect(work).not.toHaveBeenCalled();
  expect(first).toBeInstanceOf(Promise);
});

it('A delivery takes over from one that crashed', async () => {
  await ledger.begin(KEY, makeLedgerDelivery('dead'));
  clock.advance(15_001);
  expect(await run(async () => RESULT)).toEqual(RESULT);
});

it.each([
  ['HubSpot is away', new UpstreamUnavailableError('timeout')],
  ['the limit is spent', new RateLimitedError(1_000)],
  ['it is our own mistake', new TypeError('mistake')],
])('The execution is released when %s, so that the next delivery starts at once', async (_why, error) => {
  await expect(
    run(async () => {
      throw error;
    }),
  ).rejects.toBe(error);
  expect(await run(async () => RESULT)).toEqual(RESULT);
});

it('The reason of a failure is reported even when the execution could not be released', async () => {
  const error = new UpstreamUnavailableError('timeout');
  const work = async () => {
    ledger.outage.fail(STORE_DOWN);
    throw error;
  };
  await expect(run(work)).rejects.toBe(error);
});

it('The answer is returned although it could not be stored, because the work is done', async () => {
  const work = async () => {
    ledger.outage.fail(STORE_DOWN);
    return RESULT;
  };
  expect(await run(work)).toEqual(RESULT);
});

it('The work does not start when it cannot be remembered', async () => {
  ledger.outage.fail(STORE_DOWN);
  const work = jest.fn(async () => RESULT);
  await expect(run(work)).rejects.toBe(STORE_DOWN);
  expect(work).not.toHaveBeenCalled();
});

it('A delivery returns the recorded result when another delivery took over and finished first', async () => {
  const standing = failed('OWNER_NOT_FOUND');
  const work = async () => {
    clock.advance(15_001);
    await ledger.begin(KEY, makeLedgerDelivery('other'));
    await ledger.complete(KEY, 'other', 'hash', standing);
    return RESULT;
  };
  expect(await run(work)).toEqual(standing);
});

it.each([
  [new PortalNotConnectedError('no token'), failed('PORTAL_NOT_CONNECTED')],
  [new MissingScopesError('c-1'), failed('MISSING_SCOPES', { hubspotCorrelationId: 'c-1' })],
  [new MissingScopesError(undefined), failed('MISSING_SCOPES')],
])('The error %p is returned to the workflow as a result, and to the next delivery too', async (error, expected) => {
  const fail = async () => {
    throw error;
  };
  expect(await run(fail)).toEqual(expected);
  expect(await run(async () => RESULT)).toEqual(expected);
});

describe('The moment of an execution', () => {
  const moments: Moment[] = [];
  const work = async (moment: Moment) => {
    moments.push(moment);
    return RESULT;
  };
  const failingWork = async (moment: Moment): Promise<ActionResult> => {
    moments.push(moment);
    throw new UpstreamUnavailableError('timeout');
  };

  beforeEach(() => {
    moments.length = 0;
  });

  it('[L1] The moment of a first delivery is now, and the record values that it contains are trusted', async () => {
    await run(work);
    expect(moments).toEqual([{ firstSeenAtEpochMs: START_EPOCH_MS, isLate: false }]);
  });

  it.each([
    [20_000, false],
    [20_001, true],
  ])('[L1] A first delivery that HubSpot signed %i ms ago is late: %s', async (ageMs, isLate) => {
    const signedAtEpochMs = START_EPOCH_MS - ageMs;
    const delivery = { ...KEY, payloadHash: 'hash', hasStableId: true, signedAtEpochMs };
    await start()(delivery, toDeadline(clock.now() + BUDGET_MS), work);
    expect(moments).toEqual([{ firstSeenAtEpochMs: signedAtEpochMs, isLate }]);
  });

  it('[L2] The moment of a later delivery is that of the first one, and the record values that it contains are not trusted', async () => {
    await expect(run(failingWork)).rejects.toThrow();
    clock.advance(60_000);
    await run(work);
    expect(moments[1]).toEqual({ firstSeenAtEpochMs: START_EPOCH_MS, isLate: true });
  });

  it('[L2] The moment of an execution stays that of a delivery that crashed', async () => {
    await ledger.begin(KEY, makeLedgerDelivery('dead'));
    clock.advance(15_001);
    await run(work);
    expect(moments).toEqual([{ firstSeenAtEpochMs: START_EPOCH_MS, isLate: true }]);
  });
});

it('[L5] An ID that two executions can have counts as a repetition within ten minutes only', async () => {
  const work = jest.fn(async () => RESULT);
  const runOnce = start();
  const deliver = () =>
    runOnce({ ...KEY, payloadHash: 'hash', hasStableId: false }, toDeadline(clock.now() + BUDGET_MS), work);
  await deliver();
  clock.advance(599_000);
  await deliver();
  expect(work).toHaveBeenCalledTimes(1);
  clock.advance(2_000);
  await deliver();
  expect(work).toHaveBeenCalledTimes(2);
});

it('[M11] Nothing is remembered of an execution whose account was forgotten meanwhile', async () => {
  const forgotten = async () => {
    throw new PortalNotConnectedError('the portal was forgotten', true);
  };
  expect(await run(forgotten)).toEqual(failed('PORTAL_NOT_CONNECTED'));
  const work = jest.fn(async () => RESULT);
  expect(await run(work)).toEqual(RESULT);
  expect(work).toHaveBeenCalledTimes(1);
});

describe('Executions that wait in the queue and come again', () => {
  const wait = async () => QUEUED;
  const noted = async () => [...(await workLog.findBlocked(PORTAL_A, 0))];

  it('An execution that is queued on its first delivery leaves no note, so that a flood costs nothing', async () => {
    expect(await run(wait)).toEqual(QUEUED);
    expect(await noted()).toEqual([]);
  });

  it('[W4] Before BLOCK is answered once more, the worker can find that', async () => {
    await run(wait);
    clock.advance(20_000);
    expect(await run(wait)).toEqual(QUEUED);
    expect(await noted()).toEqual([[KEY.executionId, clock.now()]]);
  });

  it.each([true, false])(
    '[W4] BLOCK is not answered once more while the worker could not find that (after a killed delivery: %s)',
    async (isKilled) => {
      if (isKilled) await ledger.begin(KEY, makeLedgerDelivery('killed'));
      else await run(wait);
      clock.advance(20_000);
      workLog.outage.fail(new StoreUnavailableError('away'));
      await expect(run(wait)).rejects.toThrow(StoreUnavailableError);
    },
  );

  it('[W4] A result that was recorded before the worker could find the note is the answer', async () => {
    await run(wait);
    const { noteBlocked } = workLog;
    jest.spyOn(workLog, 'noteBlocked').mockImplementation(async (...note) => {
      await noteBlocked(...note);
      jest.spyOn(ledger, 'begin').mockResolvedValue({ kind: 'done', payloadHash: 'hash', result: RESULT });
    });
    expect(await run(wait)).toEqual(RESULT);
  });

  it('[W4] An execution that is queued again after its first delivery was killed leaves a note', async () => {
    const KILLED_LEASE_MS = 15_001;
    await ledger.begin(KEY, makeLedgerDelivery('killed'));
    clock.advance(KILLED_LEASE_MS);
    expect(await run(wait)).toEqual(QUEUED);
    expect(await noted()).toEqual([[KEY.executionId, clock.now()]]);
  });
});
