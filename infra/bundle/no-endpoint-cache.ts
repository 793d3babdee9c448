/**
 * Stands in for the AWS SDK's cache of discovered endpoints in the bundles. The DynamoDB client makes one and never looks into
 * it, and with it comes a library of data structures.
 */
export class EndpointCache {}
