import type { SQSClient } from '@aws-sdk/client-sqs';
import { createHandler as createFinishHandler } from '../../functions/finish-install.ts';
import { createHandler as createStartHandler } from '../../functions/start-install.ts';
import type { InstallConfig } from '../../lib/config/load-config.ts';
import { OPTIONAL_SCOPES, REQUIRED_SCOPES } from '../../lib/domain/scopes.ts';
import type { HttpResult } from '../../lib/http/http-event.ts';
import type { CallbackEvent } from '../../lib/http/install/callback.ts';
import { nodeFetch } from '../../lib/network/fetch.ts';
import { createInstallRuntime } from '../../lib/runtime/install-runtime.ts';
import type { Platform } from '../../lib/runtime/platform.ts';
import { createPortals } from '../../lib/store/portals.ts';
import type { Table } from '../../lib/store/table.ts';
import { type HubSpotSimulator, startHubSpotSimulator } from '../../local/simulator/hubspot-simulator.ts';
import { addApp } from '../../local/simulator/seed-apps.ts';
import { addPortal } from '../../local/simulator/seed-portals.ts';
import { toPortalId } from '../builders/ids.ts';
import { type FakeClock, makeClock } from './clock.ts';
import { makeEmbeddedTable } from './embedded-table.ts';
import { BASE_URL, makeContext } from './http-events.ts';
import { makeTelemetry, type RecordingTelemetry } from './recording-telemetry.ts';

export const CLIENT_ID = '3c5a9f10-0000-4000-8000-000000000001';
const APP_SECRET = 'secret-test-app';
export const INSTALL_PORTAL = 8_200_001;
export const COOKIE_NAME = '__Host-set-owner-install';
/** An account without Sales and Service Hub: a good part of the optional scopes is not to be had. */
export const SMALL_PORTAL = 8_200_002;
const SMALL_SCOPES = new Set([...REQUIRED_SCOPES, 'crm.objects.contacts.read', 'crm.objects.contacts.write']);

export type InstallService = {
  readonly simulator: HubSpotSimulator;
  readonly clock: FakeClock;
  readonly table: Table;
  readonly telemetry: RecordingTelemetry;
  /** Bodies of the messages that were queued. */
  readonly queued: string[];
  /** What the next calls of the queue meet. */
  breakQueue(): void;
  start(event?: CallbackEvent): Promise<HttpResult>;
  /** The answer to HubSpot's redirect alone. */
  comeBack(event: CallbackEvent): Promise<HttpResult>;
  /** What the browser shows in the end: it follows where the answer sends it. */
  finish(event: CallbackEvent): Promise<HttpResult>;
  /** Somebody installs the app again, and the account grants other scopes. */
  regrant(portalId: number, scopes: readonly string[]): Promise<void>;
  /** The page of a connected account. */
  show(event: CallbackEvent): Promise<HttpResult>;
  close(): Promise<void>;
};

export type InstallServiceOptions = {
  readonly publicBaseUrl?: string;
  readonly now?: () => number;
  readonly world?: Partial<Platform>;
};

