/** Stands in for the AWS SDK's SHA-256 in JavaScript in the bundles. The SDK uses it where Node has none of its own. */
export class Sha256Js {
  constructor() {
    throw new Error('SHA-256 in JavaScript is not bundled');
  }
}
