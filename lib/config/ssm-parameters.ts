import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { fromEnv } from '@aws-sdk/credential-provider-env';
import { SignatureV4 } from '@smithy/signature-v4';

/**
 * Reads SecureStrings from SSM Parameter Store by name, in one call. Names that do not exist are missing from the answer.
 *
 * This is the one SSM call there is, so it is signed and sent here: the SSM client, bundled with its two hundred operations,
 * costs each cold start more than everything else of ours together (docs/decisions/003-cold-start.md).
 * GetParameters, AWS Systems Manager API reference, read 2026-11-23.
 */
export async function readParameters(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const request = await signedRequest(JSON.stringify({ Names: [...new Set(names)], WithDecryption: true }));
  const response = await sendTwice(request);
  if (!response.ok) throw new Error(`SSM answered with status ${response.status}`);
  const { Parameters = [] } = (await response.json()) as { Parameters?: { Name?: string; Value?: string }[] };
  return new Map(
    Parameters.flatMap(({ Name, Value }) => (Name === undefined || Value === undefined ? [] : [[Name, Value]])),
  );
}

type SignedRequest = { readonly url: URL; readonly headers: Record<string, string>; readonly body: string };

const TRY_TIMEOUT_MS = 1_500;

async function signedRequest(body: string): Promise<SignedRequest> {
  const region = process.env.AWS_REGION ?? '';
  const url = new URL(process.env.AWS_ENDPOINT_URL_SSM || `https://ssm.${region}.${domainOf(region)}`);
  const signer = new SignatureV4({ service: 'ssm', region, credentials: fromEnv(), sha256: Sha256 });
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: '/',
    headers: {
      host: url.host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonSSM.GetParameters',
    },
    body,
  });
  return { url, headers, body };
}

function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/** Reading is safe to repeat: a reset connection or a busy moment must not fail a cold start. */
async function sendTwice(request: SignedRequest): Promise<Response> {
  const first = await send(request).catch(() => undefined);
  return first === undefined || (await isPassing(first)) ? send(request) : first;
}

/** SSM tells that it is busy by a 400 that only its body tells from a refusal (common errors, read 2026-11-23). */
async function isPassing(response: Response): Promise<boolean> {
  if (response.status >= 500 || response.status === 429) return true;
  return response.status === 400 && (await response.clone().text()).includes('ThrottlingException');
}

function send({ url, headers, body }: SignedRequest): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers,
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(TRY_TIMEOUT_MS),
  });
}

type Source = string | ArrayBuffer | ArrayBufferView;

/** Node's own SHA-256 in the shape that the signer asks for. */
class Sha256 {
  private readonly hash: Hash | Hmac;

  constructor(secret?: Source) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', toBytes(secret));
  }

  update(data: Source): void {
    this.hash.update(toBytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
}

function toBytes(source: Source): Uint8Array {
  if (typeof source === 'string') return Buffer.from(source, 'utf8');
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}