/** The real install functions over the HubSpot simulator and a real DynamoDB engine. */
export async function startInstallService(options: InstallServiceOptions = {}): Promise<InstallService> {
  const { publicBaseUrl = BASE_URL } = options;
  const clock = makeClock();
  const now = options.now ?? clock.now;
  const simulator = await startHubSpotSimulator({ now });
  const redirectUri = `${publicBaseUrl}/oauth/callback`;
  addPortal(simulator.state, { portalId: INSTALL_PORTAL });
  addPortal(simulator.state, { portalId: SMALL_PORTAL, availableScopes: SMALL_SCOPES });
  addApp(simulator.state, {
    clientId: CLIENT_ID,
    clientSecret: APP_SECRET,
    redirectUris: [redirectUri],
    requiredScopes: REQUIRED_SCOPES,
    optionalScopes: OPTIONAL_SCOPES,
  });
  const table = await makeEmbeddedTable();
  const telemetry = makeTelemetry();
  const queued: string[] = [];
  let isQueueBroken = false;
  const sqs = {
    async send({ input }: { input: { Entries: { MessageBody: string }[] } }) {
      if (isQueueBroken) throw new Error('no queue');
      queued.push(...input.Entries.map(({ MessageBody }) => MessageBody));
      return {};
    },
  } as unknown as SQSClient;

  const config: InstallConfig = {
    oauth: {
      clientId: CLIENT_ID,
      clientSecret: APP_SECRET,
      redirectUri,
      appBaseUrl: simulator.url,
      tokenKey: { kind: 'local', key: Buffer.alloc(32, 7).toString('base64') },
    },
    staticTokens: new Map(),
    publicBaseUrl,
    hubspotApiBaseUrl: simulator.url,
    tableName: table.tableName,
    refreshQueueUrl: 'https://queue.example.com/refresh',
  };
  let ids = 0;
  const world: Platform = {
    now,
    sleep: clock.sleep,
    random: () => 0.5,
    newId: () => `id-${ids++}`,
    table: table.client,
    fetch: nodeFetch,
    ...options.world,
  };
  const runtime = createInstallRuntime(config, telemetry, world, sqs);
  const startHandler = createStartHandler(telemetry, async () => runtime);
  const finishHandler = createFinishHandler(telemetry, async () => runtime);
  const open = (event: CallbackEvent) => finishHandler(event, makeContext(29_000));
  return {
    simulator,
    clock,
    table,
    telemetry,
    queued,
    breakQueue: () => {
      isQueueBroken = true;
    },
    start: async (event = makeGet('/oauth/install')) => startHandler(event, makeContext(29_000)),
    comeBack: open,
    async finish(event) {
      const result = await open(event);
      const { location } = result.headers;
      return location === undefined ? result : open(makeGet(...followed(location), event.headers));
    },
    async regrant(portalId, scopes) {
      const tokens = { ciphertext: 'other-tokens', issuedAtEpochMs: now(), expiresAtEpochMs: now() };
      await createPortals(table, now).connect(toPortalId(portalId), { scopes, tokens }, now());
    },
    show: open,
    close: () => simulator.close(),
  };
}

/** Path and query of a redirect from the callback. */
function followed(location: string): [string, string, readonly string[]] {
  const { pathname, search } = new URL(location, `${BASE_URL}/oauth/callback`);
  return [pathname, search.slice(1), []];
}

/** A GET as an HTTP API hands it to a function (payload 2.0). */
export function makeGet(
  rawPath: string,
  rawQueryString = '',
  cookies: readonly string[] = [],
  headers: CallbackEvent['headers'] = {},
): CallbackEvent {
  return {
    version: '2.0',
    rawPath,
    rawQueryString,
    cookies,
    headers,
    requestContext: { requestId: 'request-1', http: { method: 'GET' } },
  };
}

export type Begun = { readonly location: URL; readonly state: string; readonly cookie: string };

/** What a browser knows after the first step. */
export async function begin(service: InstallService): Promise<Begun> {
  const { headers } = await service.start();
  const location = new URL(headers.location ?? '');
  const cookie = (headers['set-cookie'] ?? '').split(';')[0] ?? '';
  return { location, state: location.searchParams.get('state') ?? '', cookie };
}

/** What a person does on HubSpot's page. Answers the query that the browser comes back with. */
export async function decide(
  service: InstallService,
  { location }: Begun,
  decision: 'connect' | 'cancel',
  portalId = INSTALL_PORTAL,
): Promise<string> {
  const body = new URLSearchParams([...location.searchParams, ['decision', decision], ['portal_id', String(portalId)]]);
  const url = `${service.simulator.url}/oauth/authorize/decision`;
  const response = await fetch(url, { method: 'POST', body, redirect: 'manual' });
  return new URL(response.headers.get('location') ?? '').search.slice(1);
}
