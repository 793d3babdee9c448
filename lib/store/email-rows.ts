import type { OwnerEmail } from '../domain/email.ts';
import type { PortalId } from '../domain/ids.ts';
import type { CachedOwners } from '../domain/ports.ts';
import { type BatchPauses, readBatch } from './batch-get.ts';
import { type LastSweepAt, readEmailRow } from './owner-cache.ts';
import { isSwept } from './owner-rows.ts';
import { itemKey, type Table } from './table.ts';

/** What the cache knows under many emails, a hundred a call; the rest of it is one row a call. */
export function createEmailRows(table: Table, lastSweepAt: LastSweepAt, pauses: BatchPauses) {
  return async function findByEmails(
    portalId: PortalId,
    emails: readonly OwnerEmail[],
  ): Promise<ReadonlyMap<OwnerEmail, CachedOwners>> {
    const emailByPartition = new Map(emails.map((email) => [itemKey(portalId, 'email', email).pk.S, email]));
    const keys = [...emailByPartition.values()].map((email) => itemKey(portalId, 'email', email));
    let items = await readBatch(table, keys, pauses);
    let sweptAtEpochMs = 0;
    if (items.some(isSwept)) {
      const sweep = await lastSweepAt(portalId);
      // A sweep that was recorded after the rows were read says nothing about them: it may have changed them in between.
      if (!sweep.wasKnown) items = await readBatch(table, keys, pauses);
      sweptAtEpochMs = sweep.atEpochMs;
    }
    const found = new Map<OwnerEmail, CachedOwners>();
    for (const item of items) {
      const email = emailByPartition.get(item.pk?.S ?? '');
      const row = readEmailRow(item, sweptAtEpochMs);
      if (email !== undefined && row !== undefined) found.set(email, row);
    }
    return found;
  };
}
