import type { Fault } from './fault.ts';
import type { RouteName } from './routes/route-name.ts';

/** What chaos does to a call. */
export type ChaosKind = 'status5xx' | 'status429' | 'reset' | 'resetAfterEffect' | 'truncate' | 'delay' | 'hang';

export type ChaosPlan = {
  /** The same seed does the same to the same sequence of calls. */
  readonly seed: number;
  /** Of the calls, from 0 to 1 each and 1 at most together. */
  readonly shares: Readonly<Partial<Record<ChaosKind, number>>>;
  /** Left out: every route. */
  readonly routes?: readonly RouteName[];
  /** The longest wait of `delay`. Default 1,000. */
  readonly maxDelayMs?: number;
};

export type Chaos = {
  /** How often it did what. */
  counts(): Readonly<Record<ChaosKind, number>>;
  /** How many calls it looked at, the ones it left alone included. */
  calls(): number;
  take(route: RouteName): Fault | undefined;
};

const KINDS = ['status5xx', 'status429', 'reset', 'resetAfterEffect', 'truncate', 'delay', 'hang'] as const;
const STATUSES_5XX = [500, 502, 503, 504] as const;
const DEFAULT_MAX_DELAY_MS = 1_000;

/** Mulberry32: small, and good enough to spread faults. Numbers from 0 up to 1. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A page of the edge or HubSpot's JSON: clients must read both. */
function failWith(status: number, detail: number): Fault {
  if (detail < 0.5) return { kind: 'status', status, body: '<html><body>The service is unavailable</body></html>' };
  return { kind: 'status', status, body: { status: 'error', message: 'internal error', category: 'INTERNAL_ERROR' } };
}

function tooManyRequests(): Fault {
  const policyName = 'TEN_SECONDLY_ROLLING';
  const message = 'You have reached your ten_secondly_rolling limit.';
  return { kind: 'status', status: 429, body: { status: 'error', message, errorType: 'RATE_LIMIT', policyName } };
}

/**
 * Makes calls fail by chance, the same way for the same seed.
 * @throws {RangeError} for shares that are no shares.
 */
export function createChaos({ seed, shares, routes, maxDelayMs = DEFAULT_MAX_DELAY_MS }: ChaosPlan): Chaos {
  const given = KINDS.map((kind) => shares[kind] ?? 0);
  const total = given.reduce((sum, share) => sum + share, 0);
  // A little more than 1 is a sum of decimals.
  if (given.some((share) => !(share >= 0 && share <= 1)) || total > 1 + Number.EPSILON * KINDS.length) {
    throw new RangeError('the shares of chaos must be from 0 to 1, and 1 at most together');
  }
  const random = createRandom(seed);
  const counts: Record<ChaosKind, number> = {
    status5xx: 0,
    status429: 0,
    reset: 0,
    resetAfterEffect: 0,
    truncate: 0,
    delay: 0,
    hang: 0,
  };
  let calls = 0;

  function choose(roll: number): ChaosKind | undefined {
    let below = 0;
    return KINDS.find((kind) => {
      below += shares[kind] ?? 0;
      return roll < below;
    });
  }

  function toFault(kind: ChaosKind, detail: number): Fault {
    if (kind === 'status5xx') {
      const scaled = detail * STATUSES_5XX.length;
      return failWith(STATUSES_5XX[Math.floor(scaled)] ?? 500, scaled % 1);
    }
    if (kind === 'status429') return tooManyRequests();
    return kind === 'delay' ? { kind, ms: Math.ceil(detail * maxDelayMs) } : { kind };
  }

  return {
    counts: () => ({ ...counts }),
    calls: () => calls,
    take(route) {
      if (routes !== undefined && !routes.includes(route)) return undefined;
      calls += 1;
      // Two numbers for each call, with any result, so that one call does not change the numbers of the next.
      const [roll, detail] = [random(), random()];
      const kind = choose(roll);
      if (kind === undefined) return undefined;
      counts[kind] += 1;
      return toFault(kind, detail);
    },
  };
}
