import type { Answer } from '../api.ts';
import { NOT_DOCUMENTED, type ObservedCheck } from '../check.ts';
import { expectStatus, type Ground, OWNER } from '../ground.ts';
import { OBJECTS } from '../made-records.ts';
import type { Observation } from '../observation.ts';
import { asList, asObject, describeAnswer, propertyOf, resultsOf } from '../words.ts';

const GUIDE = 'object APIs guide and OpenAPI 2026-09, read 2026-11-23';
const BATCH = `${OBJECTS}/contacts/batch`;
const ANY_REFUSAL = '400, nothing written';
/** The document of 2026-09 names 200 alone, and the guide 207. */
const OTHERS_WRITTEN = ['207, the others written', '200, the others written'];
const OTHERS_READ = ['207, the others read', '200, the others read'];

/** Ids that no account has reached. */
const unknownIds = (count: number) => Array.from({ length: count }, (_, index) => String(999_999_999_900_000 + index));

/** Writes an owner to a good record and something to another one, and looks at the good one. */
async function updateWith(ground: Ground, other: string, value?: string): Promise<Observation> {
  const { api, records } = ground;
  const [[owner], good] = [await ground.people(1), await records.make()];
  const inputs = [
    { id: good, properties: { [OWNER]: owner?.id } },
    { id: other, properties: { [OWNER]: value ?? owner?.id } },
  ];
  const answer = await api.post(`${BATCH}/update`, { inputs });
  const read = await api.get(`${records.pathOf(good)}?properties=${OWNER}`);
  expectStatus(read, 200, 'reading contacts');
  const held = propertyOf(read, OWNER);
  const isNamed = resultsOf(answer).some(({ id, properties }) => id === good && asObject(properties)[OWNER] === held);
  if (held === '') return { seen: `${answer.status}, nothing written`, detail: errorsIn(answer) };
  return {
    seen: `${answer.status}, the others ${isNamed ? 'written' : 'written but not named'}`,
    detail: errorsIn(answer),
  };
}

async function readWith({ api, records }: Ground, others: readonly string[]): Promise<Observation> {
  const good = await records.make();
  const inputs = [good, ...others].map((id) => ({ id }));
  const answer = await api.post(`${BATCH}/read`, { inputs, properties: [OWNER], propertiesWithHistory: [] });
  const ids = resultsOf(answer).map(({ id }) => id);
  if (!ids.includes(good)) return describeAnswer(answer);
  return { seen: `${answer.status}, the others read`, detail: errorsIn(answer) };
}

/** Whether the errors of a batch say which records they mean. */
function errorsIn({ json }: Answer): string {
  const errors = asList(asObject(json).errors).map(asObject);
  if (errors.length === 0) return 'no errors listed';
  const isNamed = errors.some(({ context }) => asList(asObject(context).ids).length > 0);
  return isNamed ? 'errors with the IDs' : 'errors without IDs';
}

export const batchChecks: readonly ObservedCheck[] = [
  {
    id: 'batch-update-unknown',
    title: 'A batch update with a record that never was updates the others',
    source: GUIDE,
    accepts: [...OTHERS_WRITTEN, ANY_REFUSAL],
    observe: (ground) => updateWith(ground, unknownIds(1)[0] ?? ''),
  },
  {
    id: 'batch-update-deleted',
    title: 'A batch update with a deleted record updates the others',
    source: GUIDE,
    accepts: [...OTHERS_WRITTEN, ANY_REFUSAL],
    async observe(ground) {
      const id = await ground.records.make();
      await ground.records.remove(id);
      return updateWith(ground, id);
    },
  },
  {
    id: 'batch-update-merged',
    title: 'A batch update with the old ID of a merged record updates the others',
    source: NOT_DOCUMENTED,
    accepts: [...OTHERS_WRITTEN, ANY_REFUSAL],
    observe: async (ground) => updateWith(ground, (await ground.records.merged()).oldId),
  },
  {
    id: 'batch-update-invalid',
    title: 'A batch update with one invalid value may be refused as a whole',
    source: NOT_DOCUMENTED,
    accepts: [ANY_REFUSAL, ...OTHERS_WRITTEN],
    observe: async (ground) => updateWith(ground, await ground.records.make(), '2147483642'),
  },
  {
    id: 'batch-read-unknown',
    title: 'A batch read with records that never were reads the others',
    source: GUIDE,
    accepts: OTHERS_READ,
    observe: (ground) => readWith(ground, unknownIds(1)),
  },
  {
    id: 'batch-read-merged',
    title: 'A batch read with the old ID of a merged record reads the others',
    source: NOT_DOCUMENTED,
    accepts: OTHERS_READ,
    observe: async (ground) => readWith(ground, [(await ground.records.merged()).oldId]),
  },
  {
    id: 'batch-size',
    title: 'A batch may have a hundred records',
    source: GUIDE,
    accepts: OTHERS_READ,
    observe: (ground) => readWith(ground, unknownIds(99)),
  },
];
