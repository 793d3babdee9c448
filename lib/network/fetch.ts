import type { IncomingMessage } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream';

/** The part of `fetch` that the service uses, so that a test can pass the real one. */
export type Fetch = (url: string | URL, options: FetchOptions) => Promise<FetchedReply>;

export type FetchOptions = {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A redirect is an error: a token must not follow it. */
  readonly redirect: 'error';
  /** Ends the call, including its body. */
  readonly signal: AbortSignal;
};

export type FetchedReply = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly body: AsyncIterable<Uint8Array> | null;
};

/** As long as Node's `fetch`, so that nothing is written to a connection that the other side has probably closed. */
const KEEP_ALIVE = { keepAlive: true, timeout: 4_000 };
const AGENTS = { 'http:': new http.Agent(KEEP_ALIVE), 'https:': new https.Agent(KEEP_ALIVE) };
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * `fetch` by Node's HTTP client, which the AWS SDK has already loaded. Node's own `fetch` is another client: with it, a
 * container's first call takes 10 ms longer, and every call three times as much processor time
 * (docs/decisions/003-cold-start.md).
 */
export const nodeFetch: Fetch = (target, { method, headers, body, signal }) =>
  new Promise((resolve, reject) => {
    const url = new URL(target);
    const isPlain = url.protocol === 'http:';
    const options = {
      method,
      headers: { 'accept-encoding': 'gzip', ...headers },
      agent: AGENTS[isPlain ? 'http:' : 'https:'],
      signal,
    };
    const request = (isPlain ? http : https).request(url, options, (message) => {
      const { statusCode: status = 0 } = message;
      if (REDIRECTS.has(status)) {
        message.destroy();
        return reject(new Error('unexpected redirect'));
      }
      const replied = Object.entries(message.headers).map(([name, value]) => [name, String(value)] as const);
      resolve({ status, headers: replied, body: readBody(message, signal) });
    });
    request.on('error', (error) => reject(reasonOf(error, signal)));
    // No effect after a reply or an error. A change of protocol causes neither.
    request.on('close', () => reject(new Error('no reply')));
    request.end(body);
  });

/** The whole body as text; undefined if it is longer than `maxBytes`. */
export async function readText({ body }: FetchedReply, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  // Removes a byte order mark, which JSON does not allow.
  return new TextDecoder().decode(Buffer.concat(chunks));
}

async function* readBody(message: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    const isZipped = /^(?:x-)?gzip$/i.test(message.headers['content-encoding'] ?? '');
    yield* isZipped ? unzip(message) : message;
  } catch (error) {
    throw reasonOf(error, signal);
  }
}

/** Node reports a connection that we ended ourselves as reset. */
function reasonOf(error: unknown, signal: AbortSignal): unknown {
  return signal.aborted ? signal.reason : error;
}

async function* unzip(message: IncomingMessage): AsyncGenerator<Uint8Array> {
  // Loaded by the first reply that needs it.
  const { createGunzip } = await import('node:zlib');
  let isEmpty = true;
  message.once('data', () => {
    isEmpty = false;
  });
  try {
    // If one ends, the other ends too, and the reader gets the error.
    yield* pipeline(message, createGunzip(), () => undefined);
  } catch (error) {
    // An empty body is not gzip, although a 204 may say so.
    if (!isEmpty || !message.complete) throw error;
  }
}
