import type { Context } from 'aws-lambda';
import type { HttpEvent } from '../../lib/http/http-event.ts';
import { type SignatureVersions, signatureHeaders } from '../../local/simulator/sign.ts';

export const BASE_URL = 'https://owner.example.com';
export const CLIENT_SECRET = 'secret-test-current';

export type EventOptions = {
  readonly route?: string;
  readonly method?: string;
  readonly body?: string;
  readonly nowEpochMs: number;
  readonly secret?: string;
  readonly signatures?: SignatureVersions;
  readonly baseUrl?: string;
};

/** A signed request as an HTTP API hands it to a function (payload 2.0), signed by the simulator's own code. */
export function makeEvent(options: EventOptions): HttpEvent & { readonly headers: Record<string, string> } {
  const { route = '/actions/set-owner-by-email', method = 'POST', body = '', baseUrl = BASE_URL } = options;
  const parts = { method, uri: `${baseUrl}${route}`, body };
  const signed = signatureHeaders(
    options.secret ?? CLIENT_SECRET,
    parts,
    options.nowEpochMs,
    options.signatures ?? 'v2+v3',
  );
  const headers = Object.fromEntries(Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    version: '2.0',
    rawPath: route,
    rawQueryString: '',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    isBase64Encoded: false,
    requestContext: { requestId: 'request-1', http: { method } },
  };
}

/** The part of a Lambda context that we read. */
export function makeContext(remainingMs = 10_000): Context {
  return { awsRequestId: 'invocation-1', getRemainingTimeInMillis: () => remainingMs } as Context;
}
