/**
 * Replaces the AWS SDK's request for the metadata of an EC2 instance in the bundles. On Lambda, the region is in the environment.
 * Without one, the SDK says that the region is missing.
 */
export const getInstanceMetadataRegion = async (): Promise<undefined> => undefined;
