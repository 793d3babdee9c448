import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { ExecutionKey } from '../domain/execution.ts';
import type { ActionResult } from '../domain/outcome.ts';
import type { LedgerEntry } from '../ports/executions.ts';
import { type ItemKey, itemKey } from './keys.ts';
import { type Item, readNumber } from './table.ts';

export function executionKey({ portalId, executionId }: ExecutionKey): ItemKey {
  return itemKey(portalId, 'execution', executionId);
}

/** The ledger entry for the delivery that now holds the item. Items of earlier versions lack the first-seen moment. */
export function toStarted(item: Item, writerId: string): LedgerEntry {
  return {
    kind: 'started',
    firstSeenAtEpochMs: readNumber(item, 'firstSeenAtEpochMs') ?? 0,
    isFirstDelivery: item.firstWriterId?.S === writerId,
  };
}

/** The meaning of an existing item for a delivery that wants to begin. */
export function toEntry(item: Item): Exclude<LedgerEntry, { kind: 'started' }> {
  const payloadHash = item.payloadHash?.S ?? '';
  if (item.state?.S === 'QUEUED') return { kind: 'queued', payloadHash };
  const result = fromResultAttribute(item.result);
  if (item.state?.S !== 'DONE' || result === undefined) return { kind: 'running' };
  return { kind: 'done', payloadHash, result };
}

/** As text: it is never searched, and members that a later version adds pass unchanged through an earlier one. */
export function toResultAttribute(result: ActionResult): AttributeValue {
  return { S: JSON.stringify(result) };
}

export function fromResultAttribute(value: AttributeValue | undefined): ActionResult | undefined {
  return value?.S === undefined ? undefined : (JSON.parse(value.S) as ActionResult);
}
