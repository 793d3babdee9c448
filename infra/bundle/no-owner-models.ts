/**
 * Replaces the HubSpot SDK's serializer of owners, and so its models, in the bundles. Our requests for owners consist of texts,
 * numbers and booleans, which the serializer returns unchanged. lib/hubspot/api/owners.ts reads the replies.
 */
export const ObjectSerializer = {
  serialize(value: unknown): unknown {
    if (typeof value === 'object' && value !== null) throw new Error('models of owners are not bundled');
    return value;
  },
};
