import { StoreUnavailableError } from '../../../lib/domain/errors.ts';
import { failed } from '../../../lib/domain/outcome.ts';
import { createCompletedCallbacks } from '../../../lib/use-cases/queue/completed-callbacks.ts';
import { PORTAL_A, PORTAL_B } from '../../builders/ids.ts';
import { callbackOf, finish, makeNumbered, makeNumberedAll } from '../../builders/numbered-executions.ts';
import { createFakeTelemetry } from '../../fakes/telemetry.ts';
import { createFakeWorkLog } from '../../fakes/work-log.ts';
import { makeClock, START_EPOCH_MS } from '../../support/clock.ts';

const SKEW_MS = 5_000;

function setUp() {
  const clock = makeClock();
  const workLog = createFakeWorkLog(clock.now);
  const telemetry = createFakeTelemetry();
  return { clock, workLog, telemetry, completedCallbacks: createCompletedCallbacks({ workLog, ...telemetry }) };
}

const members = makeNumberedAll(3).map((execution) => finish(execution));
const [first, second, third] = members as [(typeof members)[0], (typeof members)[0], (typeof members)[0]];

it('Callbacks that were noted as completed are left out, and the others keep their order', async () => {
  const { completedCallbacks } = setUp();
  await completedCallbacks.noteCompleted(PORTAL_A, [second]);
  expect(await completedCallbacks.withoutCompleted(PORTAL_A, members)).toEqual([first, third]);
});

it('Callbacks that HubSpot no longer knows are left out like completed ones', async () => {
  const { completedCallbacks } = setUp();
  await completedCallbacks.noteUnknown(PORTAL_A, [first, second]);
  expect(await completedCallbacks.withoutCompleted(PORTAL_A, members)).toEqual([third]);
});

it('What was noted for an account does not affect another account', async () => {
  const { completedCallbacks } = setUp();
  await completedCallbacks.noteCompleted(PORTAL_B, members);
  expect(await completedCallbacks.withoutCompleted(PORTAL_A, members)).toEqual(members);
});

it('The work log is searched from five seconds before the oldest execution was queued', async () => {
  const { completedCallbacks, workLog } = setUp();
  const find = jest.spyOn(workLog, 'findCompleted');
  const queued = [7_000, 3_000, 9_000].map((ms, index) =>
    makeNumbered(index, { queuedAtEpochMs: START_EPOCH_MS + ms }),
  );
  await completedCallbacks.withoutCompleted(
    PORTAL_A,
    queued.map((execution) => finish(execution)),
  );
  expect(find.mock.calls).toEqual([[PORTAL_A, START_EPOCH_MS + 3_000 - SKEW_MS]]);
});

it('[W4] A callback counts as blocked until five seconds after it was noted, and such notes are found five seconds longer', async () => {
  const { completedCallbacks, workLog, clock } = setUp();
  await workLog.noteBlocked(PORTAL_A, [callbackOf(1)]);
  const blockedAt = new Map([[callbackOf(1), clock.now() + SKEW_MS]]);
  expect(await completedCallbacks.findBlocked(PORTAL_A, clock.now() + SKEW_MS)).toEqual(blockedAt);
  expect(await completedCallbacks.findBlocked(PORTAL_A, clock.now() + SKEW_MS + 1)).toEqual(new Map());
});

it('Without callbacks, the work log is neither read nor written, and nothing is counted', async () => {
  const { completedCallbacks, workLog, telemetry } = setUp();
  workLog.outage.fail(new Error('it was used'));
  expect(await completedCallbacks.withoutCompleted(PORTAL_A, [])).toEqual([]);
  await completedCallbacks.noteCompleted(PORTAL_A, []);
  await completedCallbacks.noteUnknown(PORTAL_A, []);
  expect([telemetry.counts, telemetry.lines]).toEqual([[], []]);
});

it('Completed callbacks are counted once together, and their executions by outcome and error code', async () => {
  const { completedCallbacks, telemetry } = setUp();
  await completedCallbacks.noteCompleted(PORTAL_A, [
    first,
    finish(second.execution, { result: failed('OWNER_NOT_FOUND') }),
    third,
    finish(makeNumbered(4), { result: failed('RECORD_NOT_FOUND') }),
  ]);
  expect(telemetry.counts).toEqual([
    'CallbacksCompleted completed ×4',
    'Executions ASSIGNED none ×2',
    'Executions FAILED OWNER_NOT_FOUND ×1',
    'Executions FAILED RECORD_NOT_FOUND ×1',
  ]);
});

it('Callbacks that HubSpot does not know are counted separately and not as ended executions', async () => {
  const { completedCallbacks, telemetry } = setUp();
  await completedCallbacks.noteUnknown(PORTAL_A, members);
  expect(telemetry.counts).toEqual(['CallbacksCompleted unknown ×3']);
});

it('A work log that is away is reported to the operator and does not stop any completion', async () => {
  const { completedCallbacks, workLog, telemetry } = setUp();
  await completedCallbacks.noteCompleted(PORTAL_A, [first]);
  workLog.outage.fail(new StoreUnavailableError('away'));
  expect(await completedCallbacks.withoutCompleted(PORTAL_A, members)).toEqual(members);
  await completedCallbacks.noteCompleted(PORTAL_A, [second]);
  expect(telemetry.lines).toEqual(Array(2).fill('warn the work log could not be used'));
  expect(telemetry.counts).toContain('CallbacksCompleted completed ×1');
  workLog.outage.recover();
  expect(await workLog.findCompleted(PORTAL_A, 0)).toEqual(new Set([callbackOf(1)]));
});

it('A programming mistake in the work log is not reported as an outage', async () => {
  const { completedCallbacks, workLog } = setUp();
  workLog.outage.fail(new TypeError('a mistake'));
  await expect(completedCallbacks.withoutCompleted(PORTAL_A, members)).rejects.toThrow('a mistake');
  await expect(completedCallbacks.noteCompleted(PORTAL_A, members)).rejects.toThrow('a mistake');
});
