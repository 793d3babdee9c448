/**
 * Stands in for the HubSpot SDK's serializer of owners, and so for its models, in the bundles. Our requests for owners consist of
 * texts, numbers and truth values, which the serializer returns as they are. lib/hubspot/api/owners.ts reads the replies.
 */
export const ObjectSerializer = {
  serialize(value: unknown): unknown {
    if (typeof value === 'object' && value !== null) throw new Error('models of owners are not bundled');
    return value;
  },
};
