import { toDeadline } from '../../../lib/domain/deadline.ts';
import { QueueUnavailableError } from '../../../lib/domain/errors.ts';
import { keyOf, type QueuedExecution } from '../../../lib/domain/execution.ts';
import type { PortalId } from '../../../lib/domain/ids.ts';
import type { DelayedExecution } from '../../../lib/ports/queue.ts';
import type { ProcessPortal } from '../../../lib/ports/steps.ts';
import { createProcessExecutions } from '../../../lib/use-cases/queue/process-executions.ts';
import { PORTAL_A, PORTAL_B, toPortalId } from '../../builders/ids.ts';
import { makeNumbered, numbersOf } from '../../builders/numbered-executions.ts';
import { createFakeTelemetry } from '../../fakes/telemetry.ts';

const DEADLINE = toDeadline(1_234);
const ofA = [makeNumbered(1), makeNumbered(2)];
const ofB = [3, 4].map((number) => makeNumbered(number, { command: { portalId: PORTAL_B } }));
const keysOf = (executions: readonly QueuedExecution[]) => new Set(executions.map(keyOf));
const delay = (execution: QueuedExecution): DelayedExecution => ({ execution, delaySeconds: 7 });
const nobody: ProcessPortal = async () => [];

function setUp(
  processPortal: ProcessPortal,
  refuse: (sent: readonly DelayedExecution[]) => readonly QueuedExecution[],
  executions: readonly QueuedExecution[] = [ofA, ofB].flat(),
) {
  const sends: (readonly DelayedExecution[])[] = [];
  const telemetry = createFakeTelemetry();
  const send = async (delayed: readonly DelayedExecution[]) => {
    sends.push(delayed);
    return refuse(delayed);
  };
  const process = createProcessExecutions({ processPortal, queue: { send }, ...telemetry });
  return { run: () => process(executions, DEADLINE), sends, telemetry };
}

it('Executions of several accounts are processed account by account, each with its own executions and with all the time', async () => {
  const calls: [PortalId, number[], number][] = [];
  const { run } = setUp(
    async (portalId, executions, deadline) => {
      calls.push([portalId, numbersOf(executions), deadline]);
      return [];
    },
    () => [],
  );
  expect(await run()).toEqual(new Set());
  expect(calls).toEqual([
    [PORTAL_A, [1, 2], DEADLINE],
    [PORTAL_B, [3, 4], DEADLINE],
  ]);
});

it('Of five hundred accounts in a batch, fifty at a time open connections, and all of them have their turn', async () => {
  const executions = Array.from({ length: 500 }, (_, index) =>
    makeNumbered(index, { command: { portalId: toPortalId(8_300_000 + index) } }),
  );
  const done = new Set<PortalId>();
  let [running, most] = [0, 0];
  const processPortal: ProcessPortal = async (portalId) => {
    running += 1;
    most = Math.max(most, running);
    await null;
    running -= 1;
    done.add(portalId);
    return [];
  };
  await setUp(processPortal, () => [], executions).run();
  expect([most, done.size]).toEqual([50, 500]);
});

it('An account that waits for its permits delays no other account', async () => {
  const { promise: isBDone, resolve: bIsDone } = Promise.withResolvers<void>();
  const { run } = setUp(
    async (portalId) => {
      if (portalId === PORTAL_A) await isBDone;
      else bIsDone();
      return [];
    },
    () => [],
  );
  expect(await run()).toEqual(new Set());
});

it('What all accounts requeue is sent to the queue in one call', async () => {
  const { run, sends } = setUp(
    async (_portalId, executions) => executions.slice(0, 1).map(delay),
    () => [],
  );
  expect(await run()).toEqual(new Set());
  expect(sends).toEqual([[ofA[0], ofB[0]].map((one) => delay(one as QueuedExecution))]);
});

it('When the processing of an account fails, its messages come back, and executions of other accounts are still requeued', async () => {
  const { run, sends, telemetry } = setUp(
    async (portalId, executions) => {
      if (portalId === PORTAL_A) throw new TypeError('a mistake');
      return executions.map(delay);
    },
    () => [],
  );
  expect(await run()).toEqual(keysOf(ofA));
  expect(sends).toEqual([ofB.map(delay)]);
  expect(telemetry.lines).toEqual(['fault queued executions of a portal failed: TypeError']);
});

it('Only the message of an execution that the queue does not accept comes back', async () => {
  const { run } = setUp(
    async (_portalId, executions) => executions.map(delay),
    (sent) => sent.slice(1, 2).map(({ execution }) => execution),
  );
  expect(await run()).toEqual(keysOf(ofA.slice(1)));
});

it('While the queue is away, the messages of all requeued executions come back, and an alarm is raised', async () => {
  const { run, telemetry } = setUp(
    async (portalId, executions) => (portalId === PORTAL_A ? executions.map(delay) : []),
    () => {
      throw new QueueUnavailableError('away');
    },
  );
  expect(await run()).toEqual(keysOf(ofA));
  expect(telemetry.lines).toEqual(['error executions could not be queued again']);
});

it('A programming mistake in sending to the queue is not reported as an outage of the queue', async () => {
  const { run } = setUp(nobody, () => {
    throw new TypeError('a mistake');
  });
  await expect(run()).rejects.toThrow('a mistake');
});
