import { setImmediate } from 'node:timers/promises';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { createHandler as createAssignHandler } from '../../functions/assign-owners.ts';
import { createHandler as createFailHandler } from '../../functions/fail-stranded.ts';
import { createHandler as createSetOwnerHandler } from '../../functions/set-owner-by-email.ts';
import { SET_OWNER_BY_EMAIL } from '../../lib/action/definition.ts';
import type { SetOwnerConfig } from '../../lib/config/load-config.ts';
import type { HttpResult } from '../../lib/http/http-event.ts';
import { nodeFetch } from '../../lib/network/fetch.ts';
import type { Platform } from '../../lib/runtime/platform.ts';
import { createQueueRuntime } from '../../lib/runtime/queue-runtime.ts';
import { createSetOwnerRuntime } from '../../lib/runtime/set-owner-runtime.ts';
import { createRateBudget } from '../../lib/store/rate-limit.ts';
import type { Table } from '../../lib/store/table.ts';
import { readBatchResult } from '../../local/event-source/batch-result.ts';
import { type HubSpotSimulator, startHubSpotSimulator } from '../../local/simulator/hubspot-simulator.ts';
import { addPortal } from '../../local/simulator/seed-portals.ts';
import { toPortalId } from '../builders/ids.ts';
import { type FakeClock, makeClock } from './clock.ts';
import { makeEmbeddedTable } from './embedded-table.ts';
import { BASE_URL, CLIENT_SECRET, makeContext, makeEvent } from './http-events.ts';
import { createMortal, type Fate, KILLED, type Mortal } from './mortal.ts';
import { makePatience } from './patience.ts';
import { createWaitingRoom, type Execution, type WaitingRoom } from './queued-enrollment.ts';
import { makeTelemetry, type RecordingTelemetry } from './recording-telemetry.ts';
import { createScriptedQueue, type Mailbox, type ScriptedQueue } from './scripted-queue.ts';
import { OTHER_PORTAL, PORTAL, tokenOf } from './service.ts';

/** The settings of infra/serverless.yml's event sources. */
const BATCH = { worker: 500, dead: 100 } as const;
const FUNCTION_MS = 60_000;

export type FloodOptions = {
  readonly config?: Partial<SetOwnerConfig>;
  readonly world?: Partial<Platform>;
  /** Where containers are killed, by `<function> <step>`. */
  readonly fate?: Fate;
  /** How often a message is received before it is a dead letter; as deployed unless said otherwise. */
  readonly maxReceives?: number;
  /** Sends to the queue of `config.assignQueueUrl` instead of the one in the test's hand. */
  readonly usesRealQueue?: boolean;
};

/** What an invocation came to: the ids it reported as failed, whatever they are; undefined when it was killed or threw. */
type Worked = {
  readonly records: readonly SQSRecord[];
  readonly failedIds: readonly string[] | undefined;
};

export type FloodService = {
  readonly simulator: HubSpotSimulator;
  readonly clock: FakeClock;
  readonly table: Table;
  readonly queue: ScriptedQueue;
  readonly telemetry: RecordingTelemetry;
  /** Enrollments, and what HubSpot knows of how each of them goes. */
  readonly hubspot: WaitingRoom;
  /**
   * Sends an execution, again or for the first time. `isAnswerLost`: HubSpot does not hear the answer. `signedMsAgo`: for so long
   * HubSpot has tried to.
   */
  deliver(
    execution: Execution,
    options?: { readonly isAnswerLost?: boolean; readonly signedMsAgo?: number },
  ): Promise<HttpResult | typeof KILLED>;
  /** One invocation of the worker with what the queue shows now; what it did not report as failed is deleted. */
  work(options?: { readonly most?: number }): Promise<Worked>;
  /** The same for the function behind the dead-letter queue. */
  handleDeadLetters(): Promise<Worked>;
  /** Hands records to the worker and leaves the queue alone. */
  invokeWorker(records: readonly SQSRecord[]): Promise<SQSBatchResponse | typeof KILLED>;
  /** The same with the function behind the dead-letter queue. */
  invokeDead(records: readonly SQSRecord[]): Promise<SQSBatchResponse | typeof KILLED>;
  /** Nobody gets a permit of the portal for so long: its executions overflow into the queue. */
  spendBudget(ms: number, portalId?: number): Promise<void>;
  /** New containers of all functions, with nothing in memory. */
  restart(): void;
  close(): Promise<void>;
};

let writers = 1;

