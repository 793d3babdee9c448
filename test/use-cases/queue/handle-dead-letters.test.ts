import { toDeadline } from '../../../lib/domain/deadline.ts';
import { PortalNotConnectedError, StoreUnavailableError, UpstreamContractError } from '../../../lib/domain/errors.ts';
import {
  EXPIRY_MARGIN_MS,
  type FinishedExecution,
  keyOf,
  type QueuedExecution,
  type RecordedResult,
} from '../../../lib/domain/execution.ts';
import type { ActionResult } from '../../../lib/domain/outcome.ts';
import type { Requeued } from '../../../lib/domain/requeue.ts';
import { EXPIRED } from '../../../lib/domain/result.ts';
import type { DelayedExecution } from '../../../lib/ports/queue.ts';
import type { CompletionLimits } from '../../../lib/ports/steps.ts';
import { createHandleDeadLetters } from '../../../lib/use-cases/queue/handle-dead-letters.ts';
import { createRecordedResults } from '../../../lib/use-cases/queue/recorded-results.ts';
import { PORTAL_A, PORTAL_B } from '../../builders/ids.ts';
import { ASSIGNED, callbackOf, makeNumbered, makeNumberedAll, numbersOf } from '../../builders/numbered-executions.ts';
import { createFakeTelemetry } from '../../fakes/telemetry.ts';
import { makeClock, START_EPOCH_MS } from '../../support/clock.ts';

const DEADLINE = toDeadline(START_EPOCH_MS + 60_000);
const TWO_HOURS_MS = 7_200_000;
const NONE: ReadonlySet<string> = new Set();
const numbers = (finished: readonly FinishedExecution[]) => numbersOf(finished.map(({ execution }) => execution));
/** Too near to its end to be tried again. */
const SHORT = { expiresAtEpochMs: START_EPOCH_MS + EXPIRY_MARGIN_MS };

function setUp() {
  const clock = makeClock();
  const telemetry = createFakeTelemetry();
  const standing = new Map<string, RecordedResult>();
  const done = {
    steps: [] as string[],
    recorded: [] as [number, ActionResult][],
    completed: [] as number[],
    counted: [] as string[],
    sent: [] as DelayedExecution[],
    limits: undefined as CompletionLimits | undefined,
  };
  const will = {
    connect: async (_portalId: string) => {},
    /** What its record says of an execution; undefined where nobody could look. */
    resolve: (_execution: QueuedExecution): ActionResult | undefined => EXPIRED,
    complete: async (_finished: readonly FinishedExecution[]): Promise<readonly Requeued[]> => [],
    refuse: (_sent: readonly DelayedExecution[]): QueuedExecution[] => [],
  };
  const handle = createHandleDeadLetters({
    withLaterBlocks: async (_portalId, executions) => executions,
    results: createRecordedResults({
      results: {
        find: async (_portalId, ids) => new Map([...standing].filter(([id]) => ids.includes(id))),
        async record(finished) {
          done.steps.push('record');
          done.recorded.push(...finished.map(({ execution, result }) => [...numbersOf([execution]), result] as never));
        },
      },
      recordUnresolved: async () => undefined,
      noteOutcome: (_portalId, { errorCode = 'none' }) => void done.counted.push(errorCode),
    }),
    async resolveExpired(executions) {
      done.steps.push(`resolve ${numbersOf(executions).join(' ')}`);
      const results = executions.map((execution) => ({ execution, result: will.resolve(execution) }));
      return {
        finished: results.flatMap(({ execution, result }) => (result === undefined ? [] : [{ execution, result }])),
        open: results.flatMap(({ execution, result }) => (result === undefined ? [execution] : [])),
      };
    },
    async completeCallbacks(_portalId, finished, limits) {
      if (finished.length === 0) return [];
      done.steps.push('complete');
      done.completed.push(...numbers(finished));
      done.limits = limits;
      return will.complete(finished);
    },
    ensureConnected: (portalId) => will.connect(portalId),
    writeOutcomes: async () => void done.counted.push('written'),
    queue: {
      async send(delayed) {
        done.sent.push(...delayed);
        return will.refuse(delayed);
      },
    },
    now: clock.now,
    ...telemetry,
  });
  const run = async (executions: readonly QueuedExecution[], withoutEmail = NONE) => {
    const open = await handle(executions, withoutEmail, DEADLINE);
    return numbersOf(executions.filter((one) => open.has(keyOf(one))));
  };
  return { run, will, done, standing, telemetry };
}

