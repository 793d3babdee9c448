import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createHandler as createFindOwnerHandler } from '../../functions/find-owner-by-email.ts';
import { createHandler as createSetOwnerHandler } from '../../functions/set-owner-by-email.ts';
import type { SetOwnerConfig } from '../../lib/config/load-config.ts';
import { type PortalId, parsePortalId } from '../../lib/domain/ids.ts';
import type { HttpEvent } from '../../lib/http/http-event.ts';
import type { Fetch } from '../../lib/network/fetch.ts';
import { createFindOwnerRuntime } from '../../lib/runtime/action-runtime.ts';
import type { Platform } from '../../lib/runtime/platform.ts';
import { createSetOwnerRuntime } from '../../lib/runtime/set-owner-runtime.ts';
import { type FakeClock, makeClock } from './clock.ts';
import { BASE_URL, CLIENT_SECRET, makeContext, makeEvent } from './http-events.ts';
import { makePatience } from './patience.ts';
import { makeTelemetry, type RecordingTelemetry } from './recording-telemetry.ts';
import { NO_QUEUE } from './service.ts';

export const PORTAL = 8_200_001;

type OfflineAnswer = {
  readonly status: number;
  readonly text: string;
  readonly outputs: Readonly<Record<string, string>>;
};
export type OfflineService = {
  readonly clock: FakeClock;
  readonly telemetry: RecordingTelemetry;
  /**
   * What went to HubSpot, and the keys that went to the table, since the last `forget`. Without the one of the portal's
   * signatures, which the first request in a container writes, whatever it asks, and the day's counts of outcomes.
   */
  readonly requests: { readonly method: string; readonly url: string; readonly body: string }[];
  readonly keys: string[];
  forget(): void;
  send(event: HttpEvent, action?: 'set' | 'find'): Promise<OfflineAnswer>;
  /** Signs a body and sends it. */
  post(body: string, action?: 'set' | 'find'): Promise<OfflineAnswer>;
  /** An execution with these parts replaced. */
  execute(parts?: object, action?: 'set' | 'find'): Promise<OfflineAnswer>;
};

export const JANE = { id: '75001', type: 'PERSON', archived: false, email: 'jane@example.com', userId: 901 };

const NOT_OF_THE_EXECUTION = /#(signature|outcomes)$/;
let callbacks = 1;

export function makeExecution(parts: object = {}): object {
  return {
    callbackId: `ap-${PORTAL}-${callbacks++}-7-0`,
    origin: { portalId: PORTAL, actionDefinitionId: 61, actionDefinitionVersion: 3 },
    context: { source: 'WORKFLOWS', workflowId: 62, actionId: 7 },
    object: { objectId: 501, objectType: 'CONTACT', properties: { hubspot_owner_id: '' } },
    inputFields: { ownerEmail: 'jane@example.com' },
    ...parts,
  };
}

/**
 * The real handlers and everything below them, over a HubSpot and a table that answer inside the process: for properties,
 * which run thousands of times. HubSpot has the given owners, whatever email it is asked for, and takes every write.
 */
export function makeOfflineService(
  options: { owners?: readonly object[]; config?: Partial<SetOwnerConfig> } = {},
): OfflineService {
  const clock = makeClock();
  const telemetry = makeTelemetry();
  const requests: OfflineService['requests'] = [];
  const keys: string[] = [];
  const portal = parsePortalId(PORTAL) as PortalId;
  const config: SetOwnerConfig = {
    publicBaseUrl: BASE_URL,
    hubspotApiBaseUrl: 'https://hubspot.example.com',
    secrets: { current: CLIENT_SECRET },
    allowSignatureV2: true,
    staticTokens: new Map([[portal, 'pat-test-offline']]),
    tableName: 'offline',
    ownerMaxAgeMs: 26 * 3_600_000,
    ...NO_QUEUE,
    ...options.config,
  };
  // A client of the SDK, because its paging insists on one.
  const table: DynamoDBClient = Object.assign(new DynamoDBClient({ region: 'eu-central-1' }), {
    send: async ({ input }: { input: TableInput }) => {
      const key = (input.Key ?? input.Item)?.pk.S ?? input.ExpressionAttributeValues?.[':pk']?.S ?? '';
      if (!NOT_OF_THE_EXECUTION.test(key)) keys.push(key);
      // Every execution is new.
      const writerId = input.ExpressionAttributeValues?.[':writerId'];
      return { Attributes: { firstWriterId: writerId, firstSeenAtEpochMs: { N: String(clock.now()) } } };
    },
  });
  const fakeFetch: Fetch = async (target, init) => {
    const url = String(target);
    // Whose the token is, which no test here is about.
    if (url.includes('/account-info/')) return Response.json({ portalId: PORTAL });
    requests.push({ method: init.method, url, body: init.body ?? '' });
    return Response.json(answerOfHubSpot(url, init.body, options.owners ?? [JANE]));
  };
  const world: Platform = {
    now: clock.now,
    sleep: makePatience(clock).sleep,
    random: () => 0.5,
    newId: () => 'writer-1',
    table,
    fetch: fakeFetch,
  };
  const setting = createSetOwnerRuntime(config, telemetry, world);
  const finding = createFindOwnerRuntime(config, telemetry, world);
  const handlers = {
    set: createSetOwnerHandler(telemetry, async () => setting),
    find: createFindOwnerHandler(telemetry, async () => finding),
  };

  const send: OfflineService['send'] = async (event, action = 'set') => {
    const { statusCode, body } = await handlers[action](event, makeContext());
    return { status: statusCode, text: body, outputs: JSON.parse(body).outputFields ?? {} };
  };
  const post: OfflineService['post'] = (body, action = 'set') =>
    send(makeEvent({ route: `/actions/${action}-owner-by-email`, body, nowEpochMs: clock.now() }), action);
  return {
    clock,
    telemetry,
    requests,
    keys,
    forget() {
      requests.length = 0;
      keys.length = 0;
    },
    send,
    post,
    execute: (parts, action) => post(JSON.stringify(makeExecution(parts)), action),
  };
}

/** Properties that hold an owner, beside the standard one. */
const OWNER_PROPERTIES = ['toString', 'hasOwnProperty'].map((name) => {
  return { name, label: name, type: 'enumeration', fieldType: 'select', referencedObjectType: 'OWNER' };
});

type TableInput = {
  readonly Key?: { readonly pk: { readonly S: string } };
  readonly Item?: { readonly pk: { readonly S: string } };
  readonly ExpressionAttributeValues?: Readonly<Record<string, { readonly S?: string }>>;
};

function answerOfHubSpot(url: string, body: string | undefined, owners: readonly object[]): object {
  const { pathname, searchParams } = new URL(url);
  if (pathname.startsWith('/crm/properties/')) return { results: OWNER_PROPERTIES };
  if (pathname.startsWith('/crm/owners/')) return { results: searchParams.get('archived') === 'true' ? [] : owners };
  const at = '2026-11-23T09:00:00.000Z';
  const { properties } = JSON.parse(body ?? '{"properties":{}}');
  return { id: pathname.split('/').at(-1), properties, createdAt: at, updatedAt: at, archived: false };
}
