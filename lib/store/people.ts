import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { type OwnerId, type PortalId, parseOwnerId } from '../domain/ids.ts';
import type { Owner } from '../domain/owner.ts';
import type { People } from '../ports/page.ts';
import { type ItemKey, itemKey, partitionOf } from './keys.ts';
import { fromOwnerMap } from './owner-rows.ts';
import { listedOwnerKey } from './owner-sync-state.ts';
import { type BatchPauses, NO_PAUSES, readBatch } from './requests.ts';
import { sendToTable, type Table } from './table.ts';

/** People in DynamoDB, a hundred with each call. */
export function createPeople(table: Table, pauses: BatchPauses = NO_PAUSES): People {
  return {
    async findOwners(portalId, ids) {
      const unique = [...new Set(ids)];
      const found = await read(unique.map((id) => itemKey(portalId, 'owner', id)));
      const missing = unique.filter((id) => !found.has(id));
      // A row that an execution wrote expires, and the row of a refused ID is deleted. No sync writes such rows again.
      return new Map([...(await read(missing.map((id) => listedOwnerKey(portalId, id)))), ...found]);
    },

    async findUsers(portalId, ids) {
      const keys = [...new Set(ids)].map((id) => itemKey(portalId, 'user', id));
      const owners = (await readBatch(table, keys, pauses)).flatMap((item) => fromOwnerMap(item.owner) ?? []);
      // The row may be that of an internal user ID, which is not a user ID.
      return new Map(owners.flatMap((owner) => (owner.userId === undefined ? [] : [[owner.userId, owner] as const])));
    },

    async findSuccessorIds(portalId, leaverIds) {
      const leaverByPartition = new Map(
        [...new Set(leaverIds)].map((id) => [itemKey(portalId, 'successor', id).pk.S, id] as const),
      );
      const keys = [...leaverByPartition.values()].map((id) => itemKey(portalId, 'successor', id));
      const found = new Map<OwnerId, OwnerId>();
      for (const item of await readBatch(table, keys, pauses)) {
        const leaverId = leaverByPartition.get(item.pk?.S ?? '');
        const successorId = parseOwnerId(item.successorOwnerId?.S);
        if (leaverId !== undefined && successorId !== undefined) found.set(leaverId, successorId);
      }
      return found;
    },

    listPage: (portalId, after) => listPage(portalId, after),
  };

  async function read(keys: readonly ItemKey[]): Promise<Map<OwnerId, Owner>> {
    const owners = (await readBatch(table, keys, pauses)).flatMap((item) => fromOwnerMap(item.owner) ?? []);
    return new Map(owners.map((owner) => [owner.id, owner]));
  }

  async function listPage(portalId: PortalId, after: OwnerId | undefined) {
    const command = new QueryCommand({
      TableName: table.tableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: partitionOf(portalId, 'listing') } },
      ...(after !== undefined && { ExclusiveStartKey: listedOwnerKey(portalId, after) }),
    });
    const { Items = [], LastEvaluatedKey } = await sendToTable(table.client.send(command));
    const last = parseOwnerId(LastEvaluatedKey?.sk?.S);
    const owners = Items.flatMap((item) => fromOwnerMap(item.owner) ?? []);
    return { owners, ...(last !== undefined && { after: last }) };
  }
}
