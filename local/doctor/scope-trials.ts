import { STANDARD_OBJECTS } from '../../lib/domain/scopes.ts';
import { readErrorBody } from '../../lib/hubspot/error-body.ts';
import type { HubSpotReply, Transport } from '../../lib/hubspot/transport.ts';
import { CALLBACKS_PATH, HUBSPOT_API_VERSION, OBJECTS_PATH } from '../../lib/hubspot/versions.ts';

/**
 * The result of a trial of a scope. `unproved`: the call was not refused, but HubSpot does not document whether it checks
 * permissions before the rest of a call (error handling guide, read 2026-11-27).
 */
export type Trial = { readonly scope: string } & (
  | { readonly shows: 'granted' | 'missing' | 'unproved' }
  | { readonly shows: 'nothing'; readonly why: string }
);

type Call = { readonly scope: string; readonly method: 'GET' | 'POST'; readonly path: string };

const TIMEOUT_MS = 10_000;
/**
 * Object type IDs, which every version of the paths accepts (object APIs guide, read 2026-11-23). If one scope covers both, the
 * result of a read is also valid for a write.
 */
const OBJECTS = [
  ...STANDARD_OBJECTS.map(({ typeId, records: [read, write] }) => ({ typeId, read, write })),
  { typeId: '0-115', read: 'crm.objects.users.read', write: undefined },
];

/** They request at most one row, with only an ID if the route allows it. */
const READS: readonly Call[] = [
  read('crm.objects.owners.read', `/crm/owners/${HUBSPOT_API_VERSION}?limit=1`),
  ...OBJECTS.map((object) => read(object.read, `${OBJECTS_PATH}/${object.typeId}?limit=1&properties=hs_object_id`)),
  // User provisioning has no confirmed 2026-09 path (OpenAPI, read 2026-11-23).
  read('settings.users.read', '/settings/users/2026-03?limit=1'),
];

/**
 * They name no record, so nothing can change, whatever HubSpot does with an empty list. The worst result is a 400, which counts
 * as one failed call of the day.
 */
const WRITES: readonly Call[] = [
  ...OBJECTS.flatMap(({ typeId, write }) =>
    write === undefined ? [] : [emptyBatch(write, `${OBJECTS_PATH}/${typeId}/batch/update`)],
  ),
  emptyBatch('automation', `${CALLBACKS_PATH}/complete`),
];

/** After these, every further call would fail the same way. */
const ENDS = new Set([401, 429, 477]);

/**
 * Tries one call for each scope, once. After a call without an answer, or with an answer that is valid for all, no more are sent.
 */
export async function tryScopes(transport: Transport, apiBaseUrl: string, token: string): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  let end: string | undefined;
  for (const { scope, method, path } of [...READS, ...WRITES]) {
    if (end !== undefined) {
      trials.push({ scope, shows: 'nothing', why: end });
      continue;
    }
    const result = await transport(toRequest(method, `${apiBaseUrl}${path}`, token), TIMEOUT_MS);
    if (result.kind === 'fault') end = `HubSpot could not be reached: ${result.fault}`;
    else if (ENDS.has(result.reply.status)) end = describeStatus(result.reply.status);
    trials.push({
      scope,
      ...(result.kind === 'reply' && end === undefined
        ? judge(method, result.reply)
        : { shows: 'nothing', why: end ?? '' }),
    });
  }
  return trials;
}

function toRequest(method: Call['method'], url: string, token: string) {
  const headers = { Accept: 'application/json', Authorization: `Bearer ${token}` };
  if (method === 'GET') return { method, url, headers };
  return {
    method,
    url,
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify({ inputs: [] }),
  };
}

type Shown =
  | { readonly shows: 'granted' | 'missing' | 'unproved' }
  | { readonly shows: 'nothing'; readonly why: string };

function judge(method: Call['method'], { status, document }: HubSpotReply): Shown {
  const { category, requiredScopes, isFromHubSpot } = readErrorBody(document);
  if (status === 403 && (category === 'MISSING_SCOPES' || requiredScopes.length > 0)) return { shows: 'missing' };
  if (status === 403 && category === 'USER_DOES_NOT_HAVE_PERMISSIONS') {
    return { shows: 'nothing', why: 'the person who installed the app in HubSpot has lost their permissions' };
  }
  const isTaken = status >= 200 && status < 300;
  if (method === 'GET' && isTaken && document !== undefined) return { shows: 'granted' };
  if (method === 'POST' && (isTaken || (status === 400 && isFromHubSpot))) return { shows: 'unproved' };
  return { shows: 'nothing', why: describeStatus(status) };
}

function describeStatus(status: number): string {
  return `HubSpot answered with status ${status}`;
}

function read(scope: string, path: string): Call {
  return { scope, method: 'GET', path };
}

function emptyBatch(scope: string, path: string): Call {
  return { scope, method: 'POST', path };
}
