import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSigned } from '../../support/aws-signature.ts';
import { createFakeCloudFormation, type FakeCloudFormation } from './fake-cloudformation.ts';

export type FakeAws = {
  readonly url: string;
  readonly cloudFormation: FakeCloudFormation;
  /** Of SSM: name → type and value. */
  readonly parameters: Map<string, { readonly Type: string; readonly Value: string }>;
  /** What functions run, by name. */
  readonly packages: Map<string, string>;
  /** Functions that were invoked by name, and what with. */
  readonly invocations: { readonly functionName: string; readonly payload: unknown }[];
  /** Calls with a wrong signature, or to what is not there. Empty at the end of every good run. */
  readonly violations: string[];
  close(): Promise<void>;
};

type Reply = { readonly status: number; readonly body: string };
type SsmInput = {
  readonly Names?: readonly string[];
  readonly WithDecryption?: boolean;
  readonly Name?: string;
  readonly Type?: string;
  readonly Value?: string;
  readonly Overwrite?: boolean;
};

const ENDPOINTS = ['CLOUDFORMATION', 'SSM', 'LAMBDA'].map((service) => `AWS_ENDPOINT_URL_${service}`);

/** CloudFormation, SSM and Lambda over HTTP, as far as setting up needs them. Real SDK clients find it by their own variables. */
export async function startFakeAws(): Promise<FakeAws> {
  const cloudFormation = createFakeCloudFormation();
  const parameters: FakeAws['parameters'] = new Map();
  const packages: FakeAws['packages'] = new Map();
  const invocations: FakeAws['invocations'] = [];
  const violations: string[] = [];

  function answer(path: string, target: string, body: string): Reply {
    if (target.startsWith('AmazonSSM.')) return answerSsm(target.slice('AmazonSSM.'.length), JSON.parse(body));
    const [, functionName, resource] = /^\/2015-03-31\/functions\/([\w-]+)\/(\w+)$/.exec(path) ?? [];
    if (functionName === undefined) return cloudFormation.answer(body);
    if (!cloudFormation.hasFunction(functionName)) return refuse('ResourceNotFoundException', 404);
    if (resource === 'configuration') return answerConfiguration(packages.get(functionName));
    invocations.push({ functionName, payload: JSON.parse(body) });
    return { status: 200, body: 'null' };
  }

  /** GetFunctionConfiguration: the SHA-256 of the uploaded package, in base64 (Lambda API reference, read 2026-11-29). */
  function answerConfiguration(packaged = ''): Reply {
    const CodeSha256 = createHash('sha256').update(packaged).digest('base64');
    return { status: 200, body: JSON.stringify({ State: 'Active', ...(packaged !== '' && { CodeSha256 }) }) };
  }

  function answerSsm(operation: string, input: SsmInput): Reply {
    if (operation === 'PutParameter') return putParameter(input);
    if (operation !== 'GetParameters') return refuse('UnknownOperationException');
    const Names = input.Names ?? [];
    // Without decryption AWS returns the ciphertext.
    const Parameters = Names.flatMap((Name) => {
      const found = parameters.get(Name);
      if (found === undefined) return [];
      return [{ Name, Type: found.Type, Value: input.WithDecryption === true ? found.Value : 'ciphertext' }];
    });
    const InvalidParameters = Names.filter((name) => !parameters.has(name));
    return { status: 200, body: JSON.stringify({ Parameters, InvalidParameters }) };
  }

  function putParameter({ Name = '', Type = '', Value = '', Overwrite }: SsmInput): Reply {
    if (!/^\/[\w.-]+(\/[\w.-]+)*$/.test(Name) || Value === '') return refuse('ValidationException');
    if (parameters.has(Name) && Overwrite !== true) return refuse('ParameterAlreadyExists');
    parameters.set(Name, { Type, Value });
    return { status: 200, body: JSON.stringify({ Version: 1 }) };
  }

  async function handle(request: IncomingMessage): Promise<Reply> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const { method = '', url: path = '', headers } = request;
    if (isSigned({ method, path, headers, body }, 'local')) {
      return answer(path, String(headers['x-amz-target'] ?? ''), body);
    }
    violations.push(`${method} ${path}: its signature is wrong`);
    return refuse('InvalidSignatureException', 403);
  }

  const server = createServer((request, response) => {
    handle(request).then(
      ({ status, body }) => {
        const type = body.startsWith('<') ? 'text/xml' : 'application/x-amz-json-1.1';
        response.writeHead(status, { 'content-type': type });
        response.end(body);
      },
      (error: unknown) => {
        violations.push(String(error));
        response.destroy();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const name of ENDPOINTS) process.env[name] = url;
  return {
    url,
    cloudFormation,
    parameters,
    packages,
    invocations,
    violations,
    close: () =>
      new Promise((resolve) => {
        for (const name of ENDPOINTS) delete process.env[name];
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refuse(__type: string, status = 400): Reply {
  return { status, body: JSON.stringify({ __type, message: __type }) };
}
