import type { Environment } from '../local/environment.ts';

/** The table of every service that is measured here. */
export const TABLE_NAME = 'set-owner-by-email-local';

/**
 * The AWS SDK and the logger read these on their own. What the developer's shell holds must not come before them: not a
 * profile, and not another log level than the one deployed.
 */
export function useSettings(environment: Environment): void {
  delete process.env.AWS_PROFILE;
  process.env.LOG_LEVEL = 'INFO';
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith('AWS_')) process.env[name] = value;
  }
}
