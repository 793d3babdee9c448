import { randomUUID } from 'node:crypto';
import { FIND_OWNER_BY_EMAIL, OWNER_PROPERTIES_ROUTE, SET_OWNER_BY_EMAIL } from '../lib/action/definition.ts';
import { normalizeBaseUrl } from '../lib/domain/app-urls.ts';
import { signatureHeaders } from './simulator/sign.ts';

export type Deployment = {
  /** What HubSpot was given, in any spelling. */
  readonly publicBaseUrl: string;
  readonly clientSecret: string;
  readonly portalId: string;
  readonly now: () => number;
};
export type Check = {
  readonly what: string;
  readonly isGood: boolean;
  /** What to look at when it is not. */
  readonly hint: string;
};

/** No email: an execution that ends before anything is asked or written. */
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
 * Asks a deployed service what HubSpot would ask it, signed for the address that HubSpot was given. Nothing is written to a
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
  const isRefused = ({ outputFields }: Reply) => outputFields?.errorCode === 'EMAIL_INVALID';
  return [
    await ask(deployment, { what: 'is up', method: 'GET', route: '/health', status: 200 }),
    await ask(deployment, {
      what: 'refuses a request that nobody signed',
      method: 'POST',
      route: FIND_OWNER_BY_EMAIL.route,
      body: execution,
      status: 401,
    }),
    ...(await Promise.all(
      [FIND_OWNER_BY_EMAIL, SET_OWNER_BY_EMAIL].map(({ route }) =>
        ask(deployment, {
          what: `answers ${route}`,
          method: 'POST',
          route,
          body: execution,
          signed: true,
          status: 200,
          isRight: isRefused,
        }),
      ),
    )),
    await ask(deployment, {
      what: 'lists owner properties',
      method: 'POST',
      route: OWNER_PROPERTIES_ROUTE,
      body: options,
      signed: true,
      status: 200,
      isRight: ({ options: listed }) => Array.isArray(listed) && listed.length > 0,
    }),
  ];
}

type Reply = { readonly outputFields?: { readonly errorCode?: unknown }; readonly options?: unknown };
type Question = {
  readonly what: string;
  readonly method: 'GET' | 'POST';
  readonly route: string;
  readonly body?: string;
  readonly signed?: boolean;
  readonly status: number;
  readonly isRight?: (reply: Reply) => boolean;
};

async function ask(
  { publicBaseUrl, clientSecret, now }: Deployment,
  { what, method, route, body = '', signed = false, status, isRight = () => true }: Question,
): Promise<Check> {
  const uri = `${normalizeBaseUrl(publicBaseUrl)}${route}`;
  const signature = signed ? signatureHeaders(clientSecret, { method, uri, body }, now(), 'v2+v3') : {};
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
    const isGood = isRight((await response.json()) as Reply);
    return { what, isGood, hint: isGood ? '' : 'answered, but not what was expected' };
  } catch (error) {
    return { what, isGood: false, hint: `no answer: ${error instanceof Error ? error.name : 'unknown'}` };
  }
}
