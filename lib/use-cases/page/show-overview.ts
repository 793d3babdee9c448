import type { Deadline } from '../../domain/deadline.ts';
import type { PortalId, UserId } from '../../domain/ids.ts';
import { type NightlyHandover, type NightlySum, sumUp } from '../../domain/nightly-handover.ts';
import { lastDays, type OutcomeCounts } from '../../domain/outcome-counts.ts';
import { isConnected } from '../../domain/portal.ts';
import { findMissing, type Need } from '../../domain/scopes.ts';
import { gatherOpen, type PageCause } from '../../domain/unresolved-page.ts';
import type { OverviewRows } from '../../ports/page.ts';
import type { UnresolvedEmails } from '../../ports/store.ts';
import type { Now } from '../../ports/telemetry.ts';
import type { AdminProof, createProveAdmin } from './prove-admin.ts';

export type ShowOverviewDeps = {
  readonly auth: 'static' | 'oauth';
  /** Whether a static token reaches the portal. */
  readonly isStatic: (portalId: PortalId) => boolean;
  readonly rows: OverviewRows;
  readonly unresolved: Pick<UnresolvedEmails, 'listSome'>;
  /** By `report-nightly`. */
  readonly reportNightly: (portalId: PortalId) => Promise<readonly NightlyHandover[]>;
  readonly proveAdmin: ReturnType<typeof createProveAdmin>;
  readonly now: Now;
};

export type Overview = {
  readonly auth: 'static' | 'oauth';
  readonly isConnected: boolean;
  /** Undefined with a static token, because HubSpot does not list its scopes. */
  readonly granted: readonly string[] | undefined;
  readonly missing: readonly Need[];
  /** 0 before the first refresh. */
  readonly lastRefreshAtEpochMs: number;
  readonly active: number;
  readonly deactivated: number;
  readonly outcomes: readonly { readonly day: string; readonly counts: OutcomeCounts }[];
  readonly unresolved: {
    readonly total: number;
    readonly isAtLeast: boolean;
    readonly byCause: ReadonlyMap<PageCause['kind'], number>;
  };
  /** Absent if there are no nightly handovers. */
  readonly lastNight: NightlySum | undefined;
  readonly proof: AdminProof;
};

const DAYS = 7;

/** The first view of the settings page: a few reads, for any number of owners and executions. */
export function createShowOverview(deps: ShowOverviewDeps) {
  return async function showOverview(portalId: PortalId, userId: UserId, deadline: Deadline): Promise<Overview> {
    const days = lastDays(deps.now(), DAYS);
    const rows = await deps.rows.read(portalId, days);
    const { state, outcomes } = rows;
    // A row of an earlier installation says nothing about a static token.
    const portal = deps.auth === 'static' ? undefined : rows.portal;
    const hasToken = deps.auth === 'static' ? deps.isStatic(portalId) : isConnected(portal);
    const [since, nightly, proof] = await Promise.all([
      deps.unresolved.listSome(portalId),
      deps.reportNightly(portalId),
      hasToken
        ? deps.proveAdmin(portalId, userId, deadline)
        : ({ isAdmin: false, reason: 'PORTAL_NOT_CONNECTED' } as const),
    ]);
    const granted = portal?.scopes;
    const { report } = state;
    const open = gatherOpen(report, since.emails);
    // The report contains the most frequent ones only.
    const unnamed = Math.max(0, (report?.unresolvedTotal ?? 0) - (report?.unresolved.length ?? 0));
    return {
      auth: deps.auth,
      // HubSpot may reject the stored token: the app was uninstalled a moment ago, or the token replaced.
      isConnected: hasToken && (proof.isAdmin || proof.reason !== 'PORTAL_NOT_CONNECTED'),
      granted,
      missing: granted === undefined ? [] : findMissing(granted),
      lastRefreshAtEpochMs: state.lastCompleteStartedAtEpochMs,
      active: report?.active ?? 0,
      deactivated: report?.archived ?? 0,
      outcomes: days.map((day) => ({ day, counts: outcomes.get(day) ?? {} })),
      unresolved: {
        total: open.length + unnamed,
        isAtLeast: !since.isAll,
        byCause: countCauses(
          open.map(({ reportedCause }) => reportedCause?.kind ?? 'not_explained'),
          unnamed,
        ),
      },
      lastNight: nightly.length > 0 ? sumUp(nightly) : undefined,
      proof,
    };
  };
}

function countCauses(kinds: readonly PageCause['kind'][], unnamed: number): ReadonlyMap<PageCause['kind'], number> {
  const counts = new Map<PageCause['kind'], number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  if (unnamed > 0) counts.set('not_explained', (counts.get('not_explained') ?? 0) + unnamed);
  return counts;
}
