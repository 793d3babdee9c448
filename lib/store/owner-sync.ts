import { farthestEpochMs } from '../domain/ages.ts';
import { inParallel } from '../domain/concurrency.ts';
import type { OwnerId, PortalId } from '../domain/ids.ts';
import { isAssignable, NO_NAME, type Owner } from '../domain/owner.ts';
import type { OwnerDiff } from '../domain/owner-diff.ts';
import type { FindListedOwner, Lease, OwnerSyncStore } from '../ports/store.ts';
import type { Now } from '../ports/telemetry.ts';
import { type ItemKey, itemKey, partitionOf } from './keys.ts';
import { fromOwnerMap, isSynced, ownerKeys, toEmailAttributes, toOwnerAttributes, toOwnerMap } from './owner-rows.ts';
import { createSyncState, listedOwnerKey } from './owner-sync-state.ts';
import { deleteItem, putItem, queryPages, readItem, updateItem } from './requests.ts';
import { createSyncCheckpoints } from './sync-checkpoints.ts';
import { farthestTime, type Item, readNumber, type Table, toNumber } from './table.ts';

/** No run with a later fence wrote the row, and no execution wrote it after the sync began. */
const MAY_WRITE =
  'attribute_not_exists(pk) OR ((attribute_not_exists(fence) OR fence <= :fence) AND (confirmedAtEpochMs <= :sweepAt OR confirmedAtEpochMs > :farthest))';

/**
 * The refresh's part of the table. A change is written in three steps: a note in the listing, then the rows that executions read,
 * then the listing itself. A killed run leaves its note behind, and the next run writes everything again that the killed one may
 * have touched. The version in the last report stays next to the listing until the change is reported.
 */
export function createOwnerSyncStore(table: Table, now: Now): OwnerSyncStore {
  const state = createSyncState(table, now);
  return {
    ...state,
    ...createSyncCheckpoints(table, now),

    async listKnown(portalId) {
      const { firstFence, lastCompleteStartedAtEpochMs } = await state.readState(portalId);
      const untilEpochMs = farthestEpochMs(now());
      const synced = new Map<OwnerId, Owner>();
      const pending = new Map<OwnerId, readonly Owner[]>();
      const unreported = new Map<OwnerId, Owner | undefined>();
      const leftOver: Owner[] = [];
      for await (const items of queryPages(table, partitionOf(portalId, 'listing'))) {
        for (const item of items) {
          const owner = fromOwnerMap(item.owner);
          if (!isSynced(item, firstFence)) {
            leftOver.push(...begunOf(item), ...(owner === undefined ? [] : [owner]));
            continue;
          }
          if (owner !== undefined) synced.set(owner.id, owner);
          const listedAtEpochMs = readNumber(item, 'listedAtEpochMs') ?? 0;
          const isReported = listedAtEpochMs <= lastCompleteStartedAtEpochMs || listedAtEpochMs > untilEpochMs;
          if (owner !== undefined && !isReported) unreported.set(owner.id, fromOwnerMap(item.reported));
          const begun = begunOf(item);
          // An address whose normalized form has changed since has its row under the old form.
          const isRenamed = owner?.email !== undefined && owner.email !== item.owner?.M?.email?.S;
          const id = owner?.id ?? begun[0]?.id;
          if (id !== undefined && (isRenamed || begun.length > 0)) pending.set(id, begun);
        }
      }
      return { synced, pending, ...(unreported.size > 0 && { unreported }), ...(leftOver.length > 0 && { leftOver }) };
    },

    async listLearned(portalId, ownerIds) {
      const learned: Owner[] = [];
      await inParallel(ownerIds, async (ownerId) => {
        const item = await readItem(table, itemKey(portalId, 'owner', ownerId));
        const owner = item === undefined || isSynced(item) ? undefined : fromOwnerMap(item.owner);
        if (owner !== undefined) learned.push(owner);
      });
      return learned;
    },

    async apply(portalId, diff, lease, syncAtEpochMs, mayGoOn) {
      let writes = 0;
      const write = async (change: Change) => {
        await send(change, lease, syncAtEpochMs);
        writes += 1;
      };
      const isDone =
        (await inParallel(toBegun(portalId, diff), write, { mayGoOn })) &&
        (await inParallel(toReaders(portalId, diff, lease, syncAtEpochMs), write, { mayGoOn })) &&
        (await inParallel(toListed(portalId, diff, lease, syncAtEpochMs), write, { mayGoOn }));
      return { writes, isDone };
    },
  };

  /** Where the condition does not hold, somebody knows better: a later run, or an execution that asked HubSpot since. */
  function send(change: Change, { fence }: Lease, syncAtEpochMs: number): Promise<unknown> {
    const values = { ':fence': toNumber(fence), ':sweepAt': toNumber(syncAtEpochMs), ':farthest': farthestTime(now) };
    const guard = { ConditionExpression: MAY_WRITE, ExpressionAttributeValues: values };
    switch (change.kind) {
      case 'put':
        return putItem(table, { ...change.key, ...change.attributes }, guard);
      case 'delete':
        return deleteItem(table, change.key, guard);
      case 'begin': {
        const owner = { ':begun': { L: [toOwnerMap({ ...change.owner, teams: [] })] }, ':none': { L: [] } };
        return updateItem(table, change.key, {
          ...guard,
          UpdateExpression:
            'SET begun = list_append(if_not_exists(begun, :none), :begun), fence = :fence, confirmedAtEpochMs = :sweepAt',
          ExpressionAttributeValues: { ...values, ...owner },
        });
      }
    }
  }
}

