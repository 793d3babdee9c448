import type { ObjectType } from './state.ts';

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
