/**
 * Replaces the AWS SDK's reader of `~/.aws/config` and `~/.aws/credentials` in the bundles. Lambda has neither file, but each
 * container would look for them.
 */
export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });
export const CONFIG_PREFIX_SEPARATOR = '.';
