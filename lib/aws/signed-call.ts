import { fromEnv } from '@aws-sdk/credential-provider-env';
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from './sha256.ts';

/** One operation of one of AWS's JSON services. */
export type AwsCall = {
  readonly service: 'ssm' | 'kms' | 'sqs';
  /** The value of `x-amz-target`, as the service's API reference names it. */
  readonly target: string;
  readonly body: object;
};

const TRY_TIMEOUT_MS = 1_500;
const ENDPOINT_VARIABLES = {
  ssm: 'AWS_ENDPOINT_URL_SSM',
  kms: 'AWS_ENDPOINT_URL_KMS',
  sqs: 'AWS_ENDPOINT_URL_SQS',
} as const;
/** The version of AWS's JSON protocol that each service speaks. */
const JSON_VERSIONS = { ssm: '1.1', kms: '1.1', sqs: '1.0' } as const;

/**
 * Signs and sends a call that is safe to repeat, and repeats it once: a reset connection or a busy moment must not fail a
 * cold start. Whatever AWS answers then is returned.
 *
 * An SDK client would do the same, but bundled with all of its operations it costs each cold start more than everything
 * else of ours together (docs/decisions/003-cold-start.md).
 */
export async function callAws(call: AwsCall, fetchIt = fetch): Promise<Response> {
  const request = await sign(call);
  const first = await send(request, fetchIt).catch(() => undefined);
  return first === undefined || (await isPassing(first)) ? send(request, fetchIt) : first;
}

type SignedRequest = { readonly url: URL; readonly headers: Record<string, string>; readonly body: string };

async function sign({ service, target, body: content }: AwsCall): Promise<SignedRequest> {
  const region = process.env.AWS_REGION ?? '';
  const endpoint = process.env[ENDPOINT_VARIABLES[service]];
  const url = new URL(endpoint || `https://${service}.${region}.${domainOf(region)}`);
  const body = JSON.stringify(content);
  const signer = new SignatureV4({ service, region, credentials: fromEnv(), sha256: Sha256 });
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: '/',
    headers: {
      host: url.host,
      'content-type': `application/x-amz-json-${JSON_VERSIONS[service]}`,
      'x-amz-target': target,
    },
    body,
  });
  return { url, headers, body };
}

function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/** A busy moment is told by a 400 that only its body tells from a refusal (common errors, read 2026-11-23). */
async function isPassing(response: Response): Promise<boolean> {
  if (response.status >= 500 || response.status === 429) return true;
  return response.status === 400 && (await response.clone().text()).includes('ThrottlingException');
}

function send({ url, headers, body }: SignedRequest, fetchIt: typeof fetch): Promise<Response> {
  return fetchIt(url, {
    method: 'POST',
    headers,
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(TRY_TIMEOUT_MS),
  });
}
