/** Stands in for what the AWS SDK does to addresses of S3 in the bundles. It asks for it only if a client is S3's. */
export function resolveParamsForS3(): never {
  throw new Error('S3 is not bundled');
}
