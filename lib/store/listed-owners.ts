import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { OwnerId, PortalId } from '../domain/ids.ts';
import type { Owner } from '../domain/owner.ts';
import { fromOwnerMap } from './owner-item.ts';
import { listedOwnerKey } from './refresh-keys.ts';
import { reachTable, readNumber, type Table } from './table.ts';

/** Owners as the last sweep settled them, which is rewritten only when they change: so its time says since when. */
export function createListedOwners({ client, tableName: TableName }: Table) {
  return {
    async find(
      portalId: PortalId,
      ownerId: OwnerId,
    ): Promise<{ readonly owner: Owner; readonly sinceEpochMs: number } | undefined> {
      const command = new GetItemCommand({ TableName, Key: listedOwnerKey(portalId, ownerId) });
      const { Item = {} } = await reachTable(client.send(command));
      const owner = fromOwnerMap(Item.owner);
      return owner && { owner, sinceEpochMs: readNumber(Item, 'confirmedAtEpochMs') ?? 0 };
    },
  };
}
