export type BatchResult =
  | { readonly kind: 'read'; readonly failedIds: ReadonlySet<string> }
  /** The whole batch has failed. */
  | { readonly kind: 'malformed'; readonly reason: string };

const NONE_FAILED: BatchResult = { kind: 'read', failedIds: new Set() };

/**
 * Which messages a function with `ReportBatchItemFailures` says have failed. Nothing, an empty response, and no or an
 * empty list mean that all went well; an entry that is not the id of a message of the batch fails all of them
 * ("Handling errors for an SQS event source", success and failure conditions, read 2026-11-23).
 */
export function readBatchResult(result: unknown, messageIds: ReadonlySet<string>): BatchResult {
  if (result === undefined || result === null || isEmptyList(result)) return NONE_FAILED;
  if (typeof result !== 'object' || Array.isArray(result)) return malformed('it is not an object');
  const failures = 'batchItemFailures' in result ? result.batchItemFailures : undefined;
  if (failures === undefined || failures === null) return NONE_FAILED;
  if (!Array.isArray(failures)) return malformed('batchItemFailures is not a list');

  const failedIds = new Set<string>();
  for (const failure of failures as unknown[]) {
    const id = identifierOf(failure);
    if (id === undefined) return malformed('an entry has no itemIdentifier');
    if (!messageIds.has(id)) return malformed('an itemIdentifier is not of a message of the batch');
    failedIds.add(id);
  }
  return { kind: 'read', failedIds };
}

function identifierOf(failure: unknown): string | undefined {
  if (typeof failure !== 'object' || failure === null || !('itemIdentifier' in failure)) return undefined;
  const { itemIdentifier } = failure;
  return typeof itemIdentifier === 'string' && itemIdentifier !== '' ? itemIdentifier : undefined;
}

function isEmptyList(result: unknown): boolean {
  return Array.isArray(result) && result.length === 0;
}

function malformed(what: string): BatchResult {
  return { kind: 'malformed', reason: `the function's batch response cannot be used: ${what}` };
}
