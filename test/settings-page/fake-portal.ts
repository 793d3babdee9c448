import type {
  AliasEntry,
  ChangeAnswer,
  ChangeEntry,
  ErrorCode,
  HandoverEntry,
  LookupAnswer,
  NightlyHandover,
  Overview,
  PeopleEntry,
  Person,
  UnresolvedEntry,
} from '../../hubspot/src/app/settings/portal-api.ts';

/** Where the fake service is said to be. */
export const SERVICE_URL = 'https://owner.example.com';

type PortalCall = { readonly method: string; readonly path: string; readonly body: unknown };

type FetchOptions = { readonly method?: string; readonly body?: Record<string, unknown> };

export type FakePortal = {
  readonly fetch: (url: string, options?: FetchOptions) => Promise<Response>;
  readonly calls: PortalCall[];
  /** Calls other than reading. */
  readonly changes: () => readonly PortalCall[];
  overview: Overview;
  unresolved: readonly UnresolvedEntry[];
  people: readonly PeopleEntry[];
  aliases: readonly AliasEntry[];
  changeLog: readonly ChangeEntry[];
  handovers: readonly HandoverEntry[];
  nightly: readonly Person[];
  lastNight: readonly NightlyHandover[];
  lookup: LookupAnswer;
  /** Entries of a page. */
  pageSize: number;
  /** What the next changes are answered with; `set` or `removed` when there is none left. */
  readonly changeAnswers: Pick<ChangeAnswer, 'status' | 'code'>[];
  /** Requests that fail next, by the beginning of their path. */
  readonly failures: { readonly path: string; readonly method?: string; readonly answer: () => Promise<Response> }[];
  /** Holds answers to a path back until it is called. */
  delay(path: string): () => void;
};

/** Answers as `portal-api.ts` says, and refuses whatever that does not allow. */
export function createFakePortal(): FakePortal {
  const delays = new Map<string, Promise<void>>();
  const portal: FakePortal = {
    ...createData(),
    pageSize: 50,
    calls: [],
    changeAnswers: [],
    failures: [],
    changes: () => portal.calls.filter(({ method, path }) => method !== 'PATCH' && path !== '/portal/lookup'),
    delay(path) {
      const { promise, resolve } = Promise.withResolvers<void>();
      delays.set(path, promise);
      return resolve;
    },
    async fetch(url, { method = 'GET', body, ...others } = {}) {
      if (!url.startsWith(`${SERVICE_URL}/portal/`)) throw new Error(`not in permittedUrls: ${url}`);
      if (Object.keys(others).length > 0) throw new Error('hubspot.fetch takes method, body and timeout only');
      const { pathname: path, search, searchParams: query } = new URL(url);
      portal.calls.push({ method, path: `${path}${search}`, body });
      await delays.get(path);
      const failure = portal.failures.findIndex(
        (each) => path.startsWith(each.path) && (each.method ?? method) === method,
      );
      const [failing] = failure === -1 ? [] : portal.failures.splice(failure, 1);
      return failing === undefined ? respond(portal, { method, path, query, body }) : failing.answer();
    },
  };
  return portal;
}

export function errorAnswer(code: ErrorCode, status = 503, retryAfterMs?: number): () => Promise<Response> {
  const error = {
    code,
    message: 'for a log',
    correlationId: 'corr-42',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  return async () => Response.json({ error }, { status });
}

type Request = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown> | undefined;
};

