import type { ObjectType, PropertyDefinition } from './state.ts';
import { USER_PROPERTIES, USERS_TYPE_ID } from './user-properties.ts';

/** Ids, names and scopes: object APIs guide and scopes page, read 2026-11-23. Tickets have one scope for both. */
const STANDARD_TYPES = [
  { typeId: '0-1', name: 'contacts', executionName: 'CONTACT', own: ['email', 'firstname', 'lastname'] },
  { typeId: '0-2', name: 'companies', executionName: 'COMPANY', own: ['name', 'domain'] },
  { typeId: '0-3', name: 'deals', executionName: 'DEAL', own: ['dealname', 'amount'] },
  { typeId: '0-5', name: 'tickets', executionName: 'TICKET', own: ['subject'] },
  { typeId: '0-136', name: 'leads', executionName: 'LEAD', own: ['hs_lead_name'] },
] as const;

const UNIQUE_PROPERTIES = new Set(['email', 'domain']);
const OWNER_PROPERTY: PropertyDefinition = {
  name: 'hubspot_owner_id',
  label: 'Record owner',
  referencedObjectType: 'OWNER',
};
/** Set by HubSpot on every object that has the owner property (object APIs, read 2026-11-26). */
const ASSIGNED_DATE: PropertyDefinition = {
  name: 'hubspot_owner_assigneddate',
  label: 'Owner assigned date',
  type: 'datetime',
  readOnly: true,
};
/** Types with data in every account have their dates without a prefix. */
const CALCULATED: readonly PropertyDefinition[] = [
  { name: 'hs_object_id', type: 'number' },
  { name: 'createdate', type: 'datetime' },
  { name: 'lastmodifieddate', type: 'datetime' },
  { name: 'hs_all_owner_ids', label: 'All owner IDs', type: 'enumeration', hidden: true },
];

/** In every answer about a record, whatever was requested; a type has one pair of the dates. */
export const ALWAYS_ANSWERED = [
  'hs_object_id',
  'createdate',
  'lastmodifieddate',
  'hs_createdate',
  'hs_lastmodifieddate',
] as const;

export const CUSTOM_READ_SCOPE = 'crm.objects.custom.read';
export const CUSTOM_WRITE_SCOPE = 'crm.objects.custom.write';
export const CUSTOM_SCHEMA_SCOPE = 'crm.schemas.custom.read';
const USERS_SCOPES = { read: 'crm.objects.users.read', write: 'crm.objects.users.write' } as const;

function scopeOf(name: string, verb: 'read' | 'write'): string {
  return name === 'tickets' ? 'tickets' : `crm.objects.${name}.${verb}`;
}

/** Tickets have one scope for everything. */
function schemaScopeOf(name: string): string | undefined {
  return name === 'tickets' ? undefined : `crm.schemas.${name}.read`;
}

/** Everything the routes of this simulator can ask for. */
export const ALL_SCOPES: readonly string[] = [
  'oauth',
  'crm.objects.owners.read',
  CUSTOM_READ_SCOPE,
  CUSTOM_WRITE_SCOPE,
  CUSTOM_SCHEMA_SCOPE,
  USERS_SCOPES.read,
  USERS_SCOPES.write,
  'settings.users.read',
  'automation',
  ...new Set(
    STANDARD_TYPES.flatMap(({ name }) => [
      scopeOf(name, 'read'),
      scopeOf(name, 'write'),
      schemaScopeOf(name) ?? [],
    ]).flat(),
  ),
];

export type ObjectTypeSpec = Pick<
  ObjectType,
  'typeId' | 'name' | 'fullyQualifiedName' | 'readScope' | 'writeScope' | 'schemaScope' | 'defaultProperties'
> & { readonly hasOwner: boolean };

export function createObjectType(spec: ObjectTypeSpec): ObjectType {
  const { hasOwner, ...rest } = spec;
  const definitions: PropertyDefinition[] = [
    ...CALCULATED.map((definition) => ({ ...definition, readOnly: true })),
    ...spec.defaultProperties.map((name) => ({ name, unique: UNIQUE_PROPERTIES.has(name) })),
    ...(hasOwner ? [OWNER_PROPERTY, ASSIGNED_DATE] : []),
  ];
  return fillType(rest, definitions);
}

function fillType(
  type: Omit<ObjectType, 'properties' | 'records' | 'mergedInto'>,
  definitions: readonly PropertyDefinition[],
): ObjectType {
  return {
    ...type,
    properties: new Map(definitions.map((definition) => [definition.name, definition])),
    records: new Map(),
    mergedInto: new Map(),
  };
}

/** Users are records too; without `properties` a call gets their id and dates only. */
function createUsersType(): ObjectType {
  return fillType(
    {
      typeId: USERS_TYPE_ID,
      name: 'users',
      fullyQualifiedName: undefined,
      readScope: USERS_SCOPES.read,
      writeScope: USERS_SCOPES.write,
      schemaScope: undefined,
      defaultProperties: [],
    },
    USER_PROPERTIES,
  );
}

export function createStandardTypes(): Map<string, ObjectType> {
  const types = new Map<string, ObjectType>(
    STANDARD_TYPES.map(({ typeId, name, own }) => [
      typeId,
      createObjectType({
        typeId,
        name,
        fullyQualifiedName: undefined,
        readScope: scopeOf(name, 'read'),
        writeScope: scopeOf(name, 'write'),
        schemaScope: schemaScopeOf(name),
        defaultProperties: own,
        hasOwner: true,
      }),
    ]),
  );
  return types.set(USERS_TYPE_ID, createUsersType());
}

/** The type ID for `object.objectType` of an execution: `CONTACT` → `0-1`; IDs are not changed. */
export function typeIdOfExecution(objectType: string): string {
  return STANDARD_TYPES.find(({ executionName }) => executionName === objectType)?.typeId ?? objectType;
}
