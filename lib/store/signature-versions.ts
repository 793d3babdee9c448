import { SIGNATURE_IN_MEMORY_MS } from '../domain/ages.ts';
import { orOnStoreOutage } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import { LruMap } from '../domain/lru-map.ts';
import type { SignatureVersions } from '../ports/store.ts';
import type { Needs } from '../ports/telemetry.ts';
import { rowKey } from './keys.ts';
import { readItem, updateItem } from './requests.ts';
import { type Table, toNumber } from './table.ts';

/** A container with more portals writes some of their rows again. */
export const MAX_NOTED = 10_000;

type SignatureVersionsDeps = Needs<'now' | 'log'> & {
  readonly isConnected: (portalId: PortalId) => Promise<boolean>;
};

/**
 * The portals that sent v3, in DynamoDB: one row each, which does not expire. A container writes it once an hour. Nothing is
 * stored for portals that are not connected, because they may have been deleted.
 */
export function createSignatureVersions(
  table: Table,
  { now, log, isConnected }: SignatureVersionsDeps,
): SignatureVersions {
  const notedAt = new LruMap<PortalId, number>(MAX_NOTED);
  return {
    async noteV3(portalId) {
      if (now() - (notedAt.get(portalId) ?? Number.NEGATIVE_INFINITY) < SIGNATURE_IN_MEMORY_MS) return;
      const update = {
        UpdateExpression: 'SET v3SinceEpochMs = if_not_exists(v3SinceEpochMs, :now)',
        ExpressionAttributeValues: { ':now': toNumber(now()) },
      };
      const written = await orOnStoreOutage(
        async () =>
          (await isConnected(portalId)) ? updateItem(table, rowKey(portalId, 'signature'), update) : undefined,
        () => log.warn('the signature version of a portal could not be stored', { portalId }),
      );
      if (written !== undefined) notedAt.set(portalId, now());
    },

    async hasSentV3(portalId) {
      return (await readItem(table, rowKey(portalId, 'signature'))) !== undefined;
    },
  };
}
