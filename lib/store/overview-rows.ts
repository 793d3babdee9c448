import type { OverviewRows } from '../ports/page.ts';
import type { ItemKey } from './keys.ts';
import { outcomesKey, toCounts } from './outcome-counts.ts';
import { refreshStateKey, toRefreshState } from './owner-sync-state.ts';
import { fromPortalItem, portalKey } from './portal-item.ts';
import { type BatchPauses, NO_PAUSES, readBatch } from './requests.ts';
import type { Table } from './table.ts';

/** The rows of the overview, whose keys are known, with one call of DynamoDB. */
export function createOverviewRows(table: Table, pauses: BatchPauses = NO_PAUSES): OverviewRows {
  return {
    async read(portalId, days) {
      const dayKeys = days.map((day) => [day, outcomesKey(portalId, day)] as const);
      const keys = [portalKey(portalId), refreshStateKey(portalId), ...dayKeys.map(([, key]) => key)];
      const items = await readBatch(table, keys, pauses);
      const find = ({ pk, sk }: ItemKey) => items.find((item) => item.pk?.S === pk.S && item.sk?.S === sk.S);
      const portalItem = find(portalKey(portalId));
      return {
        portal: portalItem && fromPortalItem(portalId, portalItem),
        state: toRefreshState(find(refreshStateKey(portalId))),
        outcomes: new Map(
          dayKeys.flatMap(([day, key]) => {
            const item = find(key);
            return item === undefined ? [] : [[day, toCounts(item)] as const];
          }),
        ),
      };
    },
  };
}