it.each([
  [0, EXPIRY_MARGIN_MS + TWO_HOURS_MS + 1, true],
  [2, EXPIRY_MARGIN_MS + TWO_HOURS_MS + 1, true],
  [3, EXPIRY_MARGIN_MS + TWO_HOURS_MS + 1, false],
  [0, EXPIRY_MARGIN_MS + TWO_HOURS_MS, false],
])(
  'A dead letter that was retried %i times and has %i ms left is retried once more: %s',
  async (deadLetterCount, ms, isRetried) => {
    const { run, done, telemetry } = setUp();
    const execution = makeNumbered(1, { deadLetterCount, expiresAtEpochMs: START_EPOCH_MS + ms });
    expect(await run([execution])).toEqual([]);
    const again = { execution: { ...execution, deadLetterCount: deadLetterCount + 1 }, delaySeconds: 300 };
    expect(done.sent).toEqual(isRetried ? [again] : []);
    expect([done.recorded, done.completed]).toEqual(isRetried ? [[], []] : [[[1, EXPIRED]], [1]]);
    expect(telemetry.counts).toEqual(isRetried ? [] : ['ExecutionsStranded ×1']);
  },
);

it('A dead letter whose record already has the owner to be written ends with that result, however much time is left', async () => {
  const { run, will, done } = setUp();
  will.resolve = () => ASSIGNED;
  await run([makeNumbered(1)]);
  expect([done.recorded, done.completed, done.sent]).toEqual([[[1, ASSIGNED]], [1], []]);
  expect(done.steps).toEqual(['resolve 1', 'record', 'complete']);
});

it('[W6] A dead letter with a result is completed before others are read, and neither read nor recorded again', async () => {
  const { run, done, standing } = setUp();
  standing.set(callbackOf(1), { result: ASSIGNED, recordedAtEpochMs: 1 });
  await run(makeNumberedAll(2, SHORT));
  expect(done.steps).toEqual(['complete', 'resolve 2', 'record', 'complete']);
  expect([done.recorded, done.completed]).toEqual([[[2, EXPIRED]], [1, 2]]);
});

it('A dead letter whose email cannot be decrypted ends at once, because a retry would not change that', async () => {
  const { run, done } = setUp();
  const execution = makeNumbered(1);
  await run([execution], new Set([keyOf(execution)]));
  expect(done.steps).toEqual(['resolve ', 'record', 'complete']);
  expect([done.recorded, done.sent]).toEqual([[[1, EXPIRED]], []]);
});

it('A dead letter with a result is completed even if its email cannot be decrypted', async () => {
  const { run, done, standing } = setUp();
  const execution = makeNumbered(1);
  standing.set(callbackOf(1), { result: ASSIGNED });
  await run([execution], new Set([keyOf(execution)]));
  expect([done.recorded, done.completed]).toEqual([[], [1]]);
});

it('A dead letter that HubSpot no longer waits for is recorded and not completed', async () => {
  const { run, done, telemetry } = setUp();
  expect(await run([makeNumbered(1, { expiresAtEpochMs: START_EPOCH_MS })])).toEqual([]);
  expect([done.recorded, done.completed]).toEqual([[[1, EXPIRED]], []]);
  expect(telemetry.counts).toEqual(['ExecutionsStranded ×1']);
});

it('Dead letters are completed with all the time there is, each of them tried, because the rest comes back unchanged', async () => {
  const { run, done } = setUp();
  await run([makeNumbered(1, SHORT)]);
  expect(done.limits).toEqual({ stopAt: DEADLINE, deadline: DEADLINE, isUrgent: true, triesAll: true });
});

