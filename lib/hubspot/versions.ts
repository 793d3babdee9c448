/**
 * The API version that every call uses. The undated v1–v3 paths end in September 2027 (HubSpot changelog 2026-03-30, read
 * 2026-11-23); the SDK is still generated from them.
 */
export const HUBSPOT_API_VERSION = '2026-09';

/** Callbacks have the version after their own name (actions OpenAPI 2026-09, read 2026-11-23). */
export const CALLBACKS_PATH = `/automation/actions/callbacks/${HUBSPOT_API_VERSION}`;

export const OBJECTS_PATH = `/crm/objects/${HUBSPOT_API_VERSION}`;

export const PROPERTIES_PATH = `/crm/properties/${HUBSPOT_API_VERSION}`;

/** The newest documented version of the list of custom objects (reference, read 2026-11-27). */
export const CUSTOM_OBJECT_SCHEMAS_PATH = '/crm-object-schemas/2026-03/schemas';

/** The SDK's `/crm/v<n>/<area>` is at `/crm/<area>/<version>`. */
const SDK_CRM_PATH = /^\/crm\/v\d+\/(owners|objects|properties)(?=\/|$)/;

/** Turns a path of the SDK into its dated address. An unknown path is a bug in our code, not in the request. */
export function toDatedPath(sdkPath: string): string {
  if (!SDK_CRM_PATH.test(sdkPath)) throw new Error(`no dated address is known for the SDK's path ${sdkPath}`);
  return sdkPath.replace(SDK_CRM_PATH, `/crm/$1/${HUBSPOT_API_VERSION}`).replace(/\/$/, '');
}