/** With the teams of the last sync: in the notes of a few failed runs, hundreds of teams would be too large for the item. */
function begunOf(item: Item): Owner[] {
  const teams = fromOwnerMap(item.owner)?.teams ?? [];
  return (item.begun?.L ?? []).flatMap((map) => fromOwnerMap(map) ?? []).map((owner) => ({ ...owner, teams }));
}

type Change =
  | { readonly kind: 'put'; readonly key: ItemKey; readonly attributes: Item }
  | { readonly kind: 'delete'; readonly key: ItemKey }
  /** Notes an owner that is about to be written, next to the present one. */
  | { readonly kind: 'begin'; readonly key: ItemKey; readonly owner: Owner };

function toBegun(portalId: PortalId, diff: OwnerDiff): Change[] {
  return diff.changed.map((owner) => ({ kind: 'begin', key: listedOwnerKey(portalId, owner.id), owner }));
}

/** The rows that executions read. */
function toReaders(portalId: PortalId, diff: OwnerDiff, { fence }: Lease, confirmedAtEpochMs: number): Change[] {
  return [
    ...[...diff.emails].map(([email, owners]): Change => {
      const attributes = toEmailAttributes({ owners, confirmedAtEpochMs }, fence);
      return { kind: 'put', key: itemKey(portalId, 'email', email), attributes };
    }),
    ...[...findHolders(portalId, diff).values()].map(({ key, owner }): Change => {
      return { kind: 'put', key, attributes: toOwnerAttributes({ owner, confirmedAtEpochMs }, fence) };
    }),
  ];
}

/**
 * The owner for each present or former ID of a changed or removed owner. Somebody who was created again has another owner and the
 * same user, so their user ID leads to the active one, or else to one who still has an address.
 */
function findHolders(portalId: PortalId, { owners, touched }: OwnerDiff) {
  const holders = new Map<string, { readonly key: ItemKey; owner: Owner | undefined }>();
  for (const key of touched.flatMap((owner) => ownerKeys(portalId, owner))) {
    holders.set(key.pk.S, { key, owner: undefined });
  }
  for (const owner of owners.values()) {
    for (const { pk } of ownerKeys(portalId, owner)) {
      const holder = holders.get(pk.S);
      if (holder !== undefined && (holder.owner === undefined || rankOf(owner) > rankOf(holder.owner))) {
        holder.owner = owner;
      }
    }
  }
  return holders;
}

function rankOf(owner: Owner): number {
  return isAssignable(owner) ? 2 : Number(owner.email !== undefined);
}

function toListed(portalId: PortalId, diff: OwnerDiff, { fence }: Lease, confirmedAtEpochMs: number): Change[] {
  const synced = diff.changed.map((owner): Change => {
    const before = diff.reported.get(owner.id);
    // For a leaver, only the fact that they existed.
    const reported = before && owner.archived ? bareOf(before) : before;
    const attributes = {
      ...toOwnerAttributes({ owner, confirmedAtEpochMs }, fence),
      // Unlike the other time, it is not changed when the next change of the owner begins.
      listedAtEpochMs: toNumber(confirmedAtEpochMs),
      ...(reported !== undefined && { reported: toOwnerMap(reported) }),
    };
    return { kind: 'put', key: listedOwnerKey(portalId, owner.id), attributes };
  });
  return [...synced, ...diff.removed.map(({ id }): Change => ({ kind: 'delete', key: listedOwnerKey(portalId, id) }))];
}

function bareOf({ id, type, archived, unlisted }: Owner): Owner {
  return {
    id,
    type,
    archived,
    email: undefined,
    userId: undefined,
    ...NO_NAME,
    ...(unlisted === true && { unlisted }),
  };
}

/** They are rewritten only if they change, so the time of a row says since when it is true. */
export function createFindListedOwner(table: Table): FindListedOwner {
  return async function findListedOwner(portalId, ownerId) {
    const item = (await readItem(table, listedOwnerKey(portalId, ownerId), { mayBeOld: true })) ?? {};
    const owner = fromOwnerMap(item.owner);
    return owner && { owner, sinceEpochMs: readNumber(item, 'confirmedAtEpochMs') ?? 0 };
  };
}
