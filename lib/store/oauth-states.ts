import { MAX_CLOCK_LEAD_MS } from '../domain/ages.ts';
import type { OAuthStates } from '../ports/portals.ts';
import type { ItemKey } from './keys.ts';
import { putItem, readItem } from './requests.ts';
import { type Table, toEpochSeconds } from './table.ts';

/** Not under a portal: only HubSpot's reply says whose install it is. */
function usedStateKey(nonce: string): ItemKey {
  return { pk: { S: `install#${nonce}` }, sk: { S: 'install' } };
}

/** Used states in DynamoDB, one item each. An item is written when its state returns, never when it is issued. */
export function createOAuthStates(table: Table, newId: () => string): OAuthStates {
  return {
    async consume(nonce, expiresAtEpochMs) {
      const writerId = newId();
      const item = {
        ...usedStateKey(nonce),
        writerId: { S: writerId },
        // If a row were deleted early, its state could be used again.
        expiresAtEpochSeconds: toEpochSeconds(expiresAtEpochMs + MAX_CLOCK_LEAD_MS),
      };
      const { isWritten } = await putItem(table, item, { ConditionExpression: 'attribute_not_exists(pk)' });
      if (isWritten) return true;
      // The SDK sends again when a reply is lost, and the second try then meets what the first one wrote.
      return (await readItem(table, usedStateKey(nonce)))?.writerId?.S === writerId;
    },
  };
}
