import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTableClient, type Table } from '../../lib/store/table.ts';
import { type ProxyFault, startDynamoDbProxy } from '../support/dynamodb-proxy.ts';

/** DynamoDB's own words for what it does not do ("Error handling with DynamoDB", read 2026-11-23). */
const REFUSALS = {
  throttled: { status: 400, type: 'ProvisionedThroughputExceededException' },
  serverError: { status: 500, type: 'InternalServerError' },
  accessDenied: { status: 400, type: 'AccessDeniedException' },
} as const;

type LineFault = ProxyFault | keyof typeof REFUSALS;
/** What may be over at the next try. */
export const PASSING_FAULTS = ['throttled', 'serverError', 'reset', 'hang'] as const;

export type FaultyLine = {
  /** The table by the client that the functions have, through the line. */
  readonly table: Table;
  /** How often this was asked for since the last `forget`. */
  tries(operation: string): number;
  forget(): void;
  /** The next `times` calls of `operation` meet `fault`. */
  script(operation: string, fault: LineFault, times: number): void;
  close(): Promise<void>;
};

/** The line between a function and its table: it breaks the calls that a test names, or refuses them as DynamoDB does. */
export async function startFaultyLine(table: Table): Promise<FaultyLine> {
  const refusing = await startRefusing(await endpointOf(table.client));
  const proxy = await startDynamoDbProxy(refusing.endpoint);
  process.env.AWS_ENDPOINT_URL_DYNAMODB = proxy.endpoint;
  const client = createTableClient();
  return {
    table: { client, tableName: table.tableName },
    tries: (wanted) => proxy.operations.filter((operation) => operation === wanted).length,
    forget() {
      proxy.operations.length = 0;
    },
    script(operation, fault, times) {
      if (fault === 'loseReply' || fault === 'reset' || fault === 'hang') proxy.script(operation, fault, times);
      else refusing.refuse(operation, fault, times);
    },
    async close() {
      delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
      client.destroy();
      await proxy.close();
      await refusing.close();
    },
  };
}

async function startRefusing(target: string) {
  const scripts: { readonly operation: string; readonly refusal: keyof typeof REFUSALS; left: number }[] = [];
  const server = createServer((incoming, outgoing) => {
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
    const script = scripts.find((each) => each.operation === operation && each.left > 0);
    if (script === undefined) return forward(target, incoming, outgoing);
    script.left -= 1;
    const { status, type } = REFUSALS[script.refusal];
    incoming.resume();
    outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    outgoing.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'as the test says' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refuse(operation: string, refusal: keyof typeof REFUSALS, times: number) {
      scripts.push({ operation, refusal, left: times });
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function forward(target: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url, headers } = incoming;
  const forwarded = request(new URL(url ?? '/', target), { method, headers }, (reply) => {
    outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(outgoing);
  });
  forwarded.once('error', () => outgoing.destroy());
  incoming.pipe(forwarded);
}

async function endpointOf(client: DynamoDBClient): Promise<string> {
  const endpoint = await client.config.endpoint?.();
  if (endpoint === undefined) throw new Error('the engine has no endpoint');
  return `${endpoint.protocol}//${endpoint.hostname}:${endpoint.port ?? 80}`;
}
