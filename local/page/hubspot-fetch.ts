import { signV3 } from '../simulator/sign.ts';

/** One call of `hubspot.fetch`, as the page in the browser makes it. */
export type PageFetch = {
  readonly url: string;
  readonly method: string;
  readonly body?: Readonly<Record<string, unknown>> | undefined;
  readonly user: { readonly userId: number; readonly email: string };
};

export type HubSpotFetchOptions = {
  /** The prefix that the app permits, which the page was made with. */
  readonly permittedUrl: string;
  /** The address that HubSpot knows, and the one where the service really listens. */
  readonly publicUrl: string;
  readonly url: string;
  readonly clientSecret: string;
  readonly portalId: number;
  readonly now?: () => number;
};

export type FetchAnswer = { readonly status: number; readonly contentType: string; readonly body: string };

const APP_ID = 4_711;
const MOST_BYTES = 1_000_000;
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];

/**
 * HubSpot's side of `hubspot.fetch` (fetching data, read 2026-11-27): only permitted addresses, 1 MB each way, the account and
 * the user appended to the query, all of it signed v3, and one retry of what failed with 5xx.
 */
export function createHubSpotFetch(options: HubSpotFetchOptions): (request: PageFetch) => Promise<FetchAnswer> {
  const { permittedUrl, publicUrl, url: serviceUrl, clientSecret, portalId, now = Date.now } = options;

  async function sendOnce(request: PageFetch, path: string): Promise<FetchAnswer> {
    const { method, user } = request;
    const added = new URLSearchParams({
      portalId: String(portalId),
      userId: String(user.userId),
      userEmail: user.email,
      appId: String(APP_ID),
    });
    const target = `${path}${path.includes('?') ? '&' : '?'}${added}`;
    const body = request.body === undefined ? '' : JSON.stringify(request.body);
    if (Buffer.byteLength(body) > MOST_BYTES) return refuse(413, 'the request is larger than 1 MB');
    const timestamp = now();
    const response = await fetch(`${serviceUrl}${target}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'x-hubspot-signature-v3': signV3(clientSecret, { method, uri: `${publicUrl}${target}`, body }, timestamp),
        'x-hubspot-request-timestamp': String(timestamp),
        connection: 'close',
      },
      redirect: 'manual',
      ...(body !== '' && { body }),
    });
    const text = await response.text();
    if (Buffer.byteLength(text) > MOST_BYTES) return refuse(502, 'the answer is larger than 1 MB');
    return { status: response.status, contentType: response.headers.get('content-type') ?? '', body: text };
  }

  return async function hubspotFetch(request) {
    if (!request.url.startsWith(`${permittedUrl}/`)) return refuse(403, 'the address is not in permittedUrls.fetch');
    if (!METHODS.includes(request.method)) return refuse(400, `${request.method} is no method of hubspot.fetch`);
    const path = request.url.slice(permittedUrl.length);
    const first = await sendOnce(request, path);
    return first.status < 500 ? first : sendOnce(request, path);
  };
}

function refuse(status: number, message: string): FetchAnswer {
  return { status, contentType: 'application/json', body: JSON.stringify({ status: 'error', message }) };
}
