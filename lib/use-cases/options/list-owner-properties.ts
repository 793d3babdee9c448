import { PROPERTY_LIST_MAX_AGE_MS } from '../../domain/ages.ts';
import { toDeadline } from '../../domain/deadline.ts';
import { AppError, ConfigError, MissingScopesError, PortalNotConnectedError } from '../../domain/errors.ts';
import type { ObjectTypeId, PortalId } from '../../domain/ids.ts';
import { findPage, normalizeSearch, type OwnerProperty, STANDARD_OWNER_PROPERTY } from '../../domain/owner-property.ts';
import {
  createOwnerPropertyCache,
  HUBSPOT_BUDGET_MS,
  type OwnerPropertyCacheDeps,
} from '../executions/owner-property-cache.ts';

export type ListOwnerPropertiesQuery = {
  readonly portalId: PortalId;
  /** Undefined: an unknown type. */
  readonly objectType: ObjectTypeId | undefined;
  readonly search: string;
  /** The last property of the page before. */
  readonly after: OwnerProperty | undefined;
};

type PropertyOption = OwnerProperty & { readonly description: string };

export type ListedOptions = {
  readonly options: readonly PropertyOption[];
  /** Set if there is a next page: the value to send as `after`. */
  readonly last: OwnerProperty | undefined;
  readonly from: 'hubspot' | 'stale' | WhyShort;
};

/** Why only the standard property is offered. */
type WhyShort = 'missingScopes' | 'notConnected' | 'unavailable' | 'unknownType' | 'none';

const SHORT = 'Other owner properties are not listed:';
/** What the editor shows instead of the other properties. */
export const SHORT_LISTS: Readonly<Record<WhyShort, string>> = {
  missingScopes: `${SHORT} the app lacks the permission to read the properties of this object.`,
  notConnected: `${SHORT} the app is not connected to this HubSpot account.`,
  unavailable: `${SHORT} HubSpot could not be asked just now. Open this list again in a minute.`,
  unknownType: `${SHORT} the app does not know this type of object.`,
  none: 'HubSpot lists no owner property for this type of object, so setting this one may fail.',
};
/** HubSpot's own label differs by object, and is unknown if this one is needed. */
const STANDARD_LABEL = 'Record owner';

/**
 * The owner properties of an object, for the dropdown of the workflow editor. The first page always has an option, and the answer
 * waits for HubSpot no longer than its budget. A search without a match is empty.
 */
export function createListOwnerProperties(deps: OwnerPropertyCacheDeps) {
  const memory = createOwnerPropertyCache(deps);

  return async function listOwnerProperties(query: ListOwnerPropertiesQuery): Promise<ListedOptions> {
    const { portalId, objectType, search, after } = query;
    if (objectType === undefined) return standardOnly('unknownType', after);
    const deadline = toDeadline(deps.now() + HUBSPOT_BUDGET_MS);
    const fresh = memory.list(portalId, objectType, {
      maxAgeMs: PROPERTY_LIST_MAX_AGE_MS,
      deadline,
      waitsAfterAnyFailure: true,
    });
    const why = await fresh.then(() => undefined, whyOf);
    const known = memory.last(portalId, objectType);
    if (known === undefined) return standardOnly(why ?? 'unavailable', after);
    const offered = known.filter(({ notOffered }) => notOffered === undefined);
    if (offered.length === 0) return standardOnly('none', after);
    const { properties, last } = findPage(offered, normalizeSearch(search), after);
    // Several properties may have the same label; names are unique.
    const options = properties.map(({ name, label }) => ({ name, label, description: name }));
    return { options, last, from: why === undefined ? 'hubspot' : 'stale' };
  };
}

/** Shown for any search, because it says why the list is short. Later pages are empty, because the first page said it. */
function standardOnly(why: WhyShort, after: OwnerProperty | undefined): ListedOptions {
  const standard = { name: STANDARD_OWNER_PROPERTY, label: STANDARD_LABEL, description: SHORT_LISTS[why] };
  return { options: after === undefined ? [standard] : [], last: undefined, from: why };
}

/** @throws errors that are not about HubSpot, such as a token of another account */
function whyOf(error: unknown): WhyShort {
  if (!(error instanceof AppError) || error instanceof ConfigError) throw error;
  if (error instanceof MissingScopesError) return 'missingScopes';
  return error instanceof PortalNotConnectedError ? 'notConnected' : 'unavailable';
}
