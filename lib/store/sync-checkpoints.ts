import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SYNC_CHECKPOINT_ROW_MS } from '../domain/ages.ts';
import { inParallel } from '../domain/concurrency.ts';
import type { PortalId } from '../domain/ids.ts';
import { piecesWithin } from '../domain/item-size.ts';
import type { Owner } from '../domain/owner.ts';
import type { OwnerSync } from '../domain/owner-listing.ts';
import type { OwnerSyncStore } from '../ports/store.ts';
import type { Now } from '../ports/telemetry.ts';
import { fromOwnerMap, toOwnerMap } from './owner-rows.ts';
import { checkpointKey, checkpointPartition } from './owner-sync-state.ts';
import { queryPartition } from './requests.ts';
import { type Item, readNumber, sendToTable, type Table, toEpochSeconds, toNumber } from './table.ts';

/** An owner is half a kilobyte, or dozens with hundreds of teams; an item holds 400. */
const PIECE = { maxItems: 100, maxBytes: 200_000 };
/** They share an item with the cursors. Beyond it nobody's row counts as known, so that nobody is taken for gone. */
const MAX_ODD_IDS = 5_000;

type Position = Omit<OwnerSync, 'owners'> & { readonly pieces: number };

/**
 * Syncs that ran out of time, kept for a day. The position is written last: without it there is nothing to take up. Each piece says
 * of which sync it is, because a message that SQS delivers twice begins two of one run, whose pages may differ.
 */
export function createSyncCheckpoints(table: Table, now: Now): Pick<OwnerSyncStore, 'saveCheckpoint' | 'resume'> {
  return {
    async saveCheckpoint(portalId, runId, { owners, ...position }) {
      const pieces = piecesWithin([...owners.values()], PIECE);
      const startedAtEpochMs = toNumber(position.startedAtEpochMs);
      await inParallel([...pieces.entries()], ([index, piece]) =>
        put(portalId, runId, index + 1, { startedAtEpochMs, owners: { L: piece.map(toOwnerMap) } }),
      );
      const isTooLong = position.oddIds.length > MAX_ODD_IDS;
      const odd = isTooLong ? { oddIds: [undefined], oddActiveIds: [undefined] } : {};
      const checkpoint: Position = { ...position, ...odd, pieces: pieces.length };
      await put(portalId, runId, 0, { position: { S: JSON.stringify(checkpoint) } });
    },

    async resume(portalId, runId) {
      const items = await queryPartition(table, checkpointPartition(portalId, runId));
      const text = items[0]?.position?.S;
      // DynamoDB deletes what has expired within days, not at once.
      const isExpired = (readNumber(items[0] ?? {}, 'expiresAtEpochSeconds') ?? 0) * 1000 < now();
      if (text === undefined || isExpired) return undefined;
      // Checkpoints of earlier versions have no odd rows, or do not say in which listing they were.
      const read = JSON.parse(text) as Position;
      const { pieces, oddRows = 0, oddIds = [], oddActiveIds = oddIds, ...position } = read;
      const { startedAtEpochMs } = position;
      const own = items.slice(1, pieces + 1).filter(isOf(startedAtEpochMs));
      const owners = own.flatMap((item) => item.owners?.L ?? []).map(fromOwnerMap);
      const known = owners.filter((owner): owner is Owner => owner !== undefined);
      // Whoever is missing would be taken for gone. The sync then begins again.
      if (own.length < pieces || known.length < owners.length) return undefined;
      return {
        ...position,
        after: position.after,
        oddRows,
        // JSON has no `undefined`.
        oddIds: oddIds.map((id) => id ?? undefined),
        oddActiveIds: oddActiveIds.map((id) => id ?? undefined),
        owners: new Map(known.map((owner) => [owner.id, owner])),
      };
    },
  };

  /** Pieces of earlier versions do not say. */
  function isOf(startedAtEpochMs: number) {
    return (item: Item) => (readNumber(item, 'startedAtEpochMs') ?? startedAtEpochMs) === startedAtEpochMs;
  }

  async function put(portalId: PortalId, runId: string, piece: number, attributes: Item): Promise<void> {
    const expiresAtEpochSeconds = toEpochSeconds(now() + SYNC_CHECKPOINT_ROW_MS);
    const Item = { ...checkpointKey(portalId, runId, piece), ...attributes, expiresAtEpochSeconds };
    await sendToTable(table.client.send(new PutItemCommand({ TableName: table.tableName, Item })));
  }
}
