import { createHash, createHmac } from 'node:crypto';
import type { HttpEvent } from '../../lib/http/http-event.ts';
import type { SignedRequest } from '../../lib/hubspot/signature.ts';
import { BASE_URL, CLIENT_SECRET } from './http-events.ts';

/** HubSpot's signatures over bytes, which need not be text: for forged and broken bodies. `url` is what is hashed, as it is. */
export type SignedBytes = { readonly method: string; readonly url: string; readonly body: Uint8Array };

const ROUTE = '/actions/set-owner-by-email';
export const URL_OF_ROUTE = `${BASE_URL}${ROUTE}`;

export function hexV2(secret: string, { method, url, body }: SignedBytes): string {
  return createHash('sha256').update(`${secret}${method}${url}`).update(body).digest('hex');
}

export function base64V3(secret: string, { method, url, body }: SignedBytes, timestamp: string): string {
  return createHmac('sha256', secret).update(`${method}${url}`).update(body).update(timestamp).digest('base64');
}

export function v2Headers(secret: string, parts: SignedBytes): Record<string, string> {
  return { 'x-hubspot-signature': hexV2(secret, parts), 'x-hubspot-signature-version': 'v2' };
}

export function v3Headers(secret: string, parts: SignedBytes, timestamp: string): Record<string, string> {
  return { 'x-hubspot-signature-v3': base64V3(secret, parts, timestamp), 'x-hubspot-request-timestamp': timestamp };
}

export function requestWith(parts: SignedBytes, headers: Readonly<Record<string, string>>): SignedRequest {
  return {
    ...parts,
    header: (name) => {
      const value = headers[name];
      return value === undefined ? [] : [value];
    },
  };
}

/** Bytes as API Gateway hands them over: in base64. Signed with v3 unless other headers are given. */
export function makeBytesEvent(body: Uint8Array, nowEpochMs: number, headers?: Record<string, string>): HttpEvent {
  const parts = { method: 'POST', url: URL_OF_ROUTE, body };
  return {
    version: '2.0',
    rawPath: ROUTE,
    rawQueryString: '',
    headers: {
      'content-type': 'application/json',
      ...(headers ?? v3Headers(CLIENT_SECRET, parts, String(nowEpochMs))),
    },
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
    requestContext: { requestId: 'request-1', http: { method: 'POST' } },
  };
}
