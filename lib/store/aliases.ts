import { type Alias, parseEmailDomain } from '../domain/alias.ts';
import { parseOwnerEmail } from '../domain/email.ts';
import { parseOwnerId } from '../domain/ids.ts';
import type { Aliases } from '../ports/store.ts';
import { partitionOf, rowKey } from './keys.ts';
import { deleteItem, putItem, queryPartition, readItem } from './requests.ts';
import { type Item, readNumber, type Table, toNumber } from './table.ts';

/** The part that executions need, without listing and writing. */
export function createAliasFinder(table: Table): Pick<Aliases, 'find'> {
  return {
    async find(portalId, { alias }) {
      // Consistent: after the answer, an admin expects the next execution to use the change.
      const item = await readItem(table, rowKey(portalId, 'alias', alias));
      return item && fromItem(item);
    },
  };
}

/** Aliases in DynamoDB: one item each, in a partition of their portal, so that one query reads them. They never expire. */
export function createAliases(table: Table): Aliases {
  return {
    ...createAliasFinder(table),

    async list(portalId) {
      return (await queryPartition(table, partitionOf(portalId, 'alias'))).flatMap((item) => fromItem(item) ?? []);
    },

    async set(portalId, one) {
      const leadsTo = one.kind === 'address' ? one.ownerId : one.toDomain;
      const item = {
        ...rowKey(portalId, 'alias', one.alias),
        leadsTo: { S: leadsTo },
        setAtEpochMs: toNumber(one.setAtEpochMs),
      };
      await putItem(table, item, {
        // The same again changes nothing, not even the time.
        ConditionExpression: 'attribute_not_exists(pk) OR leadsTo <> :leadsTo',
        ExpressionAttributeValues: { ':leadsTo': { S: leadsTo } },
      });
    },

    async remove(portalId, { alias }) {
      await deleteItem(table, rowKey(portalId, 'alias', alias));
    },
  };
}

/** Undefined if the item is not a valid alias. */
function fromItem(item: Item): Alias | undefined {
  const setAtEpochMs = readNumber(item, 'setAtEpochMs') ?? 0;
  const domain = parseEmailDomain(item.sk?.S);
  const toDomain = parseEmailDomain(item.leadsTo?.S);
  if (domain !== undefined && toDomain !== undefined) return { kind: 'domain', alias: domain, toDomain, setAtEpochMs };
  const alias = parseOwnerEmail(item.sk?.S);
  const ownerId = parseOwnerId(item.leadsTo?.S);
  if (alias === undefined || ownerId === undefined) return undefined;
  return { kind: 'address', alias, ownerId, setAtEpochMs };
}
