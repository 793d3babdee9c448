import { gunzipSync, gzipSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { SYNC_CHECKPOINT_ROW_MS } from '../domain/ages.ts';
import { inParallel } from '../domain/concurrency.ts';
import type { PortalId } from '../domain/ids.ts';
import { piecesWithin } from '../domain/item-size.ts';
import type { Owner } from '../domain/owner.ts';
import type { OwnerSync } from '../domain/owner-listing.ts';
import type { OwnerSyncStore } from '../ports/store.ts';
import type { Now } from '../ports/telemetry.ts';
import { fromOwnerMap, toOwnerMap } from './owner-rows.ts';
import { checkpointKey } from './owner-sync-state.ts';
import { putItem, queryPartition } from './requests.ts';
import { type Item, readNumber, type Table, toEpochSeconds, toNumber } from './table.ts';

/** An owner is half a kilobyte, or dozens with hundreds of teams. An item holds 400 kB; compressed, an owner is a tenth. */
const PIECE = { maxItems: 500, maxBytes: 300_000 };
/**
 * DynamoDB writes 1,000 KB a second to one partition (partition key design, read 2026-11-27). A hundred thousand owners must be
 * written in the half minute that is left at the end, so they are compressed and few pieces are written at a time.
 */
const PIECES_AT_A_TIME = { limit: 2 };
/** They share an item with the cursors. With more of them, no ID counts as known, so that nobody counts as gone. */
const MAX_ODD_IDS = 5_000;

/** `ownerCount`: the number of owners in all pieces. */
type Position = Omit<OwnerSync, 'owners'> & { readonly pieces: number; readonly ownerCount?: number };

/**
 * Syncs that ran out of time, kept for a day. The position is written last: without it, there is nothing to resume. Each piece
 * names its sync, because a message that SQS delivers twice begins two syncs of one run, whose pages may differ. Two runs that
 * resume the same sync differ in their progress: the number of owners shows a piece of the slower one in place of the other's.
 */
export function createSyncCheckpoints(table: Table, now: Now): Pick<OwnerSyncStore, 'saveCheckpoint' | 'resume'> {
  return {
    async saveCheckpoint(portalId, runId, { owners, ...position }) {
      const pieces = piecesWithin([...owners.values()], PIECE);
      const startedAtEpochMs = toNumber(position.startedAtEpochMs);
      const save = ([index, piece]: [number, readonly Owner[]]) =>
        put(portalId, runId, index + 1, { startedAtEpochMs, zipped: { B: zip(piece.map(toOwnerMap)) } });
      await inParallel([...pieces.entries()], save, PIECES_AT_A_TIME);
      const isTooLong = position.oddIds.length > MAX_ODD_IDS;
      const odd = isTooLong ? { oddIds: [undefined], oddActiveIds: [undefined] } : {};
      const checkpoint: Position = { ...position, ...odd, pieces: pieces.length, ownerCount: owners.size };
      await put(portalId, runId, 0, { checkpoint: { S: JSON.stringify(checkpoint) } });
    },

    async resume(portalId, runId) {
      const items = await queryPartition(table, checkpointKey(portalId, runId, 0).pk.S);
      // Version 0.2.0 calls it `position` and, after a rollback, would not find the owners that are compressed.
      const text = (items[0]?.checkpoint ?? items[0]?.position)?.S;
      // DynamoDB deletes expired items within days, not immediately.
      const isExpired = (readNumber(items[0] ?? {}, 'expiresAtEpochSeconds') ?? 0) * 1000 < now();
      if (text === undefined || isExpired) return undefined;
      // Checkpoints of earlier versions have no odd rows, or do not say in which listing they were.
      const read = JSON.parse(text) as Position;
      const { pieces, ownerCount, oddRows = 0, oddIds = [], oddActiveIds = oddIds, ...position } = read;
      const { startedAtEpochMs } = position;
      const own = items.slice(1, pieces + 1).filter(isOf(startedAtEpochMs));
      const owners = own.flatMap(({ zipped, owners }) => unzip(zipped?.B) ?? owners?.L ?? []).map(fromOwnerMap);
      const known = owners.filter((owner) => owner !== undefined);
      // A missing owner would count as gone, so the sync begins again.
      if (own.length < pieces || known.length < Math.max(owners.length, ownerCount ?? 0)) return undefined;
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
    await putItem(table, { ...checkpointKey(portalId, runId, piece), ...attributes, expiresAtEpochSeconds });
  }
}

function zip(maps: readonly AttributeValue[]): Uint8Array {
  return gzipSync(JSON.stringify(maps), { level: 1 });
}

/** Undefined for a piece of an earlier version, whose owners are not compressed. */
function unzip(bytes: Uint8Array | undefined): AttributeValue[] | undefined {
  return bytes && (JSON.parse(gunzipSync(bytes).toString('utf8')) as AttributeValue[]);
}
