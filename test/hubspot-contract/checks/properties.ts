import type { ObservedCheck } from '../check.ts';
import { ASSIGNED, expectStatus, type Ground, OWNER } from '../ground.ts';
import type { Observation } from '../observation.ts';
import { asObject, resultsOf } from '../words.ts';

type Row = Readonly<Record<string, unknown>>;

async function findProperty({ api }: Ground, type: string, name: string): Promise<Row | undefined> {
  const answer = await api.get(`/crm/properties/2026-09/${type}`);
  expectStatus(answer, 200, `the properties of ${type}`);
  return resultsOf(answer).find((row) => row.name === name);
}

function describeOwnerProperty(row: Row | undefined): Observation {
  if (row === undefined) return { seen: 'is not listed' };
  const { type, fieldType, referencedObjectType, externalOptions, modificationMetadata } = row;
  const isReadOnly = asObject(modificationMetadata).readOnlyValue === true;
  const isOwner = referencedObjectType === 'OWNER' && type === 'enumeration' && fieldType !== 'checkbox';
  const detail = externalOptions === true ? 'with external options' : 'without external options';
  return {
    seen: `${isOwner ? 'holds one owner' : 'holds no owner'}, ${isReadOnly ? 'read-only' : 'writable'}`,
    detail,
  };
}

export const propertyChecks: readonly ObservedCheck[] = [
  ...(['contacts', 'companies'] as const).map((type) => ({
    id: `owner-property-of-${type}`,
    title: `The properties of ${type} say that the owner property holds one owner and can be written`,
    source: 'properties OpenAPI 2026-09, read 2026-11-23',
    accepts: ['holds one owner, writable'],
    observe: async (ground: Ground) => describeOwnerProperty(await findProperty(ground, type, OWNER)),
  })),
  {
    id: 'assigned-date-property',
    title: 'Contacts have the assigned date of their owner',
    source: 'pages of the CRM objects, read 2026-11-26',
    accepts: ['is listed'],
    async observe(ground) {
      const row = await findProperty(ground, 'contacts', ASSIGNED);
      if (row === undefined) return { seen: 'is not listed' };
      const isReadOnly = asObject(row.modificationMetadata).readOnlyValue === true;
      return { seen: 'is listed', detail: isReadOnly ? 'read-only' : 'writable' };
    },
  },
];
