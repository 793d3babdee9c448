import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Fetch, nodeFetch } from '../network/fetch.ts';
import type { Now, Sleep } from '../ports/telemetry.ts';
import { createPatientTableClient, createTableClient, type Table } from '../store/table.ts';

/** What the runtime environment gives, so that a test can give something else. */
export type Platform = {
  readonly now: Now;
  readonly sleep: Sleep;
  readonly random: () => number;
  readonly newId: () => string;
  readonly table: Table['client'];
  readonly fetch: Fetch;
  /** How long one call to HubSpot may take; the gateway's own default when absent. */
  readonly hubspotTryTimeoutMs?: number;
};

/** The platform of a function on which a workflow waits. */
export function livePlatform(): Platform {
  return {
    now: Date.now,
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
    random: Math.random,
    newId: randomUUID,
    table: createTableClient(),
    fetch: nodeFetch,
  };
}

/** The platform of a function that works in the background. */
export function backgroundPlatform(): Platform {
  return { ...livePlatform(), table: createPatientTableClient() };
}

/**
 * Starts something once and shares it. Callers that come while it starts get the same promise; a start that failed is
 * forgotten, so that one unreachable secret does not poison a warm container.
 */
export function lazy<T>(start: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined;
  return () => {
    if (started === undefined) {
      const current = start();
      started = current;
      current.catch(() => {
        if (started === current) started = undefined;
      });
    }
    return started;
  };
}
