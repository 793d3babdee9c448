import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Replaces the AWS SDK's credential chain in the bundles. Lambda puts the role's credentials into the environment, so the rest of
 * the chain (profiles, SSO, web identity, instance metadata) is never reached, but slows down every cold start.
 */
export const defaultProvider = () => fromEnv();
