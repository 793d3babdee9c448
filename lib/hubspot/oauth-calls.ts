import type { Deadline } from '../domain/deadline.ts';
import { UpstreamUnavailableError } from '../domain/errors.ts';
import type { Needs } from '../ports/telemetry.ts';
import type { OAuthRefusal } from './oauth-errors.ts';
import { backoffMs, MAX_RETRIES, readRetryAfterMs, TRY_TIMEOUT_MS } from './retry.ts';
import type { HubSpotReply, HubSpotRequest, Transport, TransportFault } from './transport.ts';

export type OAuthCallDeps = Needs<'now' | 'sleep' | 'random'> & {
  readonly transport: Transport;
};

type OAuthCall = {
  readonly request: HubSpotRequest;
  readonly deadline: Deadline;
  /** The meaning of a reply that is not a 2xx. */
  readonly readRefusal: (reply: HubSpotReply) => OAuthRefusal;
  /** False for a call that HubSpot accepts only once: then it is retried only if it certainly never left us. */
  readonly isRepeatable: boolean;
};

export type OAuthAnswer =
  | { readonly kind: 'answered'; readonly document: unknown }
  | Exclude<OAuthRefusal, { kind: 'transient' }>;

/** @throws {UpstreamUnavailableError} if no meaningful answer came */
export type SendOAuthCall = (order: OAuthCall) => Promise<OAuthAnswer>;

type Trouble = { readonly fault: string; readonly mayRepeat: boolean; readonly minWaitMs: number };

const NEVER_SENT: readonly TransportFault[] = ['connection_refused', 'dns'];

/** Sends a call to HubSpot's OAuth endpoints, at most three times within its deadline. */
export function createOAuthCalls({ transport, now, sleep, random }: OAuthCallDeps): SendOAuthCall {
  return async function call(order) {
    for (let retries = 0; ; retries += 1) {
      const timeoutMs = Math.min(TRY_TIMEOUT_MS, order.deadline - now());
      if (timeoutMs <= 0) throw new UpstreamUnavailableError('out_of_time');
      const result = await transport(order.request, timeoutMs);
      const outcome = result.kind === 'reply' ? classify(result.reply, order) : afterFault(result.fault, order);
      if ('kind' in outcome) return outcome;
      const waitMs = backoffMs(outcome.minWaitMs, retries, random());
      if (!outcome.mayRepeat || retries >= MAX_RETRIES || now() + waitMs >= order.deadline) {
        throw new UpstreamUnavailableError(outcome.fault);
      }
      await sleep(waitMs);
    }
  };

  function classify(reply: HubSpotReply, { readRefusal, isRepeatable }: OAuthCall): OAuthAnswer | Trouble {
    const { status, body, document } = reply;
    if (status >= 200 && status < 300) {
      if (body !== '' && document === undefined) return { fault: 'not_json', mayRepeat: isRepeatable, minWaitMs: 0 };
      return { kind: 'answered', document };
    }
    const refusal = readRefusal(reply);
    if (refusal.kind !== 'transient') return refusal;
    const minWaitMs = readRetryAfterMs(reply.headers['retry-after'], now()) ?? 0;
    return { fault: refusal.fault, mayRepeat: isRepeatable && refusal.isBusy, minWaitMs };
  }

  function afterFault(fault: TransportFault, { isRepeatable }: OAuthCall): Trouble {
    const isHopeless = fault === 'redirect' || fault === 'body_too_large';
    return { fault, mayRepeat: NEVER_SENT.includes(fault) || (isRepeatable && !isHopeless), minWaitMs: 0 };
  }
}
