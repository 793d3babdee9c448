import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Now, Sleep } from '../domain/ports.ts';
import { createPatientTableClient, createTableClient, type Table } from '../store/table.ts';

/** What the world gives, so that a test can give something else. */
export type World = {
  readonly now: Now;
  readonly sleep: Sleep;
  readonly random: () => number;
  readonly newId: () => string;
  readonly table: Table['client'];
  readonly fetch: typeof fetch;
  /** How long one call to HubSpot may take; the gateway's own default when absent. */
  readonly hubspotTryTimeoutMs?: number;
};

/** The world of a function on which a workflow waits. */
export function realWorld(): World {
  return {
    now: Date.now,
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
    random: Math.random,
    newId: randomUUID,
    table: createTableClient(),
    fetch,
  };
}

/** The world of a function that works in the background. */
export function patientWorld(): World {
  return { ...realWorld(), table: createPatientTableClient() };
}
