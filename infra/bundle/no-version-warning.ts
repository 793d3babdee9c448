/** Stands in for the AWS SDK's warning of an old Node in the bundles. serverless.yml names the runtime. */
export const emitWarningIfUnsupportedVersion = (): void => undefined;
export const state = { warningEmitted: true };
