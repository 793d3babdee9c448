import type { PortalId } from '../domain/ids.ts';
import type { PortalGrants } from '../ports/portals.ts';
import type { Now } from '../ports/telemetry.ts';
import { fromPortalItem, NO_LEASE, ofRevision, portalKey, SET_TOKENS, tokenValues, toList } from './portal-item.ts';
import { readItem, type Update, updateItem } from './requests.ts';
import { farthestTime, type Table, toNumber } from './table.ts';

/** Nobody holds the lease, its holder's time is over or their clock wrong, or it is ours: the reply to an earlier try was lost. */
const LEASE_IS_FREE =
  '(attribute_not_exists(leaseHolder) OR leaseEndsAtEpochMs < :now OR leaseEndsAtEpochMs > :farthest OR leaseHolder = :holder)';

/** What the portals granted, in DynamoDB: one item each. Every execution reads it; installs and deletions are elsewhere. */
export function createPortalGrants(table: Table, now: Now): PortalGrants {
  return {
    async read(portalId) {
      const item = await readItem(table, portalKey(portalId));
      return item && fromPortalItem(portalId, item);
    },

    async takeTokenLease(portalId, holderId, seen, leaseMs) {
      const nowMs = now();
      const { is, values } = ofRevision(seen);
      return update(portalId, {
        UpdateExpression: 'SET leaseHolder = :holder, leaseEndsAtEpochMs = :endsAt',
        ConditionExpression: `${is} AND ${LEASE_IS_FREE}`,
        ExpressionAttributeValues: {
          ...values,
          ':holder': { S: holderId },
          ':now': toNumber(nowMs),
          ':farthest': farthestTime(now),
          ':endsAt': toNumber(nowMs + leaseMs),
        },
      });
    },

    async releaseTokenLease(portalId, holderId) {
      // No longer ours: somebody took over, or the reply to the first try of this call was lost.
      await update(portalId, {
        UpdateExpression: `REMOVE ${NO_LEASE}`,
        ConditionExpression: 'leaseHolder = :holder',
        ExpressionAttributeValues: { ':holder': { S: holderId } },
      });
    },

    async saveTokens(portalId, holderId, seen, { scopes, tokens, isRotated = false }) {
      const { is, values } = ofRevision(seen, { orDisconnected: isRotated });
      const next = toNumber(seen.version + 1);
      const wasSaved = await update(portalId, {
        UpdateExpression: `SET ${SET_TOKENS}, version = :next, tokensWrittenBy = :holder${scopes === undefined ? '' : ', scopes = :scopes'} REMOVE disconnectedAtEpochMs, ${NO_LEASE}`,
        ConditionExpression: is,
        ExpressionAttributeValues: {
          ...values,
          ...tokenValues(tokens),
          ':next': next,
          ':holder': { S: holderId },
          ...(scopes !== undefined && { ':scopes': toList(scopes) }),
        },
      });
      if (wasSaved) return true;
      // The SDK repeats a call whose reply is lost, and the second try then finds what the first one wrote.
      const standing = await readItem(table, portalKey(portalId));
      return standing?.tokensWrittenBy?.S === holderId && standing.version?.N === next.N;
    },

    async disconnect(portalId, seen, atEpochMs) {
      const { is, values } = ofRevision(seen);
      await update(portalId, {
        UpdateExpression: `SET disconnectedAtEpochMs = :at REMOVE ${NO_LEASE}`,
        ConditionExpression: is,
        ExpressionAttributeValues: { ...values, ':at': toNumber(atEpochMs) },
      });
    },
  };

  /** False if the condition fails. */
  async function update(portalId: PortalId, input: Update): Promise<boolean> {
    return (await updateItem(table, portalKey(portalId), input)).isWritten;
  }
}
