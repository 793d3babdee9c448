import type { PortalId, UserId } from '../../domain/ids.ts';
import { lastDays, type OutcomeCounts } from '../../domain/outcome-counts.ts';
import type { RefreshState } from '../../domain/owner-sync.ts';
import type { Portal } from '../../domain/portal.ts';
import { findMissing, type Need } from '../../domain/scopes.ts';
import { gatherOpen, type PageCause } from '../../domain/unresolved-page.ts';
import type { OutcomeLog, UnresolvedEmails } from '../../ports/store.ts';
import type { Now } from '../../ports/telemetry.ts';
import type { AdminProof, createProveAdmin } from './prove-admin.ts';

export type ShowOverviewDeps = {
  /** Undefined where one portal is reached by a static token: then `isStatic` says which. */
  readonly readPortal: ((portalId: PortalId) => Promise<Portal | undefined>) | undefined;
  readonly isStatic: (portalId: PortalId) => boolean;
  readonly readState: (portalId: PortalId) => Promise<RefreshState>;
  readonly outcomes: Pick<OutcomeLog, 'list'>;
  readonly unresolved: Pick<UnresolvedEmails, 'listSome'>;
  readonly proveAdmin: ReturnType<typeof createProveAdmin>;
  readonly now: Now;
};

export type Overview = {
  readonly auth: 'static' | 'oauth';
  readonly isConnected: boolean;
  /** Undefined with a static token, which does not say what it may do. */
  readonly granted: readonly string[] | undefined;
  readonly missing: readonly Need[];
  /** 0 before the first. */
  readonly lastRefreshAtEpochMs: number;
  readonly active: number;
  readonly deactivated: number;
  readonly outcomes: readonly { readonly day: string; readonly counts: OutcomeCounts }[];
  readonly unresolved: {
    readonly total: number;
    readonly isAtLeast: boolean;
    readonly byCause: ReadonlyMap<PageCause['kind'], number>;
  };
  readonly proof: AdminProof;
};

const DAYS = 7;

/** What the settings page shows first: a handful of reads, whatever the number of owners and executions. */
export function createShowOverview(deps: ShowOverviewDeps) {
  return async function showOverview(portalId: PortalId, userId: UserId, deadlineEpochMs: number): Promise<Overview> {
    const days = lastDays(deps.now(), DAYS);
    const portal = await deps.readPortal?.(portalId);
    const isConnected =
      deps.readPortal === undefined
        ? deps.isStatic(portalId)
        : portal !== undefined && portal.disconnectedAtEpochMs === undefined;
    const [state, counts, since, proof] = await Promise.all([
      deps.readState(portalId),
      deps.outcomes.list(portalId, days[0] ?? ''),
      deps.unresolved.listSome(portalId),
      isConnected
        ? deps.proveAdmin(portalId, userId, deadlineEpochMs)
        : ({ isAdmin: false, reason: 'PORTAL_NOT_CONNECTED' } as const),
    ]);
    const granted = portal?.scopes;
    const { report } = state;
    const open = gatherOpen(report, since.emails);
    // The report tells the most frequent ones only.
    const untold = Math.max(0, (report?.unresolvedTotal ?? 0) - (report?.unresolved.length ?? 0));
    return {
      auth: deps.readPortal === undefined ? 'static' : 'oauth',
      isConnected,
      granted,
      missing: granted === undefined ? [] : findMissing(granted),
      lastRefreshAtEpochMs: state.lastCompleteStartedAtEpochMs,
      active: report?.active ?? 0,
      deactivated: report?.archived ?? 0,
      outcomes: days.map((day) => ({ day, counts: counts.get(day) ?? {} })),
      unresolved: {
        total: open.length + untold,
        isAtLeast: !since.isAll,
        byCause: countCauses(
          open.map(({ reportedCause }) => reportedCause?.kind ?? 'not_explained'),
          untold,
        ),
      },
      proof,
    };
  };
}

function countCauses(kinds: readonly PageCause['kind'][], untold: number): ReadonlyMap<PageCause['kind'], number> {
  const counts = new Map<PageCause['kind'], number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  if (untold > 0) counts.set('not_explained', (counts.get('not_explained') ?? 0) + untold);
  return counts;
}
