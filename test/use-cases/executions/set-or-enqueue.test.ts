import { toDeadline } from '../../../lib/domain/deadline.ts';
import { QueueUnavailableError, RateLimitedError, UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import { BLOCK_MS } from '../../../lib/domain/execution.ts';
import { QUEUED } from '../../../lib/domain/outcome.ts';
import type { DelayedExecution } from '../../../lib/ports/queue.ts';
import { createSetOrEnqueue, type DeliveryMode } from '../../../lib/use-cases/executions/set-or-enqueue.ts';
import { PORTAL_A } from '../../builders/ids.ts';
import { ASSIGNED } from '../../builders/numbered-executions.ts';
import { makeCommand } from '../../builders/queued-execution.ts';
import { createFakeTelemetry } from '../../fakes/telemetry.ts';
import { createFakeWorkLog } from '../../fakes/work-log.ts';
import { makeClock, START_EPOCH_MS } from '../../support/clock.ts';

const LIMIT = new RateLimitedError(3_000);
const DEADLINE = toDeadline(START_EPOCH_MS + 8_000);
const command = makeCommand();
const delivered = { callbackId: 'ap-1', payloadHash: 'hash', command };

type Will = { setOwner?: Error; mayQueue?: boolean; fits?: boolean; send?: Error; sendMs?: number };

function setUp(mode: DeliveryMode, will: Will = {}) {
  const { setOwner: failure, mayQueue = true, fits = true } = will;
  const clock = makeClock();
  const workLog = createFakeWorkLog(clock.now);
  const sent: DelayedExecution[] = [];
  const telemetry = createFakeTelemetry();
  const setOwner = jest.fn(async () => {
    if (failure !== undefined) throw failure;
    return ASSIGNED;
  });
  const mayQueuePortal = jest.fn(async () => mayQueue);
  const setOrEnqueue = createSetOrEnqueue({
    setOwner,
    queue: {
      canCarry: () => fits,
      async send(delayed) {
        if (will.send !== undefined) throw will.send;
        clock.advance(will.sendMs ?? 0);
        sent.push(...delayed);
        return [];
      },
    },
    queuePermission: { mayQueue: mayQueuePortal },
    workLog,
    modeOf: () => mode,
    now: clock.now,
    metrics: telemetry.metrics,
  });
  const run = (callbackId: string | undefined = 'ap-1') => setOrEnqueue({ ...delivered, callbackId }, DEADLINE);
  return { run, setOrEnqueue, sent, setOwner, mayQueuePortal, telemetry, workLog };
}

it.each<DeliveryMode>(['inline', 'auto'])(
  'An execution of an account in mode %s runs at once while there are permits, without a check of the queue permission',
  async (mode) => {
    const { run, sent, setOwner, mayQueuePortal } = setUp(mode);
    expect(await run()).toBe(ASSIGNED);
    expect(setOwner.mock.calls).toEqual([[command, DEADLINE]]);
    expect([sent, mayQueuePortal.mock.calls]).toEqual([[], []]);
  },
);

it.each<[DeliveryMode, object]>([
  ['auto', { setOwner: LIMIT }],
  ['queued', {}],
])(
  'An execution of an account in mode %s is queued for two days, with a delay until HubSpot knows that it waits',
  async (mode, will) => {
    const { run, sent, telemetry } = setUp(mode, will);
    expect(await run()).toBe(QUEUED);
    expect(sent).toEqual([
      {
        execution: {
          key: { portalId: PORTAL_A, executionId: 'ap-1' },
          payloadHash: 'hash',
          command,
          queuedAtEpochMs: START_EPOCH_MS,
          expiresAtEpochMs: START_EPOCH_MS + BLOCK_MS,
          requeueCount: 0,
          refusals: 0,
          deadLetterCount: 0,
        },
        delaySeconds: 5,
      },
    ]);
    expect(telemetry.counts).toEqual(['ExecutionsQueued ×1']);
  },
);

it.each([
  [1_000, []],
  [1_001, [['ap-1', START_EPOCH_MS + 1_001]]],
])(
  '[Q9, W4] A BLOCK after %i ms, in which SQS may have taken the message long ago, is noted if HubSpot gets it late',
  async (sendMs, noted) => {
    const { run, workLog } = setUp('queued', { sendMs });
    expect(await run()).toBe(QUEUED);
    expect([...(await workLog.findBlocked(PORTAL_A, 0))]).toEqual(noted);
  },
);

it('An execution of an account that is always queued takes no permit from the others', async () => {
  const { run, setOwner } = setUp('queued');
  await run();
  expect(setOwner).not.toHaveBeenCalled();
});

it('An exhausted limit is thrown where executions are never queued, so that HubSpot retries', async () => {
  const { run, sent } = setUp('inline', { setOwner: LIMIT });
  await expect(run()).rejects.toBe(LIMIT);
  expect(sent).toEqual([]);
});

it('Only an exhausted limit queues an execution, because waiting does not fix other errors', async () => {
  const away = new UpstreamUnavailableError('http_502');
  const { run, sent } = setUp('auto', { setOwner: away });
  await expect(run()).rejects.toBe(away);
  expect(sent).toEqual([]);
});

const CANNOT_WAIT: [string, { mayQueue?: boolean; fits?: boolean }, boolean][] = [
  ['has no callback', {}, false],
  ['does not fit into a message', { fits: false }, true],
  ['is of a portal that may not queue', { mayQueue: false }, true],
];

it.each(CANNOT_WAIT)('An execution that %s gets the error of an exhausted limit', async (_why, will, hasCallback) => {
  const { setOrEnqueue, sent, telemetry } = setUp('auto', { ...will, setOwner: LIMIT });
  const one = { ...delivered, callbackId: hasCallback ? 'ap-1' : undefined };
  await expect(setOrEnqueue(one, DEADLINE)).rejects.toBe(LIMIT);
  expect([sent, telemetry.counts]).toEqual([[], []]);
});

it.each(CANNOT_WAIT)(
  'An execution that %s runs at once even where all are to be queued',
  async (_why, will, hasCallback) => {
    const { setOrEnqueue, sent } = setUp('queued', will);
    const one = { ...delivered, callbackId: hasCallback ? 'ap-1' : undefined };
    expect(await setOrEnqueue(one, DEADLINE)).toBe(ASSIGNED);
    expect(sent).toEqual([]);
  },
);

it('The queue permission is not checked for an execution that does not fit into a message', async () => {
  const { run, mayQueuePortal } = setUp('queued', { fits: false });
  await run();
  expect(mayQueuePortal).not.toHaveBeenCalled();
});

it('A later completion is never promised while the queue is away', async () => {
  const away = new QueueUnavailableError('away');
  const { run, telemetry } = setUp('auto', { setOwner: LIMIT, send: away });
  await expect(run()).rejects.toBe(away);
  expect(telemetry.counts).toEqual([]);
});

it('A later completion is never promised when the queue did not take the execution', async () => {
  const { metrics, counts } = createFakeTelemetry();
  const setOrEnqueue = createSetOrEnqueue({
    setOwner: () => Promise.reject(LIMIT),
    queue: { canCarry: () => true, send: async (delayed) => delayed.map(({ execution }) => execution) },
    queuePermission: { mayQueue: async () => true },
    workLog: createFakeWorkLog(makeClock().now),
    modeOf: () => 'auto',
    now: makeClock().now,
    metrics,
  });
  await expect(setOrEnqueue(delivered, DEADLINE)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE', retryable: true });
  expect(counts).toEqual([]);
});