it('Dead letters that could not be read, completed or sent come back, and are not counted', async () => {
  const { run, will, telemetry } = setUp();
  will.resolve = ({ key }) => (key.executionId === callbackOf(1) ? undefined : EXPIRED);
  will.complete = async (finished) => [{ executions: finished.slice(0, 1).map((one) => one.execution), cause: 'x' }];
  will.refuse = (sent) => sent.slice(0, 1).map(({ execution }) => execution);
  const executions = [
    makeNumbered(1, SHORT),
    makeNumbered(2, SHORT),
    makeNumbered(3, SHORT),
    makeNumbered(4),
    makeNumbered(5),
  ];
  expect(await run(executions)).toEqual([1, 2, 4]);
  // The third has ended, the fifth is tried again.
  expect(telemetry.counts).toContain('ExecutionsStranded ×1');
});

it('[W2] A dead letter whose completion HubSpot rejects as invalid comes back, and raises an alarm', async () => {
  const { run, will, telemetry } = setUp();
  const cause = new UpstreamContractError('a completion failed');
  will.complete = async (finished) => [{ executions: finished.map(({ execution }) => execution), cause }];
  expect(await run([makeNumbered(1, SHORT)])).toEqual([1]);
  expect(telemetry.lines).toEqual(['fault dead letters could not be processed yet: UpstreamContractError']);
});

it('Dead letters that ended are counted once each and reported to the operator, including copies of a message', async () => {
  const { run, telemetry, done } = setUp();
  const [one, other] = makeNumberedAll(2, SHORT);
  await run([one, other, one].flatMap((execution) => execution ?? []));
  expect(done.completed).toEqual([1, 2]);
  expect(telemetry.counts).toEqual(['ExecutionsStranded ×2']);
  expect(telemetry.lines).toEqual(['error queued executions ended without being processed']);
});

it('Dead letters of a forgotten account are dropped without a report', async () => {
  const { run, will, done, telemetry } = setUp();
  will.connect = () => Promise.reject(new PortalNotConnectedError('forgotten', true));
  expect(await run(makeNumberedAll(2))).toEqual([]);
  expect([done.steps, telemetry.lines]).toEqual([[], []]);
});

it.each([
  ['is not connected', new PortalNotConnectedError('none')],
  ['cannot be looked up', new StoreUnavailableError('away')],
  ['meets our own mistake', new TypeError('a mistake')],
])('Dead letters of an account that %s come back, and those of another account are handled', async (_why, error) => {
  const { run, will, done, telemetry } = setUp();
  will.connect = (portalId) => (portalId === PORTAL_A ? Promise.reject(error) : Promise.resolve());
  const ofB = makeNumbered(2, { ...SHORT, command: { portalId: PORTAL_B } });
  const late = makeNumbered(3, { expiresAtEpochMs: START_EPOCH_MS });
  expect(await run([makeNumbered(1, SHORT), late, ofB])).toEqual([1]);
  expect(done.completed).toEqual([2]);
  // One of each account has ended.
  expect(telemetry.counts).toEqual(['ExecutionsStranded ×1', 'ExecutionsStranded ×1']);
  expect(telemetry.lines).toContain(`fault dead letters could not be processed yet: ${error.name}`);
});

it('[W6] Dead letters of an account do not wait for those of another account, whose calls may hang', async () => {
  const { run, will, done } = setUp();
  const isCompleted = Promise.withResolvers<void>();
  will.connect = (portalId) => (portalId === PORTAL_A ? isCompleted.promise : Promise.resolve());
  will.complete = async () => {
    isCompleted.resolve();
    return [];
  };
  await run([makeNumbered(1, SHORT), makeNumbered(2, { ...SHORT, command: { portalId: PORTAL_B } })]);
  expect(done.completed).toEqual([2, 1]);
});

it('Outcomes of dead letters that ended are counted once', async () => {
  const { run, done } = setUp();
  await run([makeNumbered(1, SHORT)]);
  expect(done.counted).toEqual(['EXPIRED_IN_QUEUE', 'written']);
});
