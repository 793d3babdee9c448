/** Stands in for the AWS SDK's adaptive retries in the bundles. All our clients ask for standard ones. */
export class AdaptiveRetryStrategy {
  constructor() {
    throw new Error('adaptive retries are not bundled');
  }
}
