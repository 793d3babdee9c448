import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `loseReply` lets the engine act and breaks the connection; `hang` never passes the call on. */
export type ProxyFault = 'loseReply' | 'reset' | 'hang';

export type DynamoDbProxy = {
  readonly endpoint: string;
  /** What was asked, in order: `PutItem`, `GetItem`, … */
  readonly operations: string[];
  /** The next `times` calls of `operation` meet `fault`. */
  script(operation: string, fault: ProxyFault, times?: number): void;
  close(): Promise<void>;
};

/** Stands between a client and a DynamoDB engine, and breaks the calls that a test names. */
export async function startDynamoDbProxy(target: string): Promise<DynamoDbProxy> {
  const operations: string[] = [];
  const scripts: { readonly operation: string; readonly fault: ProxyFault; left: number }[] = [];
  const server = createServer((incoming, outgoing) => {
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
    operations.push(operation);
    const script = scripts.find((each) => each.operation === operation && each.left > 0);
    if (script !== undefined) script.left -= 1;
    handle(incoming, outgoing, script?.fault);
  });

  function handle(incoming: IncomingMessage, outgoing: ServerResponse, fault: ProxyFault | undefined): void {
    if (fault === 'hang') return;
    if (fault === 'reset') {
      outgoing.socket?.resetAndDestroy();
      return;
    }
    const { method, url, headers } = incoming;
    const forwarded = request(new URL(url ?? '/', target), { method, headers }, (reply) => {
      if (fault === 'loseReply') {
        reply.resume().once('end', () => outgoing.socket?.resetAndDestroy());
        return;
      }
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    forwarded.once('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    operations,
    script(operation, fault, times = 1) {
      scripts.push({ operation, fault, left: times });
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
