import { type PostResult, postJson } from './post-json.ts';
import { decideRetry } from './retry-schedule.ts';
import { type SignatureVersions, signatureHeaders } from './sign.ts';
import type { Slots } from './slots.ts';

export type DeliveryOptions = {
  readonly clientSecret: string;
  readonly signatures: SignatureVersions;
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** How many times shorter the back-off is than HubSpot's. A wait that the action requested is not changed. */
  readonly compression: number;
  readonly maxAttempts: number;
  readonly timeoutMs: number;
  /** Shared by executions that may not all be open at the same time; held while a request is open, not between retries. */
  readonly slots?: Slots;
};

export type Attempt = {
  /** Undefined if no answer came. */
  readonly status: number | undefined;
  readonly failure?: 'timeout' | 'network';
  readonly durationMs: number;
  /** HubSpot's wait before the next attempt, uncompressed; undefined on the last one. */
  readonly waitMs: number | undefined;
};

export type Delivery = {
  readonly attempts: readonly Attempt[];
  /** The last answer's body; `''` if none came. */
  readonly body: string;
  readonly end: 'answered' | 'refused' | 'gaveUp';
};

export type Execution = {
  readonly url: string;
  /** The URL that HubSpot was given, if a proxy is between it and `url`. */
  readonly signedUrl: string;
  readonly body: string;
};

type Timed = PostResult & { readonly durationMs: number };

async function sendOnce(execution: Execution, options: DeliveryOptions): Promise<Timed> {
  const { url, signedUrl, body } = execution;
  const { clientSecret, now, signatures, timeoutMs } = options;
  const startedAt = now();
  const headers = signatureHeaders(clientSecret, { method: 'POST', uri: signedUrl, body }, startedAt, signatures);
  const sent = await postJson(url, headers, body, timeoutMs);
  return { ...sent, durationMs: now() - startedAt };
}

/** Sends one execution until it is answered, permanently refused, or `maxAttempts` is reached. Never rejects. */
export async function deliverExecution(execution: Execution, options: DeliveryOptions): Promise<Delivery> {
  const attempts: Attempt[] = [];
  for (;;) {
    const send = (): Promise<Timed> => sendOnce(execution, options);
    const sent = await (options.slots?.run(send) ?? send());
    const { status, body, failure, durationMs } = sent;
    const attempt = { status, durationMs, ...(failure === undefined ? {} : { failure }) };
    const succeeded = status !== undefined && status >= 200 && status < 300;
    const retry = succeeded ? undefined : decideRetry(sent, attempts.length + 1);
    const isLast = retry === undefined || attempts.length + 1 >= options.maxAttempts;
    attempts.push({ ...attempt, waitMs: isLast ? undefined : retry.waitMs });
    if (isLast) return { attempts, body, end: succeeded ? 'answered' : retry === undefined ? 'refused' : 'gaveUp' };
    await options.sleep(retry.asked ? retry.waitMs : Math.ceil(retry.waitMs / options.compression));
  }
}
