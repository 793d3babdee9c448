import { randomBytes } from 'node:crypto';
import { loadSetOwnerConfig, loadSyncConfig } from '../lib/config/load-config.ts';
import { readSsmSecrets } from '../lib/config/secrets.ts';
import { normalizeBaseUrl } from '../lib/domain/app-urls.ts';
import { ConfigError } from '../lib/domain/errors.ts';
import { LOG_LEVEL } from './log-level.ts';
import { LOCAL_ACCESS_TOKEN, LOCAL_CLIENT_SECRET, LOCAL_PORTAL_ID } from './seed.ts';

export type Environment = Readonly<Record<string, string>>;

/**
 * The environment of the local functions: the given values, and local replacements for the rest.
 * @throws {ConfigError} in one line, naming each variable that is wrong
 */
export async function completeEnvironment(
  given: (name: string) => string | undefined,
  local: {
    readonly httpPort: number;
    readonly hubspotUrl: string | undefined;
    readonly dynamoDbUrl: string | undefined;
    readonly sqsUrl: string | undefined;
    readonly refreshQueueUrl: string;
    readonly assignQueueUrl: string;
  },
): Promise<Environment> {
  // Nothing is invented for a real HubSpot: its token, portal and secret must be given.
  const simulated = (value: string) => (local.hubspotUrl === undefined ? undefined : value);
  const environment = {
    PUBLIC_BASE_URL: normalizeBaseUrl(given('PUBLIC_BASE_URL') ?? `http://127.0.0.1:${local.httpPort}`),
    HUBSPOT_API_BASE_URL: local.hubspotUrl ?? given('HUBSPOT_API_BASE_URL'),
    HUBSPOT_CLIENT_SECRET: given('HUBSPOT_CLIENT_SECRET') ?? simulated(LOCAL_CLIENT_SECRET),
    HUBSPOT_CLIENT_SECRET_PREVIOUS: given('HUBSPOT_CLIENT_SECRET_PREVIOUS'),
    HUBSPOT_ACCESS_TOKEN: simulated(LOCAL_ACCESS_TOKEN) ?? given('HUBSPOT_ACCESS_TOKEN'),
    HUBSPOT_PORTAL_ID: simulated(String(LOCAL_PORTAL_ID)) ?? given('HUBSPOT_PORTAL_ID'),
    HUBSPOT_CLIENT_ID: given('HUBSPOT_CLIENT_ID'),
    HUBSPOT_REDIRECT_URI: given('HUBSPOT_REDIRECT_URI'),
    HUBSPOT_APP_BASE_URL: local.hubspotUrl ?? given('HUBSPOT_APP_BASE_URL'),
    TOKEN_KMS_KEY_ID: given('TOKEN_KMS_KEY_ID'),
    LOCAL_TOKEN_KEY_PREVIOUS: given('LOCAL_TOKEN_KEY_PREVIOUS'),
    LOCAL_TOKEN_KEY: given('LOCAL_TOKEN_KEY') ?? madeUpTokenKey(given, local.dynamoDbUrl),
    OWNER_MAX_AGE_HOURS: given('OWNER_MAX_AGE_HOURS'),
    ALLOW_V2: given('ALLOW_V2'),
    LOG_LEVEL: given('LOG_LEVEL'),
    TABLE_NAME: given('TABLE_NAME') ?? 'set-owner-by-email-local',
    AWS_ENDPOINT_URL_DYNAMODB: local.dynamoDbUrl ?? given('AWS_ENDPOINT_URL_DYNAMODB'),
    AWS_ENDPOINT_URL_SQS: local.sqsUrl ?? given('AWS_ENDPOINT_URL_SQS'),
    REFRESH_QUEUE_URL: local.refreshQueueUrl,
    ASSIGN_QUEUE_URL: local.assignQueueUrl,
    INLINE_PORTAL_IDS: given('INLINE_PORTAL_IDS'),
    QUEUED_PORTAL_IDS: given('QUEUED_PORTAL_IDS'),
    AWS_REGION: given('AWS_REGION') ?? 'eu-central-1',
    AWS_ACCESS_KEY_ID: given('AWS_ACCESS_KEY_ID') ?? 'local',
    AWS_SECRET_ACCESS_KEY: given('AWS_SECRET_ACCESS_KEY') ?? 'local',
  };
  const level = environment.LOG_LEVEL;
  if (level !== undefined && LOG_LEVEL.parse(level) === undefined) {
    throw new ConfigError(`Configuration is wrong. LOG_LEVEL: ${LOG_LEVEL.rule}`);
  }
  await loadSetOwnerConfig(environment, readSsmSecrets);
  await loadSyncConfig(environment, readSsmSecrets);
  return Object.fromEntries(Object.entries(environment).filter(isGiven));
}

/** A key for this start only, if the table does not outlive it either. */
function madeUpTokenKey(given: (name: string) => string | undefined, embeddedTable: string | undefined) {
  const isNeeded = given('HUBSPOT_CLIENT_ID') !== undefined && given('TOKEN_KMS_KEY_ID') === undefined;
  return isNeeded && embeddedTable !== undefined ? randomBytes(32).toString('base64') : undefined;
}

function isGiven(entry: [string, string | undefined]): entry is [string, string] {
  return entry[1] !== undefined;
}
