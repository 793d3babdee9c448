import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { OUTCOME_COUNT_ROW_MS } from '../domain/ages.ts';
import type { PortalId } from '../domain/ids.ts';
import { OUTCOMES } from '../domain/outcome.ts';
import type { OutcomeCounts } from '../domain/outcome-counts.ts';
import type { OutcomeLog } from '../ports/store.ts';
import { queryPartition } from './requests.ts';
import { type Item, readNumber, sendToTable, type Table, toEpochSeconds, toNumber } from './table.ts';

/** What executions came to, an item for each day of a portal: numbers only. */
export function createOutcomeLog(table: Table): OutcomeLog {
  return {
    ...createOutcomeCounter(table),
    async list(portalId, fromDay) {
      const items = await queryPartition(table, partition(portalId), fromDay);
      return new Map(items.map((item) => [item.sk?.S ?? '', toCounts(item)]));
    },
  };
}

/** The part that executions need. */
export function createOutcomeCounter({ client, tableName: TableName }: Table): Pick<OutcomeLog, 'add'> {
  return {
    async add(portalId, day, counts) {
      const added = Object.entries(counts);
      if (added.length === 0) return;
      const command = new UpdateItemCommand({
        TableName,
        Key: { pk: { S: partition(portalId) }, sk: { S: day } },
        UpdateExpression: `SET expiresAtEpochSeconds = :expires ADD ${added.map((_one, index) => `#o${index} :n${index}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(added.map(([outcome], index) => [`#o${index}`, outcome])),
        ExpressionAttributeValues: {
          ':expires': toEpochSeconds(Date.parse(day) + OUTCOME_COUNT_ROW_MS),
          ...Object.fromEntries(added.map(([, count], index) => [`:n${index}`, toNumber(count)])),
        },
      });
      await sendToTable(client.send(command));
    },
  };
}

function partition(portalId: PortalId): string {
  return `portal#${portalId}#outcomes`;
}

function toCounts(item: Item): OutcomeCounts {
  const counts = OUTCOMES.map((outcome) => [outcome, readNumber(item, outcome) ?? 0] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
