import {
  MissingScopesError,
  PortalNotConnectedError,
  RateLimitedError,
  StoreUnavailableError,
  UpstreamUnavailableError,
} from '../../lib/domain/errors.ts';
import { type ActionResult, failed } from '../../lib/domain/outcome.ts';
import type { ExecutionKey, Sleep } from '../../lib/domain/ports.ts';
import { createRunOnce, type RunOnce } from '../../lib/use-cases/run-execution.ts';
import { PORTAL_A, toOwnerId } from '../builders/ids.ts';
import { createFakeExecutionLedger, type FakeExecutionLedger } from '../fakes/execution-ledger.ts';
import { type FakeClock, makeClock } from '../support/clock.ts';
import { makeTelemetry, type RecordingTelemetry } from '../support/recording-telemetry.ts';

const KEY: ExecutionKey = { portalId: PORTAL_A, executionId: 'ap-1' };
const RESULT: ActionResult = { outcome: 'ASSIGNED', ownerId: toOwnerId('1') };
const BUDGET_MS = 8_000;
const STORE_DOWN = new StoreUnavailableError('down');

let clock: FakeClock;
let ledger: FakeExecutionLedger;
let telemetry: RecordingTelemetry;
let writers: number;

beforeEach(() => {
  clock = makeClock();
  ledger = createFakeExecutionLedger(clock.now);
  telemetry = makeTelemetry();
  writers = 0;
});

function start(sleep: Sleep = clock.sleep): RunOnce {
  const { metrics, log } = telemetry;
  return createRunOnce({ ledger, now: clock.now, sleep, newWriterId: () => `w${writers++}`, metrics, log });
}

const run = (work: () => Promise<ActionResult>, hash = 'hash', runOnce = start()) =>
  runOnce(KEY, hash, clock.now() + BUDGET_MS, work);
const counted = () => telemetry.counted.map(({ name }) => name);

it('[S11, E14] answers a second delivery like the first and works once', async () => {
  const work = jest.fn(async () => RESULT);
  expect([await run(work), await run(work)]).toEqual([RESULT, RESULT]);
  expect(work).toHaveBeenCalledTimes(1);
  expect(counted()).toEqual(['ExecutionReplayed']);
});

it('[S13] refuses an execution id that comes again with another payload', async () => {
  const work = jest.fn(async () => RESULT);
  await run(work);
  expect(await run(work, 'another hash')).toEqual(failed('INPUT_INVALID', { subject: 'callbackId' }));
  expect(work).toHaveBeenCalledTimes(1);
  expect(counted()).toEqual(['ExecutionConflict']);
  expect(await run(work)).toEqual(RESULT);
});

it('lets an overlapping delivery wait and answers it like the first', async () => {
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

it('gives an overlapping delivery back to HubSpot when the first does not finish in time', async () => {
  const first = run(() => new Promise(() => undefined));
  const work = jest.fn(async () => RESULT);
  const before = clock.now();
  await expect(run(work)).rejects.toMatchObject({ code: 'EXECUTION_IN_PROGRESS', retryable: true });
  expect(clock.now() - before).toBeLessThan(BUDGET_MS);
  expect(clock.now() - before).toBeGreaterThan(BUDGET_MS - 2 * 150);
  expect(work).not.toHaveBeenCalled();
  expect(first).toBeInstanceOf(Promise);
});

it('takes over from a delivery that died', async () => {
  await ledger.begin(KEY, 'dead', 'hash', 15_000);
  clock.advance(15_001);
  expect(await run(async () => RESULT)).toEqual(RESULT);
});

it.each([
  ['HubSpot is away', new UpstreamUnavailableError('timeout')],
  ['the limit is spent', new RateLimitedError(1_000)],
  ['it is a mistake of ours', new TypeError('mistake')],
])('gives the execution back when %s, so that the next delivery starts at once', async (_why, error) => {
  await expect(
    run(async () => {
      throw error;
    }),
  ).rejects.toBe(error);
  expect(await run(async () => RESULT)).toEqual(RESULT);
});

it('tells why the work failed, even when the execution could not be given back', async () => {
  const error = new UpstreamUnavailableError('timeout');
  const work = async () => {
    ledger.outage.fail(STORE_DOWN);
    throw error;
  };
  await expect(run(work)).rejects.toBe(error);
});

it('answers although the answer could not be stored, because the work is done', async () => {
  const work = async () => {
    ledger.outage.fail(STORE_DOWN);
    return RESULT;
  };
  expect(await run(work)).toEqual(RESULT);
});

it('does not start the work when it cannot be remembered', async () => {
  ledger.outage.fail(STORE_DOWN);
  const work = jest.fn(async () => RESULT);
  await expect(run(work)).rejects.toBe(STORE_DOWN);
  expect(work).not.toHaveBeenCalled();
});

it('answers with the result that stands when another delivery took over and finished first', async () => {
  const standing = failed('OWNER_NOT_FOUND');
  const work = async () => {
    clock.advance(15_001);
    await ledger.begin(KEY, 'other', 'hash', 15_000);
    await ledger.complete(KEY, 'other', 'hash', standing);
    return RESULT;
  };
  expect(await run(work)).toEqual(standing);
});

it.each([
  [new PortalNotConnectedError('no token'), failed('PORTAL_NOT_CONNECTED')],
  [new MissingScopesError('c-1'), failed('MISSING_SCOPES', { hubspotCorrelationId: 'c-1' })],
  [new MissingScopesError(undefined), failed('MISSING_SCOPES')],
])('tells %s to the workflow as a result, and to the next delivery too', async (error, expected) => {
  const fail = async () => {
    throw error;
  };
  expect(await run(fail)).toEqual(expected);
  expect(await run(async () => RESULT)).toEqual(expected);
});
