import type { ObjectType, PropertyDefinition } from './state.ts';

/** Ids, names and scopes: object APIs guide and scopes page, read 2026-11-23. Tickets have one scope for both. */
const STANDARD_TYPES = [
  { typeId: '0-1', name: 'contacts', executionName: 'CONTACT', own: ['email', 'firstname', 'lastname'] },
  { typeId: '0-2', name: 'companies', executionName: 'COMPANY', own: ['name', 'domain'] },
  { typeId: '0-3', name: 'deals', executionName: 'DEAL', own: ['dealname', 'amount'] },
  { typeId: '0-5', name: 'tickets', executionName: 'TICKET', own: ['subject'] },
  { typeId: '0-136', name: 'leads', executionName: 'LEAD', own: ['hs_lead_name'] },
] as const;

const UNIQUE_PROPERTIES = new Set(['email', 'domain']);
const OWNER_PROPERTY: PropertyDefinition = { name: 'hubspot_owner_id', referencedObjectType: 'OWNER' };
const CALCULATED = ['hs_object_id', 'createdate', 'lastmodifieddate', 'hs_all_owner_ids'] as const;

/** In every answer about a record, whatever was asked for. */
export const ALWAYS_ANSWERED = ['hs_object_id', 'createdate', 'lastmodifieddate'] as const;

export const CUSTOM_READ_SCOPE = 'crm.objects.custom.read';
export const CUSTOM_WRITE_SCOPE = 'crm.objects.custom.write';

function scopeOf(name: string, verb: 'read' | 'write'): string {
  return name === 'tickets' ? 'tickets' : `crm.objects.${name}.${verb}`;
}

/** Everything the routes of this simulator can ask for. */
export const ALL_SCOPES: readonly string[] = [
  'oauth',
  'crm.objects.owners.read',
  CUSTOM_READ_SCOPE,
  CUSTOM_WRITE_SCOPE,
  ...new Set(STANDARD_TYPES.flatMap(({ name }) => [scopeOf(name, 'read'), scopeOf(name, 'write')])),
];

export type ObjectTypeSpec = Pick<
  ObjectType,
  'typeId' | 'name' | 'fullyQualifiedName' | 'readScope' | 'writeScope' | 'defaultProperties'
> & { readonly hasOwner: boolean };

export function createObjectType(spec: ObjectTypeSpec): ObjectType {
  const { hasOwner, ...rest } = spec;
  const definitions: PropertyDefinition[] = [
    ...CALCULATED.map((name) => ({ name, readOnly: true })),
    ...spec.defaultProperties.map((name) => ({ name, unique: UNIQUE_PROPERTIES.has(name) })),
    ...(hasOwner ? [OWNER_PROPERTY] : []),
  ];
  return {
    ...rest,
    properties: new Map(definitions.map((definition) => [definition.name, definition])),
    records: new Map(),
    mergedInto: new Map(),
  };
}

export function createStandardTypes(): Map<string, ObjectType> {
  return new Map(
    STANDARD_TYPES.map(({ typeId, name, own }) => [
      typeId,
      createObjectType({
        typeId,
        name,
        fullyQualifiedName: undefined,
        readScope: scopeOf(name, 'read'),
        writeScope: scopeOf(name, 'write'),
        defaultProperties: own,
        hasOwner: true,
      }),
    ]),
  );
}

/**
 * The type that a path segment means: a type id, the plural name of a standard type, or the fully qualified name of a
 * custom object. The bare name of a custom object was removed on 2025-06-24 (HubSpot changelog, read 2026-11-23).
 */
export function inferObjectType(types: ReadonlyMap<string, ObjectType>, segment: string): ObjectType | undefined {
  const byId = types.get(segment);
  if (byId !== undefined) return byId;
  for (const type of types.values()) {
    const name = type.typeId.startsWith('2-') ? type.fullyQualifiedName : type.name;
    if (name === segment) return type;
  }
  return undefined;
}

/** The type id behind `object.objectType` of an execution: `CONTACT` → `0-1`; ids stay as they are. */
export function typeIdOfExecution(objectType: string): string {
  return STANDARD_TYPES.find(({ executionName }) => executionName === objectType)?.typeId ?? objectType;
}
