import { parseOwnerId } from '../domain/ids.ts';
import type { Successors } from '../ports/store.ts';
import { itemKey } from './keys.ts';
import { deleteItem, putItem, readItem } from './requests.ts';
import { type Table, toNumber } from './table.ts';

const IS_NEW = 'attribute_not_exists(pk)';
const NAMES_SOMEBODY_ELSE = 'successorOwnerId <> :successorOwnerId';

/**
 * The successors in DynamoDB: one item for each leaver, with IDs only. It never expires, because only an operator or an admin
 * knows when it is no longer needed.
 */
export function createSuccessors(table: Table): Successors {
  return {
    async findSuccessorId(portalId, leaverId) {
      // Consistent: after the answer, an operator expects the next execution to use the change.
      const Key = itemKey(portalId, 'successor', leaverId);
      return parseOwnerId((await readItem(table, Key))?.successorOwnerId?.S);
    },

    async setSuccessor(portalId, leaverId, successorId, setAtEpochMs) {
      const item = {
        ...itemKey(portalId, 'successor', leaverId),
        successorOwnerId: { S: successorId },
        setAtEpochMs: toNumber(setAtEpochMs),
      };
      // Where the condition does not hold, the row says so already: by this very call when its first reply was lost.
      await putItem(table, item, {
        ConditionExpression: `${IS_NEW} OR ${NAMES_SOMEBODY_ELSE}`,
        ExpressionAttributeValues: { ':successorOwnerId': { S: successorId } },
      });
    },

    async removeSuccessor(portalId, leaverId) {
      await deleteItem(table, itemKey(portalId, 'successor', leaverId));
    },
  };
}
