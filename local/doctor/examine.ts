import { CALLBACK_ROUTE, INSTALL_ROUTE, normalizeBaseUrl } from '../../lib/domain/app-urls.ts';
import { type PortalId, parsePortalId } from '../../lib/domain/ids.ts';
import { createOAuthApp } from '../../lib/hubspot/oauth.ts';
import { createTransport } from '../../lib/hubspot/transport.ts';
import { createSyncState } from '../../lib/store/owner-sync-state.ts';
import { createPortals } from '../../lib/store/portals.ts';
import type { Aws } from './aws.ts';
import { checkConcurrency, type DeployedFunction } from './deployment.ts';
import {
  checkForgery,
  checkHealth,
  checkInstallPage,
  checkSignature,
  type Endpoint,
  signedRoutes,
} from './endpoint.ts';
import { attempt, type Finding, skipped } from './finding.ts';
import { checkFreshness } from './freshness.ts';
import { checkOAuthClient, checkPortals, checkStaticToken } from './hubspot.ts';
import { checkProject } from './project.ts';
import { findRequiredScopes } from './project-scopes.ts';
import { checkQueue, queueVariables } from './queues.ts';
import { checkTable } from './table.ts';
import { checkTokenKey } from './token-key.ts';
import { checkVariables, type Environment } from './variables.ts';

/** The stage of a local stack's project, if a tunnel leads to it. */
const LOCAL_STAGE = 'local';
const DEFAULT_API = 'https://api.hubapi.com';
const DEFAULT_APP = 'https://app.hubspot.com';

export type Patient = {
  readonly projectDir: string;
  /** Undefined for a local stack. */
  readonly stage?: string | undefined;
  /** With the secrets instead of references to them. */
  readonly environment: Environment;
  /** Undefined for a local stack. */
  readonly functions: readonly DeployedFunction[] | undefined;
  readonly aws: Aws;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly fetch: typeof fetch;
};

/** All checks, one after the other, in the order in which you would fix their findings. */
export async function* examine(given: Patient): AsyncGenerator<Finding> {
  const patient = { ...given, environment: withOneSpelling(given.environment) };
  const { environment, functions, aws, projectDir, stage = LOCAL_STAGE } = patient;
  // Unchanged, because the functions refuse a slash at the end, which another spelling of the address would hide.
  yield* await attempt('variables', () => checkVariables(given.environment));
  yield* await examineAws(functions === undefined);
  const { PUBLIC_BASE_URL: publicBaseUrl, HUBSPOT_CLIENT_SECRET: clientSecret } = environment;
  const isOAuth = Boolean(environment.HUBSPOT_CLIENT_ID);
  yield* isOAuth ? await examineInstalls(patient) : await examineStatic(patient);
  if (!publicBaseUrl) return;
  yield* await attempt('address', async () => [await checkHealth(publicBaseUrl)]);
  if (!clientSecret) yield skipped('signatures', 'no client secret to sign with');
  else yield* examineSignatures({ publicBaseUrl, clientSecret, now: patient.now });
  const auth = isOAuth ? 'oauth' : 'static';
  yield* await attempt('HubSpot project', () => checkProject(projectDir, stage, publicBaseUrl, auth));

  async function examineAws(isLocal: boolean): Promise<readonly Finding[]> {
    const findings: Finding[] = [];
    const { TABLE_NAME: tableName, TOKEN_KMS_KEY_ID: keyId } = environment;
    if (tableName) findings.push(...(await attempt('table', () => checkTable(aws.dynamodb, tableName, { isLocal }))));
    const lambda = functions && { get: aws.getLambda, functions };
    const deps = { sqs: aws.sqs, ...(lambda !== undefined && { lambda }) };
    for (const variable of queueVariables()) {
      findings.push(...(await attempt(`queue ${variable}`, () => checkQueue(deps, variable, environment))));
    }
    if (!isLocal) findings.push(...(await attempt('concurrency', async () => [await checkConcurrency(aws)])));
    if (keyId) findings.push(...(await attempt('token key', async () => [await checkTokenKey(aws, keyId)])));
    return findings;
  }
}

