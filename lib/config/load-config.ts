import type { DigestOptions } from '../domain/digest.ts';
import { ConfigError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { SignatureSecrets } from '../hubspot/signature.ts';
import {
  type Connection,
  type ConnectionVariables,
  demand,
  findInBoth,
  missingForConnection,
  type OAuthConfig,
  readConnection,
  withoutUnused,
} from './connection.ts';
import { isSecretReference, type ReadSecrets } from './secrets.ts';
import {
  actionVariables,
  assignVariables,
  handoverVariables,
  installVariables,
  operatorVariables,
  portalPageVariables,
  refreshVariables,
  SECRET_VARIABLES,
  setOwnerVariables,
  type Values,
  type Variables,
} from './variables.ts';

export type Config = Connection & {
  readonly publicBaseUrl: string;
  readonly hubspotApiBaseUrl: string;
  readonly secrets: SignatureSecrets;
  readonly allowSignatureV2: boolean;
  readonly tableName: string;
  readonly ownerMaxAgeMs: number;
};

/** For the functions behind the queue. */
export type QueueConfig = Omit<Config, 'allowSignatureV2'> & { readonly assignQueueUrl: string };

export type SetOwnerConfig = Config & {
  readonly assignQueueUrl: string;
  /** Portals whose executions are never queued, and those whose executions always are. */
  readonly inlinePortals: ReadonlySet<PortalId>;
  readonly queuedPortals: ReadonlySet<PortalId>;
};

export type SyncConfig = Connection &
  Pick<Config, 'hubspotApiBaseUrl' | 'tableName'> & {
    readonly refreshQueueUrl: string;
    /** Absent if no topic is configured. */
    readonly digest?: DigestOptions & { readonly topicArn: string };
  };

/** Enough to find an owner. */
export type OperatorConfig = Connection & Pick<Config, 'hubspotApiBaseUrl' | 'tableName' | 'ownerMaxAgeMs'>;

/** For the settings page. */
export type PortalPageConfig = Omit<Config, 'allowSignatureV2'> & {
  readonly refreshQueueUrl: string;
  /** When the nightly refresh begins. */
  readonly refreshHourUtc: number;
};

export type HandoverConfig = OperatorConfig & { readonly refreshQueueUrl: string };

export type InstallConfig = Omit<SyncConfig, 'digest'> & {
  readonly oauth: OAuthConfig;
  readonly publicBaseUrl: string;
};

type Environment = Readonly<Record<string, string | undefined>>;
/**
 * Reads the configuration of a group of functions, including secrets.
 * @throws {ConfigError} naming each variable that is missing or wrong, never its value
 * @throws {SecretsUnavailableError}
 */
type Load<Config> = (environment: Environment, readSecrets: ReadSecrets) => Promise<Config>;

function loader<Family extends Variables, Config>(
  family: Family,
  toConfig: (variables: Values<Family>) => Config,
): Load<Config> {
  return async (environment, readSecrets) => {
    const read = () => readVariables(family, environment, readSecrets);
    const isReference = isSecretReference(environment.HUBSPOT_ACCESS_TOKEN ?? '');
    return toConfig({ ...(await read()), ...(isReference && { readAgain: read }) });
  };
}

export const loadConfig = loader(actionVariables, toConfig);

export const loadQueueConfig = loader(assignVariables, (variables): QueueConfig => {
  return { ...readExecuting(variables), assignQueueUrl: variables.ASSIGN_QUEUE_URL };
});

export const loadSetOwnerConfig = loader(setOwnerVariables, (variables): SetOwnerConfig => {
  const { ASSIGN_QUEUE_URL: assignQueueUrl, INLINE_PORTAL_IDS, QUEUED_PORTAL_IDS: queuedPortals } = variables;
  const problem = findInBoth(INLINE_PORTAL_IDS, queuedPortals);
  if (problem !== undefined) throw new ConfigError(`Configuration is wrong. ${problem}`);
  return { ...toConfig(variables), assignQueueUrl, inlinePortals: INLINE_PORTAL_IDS, queuedPortals };
});

export const loadSyncConfig = loader(refreshVariables, (variables): SyncConfig => {
  const { DIGEST_TOPIC_ARN: topicArn, DIGEST_ADDRESSES: withAddresses, DIGEST_PAGE_URL: pageUrl } = variables;
  const digest = topicArn !== undefined && { digest: { topicArn, withAddresses, pageUrl } };
  return { ...readShared(variables), refreshQueueUrl: variables.REFRESH_QUEUE_URL, ...digest };
});

export const loadOperatorConfig = loader(operatorVariables, (variables): OperatorConfig => {
  return { ...readShared(variables), ownerMaxAgeMs: toMs(variables.OWNER_MAX_AGE_HOURS) };
});

export const loadPortalPageConfig = loader(portalPageVariables, (variables): PortalPageConfig => {
  const { REFRESH_QUEUE_URL: refreshQueueUrl, REFRESH_HOUR_UTC: refreshHourUtc } = variables;
  return { ...readExecuting(variables), refreshQueueUrl, refreshHourUtc };
});

export const loadHandoverConfig = loader(handoverVariables, (variables): HandoverConfig => {
  const { REFRESH_QUEUE_URL: refreshQueueUrl, OWNER_MAX_AGE_HOURS } = variables;
  return { ...readShared(variables), ownerMaxAgeMs: toMs(OWNER_MAX_AGE_HOURS), refreshQueueUrl };
});

/** For the install pages. Undefined with a static token, because there is nothing to install. */
export const loadInstallConfig = loader(installVariables, (variables): InstallConfig | undefined => {
  const { oauth, ...shared } = readShared(variables);
  const { PUBLIC_BASE_URL, REFRESH_QUEUE_URL: refreshQueueUrl } = variables;
  if (oauth === undefined) return undefined;
  return { ...shared, oauth, publicBaseUrl: demand('PUBLIC_BASE_URL', PUBLIC_BASE_URL), refreshQueueUrl };
});

function toConfig(variables: Values<typeof actionVariables>): Config {
  return { ...readExecuting(variables), allowSignatureV2: variables.ALLOW_V2 };
}

/** Everything that an execution needs, whether it comes by HTTP or from the queue. */
function readExecuting(variables: Omit<Values<typeof actionVariables>, 'ALLOW_V2'>) {
  return {
    publicBaseUrl: variables.PUBLIC_BASE_URL,
    ...readShared(variables),
    secrets: { current: variables.HUBSPOT_CLIENT_SECRET, previous: variables.HUBSPOT_CLIENT_SECRET_PREVIOUS },
    ownerMaxAgeMs: toMs(variables.OWNER_MAX_AGE_HOURS),
  };
}

/** What every function needs: the access to HubSpot and the table. */
function readShared(variables: ConnectionVariables) {
  const { HUBSPOT_API_BASE_URL: hubspotApiBaseUrl, TABLE_NAME: tableName } = variables;
  return { hubspotApiBaseUrl, tableName, ...readConnection(variables) };
}

function toMs(hours: number): number {
  return hours * 3_600_000;
}

async function readVariables<Family extends Variables>(
  family: Family,
  environment: Environment,
  readSecrets: ReadSecrets,
): Promise<Values<Family>> {
  const given = withoutUnused(withoutEmpty(environment));
  const { values, problems } = readValues(family, await withSecrets(given, readSecrets));
  problems.push(...missingForConnection(given).map((name) => `${name}: is missing`));
  if (problems.length > 0) throw new ConfigError(`Configuration is wrong. ${problems.join('; ')}`);
  return values as Values<Family>;
}

function readValues(family: Variables, environment: Environment) {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, { rule, parse, unset }] of Object.entries(family)) {
    const given = environment[name];
    const value = given === undefined ? unset?.value : parse(given);
    values[name] = value;
    if (value !== undefined || (given === undefined && unset !== undefined)) continue;
    problems.push(given === undefined ? `${name}: is missing or malformed; ${rule}` : `${name}: ${rule}`);
  }
  return { values, problems };
}

/** Templates write an unused variable as the empty string. A required one is then reported as missing. */
function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
}

async function withSecrets(environment: Environment, readSecrets: ReadSecrets): Promise<Environment> {
  const references = SECRET_VARIABLES.flatMap((variable) => {
    const value = environment[variable];
    return value !== undefined && isSecretReference(value) ? [{ variable, reference: value }] : [];
  });
  if (references.length === 0) return environment;
  return { ...environment, ...(await readSecrets(references)) };
}
