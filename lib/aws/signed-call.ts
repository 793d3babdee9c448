import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { fromEnv } from '@aws-sdk/credential-provider-env';
import { SignatureV4 } from '@smithy/signature-v4';
import { type Fetch, nodeFetch, readText } from '../network/fetch.ts';

/** One operation of an AWS JSON service, or of SNS, which takes a form and answers XML. */
export type AwsCall =
  | {
      readonly service: 'ssm' | 'kms' | 'sqs';
      /** The value of `x-amz-target`, as the service's API reference names it. */
      readonly target: string;
      readonly body: object;
      readonly region?: undefined;
    }
  | {
      readonly service: 'sns';
      /** The region of the topic. */
      readonly region: string;
      readonly form: Readonly<Record<string, string>>;
    };

const TRY_TIMEOUT_MS = 1_500;
/** Far above any answer to these calls. */
const MAX_REPLY_BYTES = 1024 * 1024;
const FIRST_WAIT_MS = 400;
const MIN_WAIT_MS = 100;
const MAX_WAIT_MS = 1_000;
/** The version of AWS's JSON protocol that each service speaks. */
const JSON_VERSIONS = { ssm: '1.1', kms: '1.1', sqs: '1.0' } as const;

export type AwsReply = {
  readonly ok: boolean;
  readonly status: number;
  /** Empty if the reply is not a JSON object. A parser's error would quote it. */
  readonly body: Readonly<Record<string, unknown>>;
  /** AWS's error type, such as `ThrottlingException`; `unknown` if there is none. */
  readonly trouble: string;
};

export type AwsCallOptions = {
  readonly fetchIt?: Fetch | undefined;
  /** Without it, the call is repeated once, immediately. `never`: it is not safe to repeat. */
  readonly patience?: Patience | 'never';
};

/** How to wait for a busy service. */
export type Patience = {
  /** The maximum duration of all tries and waits, except for a last try that is already running. */
  readonly totalMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** A number in [0, 1). */
  readonly random: () => number;
};

/**
 * Signs and sends a call. Repeats one that is safe to repeat if the connection breaks or AWS is busy. Returns AWS's last answer.
 * Throws what `fetchIt` throws.
 *
 * An SDK client would do the same, but bundled with all of its operations it costs each cold start more than all of our own code
 * (docs/decisions/003-cold-start.md).
 */
export async function callAws(
  call: AwsCall,
  { fetchIt = nodeFetch, patience }: AwsCallOptions = {},
): Promise<AwsReply> {
  const request = await sign(call);
  const mayRepeat = patience === undefined ? onceMore : patience === 'never' ? never : backOff(patience);
  for (let tries = 1; ; tries += 1) {
    const [tried] = await Promise.allSettled([send(request, fetchIt)]);
    const isFinal = tried.status === 'fulfilled' && !isPassing(tried.value);
    if (!isFinal && (await mayRepeat(tries))) continue;
    if (tried.status === 'rejected') throw tried.reason;
    return tried.value;
  }
}

/** Resolves to true when it is time for the next try, and to false if there is none. */
type MayRepeat = (tries: number) => Promise<boolean>;

const onceMore: MayRepeat = async (tries) => tries === 1;
const never: MayRepeat = async () => false;

/** Many containers start and are refused together. Random waits keep them from retrying together. */
function backOff({ totalMs, now, sleep, random }: Patience): MayRepeat {
  const endsAtEpochMs = now() + totalMs;
  return async (tries) => {
    const leftMs = endsAtEpochMs - now();
    if (leftMs < MIN_WAIT_MS) return false;
    const longestMs = Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), MAX_WAIT_MS, leftMs);
    await sleep(MIN_WAIT_MS + random() * (longestMs - MIN_WAIT_MS));
    return true;
  };
}

type SignedRequest = { readonly url: URL; readonly headers: Record<string, string>; readonly body: string };

async function sign(call: AwsCall): Promise<SignedRequest> {
  const { service, region = process.env.AWS_REGION ?? '' } = call;
  const endpoint = process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`];
  const url = new URL(endpoint || `https://${service}.${region}.${awsDomainOf(region)}`);
  const { body, ...kind } = encode(call);
  const signer = new SignatureV4({ service, region, credentials: fromEnv(), sha256: Sha256 });
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: '/',
    headers: {
      host: url.host,
      ...kind.headers,
    },
    body,
  });
  return { url, headers, body };
}

function encode(call: AwsCall): { readonly body: string; readonly headers: Readonly<Record<string, string>> } {
  if (call.service === 'sns') {
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    return { body: new URLSearchParams(call.form).toString(), headers };
  }
  const headers = {
    'content-type': `application/x-amz-json-${JSON_VERSIONS[call.service]}`,
    'x-amz-target': call.target,
  };
  return { body: JSON.stringify(call.body), headers };
}

/** China and the European Sovereign Cloud have their own domains (the SDK's list of partitions, read 2026-11-27). */
export function awsDomainOf(region: string): string {
  if (region.startsWith('cn-')) return 'amazonaws.com.cn';
  return region.startsWith('eusc-') ? 'amazonaws.eu' : 'amazonaws.com';
}

/** Throttling is a 400, too: only its error type distinguishes it from a refusal (common errors, read 2026-11-23). */
function isPassing({ status, trouble }: AwsReply): boolean {
  return status >= 500 || status === 429 || /Throttl|TooManyRequests|RequestLimitExceeded/.test(trouble);
}

/** One try, including its body: a connection may break in the middle. */
async function send({ url, headers, body: content }: SignedRequest, fetchIt: Fetch): Promise<AwsReply> {
  const response = await fetchIt(url, {
    method: 'POST',
    headers,
    body: content,
    redirect: 'error',
    signal: AbortSignal.timeout(TRY_TIMEOUT_MS),
  });
  const { status } = response;
  const body = parseObject((await readText(response, MAX_REPLY_BYTES)) ?? '');
  return { ok: status >= 200 && status < 300, status, body, trouble: readTrouble(body) };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/** `com.amazonaws.kms#DisabledException` and similar types, which say what to fix. */
function readTrouble({ __type: type }: Record<string, unknown>): string {
  const word = typeof type === 'string' ? /(?:^|#)([A-Za-z]{1,60})$/.exec(type)?.[1] : undefined;
  return word ?? 'unknown';
}

type Source = string | ArrayBuffer | ArrayBufferView;

/** Node's own SHA-256 in the form that the signer needs. */
export class Sha256 {
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
