import { QUEUE_REFUSAL_IN_MEMORY_MS, QUEUE_REFUSAL_MAX_AGE_MS } from '../domain/ages.ts';
import { StoreUnavailableError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import { LruMap } from '../domain/lru-map.ts';
import type { QueuePermission } from '../ports/executions.ts';
import type { Now } from '../ports/telemetry.ts';
import { rowKey } from './keys.ts';
import { putItem, readItem } from './requests.ts';
import { readNumber, type Table, toEpochSeconds, toNumber } from './table.ts';

const SCOPE = 'automation';

/** The portal's granted scopes, and its installation; undefined if they are unknown, as for a static token. */
export type FindScopes = (
  portalId: PortalId,
) => Promise<{ readonly scopes: readonly string[]; readonly installationId: string } | undefined>;

export type QueuePermissionOptions = { readonly now: Now; readonly findScopes: FindScopes };

/**
 * Whether a portal's callbacks can be completed: it granted the scope, and HubSpot has not refused the same installation in the
 * last hour. A new installation counts immediately.
 */
export function createQueuePermission(table: Table, { now, findScopes }: QueuePermissionOptions): QueuePermission {
  const remembered = new LruMap<PortalId, { readonly refusal: Refusal; readonly untilEpochMs: number }>();
  return {
    async mayQueue(portalId) {
      try {
        const granted = await findScopes(portalId);
        if (granted !== undefined && !granted.scopes.includes(SCOPE)) return false;
        const refusal = await findRefusal(portalId);
        return refusal.untilEpochMs <= now() || refusal.installationId !== (granted?.installationId ?? '');
      } catch (error) {
        // HubSpot sends the execution again. That is better than a wait for a completion that may never come.
        if (error instanceof StoreUnavailableError) return false;
        throw error;
      }
    },

    async revoke(portalId) {
      const untilEpochMs = now() + QUEUE_REFUSAL_MAX_AGE_MS;
      const { installationId = '' } = (await findScopes(portalId)) ?? {};
      await putItem(table, {
        ...rowKey(portalId, 'queue', 'consent'),
        withdrawnUntilEpochMs: toNumber(untilEpochMs),
        ...(installationId !== '' && { installationId: { S: installationId } }),
        expiresAtEpochSeconds: toEpochSeconds(untilEpochMs),
      });
    },
  };

  async function findRefusal(portalId: PortalId): Promise<Refusal> {
    const known = remembered.get(portalId);
    if (known !== undefined && now() < known.untilEpochMs) return known.refusal;
    const item = (await readItem(table, rowKey(portalId, 'queue', 'consent'), { mayBeOld: true })) ?? {};
    const untilEpochMs = readNumber(item, 'withdrawnUntilEpochMs') ?? 0;
    const refusal = { untilEpochMs, installationId: item.installationId?.S ?? '' };
    remembered.set(portalId, { refusal, untilEpochMs: now() + QUEUE_REFUSAL_IN_MEMORY_MS });
    return refusal;
  }
}

type Refusal = { readonly untilEpochMs: number; readonly installationId: string };
