import type { Answer } from '../api.ts';
import { NOT_DOCUMENTED, type ObservedCheck } from '../check.ts';
import { expectStatus, type Ground, OWNER } from '../ground.ts';
import type { Observation } from '../observation.ts';
import { asObject, describeAnswer, describeRefusal, propertyOf } from '../words.ts';

const GUIDE = 'object APIs guide, read 2026-11-23';
const TAKEN = 'taken';
const REFUSED = '400 INVALID_OWNER_ID';

function readOwner({ api }: Ground, path: string): Promise<Answer> {
  return api.get(`${path}?properties=${OWNER}`);
}

/** Whether the record has the owner, once HubSpot answered that it took it. */
async function assign(ground: Ground, path: string, ownerId: string): Promise<Observation> {
  const answer = await ground.api.patch(path, { properties: { [OWNER]: ownerId } });
  if (answer.status !== 200) return describeRefusal(answer);
  const held = propertyOf(await readOwner(ground, path), OWNER);
  return { seen: held === ownerId ? TAKEN : '200, but not stored' };
}

async function assignDeactivated(ground: Ground, type: 'contacts' | 'companies'): Promise<Observation> {
  const { id } = await ground.deactivated();
  const { records } = ground;
  return assign(ground, records.pathOf(await records.make(type), type), id);
}

export const recordChecks: readonly ObservedCheck[] = [
  {
    id: 'record-update',
    title: 'An update answers with the record and the value that was sent',
    source: GUIDE,
    accepts: ['200 with the record and the value'],
    async observe({ api, people, records }) {
      const [[owner], id] = [await people(1), await records.make()];
      const answer = await api.patch(records.pathOf(id), { properties: { [OWNER]: owner?.id } });
      if (answer.status !== 200) return describeRefusal(answer);
      const isComplete = String(asObject(answer.json).id) === id && propertyOf(answer, OWNER) === owner?.id;
      return { seen: isComplete ? '200 with the record and the value' : '200 without one of them' };
    },
  },
  {
    id: 'record-clear',
    title: 'An empty text clears the owner',
    source: GUIDE,
    accepts: ['cleared'],
    async observe(ground) {
      const { api, people, records } = ground;
      const [[owner], path] = [await people(1), records.pathOf(await records.make())];
      expectStatus(await api.patch(path, { properties: { [OWNER]: owner?.id } }), 200, 'writing contacts');
      const answer = await api.patch(path, { properties: { [OWNER]: '' } });
      if (answer.status !== 200) return describeRefusal(answer);
      const held = asObject(asObject((await readOwner(ground, path)).json).properties)[OWNER];
      const detail = held === null ? 'read as null' : 'read as an empty text';
      return held === null || held === '' ? { seen: 'cleared', detail } : { seen: 'not cleared' };
    },
  },
  {
    id: 'record-updated-at',
    title: 'A record’s update time moves when its owner changes',
    source: GUIDE,
    accepts: ['moves'],
    async observe(ground) {
      const { api, people, pause, records, watch } = ground;
      const [[owner], path] = [await people(1), records.pathOf(await records.make())];
      const read = async () => Date.parse(String(asObject((await readOwner(ground, path)).json).updatedAt));
      const before = await read();
      await pause();
      expectStatus(await api.patch(path, { properties: { [OWNER]: owner?.id } }), 200, 'writing contacts');
      const after = await watch(read, (time) => time > before);
      return { seen: after > before ? 'moves' : 'stays' };
    },
  },
  {
    id: 'archived-owner-on-contact',
    title: 'A contact may take a deactivated owner without an error',
    source: NOT_DOCUMENTED,
    accepts: [TAKEN, REFUSED],
    observe: (ground) => assignDeactivated(ground, 'contacts'),
  },
  {
    id: 'archived-owner-on-company',
    title: 'A company may take a deactivated owner without an error',
    source: NOT_DOCUMENTED,
    accepts: [TAKEN, REFUSED],
    observe: (ground) => assignDeactivated(ground, 'companies'),
  },
  {
    id: 'active-owners-assignable',
    title: 'Active owners without a seat may be refused',
    source: NOT_DOCUMENTED,
    accepts: ['each is taken', 'some are refused as INVALID_OWNER_ID'],
    async observe(ground) {
      const people = (await ground.people(1)).slice(0, 5);
      const path = ground.records.pathOf(await ground.records.make());
      const seen: string[] = [];
      for (const { id } of people) seen.push((await assign(ground, path, id)).seen);
      const detail = `${people.length} tried`;
      if (seen.every((word) => word === TAKEN)) return { seen: 'each is taken', detail };
      const other = seen.find((word) => word !== TAKEN && word !== REFUSED);
      return { seen: other ?? 'some are refused as INVALID_OWNER_ID', detail };
    },
  },
  {
    id: 'merged-record-update',
    title: 'The old ID of a merged record still leads to it in a single update',
    source: GUIDE,
    accepts: ['200, and the survivor has the value'],
    async observe(ground) {
      const [[owner], { oldId, survivorId }] = [await ground.people(1), await ground.records.merged()];
      const { pathOf } = ground.records;
      const answer = await ground.api.patch(pathOf(oldId), { properties: { [OWNER]: owner?.id } });
      if (answer.status !== 200) return describeAnswer(answer);
      const held = propertyOf(await readOwner(ground, pathOf(survivorId)), OWNER);
      const detail = asObject(answer.json).id === oldId ? 'answered under the old ID' : 'answered under the new ID';
      const who = held === owner?.id ? 'the survivor has the value' : 'the survivor does not have the value';
      return { seen: `200, and ${who}`, detail };
    },
  },
];
