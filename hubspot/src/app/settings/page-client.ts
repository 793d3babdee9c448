import type {
  AliasChange,
  AliasPage,
  ChangeAnswer,
  ChangesPage,
  ErrorBody,
  ErrorCode,
  HandoverAnswer,
  HandoverOrder,
  HandoverPlan,
  HandoverStart,
  HandoversPage,
  LookupAnswer,
  LookupRequest,
  Overview,
  PeoplePage,
  RefreshAnswer,
  RefreshRequest,
  SuccessorChange,
  UnresolvedCsv,
  UnresolvedPage,
} from './portal-api.ts';

/** `NO_ANSWER`: nothing came back that the service wrote, so whether it did anything is unknown. */
export type RequestError = {
  readonly code: ErrorCode | 'NO_ANSWER';
  readonly correlationId?: string;
  readonly retryAfterMs?: number;
};

export type RequestResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: RequestError };

export type HubSpotFetch = (
  url: string,
  options?: { readonly method?: 'PATCH' | 'PUT' | 'DELETE'; readonly body?: { [key: string]: unknown } },
) => Promise<Response>;

type Answer<T> = Promise<RequestResult<T>>;

export type PageClient = {
  readonly overview: () => Answer<Overview>;
  readonly unresolved: (after?: string) => Answer<UnresolvedPage>;
  readonly unresolvedCsv: (after?: string) => Answer<UnresolvedCsv>;
  readonly people: (after?: string) => Answer<PeoplePage>;
  readonly aliases: (after?: string) => Answer<AliasPage>;
  readonly changes: (after?: string) => Answer<ChangesPage>;
  readonly handovers: (after?: string) => Answer<HandoversPage>;
  readonly planHandover: (plan: HandoverPlan) => Answer<HandoverAnswer>;
  readonly startHandover: (handoverId: string, start: HandoverStart) => Answer<HandoverAnswer>;
  readonly stopHandover: (handoverId: string, changeId: string) => Answer<HandoverAnswer>;
  readonly undoHandover: (handoverId: string, changeId: string) => Answer<HandoverAnswer>;
  readonly setNightly: (leaverOwnerId: string, changeId: string) => Answer<ChangeAnswer>;
  readonly removeNightly: (leaverOwnerId: string, changeId: string) => Answer<ChangeAnswer>;
  readonly lookup: (email: string) => Answer<LookupAnswer>;
  readonly refresh: (changeId: string) => Answer<RefreshAnswer>;
  readonly setAlias: (change: AliasChange) => Answer<ChangeAnswer>;
  readonly removeAlias: (aliasId: string, changeId: string) => Answer<ChangeAnswer>;
  readonly setSuccessor: (leaverOwnerId: string, change: SuccessorChange) => Answer<ChangeAnswer>;
  readonly removeSuccessor: (leaverOwnerId: string, changeId: string) => Answer<ChangeAnswer>;
};

/** Functions that stay the same for as long as the page is open, so that React's hooks can depend on them. */
export function createPageClient(fetch: HubSpotFetch, serviceUrl: string): PageClient {
  const address = (path: string, query: Readonly<Record<string, string | undefined>> = {}) => {
    const given = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
    );
    return `${serviceUrl}/portal/${path}${given.length > 0 ? `?${given.join('&')}` : ''}`;
  };
  // Not GET: what the service shows is for nobody who can have a GET signed, such as a workflow of another account.
  const read = <T>(url: string) => toResult<T>(() => fetch(url, { method: 'PATCH', body: {} }));
  const send = <T>(url: string, body: { [key: string]: unknown }) =>
    toResult<T>(() => fetch(url, { method: 'PUT', body }));
  const remove = (url: string) => toResult<ChangeAnswer>(() => fetch(url, { method: 'DELETE' }));
  const handover = (handoverId: string, action: string) =>
    address(`handovers/${encodeURIComponent(handoverId)}/${action}`);
  const nightly = (leaverOwnerId: string, query = {}) =>
    address(`handovers/nightly/${encodeURIComponent(leaverOwnerId)}`, query);
  return {
    overview: () => read(address('overview')),
    unresolved: (after) => read(address('unresolved', { after })),
    unresolvedCsv: (after) => read(address('unresolved', { format: 'csv', after })),
    people: (after) => read(address('people', { after })),
    aliases: (after) => read(address('aliases', { after })),
    changes: (after) => read(address('changes', { after })),
    handovers: (after) => read(address('handovers', { after })),
    planHandover: (plan) => send(address('handovers'), { ...plan }),
    startHandover: (handoverId, start) => send(handover(handoverId, 'start'), { ...start }),
    stopHandover: (handoverId, changeId) => send(handover(handoverId, 'stop'), { changeId } satisfies HandoverOrder),
    undoHandover: (handoverId, changeId) => send(handover(handoverId, 'undo'), { changeId } satisfies HandoverOrder),
    setNightly: (leaverOwnerId, changeId) => send(nightly(leaverOwnerId), { changeId } satisfies HandoverOrder),
    removeNightly: (leaverOwnerId, changeId) => remove(nightly(leaverOwnerId, { changeId })),
    lookup: (email) => send(address('lookup'), { email } satisfies LookupRequest),
    refresh: (changeId) => send(address('refresh'), { changeId } satisfies RefreshRequest),
    setAlias: (change) => send(address('aliases'), { ...change }),
    removeAlias: (aliasId, changeId) => remove(address(`aliases/${encodeURIComponent(aliasId)}`, { changeId })),
    setSuccessor: (leaverOwnerId, change) =>
      send(address(`successors/${encodeURIComponent(leaverOwnerId)}`), { ...change }),
    removeSuccessor: (leaverOwnerId, changeId) =>
      remove(address(`successors/${encodeURIComponent(leaverOwnerId)}`, { changeId })),
  };
}

async function toResult<T>(request: () => Promise<Response>): Answer<T> {
  try {
    const response = await request();
    const body: unknown = await response.json();
    if (response.ok) return { ok: true, value: body as T };
    if (isErrorBody(body)) return { ok: false, error: body.error };
  } catch {
    // HubSpot could not reach the service, or something between answered in its place. What is known is that we know nothing.
  }
  return { ok: false, error: { code: 'NO_ANSWER' } };
}

function isErrorBody(body: unknown): body is ErrorBody {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false;
  return typeof body.error === 'object' && body.error !== null && 'code' in body.error;
}
