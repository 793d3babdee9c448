import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ALIASES_IN_MEMORY_MS } from '../domain/ages.ts';
import { type Alias, type AliasMap, parseEmailDomain, toAliasMap } from '../domain/alias.ts';
import { parseOwnerEmail } from '../domain/email.ts';
import { type PortalId, parseOwnerId } from '../domain/ids.ts';
import { LruMap } from '../domain/lru-map.ts';
import type { Aliases } from '../ports/store.ts';
import type { Now } from '../ports/telemetry.ts';
import { queryPartition, writeIf } from './requests.ts';
import { type Item, type ItemKey, readNumber, sendToTable, type Table, toNumber } from './table.ts';

/** The part that executions need. */
export function createAliasList(table: Table): Pick<Aliases, 'list'> {
  return {
    async list(portalId) {
      return (await queryPartition(table, partition(portalId))).flatMap((item) => fromItem(item) ?? []);
    },
  };
}

/** Aliases in DynamoDB: one item each, in a partition of their portal, so that one query reads them. They never expire. */
export function createAliases(table: Table): Aliases {
  const { client, tableName: TableName } = table;
  return {
    ...createAliasList(table),

    async set(portalId, one) {
      const leadsTo = one.kind === 'address' ? one.ownerId : one.toDomain;
      const command = new PutItemCommand({
        TableName,
        Item: {
          ...aliasKey(portalId, one.alias),
          leadsTo: { S: leadsTo },
          setAtEpochMs: toNumber(one.setAtEpochMs),
        },
        // The same again changes nothing, not even the time.
        ConditionExpression: 'attribute_not_exists(pk) OR leadsTo <> :leadsTo',
        ExpressionAttributeValues: { ':leadsTo': { S: leadsTo } },
      });
      await writeIf(table, command);
    },

    async remove(portalId, { alias }) {
      await sendToTable(client.send(new DeleteItemCommand({ TableName, Key: aliasKey(portalId, alias) })));
    },
  };
}

/** A container that serves more portals than this reads some of them again. */
const MAX_PORTALS = 500;

/** The aliases of a portal as they were within half a minute, so that a flood of unknown emails reads them once. */
export function createRecentAliases(
  aliases: Pick<Aliases, 'list'>,
  now: Now,
): (portalId: PortalId) => Promise<AliasMap> {
  const known = new LruMap<PortalId, { readonly map: Promise<AliasMap>; readonly expiresAtEpochMs: number }>(
    MAX_PORTALS,
  );
  return (portalId) => {
    const entry = known.get(portalId);
    if (entry !== undefined && entry.expiresAtEpochMs > now()) return entry.map;
    const map = aliases.list(portalId).then(toAliasMap);
    const read = { map, expiresAtEpochMs: now() + ALIASES_IN_MEMORY_MS };
    known.set(portalId, read);
    // A read that failed is nobody's answer but its own.
    map.catch(() => known.peek(portalId) === read && known.delete(portalId));
    return map;
  };
}

function partition(portalId: PortalId): string {
  return `portal#${portalId}#alias`;
}

function aliasKey(portalId: PortalId, alias: string): ItemKey {
  return { pk: { S: partition(portalId) }, sk: { S: alias } };
}

/** Undefined when the item is no alias that can be trusted. */
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
