import { INSTALL_ROUTE } from '../../lib/domain/app-urls.ts';
import { PROBE_HEADER } from '../../lib/http/middleware.ts';
import { SIGNATURE_WINDOW_MS } from '../../lib/hubspot/signature.ts';
import { PROJECT_ACTIONS } from '../hubspot-project/hubspot-project.ts';
import { describeNetworkFault } from '../network-fault.ts';
import { signatureHeaders } from '../simulator/sign.ts';
import { type Finding, good, wrong } from './finding.ts';

const TIMEOUT_MS = 15_000;

/** Every address that HubSpot is given and sends signed requests to. */
export function signedRoutes(): readonly string[] {
  const routes = PROJECT_ACTIONS.flatMap(({ definition }) => [
    definition.route,
    ...definition.inputFields.flatMap(({ optionsRoute }) => optionsRoute ?? []),
  ]);
  return [...new Set(routes)];
}

export type Endpoint = {
  readonly publicBaseUrl: string;
  readonly clientSecret: string;
  readonly now: () => number;
};

type Reply = { readonly status: number; readonly body: string; readonly headers: Headers; readonly fault: string };

/** Returns a network fault as status 0. */
async function ask(url: string, init: RequestInit = {}): Promise<Reply> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { redirect: 'manual', ...init, signal });
    return { status: response.status, body: await response.text(), headers: response.headers, fault: '' };
  } catch (error) {
    return { status: 0, body: '', headers: new Headers(), fault: describeNetworkFault(error) };
  }
}

export async function checkHealth(publicBaseUrl: string): Promise<Finding> {
  const url = `${publicBaseUrl}/health`;
  const { status, body, fault } = await ask(url);
  if (status === 200 && body === '{"status":"ok"}') return good('address', `${url} answers`);
  if (status === 0) return wrong('address', `${url} cannot be reached: ${fault}`);
  const hint = 'PUBLIC_BASE_URL, or the domain and its mapping, leads elsewhere';
  return wrong('address', `${url} answers with status ${status} and not as we do; ${hint}`);
}

/** Signed, but not an execution: a service that accepts the signature has nothing to do. */
const NOTHING_TO_DO = '{}';
/** The second one comes from a deployment that does not know the probe's header yet. */
const ACCEPTED: readonly unknown[] = ['SIGNATURE_ACCEPTED', 'BAD_REQUEST'];

/** One of our probes, signed with `secret` at that time. Its header marks it, so that it does not count as a lost execution. */
function sendProbe(uri: string, secret: string, signedAtEpochMs: number) {
  const signature = signatureHeaders(secret, { method: 'POST', uri, body: NOTHING_TO_DO }, signedAtEpochMs, 'v2+v3');
  const headers = { 'content-type': 'application/json', [PROBE_HEADER]: 'doctor', ...signature };
  return ask(uri, { method: 'POST', body: NOTHING_TO_DO, headers });
}

/**
 * Acts as HubSpot: a request with HubSpot's signature must be accepted, and one that was signed ten minutes ago must be refused.
 */
export async function checkSignature(endpoint: Endpoint, route: string): Promise<Finding> {
  const { publicBaseUrl, clientSecret, now } = endpoint;
  const uri = `${publicBaseUrl}${route}`;
  const old = await sendProbe(uri, clientSecret, now() - 2 * SIGNATURE_WINDOW_MS);
  if (old.status !== 401) return wrong(route, describeRefusal(old));
  const signed = await sendProbe(uri, clientSecret, now());
  if (signed.status === 400 && ACCEPTED.includes(codeOf(signed.body))) return good(route, 'checks signatures');
  return wrong(route, describeSigned(signed, now()));
}

/** Acts as an attacker who knows everything except the secret. Only on one route, because three such requests raise an alarm. */
export async function checkForgery({ publicBaseUrl, clientSecret, now }: Endpoint, route: string): Promise<Finding> {
  const reply = await sendProbe(`${publicBaseUrl}${route}`, `${clientSecret}, but not quite`, now());
  return reply.status === 401
    ? good('a wrong secret', 'is refused')
    : wrong('a wrong secret', `on ${route}: ${describeRefusal(reply)}`);
}

function describeRefusal({ status, fault }: Reply): string {
  if (status === 0) return `cannot be reached: ${fault}`;
  if (status === 404)
    return 'is not there (404): the domain has a base path that PUBLIC_BASE_URL lacks, or the reverse';
  if (status === 429) return 'throttles (429): look again in a minute';
  if (status === 503) return 'cannot start (503): the log of its function says why';
  return `answers a badly signed request with status ${status} instead of 401: something else is at this address`;
}

function describeSigned({ status, headers, fault }: Reply, nowEpochMs: number): string {
  if (status === 0) return `cannot be reached: ${fault}`;
  const theirs = Date.parse(headers.get('date') ?? '');
  const isClockOff = Math.abs(theirs - nowEpochMs) > 240_000;
  if (status === 401 && isClockOff) return 'refuses a good signature (401), because the clock of this machine is off';
  if (status === 401) {
    return 'refuses a good signature (401): the function has another PUBLIC_BASE_URL or client secret; deploy again';
  }
  return `answers a signed request with status ${status} instead of 400`;
}

function codeOf(body: string): unknown {
  try {
    return (Object(JSON.parse(body)) as { code?: unknown }).code;
  } catch {
    // A proxy's page.
    return undefined;
  }
}

/** The page where an admin begins: it must lead to HubSpot's consent page for our client ID. The request stores nothing. */
export async function checkInstallPage(publicBaseUrl: string, clientId: string, appBaseUrl: string): Promise<Finding> {
  const { status, headers, fault } = await ask(`${publicBaseUrl}${INSTALL_ROUTE}`);
  if (status === 0) return wrong(INSTALL_ROUTE, `cannot be reached: ${fault}`);
  const location = URL.parse(headers.get('location') ?? '');
  if (status !== 302 || location === null) return wrong(INSTALL_ROUTE, `answers with status ${status} instead of 302`);
  const isOurs = location.origin === new URL(appBaseUrl).origin && location.searchParams.get('client_id') === clientId;
  return isOurs
    ? good(INSTALL_ROUTE, 'leads to the consent page')
    : wrong(INSTALL_ROUTE, 'leads to another page or client id than is configured; deploy again');
}
