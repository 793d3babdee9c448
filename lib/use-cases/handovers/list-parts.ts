import { MissingScopesError } from '../../domain/errors.ts';
import type { OpenPart, UnreadablePart } from '../../domain/handover.ts';
import type { ObjectTypeId } from '../../domain/ids.ts';
import { STANDARD_OBJECTS } from '../../domain/scopes.ts';
import type { ListParts } from '../../ports/handovers.ts';
import type { CustomObjectTypes, OwnerProperties } from '../../ports/hubspot.ts';

/** A hidden property holds owners like any other. */
const LEFT_OUT = { several: 'severalOwners', unclear: 'unclear', hidden: undefined } as const;
/** Stands for all custom objects if their list may not be read, and for an object that the list does not name. */
const CUSTOM_OBJECTS = '2-0' as ObjectTypeId;

/**
 * Every owner property of every object type that the app may read. Properties that hold several people are named and left out,
 * because a successor replaces one person only.
 */
export function createListParts(properties: OwnerProperties, customTypes: CustomObjectTypes): ListParts {
  return async function listParts(portalId, deadline) {
    const parts: OpenPart[] = [];
    const unreadable: UnreadablePart[] = [];
    const custom = await orUnreadable(CUSTOM_OBJECTS, () => customTypes.listTypes(portalId, deadline));
    const types = [...STANDARD_OBJECTS.map(({ typeId }) => typeId), ...(custom ?? [])].filter(
      (type) => type !== undefined,
    );
    if (custom?.includes(undefined)) unreadable.push({ objectType: CUSTOM_OBJECTS, scopes: [] });
    for (const objectType of types) {
      const found = await orUnreadable(objectType, () =>
        properties.listOwnerProperties(portalId, objectType, deadline),
      );
      for (const { name: property, label, notOffered } of found ?? []) {
        const why = notOffered && LEFT_OUT[notOffered];
        if (why === undefined) parts.push({ objectType, property, label });
        else unreadable.push({ objectType, scopes: [], property, label, why });
      }
    }
    return { parts, unreadable, calls: types.length + 1 };

    async function orUnreadable<T>(objectType: ObjectTypeId, read: () => Promise<T>): Promise<T | undefined> {
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof MissingScopesError)) throw error;
        unreadable.push({ objectType, scopes: error.scopes });
        return undefined;
      }
    }
  };
}
