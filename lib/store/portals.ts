import type { PortalId } from '../domain/ids.ts';
import type { TokenRevision } from '../domain/portal.ts';
import type { Portals } from '../ports/portals.ts';
import type { Now } from '../ports/telemetry.ts';
import {
  fromPortalItem,
  ofInstallation,
  ofRevision,
  portalKey,
  SET_TOKENS,
  tokenValues,
  toList,
} from './portal-item.ts';
import { createPortalDirectory, createPortalList } from './portal-list.ts';
import { type BatchPauses, deleteItem, NO_PAUSES, readItem, type Update, updateItem } from './requests.ts';
import { farthestTime, type Table, toNumber } from './table.ts';

/** Nobody holds the lease, its holder's time is over or their clock wrong, or it is ours: the reply to an earlier try was lost. */
const LEASE_IS_FREE =
  '(attribute_not_exists(leaseHolder) OR leaseEndsAtEpochMs < :now OR leaseEndsAtEpochMs > :farthest OR leaseHolder = :holder)';
const NO_LEASE = 'leaseHolder, leaseEndsAtEpochMs';

const WHAT_IT_GRANTED =
  'ciphertext, tokensIssuedAtEpochMs, tokensExpireAtEpochMs, tokensWrittenBy, scopes, connectedAtEpochMs, installationId';
/** Never starts again at zero while the row exists, even if its other attributes are deleted. */
const NEXT_VERSION = 'version = if_not_exists(version, :zero) + :one';
const COUNTING = { ':zero': toNumber(0), ':one': toNumber(1) };

/**
 * The portals in DynamoDB: one item each, and a directory of their IDs for listing. Only the item says whether a portal is
 * connected, so no crash between two writes can make the directory contradict it.
 */
export function createPortals(
  table: Table,
  now: Now,
  newId: () => string = () => crypto.randomUUID(),
  pauses: BatchPauses = NO_PAUSES,
): Portals {
  const directory = createPortalDirectory(table);
  return {
    ...createPortalList(table, pauses),
    read,
    connect,
    takeTokenLease,
    releaseTokenLease,
    saveTokens,
    disconnect,
    forget,
    remove,
  };

  async function read(portalId: PortalId) {
    const item = await readItem(table, portalKey(portalId));
    return item && fromPortalItem(portalId, item);
  }

  async function connect(...[portalId, { scopes, tokens }, atEpochMs]: Parameters<Portals['connect']>) {
    // Listed before it is connected: a connected portal that is not listed would never be refreshed.
    await directory.list(portalId, now(), 'before');
    await update(portalId, {
      UpdateExpression: `SET ${SET_TOKENS}, scopes = :scopes, connectedAtEpochMs = :at, installationId = :installation, ${NEXT_VERSION} REMOVE disconnectedAtEpochMs, forgottenAtEpochMs, tokensWrittenBy, ${NO_LEASE}`,
      ExpressionAttributeValues: {
        ...tokenValues(tokens),
        ':scopes': toList(scopes),
        ':at': toNumber(atEpochMs),
        ':installation': { S: newId() },
        ...COUNTING,
      },
    });
    // Listed again, because the removal of an earlier install may have been in progress.
    await directory.list(portalId, now(), 'after');
  }

  async function takeTokenLease(...[portalId, holderId, seen, leaseMs]: Parameters<Portals['takeTokenLease']>) {
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
  }

  async function releaseTokenLease(portalId: PortalId, holderId: string) {
    // No longer ours: somebody took over, or the reply to the first try of this call was lost.
    await update(portalId, {
      UpdateExpression: `REMOVE ${NO_LEASE}`,
      ConditionExpression: 'leaseHolder = :holder',
      ExpressionAttributeValues: { ':holder': { S: holderId } },
    });
  }

  async function saveTokens(...[portalId, holderId, seen, grant]: Parameters<Portals['saveTokens']>) {
    const { scopes, tokens, isRotated = false } = grant;
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
  }

  async function disconnect(portalId: PortalId, seen: TokenRevision, atEpochMs: number) {
    const { is, values } = ofRevision(seen);
    await update(portalId, {
      UpdateExpression: `SET disconnectedAtEpochMs = :at REMOVE ${NO_LEASE}`,
      ConditionExpression: is,
      ExpressionAttributeValues: { ...values, ':at': toNumber(atEpochMs) },
    });
  }

  async function forget(portalId: PortalId, installationId: string, atEpochMs: number) {
    // Listed before it is marked: the nightly run must find the mark, to delete it at the end.
    await directory.list(portalId, now(), 'before');
    const { is, values } = ofInstallation(installationId);
    const isMarked = await update(portalId, {
      UpdateExpression: `SET disconnectedAtEpochMs = :at, forgottenAtEpochMs = :at, ${NEXT_VERSION} REMOVE ${WHAT_IT_GRANTED}, ${NO_LEASE}`,
      ConditionExpression: is,
      ExpressionAttributeValues: { ...values, ':at': toNumber(atEpochMs), ...COUNTING },
    });
    // If the reply to a first try was lost, the second one finds a row without the installation.
    return isMarked || (await read(portalId))?.forgottenAtEpochMs !== undefined;
  }

  async function remove(portalId: PortalId) {
    const entry = await directory.find(portalId);
    const { isWritten } = await deleteItem(table, portalKey(portalId), {
      ConditionExpression: 'attribute_not_exists(pk) OR attribute_exists(disconnectedAtEpochMs)',
    });
    // The entry goes last: as long as it stands, a removal that died half way is found again.
    if (isWritten && entry !== undefined) await directory.unlist(portalId, entry);
  }

  /** False if the condition fails. */
  async function update(portalId: PortalId, input: Update): Promise<boolean> {
    return (await updateItem(table, portalKey(portalId), input)).isWritten;
  }
}