function respond(portal: FakePortal, request: Request): Response {
  const { method, path, query, body } = request;
  const route = `${method} ${path}`;
  const paged = (entries: readonly unknown[]) => Response.json(pageOf(portal, entries, query));
  if (route === 'PATCH /portal/overview') return Response.json(portal.overview);
  if (route === 'PATCH /portal/unresolved' && query.get('format') === 'csv')
    return Response.json(csvPage(portal, query));
  if (route === 'PATCH /portal/unresolved') return paged(portal.unresolved);
  if (route === 'PATCH /portal/people') return paged(portal.people);
  if (route === 'PATCH /portal/aliases') return paged(portal.aliases);
  if (route === 'PATCH /portal/changes') return paged(portal.changeLog);
  if (route === 'PATCH /portal/handovers')
    return Response.json({
      ...pageOf(portal, portal.handovers, query),
      nightly: portal.nightly,
      lastNight: portal.lastNight,
    });
  if (route === 'PUT /portal/handovers') {
    const named = Object.keys(body ?? {}).filter((field) => field === 'target' || field === 'clear');
    if (named.length > 1 || (body?.clear ?? true) !== true) throw new Error('a target, or true for clear');
    const { clear: _clear, ...others } = body ?? {};
    const fields = named.includes('target') ? ['leaver', 'target'] : ['leaver'];
    return answerChange(portal, checkChange(others, fields), 'queued', 'h-1');
  }
  const handover = /^PUT \/portal\/handovers\/([\w-]+)\/(start|stop|undo)$/.exec(route);
  if (handover !== null) {
    const [, id, action] = handover;
    const order = checkChange(body, action === 'start' ? ['digest'] : []);
    return answerChange(portal, order, action === 'stop' ? 'set' : 'queued', id);
  }
  if (/^PUT \/portal\/handovers\/nightly\/\d+$/.test(route)) return answerChange(portal, checkChange(body, []), 'set');
  if (route === 'PUT /portal/lookup') return Response.json(portal.lookup);
  if (route === 'PUT /portal/refresh')
    return Response.json({ ...checkChange(body, []), status: 'queued' }, { status: 202 });
  if (route === 'PUT /portal/aliases') return answerChange(portal, checkChange(body, ['alias', 'to']), 'set');
  if (/^PUT \/portal\/successors\/\d+$/.test(route))
    return answerChange(portal, checkChange(body, ['successor']), 'set');
  if (/^DELETE \/portal\/(successors|aliases|handovers\/nightly)\/[\w%.-]+$/.test(route)) {
    if (body !== undefined) throw new Error('a DELETE has no body');
    return answerChange(portal, checkChange(Object.fromEntries(query), []), 'removed');
  }
  throw new Error(`no route ${route}`);
}

function checkChange(body: Record<string, unknown> | undefined, fields: readonly string[]) {
  const { changeId, ...others } = body ?? {};
  if (typeof changeId !== 'string' || !/^[a-z0-9-]{16,64}$/i.test(changeId)) throw new Error('changeId is malformed');
  if (Object.keys(others).sort().join() !== [...fields].sort().join())
    throw new Error(`fields: ${Object.keys(others)}`);
  if (!fields.every((field) => typeof others[field] === 'string' && others[field] !== ''))
    throw new Error('empty field');
  return { changeId };
}

function answerChange(
  { changeAnswers }: FakePortal,
  { changeId }: { changeId: string },
  status: 'set' | 'removed' | 'queued',
  handoverId?: string,
) {
  return Response.json({ changeId, status, ...(handoverId !== undefined && { handoverId }), ...changeAnswers.shift() });
}

function pageOf({ pageSize }: FakePortal, entries: readonly unknown[], query: URLSearchParams) {
  const from = Number(query.get('after') ?? 0);
  const isLast = from + pageSize >= entries.length;
  return { entries: entries.slice(from, from + pageSize), ...(!isLast && { after: String(from + pageSize) }) };
}

function csvPage(portal: FakePortal, query: URLSearchParams) {
  const { entries, after } = pageOf(portal, portal.unresolved, query) as {
    entries: readonly UnresolvedEntry[];
    after?: string;
  };
  const header = query.has('after') ? '' : 'email,count\r\n';
  return { csv: header + entries.map(({ email, count }) => `${email},${count}\r\n`).join(''), ...(after && { after }) };
}

export const JANE: Person = { ownerId: '101', name: 'Jane Doe', email: 'jane.doe@example.com', isActive: true };
const OMAR: Person = { ownerId: '102', name: 'Omar Haddad', email: 'omar.haddad@example.com', isActive: true };
export const LEE: Person = { ownerId: '103', name: 'Lee Chang', email: 'lee.chang@example.com', isActive: false };

const NO_OUTCOMES = {
  ASSIGNED: 0,
  ALREADY_ASSIGNED: 0,
  KEPT_EXISTING: 0,
  FALLBACK_ASSIGNED: 0,
  CLEARED: 0,
  LEFT_UNCHANGED: 0,
  FOUND: 0,
  FAILED: 0,
};
const NO_CAUSES = {
  resolved: 0,
  left: 0,
  shared: 0,
  queue: 0,
  sandbox_suffix: 0,
  user_without_owner: 0,
  typo: 0,
  never_seen: 0,
  not_explained: 0,
};

