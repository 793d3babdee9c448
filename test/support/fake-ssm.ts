import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Now } from '../../lib/ports/telemetry.ts';
import { isSigned } from './aws-signature.ts';

type SsmCall = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Whether the signature is the one that AWS would compute for what arrived. */
  readonly signed: boolean;
};
/** What a call gets instead of its parameters. */
type SsmFault =
  | { readonly status: number; readonly body: string; readonly location?: string }
  | 'hang'
  | 'reset'
  /** The connection breaks after the first bytes of the answer. */
  | 'cut';

export type FakeSsm = {
  readonly url: string;
  readonly calls: readonly SsmCall[];
  readonly parameters: Map<string, string>;
  /** Given to the coming calls, one each, first come first served. */
  readonly faults: SsmFault[];
  close(): Promise<void>;
};

/**
 * GetParameters calls per second that an account has in a region by default (Systems Manager endpoints and quotas, read
 * 2026-11-26). All functions of all stages share them.
 */
const CALLS_PER_SECOND = 40;

export type ParameterStore = {
  readonly parameters: Map<string, string>;
  answer(body: string): { readonly status: number; readonly body: string };
};

/** GetParameters behind its limit: a token bucket that holds one second of calls. What exceeds it is throttled. */
export function createParameterStore(now: Now): ParameterStore {
  const parameters = new Map<string, string>();
  let permits = CALLS_PER_SECOND;
  let countedAtEpochMs = now();

  function takePermit(): boolean {
    const earned = ((now() - countedAtEpochMs) / 1_000) * CALLS_PER_SECOND;
    permits = Math.min(CALLS_PER_SECOND, permits + earned);
    countedAtEpochMs = now();
    if (permits < 1) return false;
    permits -= 1;
    return true;
  }

  return {
    parameters,
    answer(body) {
      if (!takePermit()) return { status: 400, body: '{"__type":"ThrottlingException","message":"Rate exceeded"}' };
      const names = JSON.parse(body).Names as string[];
      const Parameters = names.flatMap((Name) =>
        parameters.has(Name) ? [{ Name, Type: 'SecureString', Value: parameters.get(Name) }] : [],
      );
      const InvalidParameters = names.filter((name) => !parameters.has(name));
      return { status: 200, body: JSON.stringify({ Parameters, InvalidParameters }) };
    },
  };
}

/** The store over HTTP. It checks signatures by AWS's documentation rather than with our signer. */
export async function startFakeSsm(secretAccessKey = 'local'): Promise<FakeSsm> {
  const calls: SsmCall[] = [];
  const { parameters, answer } = createParameterStore(Date.now);
  const faults: SsmFault[] = [];

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const { method = '', url: path = '', headers } = request;
    calls.push({ method, path, headers, body, signed: isSigned({ method, path, headers, body }, secretAccessKey) });
    const fault = faults.shift();
    if (fault === 'hang') return;
    if (fault === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    if (fault === 'cut') {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"Parameters":[', () => request.socket.resetAndDestroy());
      return;
    }
    if (fault !== undefined) {
      response.writeHead(fault.status, fault.location === undefined ? {} : { location: fault.location });
      response.end(fault.body);
      return;
    }
    const answered = answer(body);
    response.writeHead(answered.status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(answered.body);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    parameters,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
