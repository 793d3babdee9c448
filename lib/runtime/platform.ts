import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type ReadSecrets, readSsmSecrets } from '../config/secrets.ts';
import { type Fetch, nodeFetch } from '../network/fetch.ts';
import type { Needs } from '../ports/telemetry.ts';
import { createPatientTableClient, createTableClient, type Table } from '../store/table.ts';

/** What the runtime environment provides, so that a test can replace it. */
export type Platform = Needs<'now' | 'sleep' | 'random' | 'newId'> & {
  readonly table: Table['client'];
  readonly fetch: Fetch;
  /** How long one call to HubSpot may take; the client's default if absent. */
  readonly hubspotTryTimeoutMs?: number;
};

/** The platform of a function that a workflow waits for. */
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

/** More than a workflow's step allows one call, because the page reads more at a time. There are two tries. */
const PAGE_REQUEST_MS = 1_000;

/** The platform of the settings page: if the table does not answer, there is still time to say so. */
export function pagePlatform(): Platform {
  return { ...livePlatform(), table: createTableClient({ requestTimeoutMs: PAGE_REQUEST_MS }) };
}

/** The platform of a function that works in the background. */
export function backgroundPlatform(): Platform {
  return { ...livePlatform(), table: createPatientTableClient() };
}

/**
 * Starts something once and shares it. Callers that come during the start get the same promise. A failed start is forgotten, so
 * that one unreachable secret does not break a warm container.
 */
function lazy<T>(start: () => Promise<T>): () => Promise<T> {
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

/** Starts a function's runtime from its environment, once per container. */
export function fromEnvironment<Config, Runtime>(
  load: (environment: NodeJS.ProcessEnv, readSecrets: ReadSecrets) => Promise<Config>,
  create: (config: Config) => Runtime,
  readSecrets: ReadSecrets = readSsmSecrets,
): () => Promise<Runtime> {
  return lazy(async () => create(await load(process.env, readSecrets)));
}
