import { BatchGetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { StoreUnavailableError } from '../domain/errors.ts';
import { type PortalId, parsePortalId } from '../domain/ids.ts';
import type { Portals } from '../domain/portal.ts';
import { DIRECTORY } from './portal-directory.ts';
import { portalKey } from './portal-item.ts';
import { type Item, type ItemKey, reachTable, readNumber, type Table } from './table.ts';

const PAGE_SIZE = 1_000;
type IsWanted = (entry: Item, item: Item | undefined) => boolean;

/** What one BatchGetItem takes. */
const BATCH_SIZE = 100;
/** A batch may come back in parts; each part holds something, so that this many is more than enough. */
const MAX_PARTS = 20;

/**
 * Lists portals, page by page, as their items say: the directory only knows that they installed the app once. An entry
 * without an item is of an install or a removal that died half way; once it is old, it is a disconnected portal like others.
 */
export function createPortalList({ client, tableName }: Table): Pick<Portals, 'listConnected' | 'listDisconnected'> {
  return {
    listConnected: () => listWhere((_entry, item) => item !== undefined && item.disconnectedAtEpochMs === undefined),
    listDisconnected: (beforeEpochMs) =>
      listWhere((entry, item) => {
        const sinceEpochMs = item ? readNumber(item, 'disconnectedAtEpochMs') : readNumber(entry, 'listedAtEpochMs');
        const isForgotten = item?.forgottenAtEpochMs !== undefined;
        return sinceEpochMs !== undefined && (isForgotten || sinceEpochMs < beforeEpochMs);
      }),
  };

  async function* listWhere(isWanted: IsWanted): AsyncGenerator<readonly PortalId[]> {
    const pages = paginateQuery(
      { client, pageSize: PAGE_SIZE },
      {
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: DIRECTORY } },
        ConsistentRead: true,
      },
    );
    for (;;) {
      const page = await reachTable(pages.next());
      if (page.done === true) return;
      const wanted = await keepWanted(page.value.Items ?? [], isWanted);
      if (wanted.length > 0) yield wanted;
    }
  }

  async function keepWanted(entries: readonly Item[], isWanted: IsWanted): Promise<readonly PortalId[]> {
    const wanted: PortalId[] = [];
    for (let start = 0; start < entries.length; start += BATCH_SIZE) {
      const listed = entries.slice(start, start + BATCH_SIZE).flatMap((entry) => {
        const portalId = parsePortalId(entry.sk?.S);
        return portalId === undefined ? [] : [{ portalId, entry, key: portalKey(portalId) }];
      });
      const items = await readBatch(listed.map(({ key }) => key));
      const itemByKey = new Map(items.map((item) => [item.pk?.S, item]));
      const kept = listed.filter(({ entry, key }) => isWanted(entry, itemByKey.get(key.pk.S)));
      wanted.push(...kept.map(({ portalId }) => portalId));
    }
    return wanted;
  }

  async function readBatch(keys: readonly ItemKey[]): Promise<Item[]> {
    const items: Item[] = [];
    let left: readonly Item[] = keys;
    for (let parts = 0; left.length > 0; parts += 1) {
      if (parts === MAX_PARTS) throw new StoreUnavailableError('the table does not answer for all portals');
      const command = new BatchGetItemCommand({
        RequestItems: {
          [tableName]: {
            Keys: [...left],
            ConsistentRead: true,
            ProjectionExpression: 'pk, disconnectedAtEpochMs, forgottenAtEpochMs',
          },
        },
      });
      const { Responses, UnprocessedKeys } = await reachTable(client.send(command));
      items.push(...(Responses?.[tableName] ?? []));
      left = UnprocessedKeys?.[tableName]?.Keys ?? [];
    }
    return items;
  }
}
