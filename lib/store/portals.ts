import type { Portals } from '../ports/portals.ts';
import type { Needs, Now } from '../ports/telemetry.ts';
import { createPortalGrants } from './portal-grants.ts';
import { NO_LEASE, ofInstallation, portalKey, SET_TOKENS, tokenValues, toList } from './portal-item.ts';
import { createPortalDirectory, createPortalList } from './portal-list.ts';
import { deleteItem, NO_PAUSES, updateItem } from './requests.ts';
import { type Table, toNumber } from './table.ts';

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
  { newId, ...pauses }: Needs<'newId' | 'sleep' | 'random'> = { newId: () => crypto.randomUUID(), ...NO_PAUSES },
): Portals {
  const grants = createPortalGrants(table, now);
  const directory = createPortalDirectory(table);
  return {
    ...grants,
    ...createPortalList(table, pauses),

    async connect(portalId, { scopes, tokens }, atEpochMs) {
      // Listed before it is connected: a connected portal that is not listed would never be refreshed.
      await directory.list(portalId, now(), 'before');
      await updateItem(table, portalKey(portalId), {
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
    },

    async forget(portalId, installationId, atEpochMs) {
      // Listed before it is marked: the nightly run must find the mark, to delete it at the end.
      await directory.list(portalId, now(), 'before');
      const { is, values } = ofInstallation(installationId);
      const { isWritten } = await updateItem(table, portalKey(portalId), {
        UpdateExpression: `SET disconnectedAtEpochMs = :at, forgottenAtEpochMs = :at, ${NEXT_VERSION} REMOVE ${WHAT_IT_GRANTED}, ${NO_LEASE}`,
        ConditionExpression: is,
        ExpressionAttributeValues: { ...values, ':at': toNumber(atEpochMs), ...COUNTING },
      });
      // If the reply to a first try was lost, the second one finds a row without the installation.
      return isWritten || (await grants.read(portalId))?.forgottenAtEpochMs !== undefined;
    },

    async remove(portalId) {
      const entry = await directory.find(portalId);
      const { isWritten } = await deleteItem(table, portalKey(portalId), {
        ConditionExpression: 'attribute_not_exists(pk) OR attribute_exists(disconnectedAtEpochMs)',
      });
      // The entry goes last: as long as it stands, a removal that died half way is found again.
      if (isWritten && entry !== undefined) await directory.unlist(portalId, entry);
    },
  };
}
