/** Replaces the AWS SDK's code for S3 addresses in the bundles. The SDK uses it only in an S3 client. */
export function resolveParamsForS3(): never {
  throw new Error('S3 is not bundled');
}
