import { OUTCOME_COUNT_ROW_MS } from '../domain/ages.ts';
import type { PortalId } from '../domain/ids.ts';
import { OUTCOMES } from '../domain/outcome.ts';
import type { OutcomeCounts } from '../domain/outcome-counts.ts';
import type { OutcomeLog } from '../ports/store.ts';
import { type ItemKey, rowKey } from './keys.ts';
import { updateItem } from './requests.ts';
import { type Item, readNumber, type Table, toEpochSeconds, toNumber } from './table.ts';

/** What executions came to, an item for each day of a portal: numbers only. */
export function createOutcomeLog(table: Table): OutcomeLog {
  return {
    async add(portalId, day, counts) {
      const added = Object.entries(counts);
      if (added.length === 0) return;
      await updateItem(table, outcomesKey(portalId, day), {
        UpdateExpression: `SET expiresAtEpochSeconds = :expires ADD ${added.map((_one, index) => `#o${index} :n${index}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(added.map(([outcome], index) => [`#o${index}`, outcome])),
        ExpressionAttributeValues: {
          ':expires': toEpochSeconds(Date.parse(day) + OUTCOME_COUNT_ROW_MS),
          ...Object.fromEntries(added.map(([, count], index) => [`:n${index}`, toNumber(count)])),
        },
      });
    },
  };
}

export function outcomesKey(portalId: PortalId, day: string): ItemKey {
  return rowKey(portalId, 'outcomes', day);
}

export function toCounts(item: Item): OutcomeCounts {
  const counts = OUTCOMES.map((outcome) => [outcome, readNumber(item, outcome) ?? 0] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
