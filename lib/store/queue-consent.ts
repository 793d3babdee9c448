import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { StoreUnavailableError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { Now } from '../domain/ports.ts';
import type { QueueConsent } from '../domain/queued-execution.ts';
import { type ItemKey, reachTable, readNumber, type Table, toEpochSeconds } from './table.ts';

/** What an administrator grants is noticed after this long. */
const WITHDRAWN_MS = 60 * 60_000;
/** A flood asks once a container and minute. */
const MEMORY_MS = 60_000;

const SCOPE = 'automation';

export type QueueConsentOptions = {
  readonly now: Now;
  /** The portal's granted scopes; undefined where nobody tells them, as for a static token. */
  readonly findScopes: (portalId: PortalId) => Promise<readonly string[] | undefined>;
};

/**
 * Whether a portal's callbacks can be completed: by what it granted, and where that is not known, by whether HubSpot has
 * refused it lately.
 */
export function createQueueConsent(
  { client, tableName: TableName }: Table,
  { now, findScopes }: QueueConsentOptions,
): QueueConsent {
  const remembered = new Map<PortalId, { readonly mayQueue: boolean; readonly untilEpochMs: number }>();
  return {
    async mayQueue(portalId) {
      const known = remembered.get(portalId);
      if (known !== undefined && now() < known.untilEpochMs) return known.mayQueue;
      try {
        const mayQueue = await find(portalId);
        remembered.set(portalId, { mayQueue, untilEpochMs: now() + MEMORY_MS });
        return mayQueue;
      } catch (error) {
        // HubSpot sends the execution again: better than to let it wait for what may never come.
        if (error instanceof StoreUnavailableError) return false;
        throw error;
      }
    },

    async withdraw(portalId) {
      const untilEpochMs = now() + WITHDRAWN_MS;
      const Item = {
        ...consentKey(portalId),
        withdrawnUntilEpochMs: { N: String(untilEpochMs) },
        expiresAtEpochSeconds: toEpochSeconds(untilEpochMs),
      };
      await reachTable(client.send(new PutItemCommand({ TableName, Item })));
    },
  };

  async function find(portalId: PortalId): Promise<boolean> {
    const scopes = await findScopes(portalId);
    if (scopes !== undefined && !scopes.includes(SCOPE)) return false;
    const { Item } = await reachTable(client.send(new GetItemCommand({ TableName, Key: consentKey(portalId) })));
    return Item === undefined || (readNumber(Item, 'withdrawnUntilEpochMs') ?? 0) <= now();
  }
}

function consentKey(portalId: PortalId): ItemKey {
  return { pk: { S: `portal#${portalId}#queue` }, sk: { S: 'consent' } };
}
