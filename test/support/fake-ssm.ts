import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSigned } from './aws-signature.ts';

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
