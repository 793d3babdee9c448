import type { ObjectType, PropertyDefinition } from './state.ts';

const FIELD_TYPES = { string: 'text', number: 'number', datetime: 'date', enumeration: 'select' } as const;

/** `contacts` → `contactinformation`, the group that most of HubSpot's own properties are in. */
function groupOf({ name }: ObjectType): string {
  return `${name.replace(/ies$/, 'y').replace(/s$/, '')}information`;
}

/**
 * A `Property` (properties OpenAPI 2026-09, read 2026-11-23). The values of an owner property are owner ids, so its
 * options are empty and external.
 * @param textLength how much text the row carries beside what is known of the property
 */
export function toPropertyRow(type: ObjectType, property: PropertyDefinition, textLength = 0): unknown {
  if ('oddRow' in property) return property.oddRow;
  const { name, label = name, options = [], referencedObjectType, readOnly = false, unique = false } = property;
  const isOwner = referencedObjectType !== undefined;
  const valueType = property.type ?? (isOwner || options.length > 0 ? 'enumeration' : 'string');
  const isCalculated = property.calculated ?? (readOnly && !isOwner);
  return {
    name,
    label,
    type: valueType,
    fieldType: property.several === true ? 'checkbox' : FIELD_TYPES[valueType],
    description: 'x'.repeat(textLength),
    groupName: groupOf(type),
    options: options.map((option, displayOrder) => ({ ...option, description: '', displayOrder, hidden: false })),
    ...(isOwner ? { referencedObjectType } : {}),
    displayOrder: -1,
    calculated: isCalculated,
    externalOptions: isOwner,
    hasUniqueValue: unique,
    hidden: property.hidden ?? false,
    archived: property.archived ?? false,
    formField: false,
    modificationMetadata: { archivable: false, readOnlyDefinition: true, readOnlyValue: readOnly },
  };
}
