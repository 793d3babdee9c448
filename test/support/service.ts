import { createHandler as createFindOwnerHandler } from '../../functions/find-owner-by-email.ts';
import { createHandler as createSetOwnerHandler } from '../../functions/set-owner-by-email.ts';
import { FIND_OWNER_BY_EMAIL, SET_OWNER_BY_EMAIL } from '../../lib/action/definition.ts';
import type { SetOwnerConfig } from '../../lib/config/load-config.ts';
import { type PortalId, parsePortalId } from '../../lib/domain/ids.ts';
import type { HttpEvent, HttpResult } from '../../lib/http/http-event.ts';
import { nodeFetch } from '../../lib/network/fetch.ts';
import { createFindOwnerRuntime } from '../../lib/runtime/action-runtime.ts';
import { createOperatorRuntime, type OperatorRuntime } from '../../lib/runtime/operator-runtime.ts';
import type { Platform } from '../../lib/runtime/platform.ts';
import { createSetOwnerRuntime, type SetOwnerRuntime } from '../../lib/runtime/set-owner-runtime.ts';
import type { Table } from '../../lib/store/table.ts';
import { buildExecutionPayload, type Enrollment } from '../../local/simulator/execution-payload.ts';
import { type HubSpotSimulator, startHubSpotSimulator } from '../../local/simulator/hubspot-simulator.ts';
import { addPortal } from '../../local/simulator/seed-portals.ts';
import { type FakeClock, makeClock } from './clock.ts';
import { makeEmbeddedTable } from './embedded-table.ts';
import { BASE_URL, CLIENT_SECRET, makeContext, makeEvent } from './http-events.ts';
import { makePatience } from './patience.ts';
import { makeTelemetry, type RecordingTelemetry } from './recording-telemetry.ts';

export const PORTAL = 8_200_001;
export const OTHER_PORTAL = 8_200_002;

export type Answer = {
  readonly status: number;
  readonly headers: HttpResult['headers'];
  /** The parsed body; for an answered execution, `outputs` is what HubSpot reads of it. */
  readonly body: Record<string, unknown>;
  readonly outputs: Record<string, string>;
};

export type Service = {
  readonly simulator: HubSpotSimulator;
  readonly clock: FakeClock;
  readonly table: Table;
  readonly telemetry: RecordingTelemetry;
  readonly config: SetOwnerConfig;
  readonly runtime: SetOwnerRuntime;
  readonly operators: OperatorRuntime;
  /** Hands an event to a function's handler as Lambda does. */
  send(event: HttpEvent, options?: { action?: 'set' | 'find'; remainingMs?: number }): Promise<Answer>;
  /** Enrolls a record: builds and signs the execution as HubSpot does, and sends it. */
  execute(enrollment: ExecuteOptions): Promise<Answer>;
  /** A runtime beside the first one, as another container would have: same table, nothing in memory. */
  restart(): Promise<Service>;
  close(): Promise<void>;
};

export type ExecuteOptions = Partial<Omit<Enrollment, 'inputFields'>> & {
  readonly objectId: string;
  readonly inputFields: Readonly<Record<string, string>>;
  readonly action?: 'set' | 'find';
  readonly callbackId?: string;
  readonly remainingMs?: number;
};

export type ServiceOptions = {
  readonly config?: Partial<SetOwnerConfig>;
  readonly world?: Partial<Platform>;
};

/** Unique in the whole test file, as HubSpot's enrollment ids and a delivery's writer ids are in the world. */
let enrollments = 63_000_000_001;
let writers = 1;

/** The real handlers over a real DynamoDB engine and the HubSpot simulator, with time and chance in the test's hand. */
export async function startService(options: ServiceOptions = {}): Promise<Service> {
  const clock = makeClock();
  const simulator = await startHubSpotSimulator({ now: clock.now });
  addPortal(simulator.state, { portalId: PORTAL, token: tokenOf(PORTAL) });
  addPortal(simulator.state, { portalId: OTHER_PORTAL, token: tokenOf(OTHER_PORTAL) });
  const table = await makeEmbeddedTable();
  return assemble(options, clock, simulator, table);
}

export function tokenOf(portalId: number): string {
  return `pat-test-${portalId}`;
}

function assemble(options: ServiceOptions, clock: FakeClock, simulator: HubSpotSimulator, table: Table): Service {
  const telemetry = makeTelemetry();
  const config: SetOwnerConfig = {
    publicBaseUrl: BASE_URL,
    hubspotApiBaseUrl: simulator.url,
    secrets: { current: CLIENT_SECRET },
    allowSignatureV2: true,
    staticTokens: new Map([PORTAL, OTHER_PORTAL].map((id) => [portalIdOf(id), tokenOf(id)])),
    tableName: table.tableName,
    ownerMaxAgeMs: 26 * 3_600_000,
    ...NO_QUEUE,
    ...options.config,
  };
  const world: Platform = {
    now: clock.now,
    sleep: makePatience(clock).sleep,
    random: () => 0.5,
    newId: () => `writer-${writers++}`,
    table: table.client,
    fetch: nodeFetch,
    hubspotTryTimeoutMs: 2_000,
    ...options.world,
  };
  const runtime = createSetOwnerRuntime(config, telemetry, world);
  const finding = createFindOwnerRuntime(config, telemetry, world);
  const operators = createOperatorRuntime(config, telemetry, world);
  const handlers = {
    set: createSetOwnerHandler(telemetry, async () => runtime),
    find: createFindOwnerHandler(telemetry, async () => finding),
  };
  const send: Service['send'] = async (event, { action = 'set', remainingMs } = {}) =>
    toAnswer(await handlers[action](event, makeContext(remainingMs)));
  return {
    simulator,
    clock,
    table,
    telemetry,
    config,
    runtime,
    operators,
    send,
    async execute({ action = 'set', callbackId, remainingMs, ...enrollment }) {
      const definition = action === 'set' ? SET_OWNER_BY_EMAIL : FIND_OWNER_BY_EMAIL;
      const full = { portalId: PORTAL, objectType: 'CONTACT', ...enrollment };
      const payload = buildExecutionPayload(simulator.state, definition, full, full.enrollmentId ?? enrollments++);
      const body = JSON.stringify(callbackId === undefined ? payload : { ...payload, callbackId });
      const event = makeEvent({ route: definition.route, body, nowEpochMs: clock.now() });
      return send(event, { action, ...(remainingMs !== undefined && { remainingMs }) });
    },
    restart: async () => assemble(options, clock, simulator, table),
    close: () => simulator.close(),
  };
}

/** No queue, and no portal that would need one: what cannot be done at once comes again. */
export const NO_QUEUE = {
  assignQueueUrl: 'http://127.0.0.1:9/queue',
  inlinePortals: new Set([PORTAL, OTHER_PORTAL].map(portalIdOf)),
  queuedPortals: new Set<PortalId>(),
};

function portalIdOf(id: number): PortalId {
  const portalId = parsePortalId(id);
  if (portalId === undefined) throw new Error('a fixture has no valid portal id');
  return portalId;
}

function toAnswer(result: HttpResult): Answer {
  const body = JSON.parse(result.body) as Record<string, unknown>;
  return {
    status: result.statusCode,
    headers: result.headers,
    body,
    outputs: (body.outputFields ?? {}) as Record<string, string>,
  };
}
