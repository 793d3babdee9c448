/**
 * Replaces the AWS SDK's cache of discovered endpoints in the bundles. The DynamoDB client creates it and never uses it, and it
 * needs a library of data structures.
 */
export class EndpointCache {}
