import { parseJson } from '../domain/json-object.ts';
import { type Fetch, nodeFetch, readText } from '../network/fetch.ts';

export type HubSpotRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The maximum size of a reply; 5 MB if absent. */
  readonly maxBodyBytes?: number;
  /** A try may take half a minute instead of a few seconds. */
  readonly mayTakeLong?: boolean;
  /**
   * For a completion: a 200 needs no body, and a conflict says what happened to an execution. Any other 200 must be JSON, or it
   * was damaged on its way.
   */
  readonly isCompletion?: boolean;
};

export type HubSpotReply = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body as JSON, parsed once for all readers of the reply; undefined if it is not JSON. */
  readonly document: unknown;
};

/** Why there is no usable reply, as a fixed word that may be logged. */
export type TransportFault =
  | 'timeout'
  | 'connection_refused'
  | 'connection_reset'
  | 'dns'
  | 'tls'
  | 'redirect'
  | 'body_too_large'
  | 'body_cut'
  | 'network';

export type TransportResult =
  | { readonly kind: 'reply'; readonly reply: HubSpotReply }
  | { readonly kind: 'fault'; readonly fault: TransportFault };

export type Transport = (request: HubSpotRequest, timeoutMs: number) => Promise<TransportResult>;

/** Replies are rarely near this size; a larger one would only fill the memory of a small function. */
const MAX_BODY_BYTES = 5 * 1024 * 1024;
/** For a list that may have thousands of rows, or rows with hundreds of members: megabytes that take seconds. */
export const LARGE = { maxBodyBytes: 30 * 1024 * 1024, mayTakeLong: true };

/**
 * One HTTP exchange: no retries, no redirects (they must not get the token), a time-out that includes the body, and a limit on
 * its size. Does not throw for network faults.
 */
export function createTransport(fetchIt: Fetch = nodeFetch): Transport {
  return async (request, timeoutMs) => {
    try {
      const response = await fetchIt(request.url, {
        method: request.method,
        headers: request.headers,
        ...(request.body !== undefined && { body: request.body }),
        redirect: 'error',
        signal: AbortSignal.timeout(Math.max(1, timeoutMs)),
      });
      const body = await readText(response, request.maxBodyBytes ?? MAX_BODY_BYTES);
      if (body === undefined) return { kind: 'fault', fault: 'body_too_large' };
      const { status } = response;
      const headers = Object.fromEntries(response.headers);
      return { kind: 'reply', reply: { status, headers, body, document: parseJson(body) } };
    } catch (cause) {
      return { kind: 'fault', fault: classify(cause) };
    }
  };
}

const FAULT_BY_CODE: Readonly<Record<string, TransportFault>> = {
  ECONNREFUSED: 'connection_refused',
  ECONNRESET: 'connection_reset',
  EPIPE: 'connection_reset',
  UND_ERR_SOCKET: 'connection_reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'body_cut',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ETIMEDOUT: 'timeout',
};

/** Reads members instead of checking the class, because errors of fetch may come from another realm. */
function classify(error: unknown): TransportFault {
  for (let cause = toErrorLike(error); cause !== undefined; cause = toErrorLike(cause.cause)) {
    if (cause.name === 'TimeoutError' || cause.name === 'AbortError') return 'timeout';
    if (cause.message.includes('redirect')) return 'redirect';
    const fault = FAULT_BY_CODE[cause.code];
    if (fault !== undefined) return fault;
    if (/^(ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(cause.code)) return 'tls';
  }
  return 'network';
}

function toErrorLike(value: unknown): { name: string; message: string; code: string; cause: unknown } | undefined {
  if (typeof value !== 'object' || value === null || !('message' in value)) return undefined;
  const { name, message, code, cause } = value as Record<string, unknown>;
  return { name: String(name), message: String(message), code: String(code ?? ''), cause };
}
