import { type AliasSuggestion, suggestAliases } from '../../domain/alias-suggestions.ts';
import type { PortalId } from '../../domain/ids.ts';
import type { RefreshReport } from '../../domain/owner-sync.ts';
import type { OwnerCache } from '../../ports/store.ts';

export type ReadReportDeps = {
  readonly findReport: (portalId: PortalId) => Promise<RefreshReport | undefined>;
  readonly cache: Pick<OwnerCache, 'findByOwnerId'>;
};

/** The report of the last refresh, with suggested aliases; undefined before the first. */
export function createReadReport({ findReport, cache }: ReadReportDeps) {
  return async function readReport(portalId: PortalId) {
    const report = await findReport(portalId);
    return report && { ...report, aliasSuggestions: await keepAllowed(portalId, suggestAliases(report)) };
  };

  /** An alias of somebody who left would be refused. */
  async function keepAllowed(portalId: PortalId, suggested: readonly AliasSuggestion[]) {
    const known = await Promise.all(suggested.map(({ ownerId }) => cache.findByOwnerId(portalId, ownerId)));
    return suggested.filter((_one, index) => known[index]?.owner?.archived !== true);
  }
}
