import type { Context } from 'aws-lambda';
import { createHandler as createFindHandler } from '../functions/find-owner-by-email.ts';
import { createHandler as createSetHandler } from '../functions/set-owner-by-email.ts';
import { FIND_OWNER_BY_EMAIL, SET_OWNER_BY_EMAIL } from '../lib/action/definition.ts';
import { loadSetOwnerConfig } from '../lib/config/load-config.ts';
import { readSsmSecrets } from '../lib/config/secrets.ts';
import type { HttpEvent } from '../lib/http/http-event.ts';
import { createTelemetry } from '../lib/observability/telemetry.ts';
import { createFindOwnerRuntime } from '../lib/runtime/action-runtime.ts';
import { livePlatform, type Platform } from '../lib/runtime/platform.ts';
import { createSetOwnerRuntime } from '../lib/runtime/set-owner-runtime.ts';
import { completeEnvironment } from '../local/environment.ts';
import { LOCAL_CLIENT_SECRET, LOCAL_PORTAL_ID } from '../local/seed.ts';
import { buildExecutionPayload, type Enrollment } from '../local/simulator/execution-payload.ts';
import { signatureHeaders } from '../local/simulator/sign.ts';
import type { SimulatorState } from '../local/simulator/state.ts';
import { TABLE_NAME, useSettings } from './settings.ts';
import { countUsage, type Usage } from './usage.ts';

type Action = 'set' | 'find';
export type Delivery = { readonly action: Action; readonly event: HttpEvent };
type Enrolling = Pick<Enrollment, 'objectId' | 'inputFields'> & Partial<Enrollment>;

export type Service = {
  /** Everything the service has asked of DynamoDB and HubSpot so far. */
  readonly usage: Readonly<Usage>;
  /** A new execution, built and signed as HubSpot does. */
  enroll(action: Action, enrollment: Enrolling): Delivery;
  /** Hands it to the function's handler, as Lambda does. */
  deliver(delivery: Delivery): Promise<Answer>;
  /** The same service in a container of its own: same table, nothing in memory. */
  restart(): Service;
  close(): void;
};
/** `verdict` is the outcome, or the error code when the outcome is a failure. */
type Answer = { readonly verdict: string };

const DEFINITIONS = { set: SET_OWNER_BY_EMAIL, find: FIND_OWNER_BY_EMAIL };
let enrollments = 63_000_000_001;

/**
 * The handlers with the runtime and the telemetry they have on Lambda, against these two servers.
 * @param state what executions are built from; holds the same records as the simulator behind `hubspotUrl`
 */
export async function startService(dynamoDbUrl: string, hubspotUrl: string, state: SimulatorState): Promise<Service> {
  const nothingGiven = () => undefined;
  const environment = await completeEnvironment(nothingGiven, {
    httpPort: 3000,
    hubspotUrl,
    dynamoDbUrl,
    sqsUrl: undefined,
    refreshQueueUrl: 'http://127.0.0.1:9/unused',
    assignQueueUrl: 'http://127.0.0.1:9/unused',
  });
  useSettings(environment);
  const config = await loadSetOwnerConfig({ ...environment, TABLE_NAME }, readSsmSecrets);
  const telemetry = createTelemetry('bench');
  const { world, usage } = countUsage(livePlatform());
  return start(world);

  function start(world: Platform): Service {
    const setting = createSetOwnerRuntime(config, telemetry, world);
    const finding = createFindOwnerRuntime(config, telemetry, world);
    const handlers = {
      set: createSetHandler(telemetry, async () => setting),
      find: createFindHandler(telemetry, async () => finding),
    };
    return {
      usage,
      enroll(action, enrollment) {
        const { route } = DEFINITIONS[action];
        const full = { portalId: LOCAL_PORTAL_ID, objectType: 'CONTACT', ...enrollment };
        const body = JSON.stringify(buildExecutionPayload(state, DEFINITIONS[action], full, enrollments++));
        return { action, event: signedEvent(config.publicBaseUrl, route, body) };
      },
      async deliver({ action, event }) {
        const { statusCode, body } = await handlers[action](event, lambdaContext());
        if (statusCode !== 200) throw new Error(`the ${action} action answered with ${statusCode}: ${body}`);
        const { outputFields } = JSON.parse(body) as { outputFields: { outcome: string; errorCode: string } };
        return { verdict: outputFields.outcome === 'FAILED' ? outputFields.errorCode : outputFields.outcome };
      },
      restart: () => start(world),
      close: () => world.table.destroy(),
    };
  }
}

function signedEvent(baseUrl: string, route: string, body: string): HttpEvent {
  const parts = { method: 'POST', uri: `${baseUrl}${route}`, body };
  const signatures = Object.entries(signatureHeaders(LOCAL_CLIENT_SECRET, parts, Date.now(), 'v2+v3'));
  return {
    version: '2.0',
    rawPath: route,
    rawQueryString: '',
    headers: Object.fromEntries([...signatures, ['content-type', 'application/json']].map(lowerCaseName)),
    body,
    isBase64Encoded: false,
    requestContext: { requestId: 'bench', http: { method: 'POST' } },
  };
}

function lowerCaseName([name = '', value = '']: readonly string[]): [string, string] {
  return [name.toLowerCase(), value];
}

/** The part of a Lambda context that we read. */
function lambdaContext(): Context {
  return { awsRequestId: 'bench', getRemainingTimeInMillis: () => 10_000 } as Context;
}
