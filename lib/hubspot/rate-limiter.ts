import { createInFlight } from '../domain/concurrency.ts';
import { type Deadline, NO_DEADLINE } from '../domain/deadline.ts';
import { orOnStoreOutage, RateLimitedError, UpstreamUnavailableError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import { LruMap } from '../domain/lru-map.ts';
import {
  FARTHEST_AHEAD_MS,
  mostAtOnce,
  type PauseReason,
  PERMIT_LIFETIME_MS,
  type Priority,
  paceOf,
  type RateLimit,
} from '../domain/rate-limit.ts';
import type { RateBudget } from '../ports/store.ts';
import type { Needs } from '../ports/telemetry.ts';
import { createKnownLimits } from './known-limits.ts';
import { withJitter } from './retry.ts';

/** How a function uses the budget. */
export type RateLimitPolicy = {
  readonly priority: Priority;
  /** How many permits are taken at a time, so that a write to the table serves several calls. Unused ones expire. */
  readonly permitBatch: number;
  /** If a whole batch is not free, take one permit. Otherwise wait for the whole batch. */
  readonly allowPartial: boolean;
  /** How long to wait for a permit; never longer than the call's own deadline. */
  readonly maxWaitMs: number;
};

export type RateLimiterDeps = Needs<'now' | 'sleep' | 'random' | 'metrics'> & {
  readonly budget: RateBudget;
  readonly policy: RateLimitPolicy;
};

export type RateLimiter = {
  /**
   * Resolves when a call may be made.
   * @throws {RateLimitedError | UpstreamUnavailableError} if that would take longer than the policy or the deadline allows
   */
  acquire(portalId: PortalId, deadline: Deadline): Promise<void>;
  /** Reads the limit from a reply's headers, and shares a new one with all containers. */
  learn(portalId: PortalId, headers: Readonly<Record<string, string>>): Promise<void>;
  /** HubSpot's limit is used up, or it keeps failing: no container calls it for `ms` milliseconds. */
  pauseEverywhere(portalId: PortalId, ms: number, reason: PauseReason): Promise<void>;
  /** Many executions of the portal wait in the queue: for `ms` milliseconds, deferrable work goes there, too. */
  noteBacklog(portalId: PortalId, ms: number): Promise<void>;
  /** Only this container stops calling for `ms` milliseconds. */
  pause(portalId: PortalId, ms: number, reason: PauseReason): void;
};

type Held = { count: number; readonly untilEpochMs: number };
type Exhausted = {
  readonly untilEpochMs: number;
  readonly pausedFor: PauseReason | undefined;
  readonly isCongested?: boolean;
};

/**
 * All but bulk callers give up after one lost race, and then those of the whole container do for a second: with so many callers,
 * each request for a permit is itself a load on the table.
 */
const MAX_WAITS: Readonly<Record<Priority, number>> = {
  interactive: 1,
  deferrable: 1,
  bulk: Number.POSITIVE_INFINITY,
};
const CONGESTED_MS = 1_000;

/**
 * The permits of a container, for each portal. It keeps a few for a second, and remembers when the next one is free. So during a
 * flood, it asks the table once for each free permit instead of once for each record.
 *
 * The budget is optional: while the table cannot be reached, calls are made, and HubSpot's own limit applies.
 */
export function createRateLimiter({ budget, policy, now, sleep, random, metrics }: RateLimiterDeps): RateLimiter {
  const held = new LruMap<PortalId, Held>();
  const exhausted = new LruMap<PortalId, Exhausted>();
  const limits = createKnownLimits(now);
  const join = createInFlight<void>(now);

  return {
    async acquire(portalId, deadline) {
      const startedAt = now();
      const giveUpAt = Math.min(deadline, startedAt + policy.maxWaitMs);
      let waits = 0;
      let hasAsked = false;
      while (!useHeld(portalId)) {
        const standing = findExhausted(portalId);
        if (standing === undefined) {
          // A slow table may grant permits that have expired when they come.
          if (hasAsked && now() >= deadline) throw new UpstreamUnavailableError('out_of_time');
          // Callers that come while the table is being asked share that answer.
          await join(portalId, NO_DEADLINE, () => ask(portalId));
          hasAsked = true;
          continue;
        }
        const waitMs = standing.untilEpochMs - now();
        if (now() + waitMs > giveUpAt || shouldFailFast(standing)) throw refuse(portalId, standing, waitMs);
        if (waits === MAX_WAITS[policy.priority]) throw refuse(portalId, markCongested(portalId), CONGESTED_MS);
        waits += 1;
        // Callers that wait for the same permit do not ask for it at the same moment.
        await sleep(waitMs + Math.floor(random() * paceOf(limits.countingOf(portalId)).intervalMs));
      }
      if (waits > 0) metrics.measure('HubSpotPermitWaitMs', now() - startedAt);
    },

    async learn(portalId, headers) {
      const limit = readLimit(headers);
      const news = limit && limits.learn(portalId, limit);
      if (news !== undefined) await askBudget(() => budget.learnLimit(portalId, news));
    },

    async pauseEverywhere(portalId, ms, reason) {
      const untilEpochMs = now() + ms;
      pause(portalId, ms, reason);
      await askBudget(() => budget.pause(portalId, untilEpochMs, reason));
    },

    noteBacklog: async (portalId, ms) => {
      await askBudget(() => budget.noteBacklog(portalId, now() + ms));
    },

    pause,
  };

  function pause(portalId: PortalId, ms: number, reason: PauseReason): void {
    const untilEpochMs = now() + ms;
    held.delete(portalId);
    if (untilEpochMs > (exhausted.get(portalId)?.untilEpochMs ?? 0))
      exhausted.set(portalId, { untilEpochMs, pausedFor: reason });
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

  function findExhausted(portalId: PortalId): Exhausted | undefined {
    const standing = exhausted.get(portalId);
    const leftMs = (standing?.untilEpochMs ?? 0) - now();
    if (leftMs > 0 && leftMs <= FARTHEST_AHEAD_MS) return standing;
    exhausted.delete(portalId);
    return undefined;
  }

  async function ask(portalId: PortalId): Promise<void> {
    const { priority } = policy;
    const count = Math.min(policy.permitBatch, mostAtOnce(paceOf(limits.countingOf(portalId)), priority));
    const askedAt = now();
    const several = await askBudget(() => budget.take(portalId, count, priority, limits.countingOf(portalId)));
    // Without the table there is no permit, however long the answer took.
    if (several === undefined) return hold(portalId, 1, now());
    limits.receive(portalId, several.limit);
    if (several.kind === 'granted') return hold(portalId, count, askedAt);
    const isFinal =
      count === 1 || !policy.allowPartial || several.pausedFor !== undefined || several.isBacklog === true;
    const one = isFinal ? several : await askBudget(() => budget.take(portalId, 1, priority, several.limit));
    if (one === undefined) return hold(portalId, 1, now());
    if (one.kind === 'granted') return hold(portalId, 1, askedAt);
    const { waitMs, pausedFor, isBacklog = false } = one;
    if (!isPaused(portalId))
      exhausted.set(portalId, { untilEpochMs: now() + waitMs, pausedFor, isCongested: isBacklog });
  }

  function hold(portalId: PortalId, count: number, sinceEpochMs: number): void {
    if (!isPaused(portalId)) held.set(portalId, { count, untilEpochMs: sinceEpochMs + PERMIT_LIFETIME_MS });
  }

  /** HubSpot may have refused another call while the table was asked. */
  function isPaused(portalId: PortalId): boolean {
    return findExhausted(portalId)?.pausedFor !== undefined;
  }

  function markCongested(portalId: PortalId): Exhausted {
    const congested: Exhausted = { untilEpochMs: now() + CONGESTED_MS, pausedFor: undefined, isCongested: true };
    exhausted.set(portalId, congested);
    return congested;
  }

  /** If HubSpot refused or many callers wait, an interactive caller does not wait for the last moment. */
  function shouldFailFast({ pausedFor, isCongested = false }: Exhausted): boolean {
    return policy.priority !== 'bulk' && (pausedFor !== undefined || isCongested);
  }

  /** Many callers that are refused together must not retry together. */
  function refuse(portalId: PortalId, { pausedFor }: Exhausted, waitMs: number): Error {
    metrics.count('HubSpotPermitsRefused', { priority: policy.priority });
    const retryAfterMs = withJitter(waitMs, random());
    if (pausedFor?.kind === 'fault') return new UpstreamUnavailableError(pausedFor.fault, { retryAfterMs });
    if (pausedFor?.kind === 'limit') return new RateLimitedError(retryAfterMs);
    // A permit will be free soon, but not for all of them, so they are spread over about a minute.
    const { windowMs } = limits.countingOf(portalId);
    return new RateLimitedError(policy.priority === 'bulk' ? waitMs : Math.ceil(windowMs * (1 + 5 * random())));
  }

  function askBudget<T>(ask: () => Promise<T>): Promise<T | undefined> {
    return orOnStoreOutage(ask, () => metrics.count('StoreUnavailable'));
  }
}

/** A header outside of these limits is a mistake: the published limits are 100 to 250 calls in ten seconds. */
const MIN_CALLS = 10;
const MAX_CALLS = 100_000;
const MIN_WINDOW_MS = 1_000;
const MAX_WINDOW_MS = 60_000;

/** `X-HubSpot-RateLimit-Max` and `-Interval-Milliseconds` (usage guidelines, read 2026-11-23). Search replies lack them. */
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