function createData() {
  const overview: Overview = {
    portal: { portalId: '1234567', auth: 'oauth', status: 'connected', installUrl: `${SERVICE_URL}/oauth/install` },
    scopes: { isKnown: true, granted: ['crm.objects.owners.read'], missing: [] },
    owners: {
      lastRefreshAt: '2026-11-27T02:15:00.000Z',
      nextRefreshAt: '2026-11-28T02:15:00.000Z',
      active: 1234,
      deactivated: 56,
    },
    outcomes: [21, 22, 23, 24, 25, 26, 27].map((day) => ({
      day: `2026-11-${day}`,
      counts: { ...NO_OUTCOMES, ASSIGNED: day, FAILED: day - 20 },
    })),
    outcomesAreApproximate: true,
    unresolved: { total: 3, isAtLeast: false, byCause: { ...NO_CAUSES, left: 1, typo: 1, never_seen: 1 } },
    viewer: { userId: '7001', canChange: true },
  };
  const seen = { workflowIds: ['501'], lastSeenAt: '2026-11-26T15:00:00.000Z' };
  const unresolved: readonly UnresolvedEntry[] = [
    {
      ...seen,
      email: 'jane.deo@example.com',
      count: 12,
      workflowIds: ['501', '502'],
      cause: { kind: 'typo', ownerIds: ['101'], of: 'jane.doe@example.com' },
      people: [JANE],
      suggestion: { kind: 'alias', alias: 'jane.deo@example.com', ownerId: '101' },
    },
    {
      ...seen,
      email: 'lee.chang@example.com',
      count: 4,
      cause: { kind: 'left', ownerIds: ['103'] },
      people: [LEE],
      suggestion: { kind: 'successor', leaverOwnerId: '103' },
    },
    { ...seen, email: 'nobody@example.com', count: 1, cause: { kind: 'never_seen' }, people: [] },
  ];
  const alias: AliasEntry = {
    aliasId: 'YS5iQGV4YW1wbGU',
    alias: 'j.doe@oldco.example',
    person: JANE,
    setAt: '2026-11-20T09:00:00.000Z',
  };
  const domain: AliasEntry = {
    aliasId: 'QG9sZGNv',
    alias: '@oldco.example',
    toDomain: '@example.com',
    setAt: '2026-11-21T09:00:00.000Z',
  };
  const people: readonly PeopleEntry[] = [
    { person: LEE, formerEmails: [], aliases: [] },
    { person: { ...OMAR, isActive: false }, formerEmails: [], aliases: [], successor: JANE },
    { person: JANE, formerEmails: ['jane.smith@example.com'], aliases: [alias] },
  ];
  const changeLog: readonly ChangeEntry[] = [
    {
      changeId: 'change-0000000002',
      at: '2026-11-21T09:00:00.000Z',
      userId: '7001',
      action: 'setAlias',
      alias: '@oldco.example',
      toDomain: '@example.com',
    },
    {
      changeId: 'change-0000000001',
      at: '2026-11-20T09:00:00.000Z',
      userId: '7002',
      action: 'setSuccessor',
      leaver: { ...OMAR, isActive: false },
      successor: JANE,
    },
  ];
  const lookup: LookupAnswer = {
    email: 'jane.doe@example.com',
    outcome: 'FOUND',
    person: JANE,
    matchedBy: 'EMAIL',
    about: [],
    resolvedFrom: 'CACHE',
    ownerDataAgeSeconds: 90,
    outputs: { outcome: 'FOUND', ownerId: '101' },
  };
  const handovers: readonly HandoverEntry[] = [];
  const nightly: readonly Person[] = [];
  const lastNight: readonly NightlyHandover[] = [];
  return { overview, unresolved, people, aliases: [alias, domain], changeLog, lookup, handovers, nightly, lastNight };
}

const NO_COUNTS = { done: 0, leftAlone: 0, missing: 0, refused: 0 };

/** A plan of Lee's records, for Jane. */
export const PLAN: HandoverEntry = {
  handoverId: 'h-1',
  status: 'planned',
  isStopped: false,
  isWorking: false,
  leaver: LEE,
  target: JANE,
  requestedBy: '7001',
  isNightly: false,
  plannedAt: '2026-11-27T10:00:00.000Z',
  endsAt: '2026-12-27T10:00:00.000Z',
  digest: '0123456789abcdef',
  records: 1500,
  parts: [
    { objectType: '0-1', property: 'hubspot_owner_id', label: 'Contact owner', records: 1000 },
    { objectType: '0-1', property: 'csm', label: 'Success manager', records: 200 },
    { objectType: '2-345', property: 'rep', label: '', records: 300 },
  ],
  unreadable: [],
  calls: 30,
  minutes: 1,
  progress: { done: 0, total: 1500, minutesLeft: 1 },
  moved: NO_COUNTS,
  undone: NO_COUNTS,
  canStart: true,
  canUndo: false,
};

export { NO_CAUSES, NO_OUTCOMES };
