import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { PortalId } from '../domain/ids.ts';
import type { Owner } from '../domain/owner.ts';
import type { OwnerSweep } from '../domain/owner-listing.ts';
import type { Now } from '../domain/ports.ts';
import type { RefreshStore } from '../domain/refresh.ts';
import { fromOwnerMap, toOwnerMap } from './owner-item.ts';
import { queryPartition } from './query-partition.ts';
import { parkedSweepKey, parkedSweepPartition } from './refresh-keys.ts';
import { type Item, reachTable, readNumber, type Table, toEpochSeconds } from './table.ts';

/** An owner is half a kilobyte, or a few with many teams; an item holds 400. */
const OWNERS_PER_PIECE = 100;
const LIFETIME_MS = 86_400_000;

type Position = Omit<OwnerSweep, 'owners'> & { readonly pieces: number };

/** Sweeps that ran out of time, kept for a day. The position is written last: without it there is nothing to take up. */
export function createParkedSweeps(table: Table, now: Now): Pick<RefreshStore, 'park' | 'takeUp'> {
  return {
    async park(portalId, runId, { owners, ...position }) {
      const all = [...owners.values()];
      const pieces = Math.ceil(all.length / OWNERS_PER_PIECE);
      for (let piece = 1; piece <= pieces; piece += 1) {
        const part = all.slice((piece - 1) * OWNERS_PER_PIECE, piece * OWNERS_PER_PIECE);
        await put(portalId, runId, piece, { owners: { L: part.map(toOwnerMap) } });
      }
      const parked: Position = { ...position, pieces };
      await put(portalId, runId, 0, { position: { S: JSON.stringify(parked) } });
    },

    async takeUp(portalId, runId) {
      const items = await queryPartition(table, parkedSweepPartition(portalId, runId));
      const text = items[0]?.position?.S;
      // DynamoDB deletes what has expired within days, not at once.
      const isExpired = (readNumber(items[0] ?? {}, 'expiresAtEpochSeconds') ?? 0) * 1000 < now();
      if (text === undefined || isExpired) return undefined;
      const { pieces, ...position } = JSON.parse(text) as Position;
      const owners = items
        .slice(1, pieces + 1)
        .flatMap((item) => item.owners?.L ?? [])
        .map(fromOwnerMap);
      const known = owners.filter((owner): owner is Owner => owner !== undefined);
      return { ...position, after: position.after, owners: new Map(known.map((owner) => [owner.id, owner])) };
    },
  };

  async function put(portalId: PortalId, runId: string, piece: number, attributes: Item): Promise<void> {
    const expiresAtEpochSeconds = toEpochSeconds(now() + LIFETIME_MS);
    const Item = { ...parkedSweepKey(portalId, runId, piece), ...attributes, expiresAtEpochSeconds };
    await reachTable(table.client.send(new PutItemCommand({ TableName: table.tableName, Item })));
  }
}
