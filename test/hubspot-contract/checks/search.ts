import { NOT_DOCUMENTED, type ObservedCheck } from '../check.ts';
import { expectStatus, type Ground } from '../ground.ts';
import { OBJECTS } from '../made-records.ts';
import type { Observation } from '../observation.ts';
import { resultsOf } from '../words.ts';

const SEARCH = `${OBJECTS}/contacts/search`;
const SORTS = [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }];
const WANTED = 3;

/** The IDs that a search finds, once the index knows enough of them. */
async function searchIds(ground: Ground, above: string | undefined): Promise<readonly string[]> {
  const filters = [{ propertyName: 'hs_object_id', operator: 'GT', value: above ?? '0' }];
  const query = { filterGroups: [{ filters }], sorts: SORTS, properties: ['hs_object_id'], limit: 200 };
  return ground.watch(
    async () => {
      const answer = await ground.api.post(SEARCH, query);
      expectStatus(answer, 200, 'searching contacts');
      return resultsOf(answer).map(({ id }) => String(id));
    },
    (ids) => ids.length >= WANTED,
  );
}

function isRising(ids: readonly string[]): boolean {
  return ids.every((id, index) => index === 0 || BigInt(id) > BigInt(ids[index - 1] ?? 0));
}

export const searchChecks: readonly ObservedCheck[] = [
  {
    id: 'search-by-id',
    title: 'A search sorts by record ID as a number, and finds only IDs above a given one',
    source: NOT_DOCUMENTED,
    accepts: ['by number, and above the ID'],
    async observe(ground): Promise<Observation> {
      for (let made = 0; made < WANTED; made += 1) await ground.records.make();
      const all = await searchIds(ground, undefined);
      if (all.length < WANTED) return { seen: 'fewer contacts than there are' };
      const [first] = all;
      const above = await searchIds(ground, first);
      const isAbove = above.every((id) => BigInt(id) > BigInt(first ?? 0));
      const order = isRising(all) && isRising(above) ? 'by number' : 'in another order';
      return { seen: `${order}, ${isAbove ? 'and' : 'and not only'} above the ID` };
    },
  },
];
