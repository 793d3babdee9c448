import { NOT_DOCUMENTED, type ObservedCheck } from '../check.ts';
import { ASSIGNED, expectStatus, type Ground, OWNER } from '../ground.ts';
import { OBJECTS } from '../made-records.ts';
import { NotRun, type Observation } from '../observation.ts';
import { propertyOf } from '../words.ts';

const OBJECT_PAGES = 'pages of the CRM objects, read 2026-11-26';

async function write({ api }: Ground, path: string, value: string): Promise<void> {
  expectStatus(await api.patch(path, { properties: { [OWNER]: value } }), 200, 'writing contacts');
}

async function readDate({ api }: Ground, path: string): Promise<string> {
  return propertyOf(await api.get(`${path}?properties=${OWNER},${ASSIGNED}`), ASSIGNED);
}

/** A contact whose owner has just been set, and the date that it got. */
async function owned(ground: Ground, ownerId: string): Promise<{ id: string; path: string; before: string }> {
  const id = await ground.records.make();
  const path = ground.records.pathOf(id);
  await write(ground, path, ownerId);
  const before = await ground.watch(
    () => readDate(ground, path),
    (date) => date !== '',
  );
  if (before === '') throw new NotRun('needs an assigned date, which HubSpot did not set in time');
  await ground.pause();
  return { id, path, before };
}

/** What becomes of the date after a change. */
async function dateAfter(ground: Ground, path: string, before: string): Promise<Observation> {
  const after = await ground.watch(
    () => readDate(ground, path),
    (date) => date !== before,
  );
  if (after === '') return { seen: 'emptied' };
  return { seen: after === before ? 'stays' : 'moves' };
}

/** Two owners, of whom the second may be a deactivated one. */
async function twoOwners(ground: Ground): Promise<readonly [string, string]> {
  const ids = [...(await ground.people(1)), ...(await ground.owners('archived'))].map(({ id }) => id);
  const [first, second] = ids;
  if (first === undefined || second === undefined) throw new NotRun('needs two owners');
  return [first, second];
}

export const ownerTimeChecks: readonly ObservedCheck[] = [
  {
    id: 'assigned-date-set',
    title: 'HubSpot notes when the owner was assigned',
    source: OBJECT_PAGES,
    accepts: ['an ISO time', 'milliseconds'],
    async observe(ground) {
      const [owner] = await ground.people(1);
      const { before } = await owned(ground, owner?.id ?? '');
      if (/^\d{12,14}$/.test(before)) return { seen: 'milliseconds' };
      return { seen: /^\d{4}-\d\d-\d\dT/.test(before) ? 'an ISO time' : 'another form' };
    },
  },
  {
    id: 'assigned-date-other-owner',
    title: 'The assigned date moves when another owner is set',
    source: OBJECT_PAGES,
    accepts: ['moves'],
    async observe(ground) {
      const [first, second] = await twoOwners(ground);
      const { path, before } = await owned(ground, first);
      await write(ground, path, second);
      return dateAfter(ground, path, before);
    },
  },
  {
    id: 'assigned-date-batch',
    title: 'The assigned date moves when a batch sets another owner',
    source: OBJECT_PAGES,
    accepts: ['moves'],
    async observe(ground) {
      const [first, second] = await twoOwners(ground);
      const { id, path, before } = await owned(ground, first);
      const inputs = [{ id, properties: { [OWNER]: second } }];
      expectStatus(await ground.api.post(`${OBJECTS}/contacts/batch/update`, { inputs }), 200, 'writing contacts');
      return dateAfter(ground, path, before);
    },
  },
  {
    id: 'assigned-date-same-owner',
    title: 'The assigned date may stay or move when the same owner is set again',
    source: NOT_DOCUMENTED,
    accepts: ['stays', 'moves'],
    async observe(ground) {
      const [owner] = await ground.people(1);
      const { path, before } = await owned(ground, owner?.id ?? '');
      await write(ground, path, owner?.id ?? '');
      return dateAfter(ground, path, before);
    },
  },
  {
    id: 'assigned-date-cleared',
    title: 'The assigned date may be emptied, stay or move when the owner is cleared',
    source: NOT_DOCUMENTED,
    accepts: ['emptied', 'stays', 'moves'],
    async observe(ground) {
      const [owner] = await ground.people(1);
      const { path, before } = await owned(ground, owner?.id ?? '');
      await write(ground, path, '');
      return dateAfter(ground, path, before);
    },
  },
];
