import type { ObjectId, ObjectTypeId, PortalId } from './ids.ts';

export type PropertyRef = {
  readonly portalId: PortalId;
  readonly objectType: ObjectTypeId;
  readonly property: string;
};

export type RecordProperty = PropertyRef & { readonly objectId: ObjectId };

/** A property whose values are owner IDs and which may be written. `name` is HubSpot's internal one, `label` what people see. */
export type OwnerProperty = { readonly name: string; readonly label: string };

/**
 * An owner property as HubSpot describes it, and why the editor does not offer it: HubSpot hides it (it may still be written), it
 * holds several people, or its description has an unknown form.
 */
export type DescribedProperty = OwnerProperty & { readonly notOffered?: 'hidden' | 'several' | 'unclear' };

/** Objects with ownership have this one from the start (properties guide, read 2026-11-23). */
export const STANDARD_OWNER_PROPERTY = 'hubspot_owner_id';
/** HubSpot calculates it from all owner properties. It must never be written, whatever its metadata says. */
export const ALL_OWNERS_PROPERTY = 'hs_all_owner_ids';

const PAGE_SIZE = 100;

export type OwnerPropertyPage = {
  readonly properties: readonly OwnerProperty[];
  /** The last property of this page, if more follow. */
  readonly last: OwnerProperty | undefined;
};

const byLabel = new Intl.Collator('en', { sensitivity: 'base', numeric: true });

/** The standard property first, then by label, then by name: a total order, so that pages neither overlap nor skip. */
export function compareOwnerProperties(one: OwnerProperty, other: OwnerProperty): number {
  return (
    Number(other.name === STANDARD_OWNER_PROPERTY) - Number(one.name === STANDARD_OWNER_PROPERTY) ||
    byLabel.compare(one.label, other.label) ||
    compareText(one.name, other.name)
  );
}

/** Ignores case and the encoding of accents. */
export function normalizeSearch(text: string): string {
  return text.normalize('NFC').toLowerCase().trim();
}

/**
 * One page of the matching properties. It starts after a property instead of at a number, so that a list that changed since the
 * last page shows nothing twice.
 * @param sorted in the order of `compareOwnerProperties`
 * @param search normalized; it is looked for in labels and names, and an empty one finds everything
 */
export function findPage(
  sorted: readonly OwnerProperty[],
  search: string,
  after: OwnerProperty | undefined,
): OwnerPropertyPage {
  const rest = sorted.filter(
    (property) =>
      (after === undefined || compareOwnerProperties(property, after) > 0) &&
      (normalizeSearch(property.label).includes(search) || normalizeSearch(property.name).includes(search)),
  );
  const properties = rest.slice(0, PAGE_SIZE);
  return { properties, last: rest.length > PAGE_SIZE ? properties.at(-1) : undefined };
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
