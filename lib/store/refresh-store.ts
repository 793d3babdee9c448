import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { OwnerId, PortalId } from '../domain/ids.ts';
import { inParallel } from '../domain/in-parallel.ts';
import type { Owner } from '../domain/owner.ts';
import type { OwnerDiff } from '../domain/owner-diff.ts';
import type { Now } from '../domain/ports.ts';
import type { Lease, RefreshStore } from '../domain/refresh.ts';
import { fromOwnerMap, toOwnerMap } from './owner-item.ts';
import { ownerKeys, toEmailAttributes, toOwnerAttributes } from './owner-rows.ts';
import { createParkedSweeps } from './parked-sweeps.ts';
import { queryPages } from './query-partition.ts';
import { listedOwnerKey, listingPartition } from './refresh-keys.ts';
import { createRefreshState } from './refresh-state.ts';
import { type Item, type ItemKey, itemKey, reachTable, type Table } from './table.ts';

/** Nobody with a later fence wrote the row, and nothing was learned about it after the sweep began. */
const MAY_WRITE =
  'attribute_not_exists(pk) OR ((attribute_not_exists(fence) OR fence <= :fence) AND confirmedAtEpochMs <= :sweepAt)';

/**
 * The refresh's side of the table. A change is written in three steps: the listing notes what is begun, then come the rows
 * that executions read, then the listing is settled. A run that dies in between leaves its note behind, and the next run,
 * whatever it finds, writes again all that the dead one may have touched.
 */
export function createRefreshStore(table: Table, now: Now): RefreshStore {
  const { client, tableName: TableName } = table;
  return {
    ...createRefreshState(table, now),
    ...createParkedSweeps(table, now),

    async listKnown(portalId) {
      const settled = new Map<OwnerId, Owner>();
      const unsettled = new Map<OwnerId, readonly Owner[]>();
      for await (const items of queryPages(table, listingPartition(portalId))) {
        for (const item of items) {
          const owner = fromOwnerMap(item.owner);
          if (owner !== undefined) settled.set(owner.id, owner);
          const begun = (item.begun?.L ?? []).flatMap((map) => fromOwnerMap(map) ?? []);
          // An address whose normal form was another when it was written has its row under that one.
          const isRenamed = owner?.email !== undefined && owner.email !== item.owner?.M?.email?.S;
          const id = owner?.id ?? begun[0]?.id;
          if (id !== undefined && (isRenamed || begun.length > 0)) unsettled.set(id, begun);
        }
      }
      return { settled, unsettled };
    },

    async apply(portalId, diff, lease, sweepAtEpochMs, mayGoOn) {
      let writes = 0;
      const write = async (change: Change) => {
        await send(change, lease, sweepAtEpochMs);
        writes += 1;
      };
      const isDone =
        (await inParallel(toBegun(portalId, diff), write, { mayGoOn })) &&
        (await inParallel(toReaders(portalId, diff, lease, sweepAtEpochMs), write, { mayGoOn })) &&
        (await inParallel(toSettled(portalId, diff, lease, sweepAtEpochMs), write, { mayGoOn }));
      return { writes, isDone };
    },
  };

  async function send(change: Change, { fence }: Lease, sweepAtEpochMs: number): Promise<void> {
    const values = { ':fence': { N: String(fence) }, ':sweepAt': { N: String(sweepAtEpochMs) } };
    const guard = { TableName, ConditionExpression: MAY_WRITE, ExpressionAttributeValues: values };
    try {
      await reachTable(sendGuarded(change, guard));
    } catch (error) {
      // Somebody knows better: a later run, or an execution that asked HubSpot after the sweep began.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  async function sendGuarded(change: Change, guard: Guard): Promise<unknown> {
    switch (change.kind) {
      case 'put':
        return client.send(new PutItemCommand({ ...guard, Item: { ...change.key, ...change.attributes } }));
      case 'delete':
        return client.send(new DeleteItemCommand({ ...guard, Key: change.key }));
      case 'begin': {
        const owner = { ':begun': { L: [toOwnerMap(change.owner)] }, ':none': { L: [] } };
        return client.send(
          new UpdateItemCommand({
            ...guard,
            Key: change.key,
            UpdateExpression:
              'SET begun = list_append(if_not_exists(begun, :none), :begun), fence = :fence, confirmedAtEpochMs = :sweepAt',
            ExpressionAttributeValues: { ...guard.ExpressionAttributeValues, ...owner },
          }),
        );
      }
    }
  }
}

type Guard = {
  readonly TableName: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeValues: Item;
};

type Change =
  | { readonly kind: 'put'; readonly key: ItemKey; readonly attributes: Item }
  | { readonly kind: 'delete'; readonly key: ItemKey }
  /** Notes what is about to be written of an owner, beside what is settled. */
  | { readonly kind: 'begin'; readonly key: ItemKey; readonly owner: Owner };

function toBegun(portalId: PortalId, diff: OwnerDiff): Change[] {
  return diff.changed.map((owner) => ({ kind: 'begin', key: listedOwnerKey(portalId, owner.id), owner }));
}

/** The rows that executions read. */
function toReaders(portalId: PortalId, diff: OwnerDiff, { fence }: Lease, confirmedAtEpochMs: number): Change[] {
  const byIds = (owner: Owner, current: Owner | undefined): Change[] => {
    const attributes = toOwnerAttributes({ owner: current, confirmedAtEpochMs }, fence);
    return ownerKeys(portalId, owner).map((key) => ({ kind: 'put', key, attributes }));
  };
  return [
    ...[...diff.emails].map(([email, owners]): Change => {
      const attributes = toEmailAttributes({ owners, confirmedAtEpochMs }, fence);
      return { kind: 'put', key: itemKey(portalId, 'email', email), attributes };
    }),
    ...diff.retiredRecordIds.map((id): Change => {
      const attributes = toOwnerAttributes({ owner: undefined, confirmedAtEpochMs }, fence);
      return { kind: 'put', key: itemKey(portalId, 'userRecord', id), attributes };
    }),
    ...diff.changed.flatMap((owner) => byIds(owner, owner)),
    ...diff.removed.flatMap((owner) => byIds(owner, undefined)),
  ];
}

function toSettled(portalId: PortalId, diff: OwnerDiff, { fence }: Lease, confirmedAtEpochMs: number): Change[] {
  const settled = diff.changed.map((owner): Change => {
    const attributes = toOwnerAttributes({ owner, confirmedAtEpochMs }, fence);
    return { kind: 'put', key: listedOwnerKey(portalId, owner.id), attributes };
  });
  return [...settled, ...diff.removed.map(({ id }): Change => ({ kind: 'delete', key: listedOwnerKey(portalId, id) }))];
}
