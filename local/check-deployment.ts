import { randomUUID } from 'node:crypto';
import {
  DEFAULT_OWNER_PROPERTY,
  FIND_OWNER_BY_EMAIL,
  OUTPUT_FIELDS,
  OWNER_PROPERTIES_ROUTE,
  SET_OWNER_BY_EMAIL,
} from '../lib/action/definition.ts';
import { normalizeBaseUrl } from '../lib/domain/app-urls.ts';
import { SHORT_LISTS } from '../lib/use-cases/options/list-owner-properties.ts';
import { describeNetworkFault } from './network-fault.ts';
import { type SignatureVersions, signatureHeaders } from './simulator/sign.ts';

export type Deployment = {
  /** The address that HubSpot was given, in any spelling. */
  readonly publicBaseUrl: string;
  readonly clientSecret: string;
  readonly portalId: string;
  readonly now: () => number;
};
export type Check = {
  readonly what: string;
  readonly isGood: boolean;
  /** What to check if it fails. */
  readonly hint: string;
};

/** No email: the execution ends before any lookup or write. */
const NO_EMAIL = 'no email';
const TIMEOUT_MS = 15_000;
const HINTS: Readonly<Record<number, string>> = {
  401: 'the address or the client secret is not what the functions have',
  403: 'something before the API refuses the request',
  404: 'the address leads to something else, or lacks a base path',
  429: 'the throttle of the API is spent',
  503: 'the functions cannot answer now; their log names the variable or the service',
};

/**
 * Sends a deployed service the requests that HubSpot would send, signed for the address that HubSpot was given. It writes to no
 * record. Safe to repeat.
 */
export async function checkDeployment(deployment: Deployment): Promise<readonly Check[]> {
  const { portalId } = deployment;
  const execution = JSON.stringify({
    callbackId: `smoke-${randomUUID()}`,
    origin: { portalId: Number(portalId) },
    context: { source: 'WORKFLOWS', workflowId: 0 },
    object: { objectId: 1, objectType: 'CONTACT' },
    inputFields: { ownerEmail: NO_EMAIL },
  });
  const options = JSON.stringify({ origin: { portalId: Number(portalId) }, objectTypeId: '0-1', fetchOptions: {} });
  const signed = await findSignature(deployment, execution);
  return [
    await ask(deployment, {
      what: 'is up',
      method: 'GET',
      route: '/health',
      status: 200,
      findProblem: findHealthProblem,
    }),
    await ask(deployment, {
      what: 'refuses a request that nobody signed',
      method: 'POST',
      route: FIND_OWNER_BY_EMAIL.route,
      body: execution,
      status: 401,
      findProblem: findRefusalProblem,
    }),
    ...(await Promise.all(
      [FIND_OWNER_BY_EMAIL, SET_OWNER_BY_EMAIL].map(({ route }) =>
        ask(deployment, {
          what: `answers ${route}`,
          method: 'POST',
          route,
          body: execution,
          signed,
          status: 200,
          findProblem: findOutputProblem,
        }),
      ),
    )),
    await ask(deployment, {
      what: 'lists owner properties',
      method: 'POST',
      route: OWNER_PROPERTIES_ROUTE,
      body: options,
      signed,
      status: 200,
      findProblem: (reply) => findOptionProblem(reply, portalId),
    }),
  ];
}

/**
 * After a portal has sent v3, the service refuses v2 alone. So an account whose executions have v2 alone must not get v3 from
 * here (docs/decisions/005-signature-version.md). V3 is used only if v2 alone is refused.
 */
async function findSignature(deployment: Deployment, body: string): Promise<SignatureVersions> {
  const question = {
    what: '',
    method: 'POST',
    route: FIND_OWNER_BY_EMAIL.route,
    body,
    findProblem: () => undefined,
  } as const;
  const { isGood } = await ask(deployment, { ...question, signed: 'v2', status: 401 });
  return isGood ? 'v2+v3' : 'v2';
}

type Reply = Readonly<Record<string, unknown>>;

function findHealthProblem({ status }: Reply): string | undefined {
  return status === 'ok' ? undefined : 'the body does not say that the status is ok';
}

/** The body of every refusal names its log lines. */
function findRefusalProblem({ status, code, correlationId }: Reply): string | undefined {
  const isOurs = status === 'error' && typeof code === 'string' && typeof correlationId === 'string';
  return isOurs ? undefined : 'the body is not that of a refusal: something before the functions answers';
}

/** A workflow can branch on every output, so all must be present. */
function findOutputProblem({ outputFields }: Reply): string | undefined {
  const outputs = Object(outputFields) as Reply;
  const missing = OUTPUT_FIELDS.filter(({ name }) => typeof outputs[name] !== 'string').map(({ name }) => name);
  if (missing.length > 0) return `the body lacks the output ${missing[0]}`;
  // For an account in QUEUED_PORTAL_IDS, or when HubSpot's limit is used up. The worker completes it.
  if (outputs.hs_execution_state === 'BLOCK') return undefined;
  const { outcome, errorCode } = outputs;
  if (outcome === 'FAILED' && errorCode === 'EMAIL_INVALID') return undefined;
  return `the outcome is ${outcome} / ${errorCode} instead of FAILED / EMAIL_INVALID`;
}

function findOptionProblem({ options }: Reply, portalId: string): string | undefined {
  if (!Array.isArray(options)) return 'the body has no list of options';
  const isOption = ({ label, value }: Reply) => typeof label === 'string' && label !== '' && typeof value === 'string';
  if (!options.every((option) => isOption(Object(option)))) return 'an option lacks its label or its value';
  // The editor gets the standard property in any case.
  if (options.some(({ description }: Reply) => description === SHORT_LISTS.notConnected)) {
    return `account ${portalId} is not connected. Static token: check HUBSPOT_PORTAL_ID and the token. OAuth: install the app`;
  }
  if (options.some(({ value }: Reply) => value === DEFAULT_OWNER_PROPERTY)) return undefined;
  return `${DEFAULT_OWNER_PROPERTY} is not among the options`;
}

type Question = {
  readonly what: string;
  readonly method: 'GET' | 'POST';
  readonly route: string;
  readonly body?: string;
  /** Absent: unsigned. */
  readonly signed?: SignatureVersions;
  readonly status: number;
  /** What is wrong with the body of an answer with the right status. */
  readonly findProblem: (reply: Reply) => string | undefined;
};

async function ask(
  { publicBaseUrl, clientSecret, now }: Deployment,
  { what, method, route, body = '', signed, status, findProblem }: Question,
): Promise<Check> {
  const uri = `${normalizeBaseUrl(publicBaseUrl)}${route}`;
  const parts = { method, uri, body };
  const signature = signed === undefined ? {} : signatureHeaders(clientSecret, parts, now(), signed);
  const headers = { 'content-type': 'application/json', ...signature };
  try {
    const response = await fetch(uri, {
      method,
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(method === 'POST' && { body }),
    });
    if (response.status !== status) {
      return { what, isGood: false, hint: `status ${response.status}: ${HINTS[response.status] ?? 'not expected'}` };
    }
    const problem = findProblem(readReply(await response.text()));
    return { what, isGood: problem === undefined, hint: problem ?? '' };
  } catch (error) {
    return { what, isGood: false, hint: `no answer: ${describeNetworkFault(error)}` };
  }
}

/** A body that is not JSON counts as empty. */
function readReply(body: string): Reply {
  try {
    return Object(JSON.parse(body)) as Reply;
  } catch {
    return {};
  }
}
