import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type SsmCall = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Whether the signature is the one that AWS would compute for what arrived. */
  readonly signed: boolean;
};
/** What a call gets instead of its parameters. */
export type SsmFault =
  | { readonly status: number; readonly body: string; readonly location?: string }
  | 'hang'
  | 'reset';

export type FakeSsm = {
  readonly url: string;
  readonly calls: readonly SsmCall[];
  readonly parameters: Map<string, string>;
  /** Given to the coming calls, one each, first come first served. */
  readonly faults: SsmFault[];
  close(): Promise<void>;
};

/** GetParameters of SSM Parameter Store, which checks signatures by AWS's documentation rather than with our signer. */
export async function startFakeSsm(secretAccessKey = 'local'): Promise<FakeSsm> {
  const calls: SsmCall[] = [];
  const parameters = new Map<string, string>();
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
    if (fault !== undefined) {
      response.writeHead(fault.status, fault.location === undefined ? {} : { location: fault.location });
      response.end(fault.body);
      return;
    }
    const names = JSON.parse(body).Names as string[];
    const Parameters = names.flatMap((Name) =>
      parameters.has(Name) ? [{ Name, Type: 'SecureString', Value: parameters.get(Name) }] : [],
    );
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ Parameters, InvalidParameters: names.filter((name) => !parameters.has(name)) }));
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

type Received = Pick<SsmCall, 'method' | 'path' | 'headers' | 'body'>;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const MUST_BE_SIGNED = ['content-type', 'host', 'x-amz-date', 'x-amz-target'];

/** Signature Version 4 (Create a signed AWS API request, read 2026-11-23), from what arrived and the shared secret alone. */
function isSigned({ method, path, headers, body }: Received, secretAccessKey: string): boolean {
  const form = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const [, credential = '', signedHeaders = '', signature] = form.exec(headers.authorization ?? '') ?? [];
  const [, ...scope] = credential.split('/');
  const names = signedHeaders.split(';');
  if (!MUST_BE_SIGNED.every((name) => names.includes(name))) return false;
  const canonicalHeaders = names
    .map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}\n`)
    .join('');
  const canonical = [method, path, '', canonicalHeaders, signedHeaders, sha256(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString('hex') === signature;
}
