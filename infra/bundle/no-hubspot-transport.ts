/**
 * Stands in for the HubSpot SDK's own transport in the bundles. The SDK only builds our requests; lib/hubspot/transport.ts sends
 * them. With the SDK's transport come uploads and a database of media types.
 */
export function sendBufferedRequest(): never {
  throw new Error("the HubSpot SDK's transport is not bundled");
}
