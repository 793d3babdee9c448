import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { SignatureV4 } from '@smithy/signature-v4';
import { awsDomainOf, Sha256 } from '../../lib/aws/signed-call.ts';

export type AwsReply = { readonly status: number; readonly body: Record<string, unknown> };

/** The doctor's requests to AWS. They change nothing. */
export type Aws = {
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly ssm: SSMClient;
  /** A GET of Lambda's API, by path and query. */
  readonly getLambda: (path: string, query?: Readonly<Record<string, string>>) => Promise<AwsReply>;
  /** One operation of KMS, by the name that its API reference gives it. */
  readonly callKms: (operation: string, input: object) => Promise<AwsReply>;
};

const TIMEOUT_MS = 10_000;
const NO_BODY = '';

type Call = {
  readonly service: 'lambda' | 'kms';
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/**
 * Clients with the operator's own credentials, wherever the SDK finds them: variables, a profile, single sign-on. Only one call
 * each to Lambda and KMS is needed, so they are signed by hand instead of adding two more SDK clients.
 */
export function createAws(settings: { readonly region?: string } = {}): Aws {
  const options = settings.region === undefined ? {} : { region: settings.region };
  const dynamodb = new DynamoDBClient(options);
  return {
    dynamodb,
    sqs: new SQSClient(options),
    ssm: new SSMClient(options),
    getLambda: (path, query = {}) => send({ service: 'lambda', method: 'GET', path, query }),
    callKms: (operation, input) =>
      send({
        service: 'kms',
        method: 'POST',
        path: '/',
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${operation}` },
        body: JSON.stringify(input),
      }),
  };

  async function send({ service, method, path, query = {}, headers = {}, body = NO_BODY }: Call): Promise<AwsReply> {
    const region = await dynamodb.config.region();
    const base = new URL(endpointOf(service) ?? `https://${service}.${region}.${awsDomainOf(region)}`);
    const credentials = dynamodb.config.credentials;
    const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
    const signed = await signer.sign({
      method,
      protocol: base.protocol,
      hostname: base.hostname,
      path,
      query: { ...query },
      headers: { host: base.host, ...headers },
      ...(body !== NO_BODY && { body }),
    });
    const url = new URL(path, base);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const response = await fetch(url, {
      method,
      headers: signed.headers,
      ...(body !== NO_BODY && { body }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, body: parseObject(await response.text()) };
  }
}

function endpointOf(service: Call['service']): string | undefined {
  return process.env[service === 'kms' ? 'AWS_ENDPOINT_URL_KMS' : 'AWS_ENDPOINT_URL_LAMBDA'] || undefined;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    // A proxy's page: only its status counts.
    return {};
  }
}
