/**
 * Stands in for the AWS SDK's look at the metadata of an EC2 instance in the bundles. Lambda names the region in the
 * environment. Where nothing does, the SDK says that the region is missing.
 */
export const getInstanceMetadataRegion = async (): Promise<undefined> => undefined;
