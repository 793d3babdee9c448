import type { Answer } from '../api.ts';
import { NOT_DOCUMENTED, type ObservedCheck } from '../check.ts';
import { expectStatus, type Ground, OWNER } from '../ground.ts';
import { OBJECTS } from '../made-records.ts';
import type { Observation } from '../observation.ts';
import { asObject, describeAnswer, hasResults, historyOf, resultsOf } from '../words.ts';

const NEWEST_FIRST = 'two versions, the newest first';
const OLDEST_FIRST = 'two versions, the oldest first';

/** A contact whose owner was set, and then written once more. */
async function changed(ground: Ground, second?: string): Promise<{ id: string; ownerId: string }> {
  const { api, people, records } = ground;
  const [[owner], id] = [await people(1), await records.make()];
  const ownerId = owner?.id ?? '';
  for (const value of [ownerId, second ?? ownerId]) {
    expectStatus(await api.patch(records.pathOf(id), { properties: { [OWNER]: value } }), 200, 'writing contacts');
    await ground.pause();
  }
  return { id, ownerId };
}

const readOne = ({ api, records }: Ground, id: string) =>
  api.get(`${records.pathOf(id)}?properties=${OWNER}&propertiesWithHistory=${OWNER}`);

function readMany({ api }: Ground, ids: readonly string[]): Promise<Answer> {
  const inputs = ids.map((id) => ({ id }));
  return api.post(`${OBJECTS}/contacts/batch/read`, { inputs, properties: [], propertiesWithHistory: [OWNER] });
}

/** The versions of an owner who was set and cleared, and their order. */
function describeVersions(versions: readonly unknown[] | undefined, ownerId: string): Observation {
  if (versions === undefined) return { seen: 'no list of versions' };
  const read = versions.map(asObject);
  const times = read.map(({ timestamp }) => Date.parse(String(timestamp)));
  const values = read.map(({ value }) => String(value ?? ''));
  if (times.some(Number.isNaN)) return { seen: 'versions without a time' };
  if (!values.includes(ownerId) || !values.includes('')) return { seen: `${values.length} versions, one is missing` };
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  return { seen: first >= last ? NEWEST_FIRST : OLDEST_FIRST };
}

async function watchHistory(ground: Ground, count: number, read: () => Promise<unknown>) {
  const record = await ground.watch(read, (each) => (historyOf(each, OWNER)?.length ?? 0) >= count);
  return historyOf(record, OWNER);
}

export const historyChecks: readonly ObservedCheck[] = [
  {
    id: 'history-of-one',
    title: 'A single read tells each value that the owner property had, and when it got it',
    source: 'objects OpenAPI 2026-09, read 2026-11-26',
    accepts: [NEWEST_FIRST, OLDEST_FIRST],
    async observe(ground) {
      const { id, ownerId } = await changed(ground, '');
      const versions = await watchHistory(ground, 2, async () => (await readOne(ground, id)).json);
      return describeVersions(versions, ownerId);
    },
  },
  {
    id: 'history-of-many',
    title: 'A batch read tells each value that the owner property had, and when it got it',
    source: 'objects OpenAPI 2026-09, read 2026-11-26',
    accepts: [NEWEST_FIRST, OLDEST_FIRST],
    async observe(ground) {
      const { id, ownerId } = await changed(ground, '');
      const versions = await watchHistory(ground, 2, async () => resultsOf(await readMany(ground, [id]))[0]);
      return describeVersions(versions, ownerId);
    },
  },
  {
    id: 'history-batch-size',
    title: 'A batch read with histories may have fifty records',
    source: NOT_DOCUMENTED,
    accepts: ['50 taken'],
    async observe(ground) {
      const ids = Array.from({ length: 51 }, (_, index) => String(999_999_999_800_000 + index));
      const [most, more] = [await readMany(ground, ids.slice(1)), await readMany(ground, ids)];
      const isTaken = (answer: Answer) => (answer.status === 200 || answer.status === 207) && hasResults(answer);
      const detail = isTaken(more) ? '51 taken' : `51 refused with ${more.status}`;
      return { seen: isTaken(most) ? '50 taken' : `50 refused with ${most.status}`, detail };
    },
  },
  {
    id: 'history-never-set',
    title: 'The history of a property that never had a value is an empty list or is missing',
    source: NOT_DOCUMENTED,
    accepts: ['an empty list', 'no list'],
    async observe(ground) {
      const id = await ground.records.make();
      const answer = await readOne(ground, id);
      if (asObject(answer.json).id !== id) return describeAnswer(answer);
      const versions = historyOf(answer.json, OWNER);
      if (versions === undefined) return { seen: 'no list' };
      return { seen: versions.length === 0 ? 'an empty list' : 'versions of nothing' };
    },
  },
  {
    id: 'history-same-owner',
    title: 'Writing the same owner again may add a version',
    source: NOT_DOCUMENTED,
    accepts: ['no new version', 'a new version'],
    async observe(ground) {
      const { id } = await changed(ground);
      const versions = await watchHistory(ground, 2, async () => (await readOne(ground, id)).json);
      const seen = { 1: 'no new version', 2: 'a new version' }[versions?.length ?? 0];
      return { seen: seen ?? `${versions?.length ?? 'no'} versions` };
    },
  },
];
