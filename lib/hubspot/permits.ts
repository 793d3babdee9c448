import { RateLimitedError, UpstreamUnavailableError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { Metrics, Now, Sleep } from '../domain/ports.ts';
import {
  type Block,
  mostAtOnce,
  PERMIT_LIFETIME_MS,
  type Priority,
  paceOf,
  type RateBudget,
  type RateLimit,
} from '../domain/rate-budget.ts';
import { tolerateOutage } from '../domain/tolerate-outage.ts';
import { createKnownLimits } from './known-limits.ts';

/** How a function uses the budget. */
export type PermitPolicy = {
  readonly priority: Priority;
  /** How many permits are taken at a time, so that a write to the table serves several calls. Unused ones expire. */
  readonly blockSize: number;
  /** When a block cannot be had, one permit is taken instead. Otherwise the whole block is waited for. */
  readonly splitsBlocks: boolean;
  /** How long to wait for a permit; never longer than the call's own deadline. */
  readonly patienceMs: number;
};

export type PermitsDeps = {
  readonly budget: RateBudget;
  readonly policy: PermitPolicy;
  readonly now: Now;
  readonly sleep: Sleep;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly metrics: Metrics;
};

export type Permits = {
  /**
   * Resolves when a call may be made.
   * @throws {RateLimitedError | UpstreamUnavailableError} when that would take longer than the policy or the deadline allow
   */
  take(portalId: PortalId, deadlineEpochMs: number): Promise<void>;
  /** Takes the limit from a reply's headers, and tells all containers when another one counts from now on. */
  learn(portalId: PortalId, headers: Readonly<Record<string, string>>): Promise<void>;
  /** HubSpot refused for the limit, or keeps failing: no container calls for so long. */
  block(portalId: PortalId, ms: number, reason: Block): Promise<void>;
  /** Many executions of the portal wait in the queue: for so long, what can be left to the queue is. */
  noteBacklog(portalId: PortalId, ms: number): Promise<void>;
  /** This container alone leaves the portal alone for so long. */
  pause(portalId: PortalId, ms: number, reason: Block): void;
};

type Held = { count: number; readonly untilEpochMs: number };
type Spent = { readonly untilEpochMs: number; readonly block: Block | undefined; readonly isCrowded?: boolean };

/**
 * Whoever is waited for and was overtaken once gives up, and the container with them for a second: so many want a permit that
 * asking for one is itself a load on the table.
 */
const MAX_WAITS: Readonly<Record<Priority, number>> = {
  interactive: 1,
  deferrable: 1,
  bulk: Number.POSITIVE_INFINITY,
};
const CROWDED_MS = 1_000;

/**
 * A container's way to the permits of its portals. It holds a few for a second, and remembers for how long there will be
 * none, so that a flood which is turned away asks the table once for each permit that falls due and not once a record.
 *
 * The budget is a help, not a condition: while the table cannot be reached, calls go out, and HubSpot itself is the limit.
 */
export function createPermits({ budget, policy, now, sleep, random, metrics }: PermitsDeps): Permits {
  const held = new Map<PortalId, Held>();
  const spent = new Map<PortalId, Spent>();
  const limits = createKnownLimits(now);
  const asking = new Map<PortalId, Promise<void>>();

  return {
    async take(portalId, deadlineEpochMs) {
      const startedAt = now();
      const giveUpAt = Math.min(deadlineEpochMs, startedAt + policy.patienceMs);
      let waits = 0;
      while (!useHeld(portalId)) {
        const standing = findSpent(portalId);
        if (standing === undefined) {
          await askOnce(portalId);
          continue;
        }
        const waitMs = standing.untilEpochMs - now();
        if (now() + waitMs > giveUpAt || isHopeless(standing)) throw refuse(portalId, standing, waitMs);
        if (waits === MAX_WAITS[policy.priority]) throw refuse(portalId, crowd(portalId), CROWDED_MS);
        waits += 1;
        // Those who wait for the same permit do not ask for it at the same moment.
        await sleep(waitMs + Math.floor(random() * paceOf(limits.countingOf(portalId)).intervalMs));
      }
      if (waits > 0) metrics.measure('HubSpotPermitWaitMs', now() - startedAt);
    },

    async learn(portalId, headers) {
      const told = readLimit(headers);
      const news = told && limits.see(portalId, told);
      if (news !== undefined) await askBudget(() => budget.learnLimit(portalId, news));
    },

    async block(portalId, ms, reason) {
      const untilEpochMs = now() + ms;
      pause(portalId, ms, reason);
      await askBudget(() => budget.block(portalId, untilEpochMs, reason));
    },

    noteBacklog: async (portalId, ms) => {
      await askBudget(() => budget.noteBacklog(portalId, now() + ms));
    },

    pause,
  };

  function pause(portalId: PortalId, ms: number, reason: Block): void {
    const untilEpochMs = now() + ms;
    held.delete(portalId);
    if (untilEpochMs > (spent.get(portalId)?.untilEpochMs ?? 0)) spent.set(portalId, { untilEpochMs, block: reason });
  }

  function useHeld(portalId: PortalId): boolean {
    const permits = held.get(portalId);
    if (permits === undefined) return false;
    if (permits.count > 0 && now() < permits.untilEpochMs) {
      permits.count -= 1;
      return true;
    }
    held.delete(portalId);
    return false;
  }

  function findSpent(portalId: PortalId): Spent | undefined {
    const standing = spent.get(portalId);
    if (standing !== undefined && standing.untilEpochMs > now()) return standing;
    spent.delete(portalId);
    return undefined;
  }

  /** Whoever comes while the table is being asked waits for that answer. */
  function askOnce(portalId: PortalId): Promise<void> {
    const standing = asking.get(portalId);
    if (standing !== undefined) return standing;
    const asked = ask(portalId).finally(() => asking.delete(portalId));
    asking.set(portalId, asked);
    return asked;
  }

  async function ask(portalId: PortalId): Promise<void> {
    const { priority } = policy;
    const count = Math.min(policy.blockSize, mostAtOnce(paceOf(limits.countingOf(portalId)), priority));
    const askedAt = now();
    const several = await askBudget(() => budget.take(portalId, count, priority, limits.countingOf(portalId)));
    if (several === undefined) return hold(portalId, 1, askedAt);
    limits.hear(portalId, several.limit);
    if (several.kind === 'granted') return hold(portalId, count, askedAt);
    const isFinal = count === 1 || !policy.splitsBlocks || several.block !== undefined || several.isBacklog === true;
    const one = isFinal ? several : await askBudget(() => budget.take(portalId, 1, priority, several.limit));
    if (one === undefined || one.kind === 'granted') return hold(portalId, 1, askedAt);
    const { waitMs, block, isBacklog = false } = one;
    if (!isLeftAlone(portalId)) spent.set(portalId, { untilEpochMs: now() + waitMs, block, isCrowded: isBacklog });
  }

  function hold(portalId: PortalId, count: number, askedAtEpochMs: number): void {
    if (!isLeftAlone(portalId)) held.set(portalId, { count, untilEpochMs: askedAtEpochMs + PERMIT_LIFETIME_MS });
  }

  /** HubSpot may have refused another call while the table was asked. */
  function isLeftAlone(portalId: PortalId): boolean {
    return findSpent(portalId)?.block !== undefined;
  }

  function crowd(portalId: PortalId): Spent {
    const crowded: Spent = { untilEpochMs: now() + CROWDED_MS, block: undefined, isCrowded: true };
    spent.set(portalId, crowded);
    return crowded;
  }

  /** Where HubSpot itself said no, or many wait already, nobody who is waited for tries their luck at the last moment. */
  function isHopeless({ block, isCrowded = false }: Spent): boolean {
    return policy.priority !== 'bulk' && (block !== undefined || isCrowded);
  }

  /** Many that were refused together must not come back together. */
  function refuse(portalId: PortalId, { block }: Spent, waitMs: number): Error {
    metrics.count('HubSpotPermitsRefused', { priority: policy.priority });
    const retryAfterMs = Math.ceil(waitMs + random() * Math.min(waitMs, 1_000));
    if (block?.kind === 'fault') return new UpstreamUnavailableError(block.fault, { retryAfterMs });
    if (block?.kind === 'limit') return new RateLimitedError(retryAfterMs);
    // A permit falls due soon, but not for all of them: they are spread over a minute or so.
    const { windowMs } = limits.countingOf(portalId);
    return new RateLimitedError(policy.priority === 'bulk' ? waitMs : Math.ceil(windowMs * (1 + 5 * random())));
  }

  function askBudget<T>(ask: () => Promise<T>): Promise<T | undefined> {
    return tolerateOutage(ask, () => metrics.count('StoreUnavailable'));
  }
}

/** Outside of this a header is a mistake: the published limits are 100 to 250 calls in ten seconds. */
const MIN_CALLS = 10;
const MAX_CALLS = 100_000;
const MIN_WINDOW_MS = 1_000;
const MAX_WINDOW_MS = 60_000;

/** `X-HubSpot-RateLimit-Max` and `-Interval-Milliseconds` (usage guidelines, read 2026-11-23). Search answers without them. */
function readLimit(headers: Readonly<Record<string, string>>): RateLimit | undefined {
  const calls = Number(headers['x-hubspot-ratelimit-max']);
  const windowMs = Number(headers['x-hubspot-ratelimit-interval-milliseconds']);
  const isSane =
    Number.isInteger(calls) &&
    calls >= MIN_CALLS &&
    calls <= MAX_CALLS &&
    Number.isInteger(windowMs) &&
    windowMs >= MIN_WINDOW_MS &&
    windowMs <= MAX_WINDOW_MS;
  return isSane ? { calls, windowMs } : undefined;
}
