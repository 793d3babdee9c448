import { NOT_DOCUMENTED, type ObservedCheck } from '../check.ts';
import { OWNERS } from '../ground.ts';
import { NotRun } from '../observation.ts';
import { asObject, describeAnswer, hasResults, resultsOf } from '../words.ts';

const GUIDE = 'owners guide, read 2026-11-23';
const FOUND = 'the owner';

function cursorOf(json: unknown): unknown {
  return asObject(asObject(asObject(json).paging).next).after;
}

export const ownerChecks: readonly ObservedCheck[] = [
  {
    id: 'owner-rows',
    title: 'Each owner has an ID of digits, a type, and says whether it is archived',
    source: 'owners OpenAPI 2026-09, read 2026-11-23',
    accepts: ['ID, type and archived in each row'],
    async observe({ api }) {
      const answer = await api.get(`${OWNERS}?limit=100`);
      const rows = resultsOf(answer);
      if (answer.status !== 200) return describeAnswer(answer);
      if (rows.length === 0) throw new NotRun('needs an active owner');
      const odd = rows.filter(
        ({ id, type, archived }) =>
          !/^\d+$/.test(String(id)) || typeof type !== 'string' || typeof archived !== 'boolean',
      );
      return { seen: odd.length === 0 ? 'ID, type and archived in each row' : 'rows that lack one of them' };
    },
  },
  {
    id: 'owner-pages',
    title: 'Owners come in pages, each owner once, and the last page has no cursor',
    source: GUIDE,
    accepts: ['each owner once, and no cursor at the end'],
    async observe({ api, owners }) {
      const all = await owners('active');
      if (all.length < 2) throw new NotRun('needs two active owners');
      const limit = Math.ceil(all.length / 3);
      const ids: unknown[] = [];
      let after: unknown;
      let pages = 0;
      do {
        const cursor = after === undefined ? '' : `&after=${encodeURIComponent(String(after))}`;
        const { json, ...answer } = await api.get(`${OWNERS}?limit=${limit}${cursor}`);
        if (answer.status !== 200) return describeAnswer({ ...answer, json });
        ids.push(...resultsOf({ ...answer, json }).map(({ id }) => id));
        after = cursorOf(json);
        pages += 1;
      } while (after !== undefined && pages < 5);
      const isComplete = new Set(ids).size === ids.length && all.every(({ id }) => ids.includes(id));
      if (pages < 2) return { seen: 'one page in spite of a smaller limit' };
      if (after !== undefined && all.length < 500) return { seen: 'a cursor that does not end' };
      return { seen: isComplete ? 'each owner once, and no cursor at the end' : 'not each owner once' };
    },
  },
  {
    id: 'owner-page-size',
    title: 'A page may have 500 owners',
    source: 'changelog on the end of owners v2, read 2026-11-23',
    accepts: ['500 taken'],
    async observe({ api }) {
      const [most, more] = [await api.get(`${OWNERS}?limit=500`), await api.get(`${OWNERS}?limit=501`)];
      const detail = more.status === 200 ? '501 taken' : `501 refused with ${more.status}`;
      const isTaken = most.status === 200 && hasResults(most);
      return { seen: isTaken ? '500 taken' : describeAnswer(most).seen, detail };
    },
  },
  {
    id: 'owner-listings',
    title: 'The archived listing has archived owners only, and the other one none of them',
    source: GUIDE,
    accepts: ['two listings with nobody in both'],
    async observe({ api, deactivated }) {
      await deactivated();
      const active = resultsOf(await api.get(`${OWNERS}?limit=500`));
      const archived = resultsOf(await api.get(`${OWNERS}?limit=500&archived=true`));
      const ids = new Set(active.map(({ id }) => id));
      const isClean =
        active.every((row) => row.archived === false) &&
        archived.every((row) => row.archived === true && !ids.has(row.id));
      return { seen: isClean ? 'two listings with nobody in both' : 'archived owners beside others' };
    },
  },
  {
    id: 'owner-by-id',
    title: 'An active owner is found by ID',
    source: GUIDE,
    accepts: [FOUND],
    async observe({ api, people }) {
      const [owner] = await people(1);
      const answer = await api.get(`${OWNERS}/${owner?.id}?idProperty=id&archived=false`);
      return asObject(answer.json).id === owner?.id ? { seen: FOUND } : describeAnswer(answer);
    },
  },
  {
    id: 'owner-unknown-id',
    title: 'An owner ID that the account does not have is answered with 404 in HubSpot’s own words',
    source: NOT_DOCUMENTED,
    accepts: ['404 in HubSpot’s words'],
    observe: async ({ api }) => describeAnswer(await api.get(`${OWNERS}/2147483641`)),
  },
  {
    id: 'owner-by-user-id',
    title: 'An owner is found by user ID',
    source: GUIDE,
    accepts: [FOUND],
    async observe({ api, people }) {
      const owner = (await people(1)).find(({ userId }) => userId !== '');
      if (owner === undefined) throw new NotRun('needs an active owner with a user ID');
      const answer = await api.get(`${OWNERS}/${owner.userId}?idProperty=userId`);
      return asObject(answer.json).id === owner.id ? { seen: FOUND } : describeAnswer(answer);
    },
  },
  {
    id: 'archived-owner-by-id',
    title: 'A deactivated owner is found by ID in the archived listing only',
    source: GUIDE,
    accepts: ['404 in HubSpot’s words, and the owner with archived=true'],
    async observe({ api, deactivated }) {
      const { id } = await deactivated();
      const plain = describeAnswer(await api.get(`${OWNERS}/${id}`)).seen;
      const archived = await api.get(`${OWNERS}/${id}?archived=true`);
      const found = asObject(archived.json).id === id ? FOUND : describeAnswer(archived).seen;
      return { seen: `${plain}, and ${found} with archived=true` };
    },
  },
  {
    id: 'archived-owner-row',
    title: 'A deactivated owner has no user ID, but one among the inactive ones',
    source: GUIDE,
    accepts: ['an inactive user ID alone', 'no user ID of any kind'],
    async observe({ api, deactivated }) {
      const { id } = await deactivated();
      const answer = await api.get(`${OWNERS}/${id}?archived=true`);
      const row = asObject(answer.json);
      if (row.id !== id) return describeAnswer(answer);
      const has = (value: unknown) => value !== undefined && value !== null;
      const email = typeof row.email === 'string' && row.email !== '' ? 'with an email' : 'without an email';
      if (has(row.userId)) return { seen: 'a user ID', detail: email };
      const seen = has(row.userIdIncludingInactive) ? 'an inactive user ID alone' : 'no user ID of any kind';
      return { seen, detail: email };
    },
  },
];
