import type { OwnerId, PortalId } from '../domain/ids.ts';
import type { RefreshReport, RefreshState } from '../domain/owner-sync.ts';
import type { OwnerSyncStore } from '../ports/store.ts';
import type { Now } from '../ports/telemetry.ts';
import { type ItemKey, padded, rowKey } from './keys.ts';
import { readItem, type Update, updateItem } from './requests.ts';
import { farthestTime, type Item, readNumber, type Table, toNumber } from './table.ts';

/** Nobody holds the lease, it has expired, or we already hold it. */
const LEASE_IS_FREE =
  '(attribute_not_exists(leaseEndsAtEpochMs) OR leaseEndsAtEpochMs < :now OR leaseEndsAtEpochMs > :farthest OR leaseRunId = :runId)';
/** A sync that began before an applied one would restore old data. */
const isNoLater = (name: string) => `(attribute_not_exists(${name}) OR ${name} <= :sweepAt OR ${name} > :farthest)`;
const SWEEP_IS_NEWEST = `${isNoLater('appliedSweepAtEpochMs')} AND ${isNoLater('lastCompleteStartedAtEpochMs')}`;

const NOT_REPORTED = { formerEmails: [], formerEmailsTotal: 0, oddRows: 0 };

/**
 * Which sync may write to a portal, and the results of the last complete one. One item a portal. Without the item, no row of a
 * sync counts, and the next item begins with a higher fence than any before it. A deletion removes the item first, so wherever it
 * is interrupted, no later refresh confirms a row that it left behind.
 */
export function createSyncState(
  table: Table,
  now: Now,
): Pick<OwnerSyncStore, 'readState' | 'acquire' | 'recordRun' | 'claimDigest'> {
  return {
    async readState(portalId) {
      return toRefreshState(await readItem(table, refreshStateKey(portalId)));
    },

    async acquire(portalId, runId, syncStartedAtEpochMs, leaseMs) {
      const endsAtEpochMs = now() + leaseMs;
      const take = () =>
        update(portalId, {
          UpdateExpression:
            'SET leaseRunId = :runId, leaseEndsAtEpochMs = :endsAt, appliedSweepAtEpochMs = :sweepAt ADD fence :one',
          ConditionExpression: `attribute_exists(fence) AND ${LEASE_IS_FREE} AND ${SWEEP_IS_NEWEST}`,
          ExpressionAttributeValues: {
            ':runId': { S: runId },
            ':endsAt': toNumber(endsAtEpochMs),
            ':sweepAt': toNumber(syncStartedAtEpochMs),
            ':now': toNumber(now()),
            ':farthest': farthestTime(now),
            ':one': { N: '1' },
          },
          ReturnValues: 'UPDATED_NEW',
        });
      const attributes = (await take()) ?? ((await beginFences(portalId)) ? await take() : undefined);
      const fence = attributes && readNumber(attributes, 'fence');
      return fence === undefined ? undefined : { fence, endsAtEpochMs };
    },

    async recordRun(portalId, fence, report) {
      const attributes = await update(portalId, {
        UpdateExpression:
          'SET lastCompleteStartedAtEpochMs = :sweepAt, report = :report REMOVE leaseEndsAtEpochMs, leaseRunId',
        // A run that took the fence since will record a later sync. Without a fence, everything was deleted meanwhile.
        ConditionExpression: `fence = :fence AND ${isNoLater('lastCompleteStartedAtEpochMs')}`,
        ExpressionAttributeValues: {
          ':sweepAt': toNumber(report.startedAtEpochMs),
          ':farthest': farthestTime(now),
          ':report': { S: JSON.stringify(report) },
          ':fence': toNumber(fence),
        },
        ReturnValues: 'UPDATED_NEW',
      });
      return attributes !== undefined;
    },

    async claimDigest(portalId, runId) {
      // The ID lets a second try after a lost reply recognize its own claim.
      const attributes = await update(portalId, {
        UpdateExpression: 'SET digestRunId = :runId, digestClaimId = :claimId',
        ConditionExpression: 'attribute_not_exists(digestRunId) OR digestRunId <> :runId OR digestClaimId = :claimId',
        ExpressionAttributeValues: { ':runId': { S: runId }, ':claimId': { S: crypto.randomUUID() } },
      });
      return attributes !== undefined;
    },
  };

  /** Uses the time, which is higher than any number of syncs and any earlier time. @returns false if fences exist already */
  async function beginFences(portalId: PortalId): Promise<boolean> {
    if ((await readItem(table, refreshStateKey(portalId)))?.fence !== undefined) return false;
    await update(portalId, {
      UpdateExpression: 'SET fence = :now, firstFence = :now',
      ConditionExpression: 'attribute_not_exists(fence)',
      ExpressionAttributeValues: { ':now': toNumber(now()) },
    });
    return true;
  }

  /** Undefined when the condition does not hold. */
  async function update(portalId: PortalId, input: Update) {
    const written = await updateItem(table, refreshStateKey(portalId), input);
    return written.isWritten ? written.attributes : undefined;
  }
}

/** Without the item, nothing was refreshed yet. */
export function toRefreshState(item: Item = {}): RefreshState {
  const report = item.report?.S;
  return {
    fence: readNumber(item, 'fence') ?? 0,
    firstFence: firstFenceOf(item),
    lastCompleteStartedAtEpochMs: readNumber(item, 'lastCompleteStartedAtEpochMs') ?? 0,
    // A report of an earlier version has none of these.
    report: report === undefined ? undefined : { ...NOT_REPORTED, ...(JSON.parse(report) as RefreshReport) },
  };
}

/** Rows of syncs count from this fence on. Items of earlier versions do not contain it: all of their rows count. */
function firstFenceOf(item: Item): number {
  const isBegun = item.fence !== undefined;
  return isBegun ? (readNumber(item, 'firstFence') ?? 0) : Number.POSITIVE_INFINITY;
}

/**
 * Keys of rows that only the nightly refresh uses. They begin with the portal like all others. `listing` collects the owners of
 * the last sync in one partition, so that a query lists them.
 */
export function refreshStateKey(portalId: PortalId): ItemKey {
  return rowKey(portalId, 'refresh', 'state');
}

export function listedOwnerKey(portalId: PortalId, ownerId: OwnerId): ItemKey {
  return rowKey(portalId, 'listing', ownerId);
}

/** `0` is the sync's position. The others are its owners, in pieces that fit an item. */
export function checkpointKey(portalId: PortalId, runId: string, piece: number): ItemKey {
  return rowKey(portalId, `sweep#${runId}`, padded(piece));
}