/** Action, worker and dead-letter function over a real DynamoDB engine, the HubSpot simulator and a queue in the test's hand. */
export async function startFloodService(options: FloodOptions = {}): Promise<FloodService> {
  const clock = makeClock();
  const simulator = await startHubSpotSimulator({ now: clock.now });
  for (const portalId of [PORTAL, OTHER_PORTAL]) addPortal(simulator.state, { portalId, token: tokenOf(portalId) });
  const table = await makeEmbeddedTable();
  const queue = createScriptedQueue(clock.now, options.maxReceives);
  const telemetry = makeTelemetry();
  const hubspot = createWaitingRoom(simulator.state, clock.now);
  const config: SetOwnerConfig = {
    publicBaseUrl: BASE_URL,
    hubspotApiBaseUrl: simulator.url,
    secrets: { current: CLIENT_SECRET },
    allowSignatureV2: true,
    staticTokens: new Map([PORTAL, OTHER_PORTAL].map((id) => [toPortalId(id), tokenOf(id)])),
    tableName: table.tableName,
    ownerMaxAgeMs: 26 * 3_600_000,
    assignQueueUrl: queue.url,
    inlinePortals: new Set(),
    queuedPortals: new Set(),
    ...options.config,
  };
  const { fate = () => undefined } = options;

  const lives: Mortal[] = [];

  /** One container: all of its calls go through here, and end with it. */
  function start<Handler>(name: string, create: (world: Platform) => Handler) {
    const life = createMortal((step) => fate(`${name} ${step}`));
    lives.push(life);
    const client = new Proxy(table.client, {
      get(target, property, receiver) {
        if (property !== 'send') return Reflect.get(target, property, receiver);
        return (command: { readonly constructor: { readonly name: string } }) =>
          life.step(command.constructor.name, () => target.send(command as never));
      },
    });
    const world: Platform = {
      now: clock.now,
      sleep: makePatience(clock).sleep,
      random: () => 0.5,
      newId: () => `writer-${writers++}`,
      table: client,
      hubspotTryTimeoutMs: 2_000,
      ...options.world,
      fetch: (url, init) => {
        const { origin, pathname } = new URL(url);
        if (origin !== simulator.url) {
          const send = async () => (options.usesRealQueue ? nodeFetch(url, init) : queue.answer(String(init.body)));
          return life.step('SQS', send);
        }
        return life.step(`${init.method} ${pathname}`, () => (options.world?.fetch ?? nodeFetch)(url, init));
      },
    };
    return { handler: create(world), run: life.run };
  }

  const startAll = () => ({
    action: start('action', (world) => {
      const runtime = createSetOwnerRuntime(config, telemetry, world);
      return createSetOwnerHandler(telemetry, async () => runtime);
    }),
    worker: start('worker', (world) => {
      const runtime = createQueueRuntime(config, telemetry, world);
      return createAssignHandler(telemetry, async () => runtime);
    }),
    dead: start('dead', (world) => {
      const runtime = createQueueRuntime(config, telemetry, world);
      return createFailHandler(telemetry, async () => runtime);
    }),
  });
  let containers = startAll();

  function invoke(which: 'worker' | 'dead', records: readonly SQSRecord[]) {
    const { handler, run } = containers[which];
    return run(() => handler({ Records: [...records] }, makeContext(FUNCTION_MS)));
  }

  /** What Lambda's event source does with an invocation that ended, or did not (local/event-source does the same). */
  async function poll(which: 'worker' | 'dead', mailbox: Mailbox, most: number): Promise<Worked> {
    const records = mailbox.receive(most);
    if (records.length === 0) return { records, failedIds: [] };
    const result = await invoke(which, records);
    if (result === KILLED) return { records, failedIds: undefined };
    const read = readBatchResult(result, new Set(records.map(({ messageId }) => messageId)));
    if (read.kind === 'malformed') throw new Error(read.reason);
    mailbox.delete(records.filter(({ messageId }) => !read.failedIds.has(messageId)));
    return { records, failedIds: [...read.failedIds] };
  }

  return {
    simulator,
    clock,
    table,
    queue,
    telemetry,
    hubspot,
    async deliver(execution, { isAnswerLost = false, signedMsAgo = 0 } = {}) {
      const nowEpochMs = clock.now() - signedMsAgo;
      const event = makeEvent({ route: SET_OWNER_BY_EMAIL.route, body: execution.body, nowEpochMs });
      const { handler, run } = containers.action;
      const answer = await run(() => handler(event, makeContext()));
      if (answer !== KILLED && !isAnswerLost) hubspot.hear(execution, answer);
      return answer;
    },
    work: ({ most = BATCH.worker } = {}) => poll('worker', queue.live, most),
    handleDeadLetters: () => poll('dead', queue.dead, BATCH.dead),
    invokeWorker: (records) => invoke('worker', records),
    invokeDead: (records) => invoke('dead', records),
    spendBudget: (ms, portalId = PORTAL) =>
      createRateBudget(table, clock.now).pause(toPortalId(portalId), clock.now() + ms, { kind: 'limit' }),
    restart() {
      containers = startAll();
    },
    async close() {
      for (const life of lives) life.bury();
      await setImmediate();
      await simulator.close();
    },
  };
}