/** The functions check signatures against the address in this spelling, which HubSpot also signs. */
function withOneSpelling(environment: Environment): Environment {
  const { PUBLIC_BASE_URL: given } = environment;
  return given === undefined ? environment : { ...environment, PUBLIC_BASE_URL: normalizeBaseUrl(given) };
}

async function* examineSignatures(endpoint: Endpoint): AsyncGenerator<Finding> {
  const routes = signedRoutes();
  for (const route of routes) yield* await attempt(route, async () => [await checkSignature(endpoint, route)]);
  const [first = ''] = routes;
  yield* await attempt('a wrong secret', async () => [await checkForgery(endpoint, first)]);
}

async function examineStatic(patient: Patient): Promise<readonly Finding[]> {
  const { HUBSPOT_ACCESS_TOKEN, HUBSPOT_PORTAL_ID, HUBSPOT_API_BASE_URL } = patient.environment;
  if (!HUBSPOT_ACCESS_TOKEN || !HUBSPOT_PORTAL_ID) return [skipped('token', 'no token or portal to try it with')];
  const access = { HUBSPOT_ACCESS_TOKEN, HUBSPOT_PORTAL_ID, HUBSPOT_API_BASE_URL: HUBSPOT_API_BASE_URL || DEFAULT_API };
  const portalId = parsePortalId(HUBSPOT_PORTAL_ID);
  const transport = createTransport(patient.fetch);
  const required = findRequiredScopes(patient.projectDir, patient.environment.PUBLIC_BASE_URL ?? '');
  return [
    ...(await attempt('token', () => checkStaticToken(access, { transport, required }))),
    ...(portalId === undefined ? [] : await examineFreshness(patient, [portalId])),
  ];
}

async function examineInstalls(patient: Patient): Promise<readonly Finding[]> {
  const { environment, aws, now, sleep } = patient;
  const { HUBSPOT_CLIENT_ID: clientId = '', HUBSPOT_CLIENT_SECRET: clientSecret, PUBLIC_BASE_URL = '' } = environment;
  if (!clientSecret) return [skipped('client id and secret', 'no client secret to try')];
  const oauth = createOAuthApp({
    apiBaseUrl: environment.HUBSPOT_API_BASE_URL || DEFAULT_API,
    clientId,
    clientSecret,
    redirectUri: environment.HUBSPOT_REDIRECT_URI || `${PUBLIC_BASE_URL}${CALLBACK_ROUTE}`,
    transport: createTransport(patient.fetch),
    now,
    sleep,
    random: Math.random,
  });
  const appBaseUrl = environment.HUBSPOT_APP_BASE_URL || DEFAULT_APP;
  const portals = createPortals({ client: aws.dynamodb, tableName: environment.TABLE_NAME ?? '' }, now);
  let connected: readonly PortalId[] = [];
  return [
    ...(await attempt('client id and secret', async () => [await checkOAuthClient(oauth, now)])),
    ...(await attempt(INSTALL_ROUTE, async () => [await checkInstallPage(PUBLIC_BASE_URL, clientId, appBaseUrl)])),
    ...(await attempt('portals', async () => {
      const { findings, portalIds } = await checkPortals(portals, `${PUBLIC_BASE_URL}${INSTALL_ROUTE}`);
      connected = portalIds;
      return findings;
    })),
    ...(await examineFreshness(patient, connected)),
  ];
}

async function examineFreshness({ environment, aws, now, stage }: Patient, portalIds: readonly PortalId[]) {
  const store = createSyncState({ client: aws.dynamodb, tableName: environment.TABLE_NAME ?? '' }, now);
  const invoke =
    stage === undefined
      ? 'npm run invoke --'
      : `npx sls invoke --stage ${stage} --region ${await aws.dynamodb.config.region()}`;
  const refreshNow = `${invoke} --function scheduleOwnerRefresh --data '{"atOnce":true}'`;
  const findings: Finding[] = [];
  for (const portalId of portalIds) {
    const check = async () => [await checkFreshness(store, portalId, now(), refreshNow)];
    findings.push(...(await attempt(`owners of account ${portalId}`, check)));
  }
  return findings;
}
