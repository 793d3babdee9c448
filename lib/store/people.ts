import { type OwnerId, type PortalId, parseOwnerId, type UserId } from '../domain/ids.ts';
import type { Owner } from '../domain/owner.ts';
import { isBackAs } from '../domain/returned-owners.ts';
import type { People } from '../ports/page.ts';
import { type ItemKey, itemKey, partitionOf } from './keys.ts';
import { fromOwnerMap } from './owner-rows.ts';
import { listedOwnerKey } from './owner-sync-state.ts';
import { type BatchPauses, NO_PAUSES, queryPage, readBatch, readEach } from './requests.ts';
import type { Table } from './table.ts';

/** People in DynamoDB, a hundred with each call. */
export function createPeople(table: Table, pauses: BatchPauses = NO_PAUSES): People {
  return {
    findOwners,
    findUsers,

    async findPresentOwners(portalId, ids) {
      const owners = await findOwners(portalId, ids);
      const userIds = [...owners.values()].flatMap(({ archived, userId }) => (archived && userId ? userId : []));
      if (userIds.length === 0) return owners;
      const users = await findUsers(portalId, userIds);
      return new Map(
        [...owners].map(([id, owner]) => {
          const other = owner.userId && users.get(owner.userId);
          return [id, other && isBackAs(owner, other) ? other : owner];
        }),
      );
    },

    async findSuccessorIds(portalId, leaverIds) {
      const found = new Map<OwnerId, OwnerId>();
      const items = await readEach(table, leaverIds, (id) => itemKey(portalId, 'successor', id), pauses);
      for (const [leaverId, item] of items) {
        const successorId = parseOwnerId(item.successorOwnerId?.S);
        if (successorId !== undefined) found.set(leaverId, successorId);
      }
      return found;
    },

    async listPage(portalId, after) {
      const from = after && listedOwnerKey(portalId, after);
      const { items, last } = await queryPage(table, partitionOf(portalId, 'listing'), from);
      const lastId = parseOwnerId(last?.sk?.S);
      const owners = items.flatMap((item) => fromOwnerMap(item.owner) ?? []);
      return { owners, ...(lastId !== undefined && { after: lastId }) };
    },
  };

  async function findOwners(portalId: PortalId, ids: readonly OwnerId[]) {
    const unique = [...new Set(ids)];
    const found = await read(unique.map((id) => itemKey(portalId, 'owner', id)));
    const missing = unique.filter((id) => !found.has(id));
    // A row that an execution wrote expires, and the row of a refused ID is deleted. No sync writes such rows again.
    return new Map([...(await read(missing.map((id) => listedOwnerKey(portalId, id)))), ...found]);
  }

  async function findUsers(portalId: PortalId, ids: readonly UserId[]) {
    const keys = [...new Set(ids)].map((id) => itemKey(portalId, 'user', id));
    const owners = (await readBatch(table, keys, pauses)).flatMap((item) => fromOwnerMap(item.owner) ?? []);
    // The row may be that of an internal user ID, which is not a user ID.
    return new Map(owners.flatMap((owner) => (owner.userId === undefined ? [] : [[owner.userId, owner] as const])));
  }

  async function read(keys: readonly ItemKey[]): Promise<Map<OwnerId, Owner>> {
    const owners = (await readBatch(table, keys, pauses)).flatMap((item) => fromOwnerMap(item.owner) ?? []);
    return new Map(owners.map((owner) => [owner.id, owner]));
  }
}
