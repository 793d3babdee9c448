import { type PortalId, parsePortalId } from '../domain/ids.ts';
import type { Portals } from '../ports/portals.ts';
import type { ItemKey } from './keys.ts';
import { portalKey } from './portal-item.ts';
import { type BatchPauses, deleteItem, NO_PAUSES, queryPages, readEach, readItem, updateItem } from './requests.ts';
import { type Item, readNumber, type Table, toNumber } from './table.ts';

const PAGE_SIZE = 1_000;
type IsWanted = (entry: Item, item: Item | undefined) => boolean;

/**
 * Lists portals, page by page, according to their items: the directory only says that they once installed the app. An entry
 * without an item comes from an interrupted install or removal. When it is old, it counts as a disconnected portal.
 */
export function createPortalList(
  table: Table,
  pauses: BatchPauses = NO_PAUSES,
): Pick<Portals, 'listConnected' | 'listDisconnected'> {
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
    for await (const entries of queryPages(table, DIRECTORY, { pageSize: PAGE_SIZE })) {
      const wanted = await keepWanted(entries, isWanted);
      if (wanted.length > 0) yield wanted;
    }
  }

  async function keepWanted(entries: readonly Item[], isWanted: IsWanted): Promise<readonly PortalId[]> {
    const listed = entries.flatMap((entry) => {
      const portalId = parsePortalId(entry.sk?.S);
      return portalId === undefined ? [] : [[portalId, entry] as const];
    });
    const portalIds = listed.map(([portalId]) => portalId);
    const items = await readEach(table, portalIds, portalKey, pauses, 'pk, disconnectedAtEpochMs, forgottenAtEpochMs');
    return listed.flatMap(([portalId, entry]) => (isWanted(entry, items.get(portalId)) ? [portalId] : []));
  }
}

const DIRECTORY = 'portals';

/** An entry as it was read: another install replaces it with its own. */
export type DirectoryEntry = Item;

/** The only key that does not begin with its portal: it collects the IDs of all portals and nothing else. */
function directoryKey(portalId: PortalId): ItemKey {
  return { pk: { S: DIRECTORY }, sk: { S: portalId } };
}

/** The portals that ever installed the app. It does not say whether they are connected. */
export function createPortalDirectory(table: Table) {
  return {
    /** `step` distinguishes the two entries of one install. */
    async list(portalId: PortalId, atEpochMs: number, step: 'before' | 'after'): Promise<void> {
      await updateItem(table, directoryKey(portalId), {
        UpdateExpression: 'SET listedAtEpochMs = :at, step = :step',
        ExpressionAttributeValues: { ':at': toNumber(atEpochMs), ':step': { S: step } },
      });
    },

    find: (portalId: PortalId): Promise<DirectoryEntry | undefined> => readItem(table, directoryKey(portalId)),

    /** Keeps an entry that an install has written since. */
    async unlist(portalId: PortalId, { listedAtEpochMs, step }: DirectoryEntry): Promise<void> {
      await deleteItem(table, directoryKey(portalId), {
        ConditionExpression: 'listedAtEpochMs = :listedAt AND step = :step',
        ExpressionAttributeValues: { ':listedAt': listedAtEpochMs ?? { NULL: true }, ':step': step ?? { NULL: true } },
      });
    },
  };
}
