import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isAllowed, type PolicyStatement } from '../../support/policies.ts';

/** One call as IAM sees it. */
type Access = { readonly action: string; readonly resources: readonly string[] };
type Reply = { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> };

export type GuardedAccount = {
  readonly url: string;
  /** Every action that was asked for, allowed or not. */
  readonly asked: ReadonlySet<string>;
  close(): Promise<void>;
};

export type Backends = {
  readonly dynamodb: string;
  readonly sqs: string;
  /** Answers the calls of every other service. */
  readonly answer: (action: string, body: string) => object;
};

const PLACE = 'eu-central-1:111111111111';
/** The first part of the header `x-amz-target`, and the service whose permissions the operation takes. */
const TARGETS: Readonly<Record<string, string>> = {
  DynamoDB_20120810: 'dynamodb',
  AmazonSQS: 'sqs',
  AmazonSSM: 'ssm',
  TrentService: 'kms',
};

/** An AWS account behind one address, for credentials with one policy: what the policy does not allow is refused. */
export async function startGuardedAccount(
  statements: readonly PolicyStatement[],
  { dynamodb, sqs, answer }: Backends,
): Promise<GuardedAccount> {
  const asked = new Set<string>();

  async function reply(request: IncomingMessage, body: string): Promise<Reply> {
    const { action, resources } = readAccess(request, body);
    asked.add(action);
    if (!resources.every((resource) => isAllowed(statements, action, resource))) {
      return { status: 403, body: JSON.stringify({ __type: 'AccessDeniedException', message: action }) };
    }
    const engine = { dynamodb, sqs }[action.split(':')[0] ?? ''];
    const answered = engine === undefined || isUnknownToEngines(action) ? answer(action, body) : undefined;
    if (answered !== undefined) return { status: 200, body: JSON.stringify(answered) };
    return forward(`${engine}${request.url ?? '/'}`, request.headers, body);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { status, body, headers } = await reply(request, Buffer.concat(chunks).toString('utf8'));
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers });
    response.end(body);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Expiry and backups, which an engine on this machine does not have. */
function isUnknownToEngines(action: string): boolean {
  return /^dynamodb:Describe(TimeToLive|ContinuousBackups)$/.test(action);
}

/** @throws for a call that it cannot read, rather than to let it pass */
function readAccess({ headers, url = '' }: IncomingMessage, body: string): Access {
  const target = String(headers['x-amz-target'] ?? '');
  if (target === '') return readLambdaAccess(url);
  const [prefix = '', operation = ''] = target.split('.');
  const service = TARGETS[prefix];
  if (service === undefined) throw new Error(`unknown service ${prefix}`);
  const input = JSON.parse(body) as Record<string, unknown>;
  return { action: `${service}:${operation}`, resources: namesOf(service, input).map((name) => arnOf(service, name)) };
}

function readLambdaAccess(url: string): Access {
  const name = /^\/2015-03-31\/functions\/([\w-]+)\/configuration$/.exec(url)?.[1];
  if (name !== undefined) {
    return { action: 'lambda:GetFunctionConfiguration', resources: [`arn:aws:lambda:${PLACE}:function:${name}`] };
  }
  if (url.startsWith('/2015-03-31/event-source-mappings/')) {
    return { action: 'lambda:ListEventSourceMappings', resources: ['*'] };
  }
  if (url === '/2016-08-19/account-settings/') return { action: 'lambda:GetAccountSettings', resources: ['*'] };
  throw new Error(`unknown path ${url}`);
}

function namesOf(service: string, input: Readonly<Record<string, unknown>>): readonly string[] {
  if (service === 'ssm') return input.Names as string[];
  if (service === 'kms') return [String(input.KeyId).split('/').at(-1) ?? ''];
  if (service === 'sqs')
    return [
      String(input.QueueName ?? input.QueueUrl)
        .split('/')
        .at(-1) ?? '',
    ];
  return input.RequestItems === undefined ? [String(input.TableName)] : Object.keys(Object(input.RequestItems));
}

function arnOf(service: string, name: string): string {
  const resource = { ssm: `parameter${name}`, kms: `key/${name}`, sqs: name, dynamodb: `table/${name}` }[service];
  return `arn:aws:${service}:${PLACE}:${resource}`;
}

async function forward(url: string, given: IncomingHttpHeaders, body: string): Promise<Reply> {
  const names = ['content-type', 'x-amz-target', 'authorization', 'x-amz-date'];
  const headers = Object.fromEntries(names.map((name) => [name, String(given[name] ?? '')]));
  const response = await fetch(url, { method: 'POST', headers, body });
  const checksum = response.headers.get('x-amz-crc32');
  return {
    status: response.status,
    body: await response.text(),
    ...(checksum !== null && { headers: { 'x-amz-crc32': checksum } }),
  };
}
