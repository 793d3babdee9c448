import { toDeadline } from '../../lib/domain/deadline.ts';
import { type PortalId, parsePortalId } from '../../lib/domain/ids.ts';
import { parseJson } from '../../lib/domain/json-object.ts';
import type { PortalToken } from '../../lib/domain/portal.ts';
import { createPortalClient, type PortalClientDeps, type SendForPortal } from '../../lib/hubspot/client.ts';
import type { HubSpotReply, HubSpotRequest, TransportFault, TransportResult } from '../../lib/hubspot/transport.ts';
import type { PortalTokens } from '../../lib/ports/portals.ts';
import type { RateBudget } from '../../lib/ports/store.ts';
import type { LogFields, MetricName } from '../../lib/ports/telemetry.ts';
import { type FakeClock, makeClock } from '../support/clock.ts';
import { makeOpenPermits } from '../support/open-permits.ts';

export const REQUEST: HubSpotRequest = {
  method: 'GET',
  url: 'https://api.example.com/crm',
  headers: { Accept: '*/*' },
};
export const BUDGET_MS = 8_000;

export type Gateway = {
  readonly clock: FakeClock;
  /** Sends one request with 8 s to go, or with another budget. */
  send(portal?: PortalId, budgetMs?: number): Promise<HubSpotReply>;
  readonly sendUntil: SendForPortal;
  /** What the transport was asked, in order. */
  readonly tries: readonly { readonly request: HubSpotRequest; readonly timeoutMs: number }[];
  readonly slept: readonly number[];
  readonly counted: readonly { readonly name: MetricName; readonly outcome: string | undefined }[];
  readonly errors: readonly { readonly message: string; readonly fields: LogFields | undefined }[];
  count(name: MetricName): number;
};

export type GatewayOptions = {
  /** Answers in order; the last one answers every further try. */
  readonly script: readonly (TransportResult | (() => TransportResult))[];
  readonly tokens?: PortalTokens;
  readonly random?: () => number;
  /** How long each try takes. */
  readonly tryTakesMs?: number;
  readonly clock?: FakeClock;
  readonly tryTimeoutMs?: number;
  /** Left out, every permit is there. */
  readonly budget?: RateBudget;
};

/** The portal client over a scripted transport, with time, chance and telemetry in the test's hand. */
export function makeGateway(options: GatewayOptions): Gateway {
  const { script, random = () => 0, tryTakesMs = 0, clock = makeClock() } = options;
  const tries: { request: HubSpotRequest; timeoutMs: number }[] = [];
  const slept: number[] = [];
  const counted: { name: MetricName; outcome: string | undefined }[] = [];
  const errors: { message: string; fields: LogFields | undefined }[] = [];
  const deps: PortalClientDeps = {
    transport: async (request, timeoutMs) => {
      const step = script[Math.min(tries.length, script.length - 1)];
      if (step === undefined) throw new Error('the script is empty');
      tries.push({ request, timeoutMs });
      clock.advance(tryTakesMs);
      return typeof step === 'function' ? step() : step;
    },
    tokens: options.tokens ?? makeTokens(),
    rateLimiter: makeOpenPermits(clock.now, clock.sleep, random, options.budget),
    now: clock.now,
    sleep: async (ms) => {
      slept.push(ms);
      clock.advance(ms);
    },
    random,
    metrics: {
      count: (name, dimensions) => void counted.push({ name, outcome: dimensions?.outcome }),
      measure: () => undefined,
    },
    log: {
      debug() {},
      info() {},
      warn() {},
      error: (message, fields) => void errors.push({ message, fields }),
    },
    ...(options.tryTimeoutMs !== undefined && { tryTimeoutMs: options.tryTimeoutMs }),
  };
  const sendUntil = createPortalClient(deps);
  return {
    clock,
    sendUntil,
    send: (portal = portalId(1), budgetMs = BUDGET_MS) =>
      sendUntil(portal, REQUEST, toDeadline(clock.now() + budgetMs)),
    tries,
    slept,
    counted,
    errors,
    count: (name) => counted.filter((metric) => metric.name === name).length,
  };
}

export type FakeTokens = PortalTokens & { readonly renewed: readonly PortalToken[] };

/** Tokens that rotate: `pat-test-1`, and with each renewal the next one. `issuedAtEpochMs` tells the age of each. */
export function makeTokens(issuedAtEpochMs: (generation: number) => number | undefined = () => undefined): FakeTokens {
  const renewed: PortalToken[] = [];
  let generation = 1;
  const current = (): PortalToken => ({
    value: `pat-test-${generation}`,
    issuedAtEpochMs: issuedAtEpochMs(generation),
  });
  return {
    renewed,
    getToken: async () => current(),
    findNewerToken: async () => undefined,
    async refreshToken(_portal, rejected) {
      renewed.push(rejected);
      generation += 1;
      return current();
    },
  };
}

/** Left out, the body is HubSpot's own: empty JSON, or for a refusal its error. */
export function reply(status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
  const own = body ?? (status < 400 ? {} : { status: 'error', category: 'ANY', correlationId: 'c-1' });
  const text = typeof own === 'string' ? own : JSON.stringify(own);
  return { kind: 'reply', reply: { status, headers, body: text, document: parseJson(text) } } as const;
}

export function fault(kind: TransportFault): TransportResult {
  return { kind: 'fault', fault: kind };
}

export function portalId(id: number): PortalId {
  const parsed = parsePortalId(id);
  if (parsed === undefined) throw new Error('a fixture has no valid portal id');
  return parsed;
}
