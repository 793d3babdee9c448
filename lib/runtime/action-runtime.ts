import { type Config, loadConfig } from '../config/load-config.ts';
import { readSsmSecrets } from '../config/secrets.ts';
import { INSTALL_ROUTE } from '../domain/install-routes.ts';
import { createCrmRecords } from '../hubspot/records.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createExecutionLedger } from '../store/ledger.ts';
import { createUnresolvedEmails } from '../store/unresolved-emails.ts';
import { createFindOwner } from '../use-cases/find-owner.ts';
import { createNoteUnresolved } from '../use-cases/note-unresolved.ts';
import { createRunOnce } from '../use-cases/run-execution.ts';
import { createSetOwner } from '../use-cases/set-owner.ts';
import { lazy } from './lazy.ts';
import { createResolving } from './resolving.ts';
import { realWorld, type World } from './world.ts';

export type ActionRuntime = ReturnType<typeof createActionRuntime>;

/** Starts the runtime of an action function from its environment, once per container. */
export function lazyActionRuntime(telemetry: Telemetry): () => Promise<ActionRuntime> {
  return lazy(async () => createActionRuntime(await loadConfig(process.env, readSsmSecrets), telemetry, realWorld()));
}

/** Wires the action functions: configuration → clients → adapters → use cases. */
export function createActionRuntime(config: Config, telemetry: Telemetry, world: World) {
  const { log, metrics } = telemetry;
  const { now, sleep } = world;
  const { table, cache, hubspot, resolver } = createResolving(config, telemetry, world);
  const records = createCrmRecords(hubspot.send, config.hubspotApiBaseUrl, { log, metrics });
  const ledger = createExecutionLedger(table, now);
  const noting = createNoteUnresolved({ unresolved: createUnresolvedEmails(table, now), now, log });
  const { publicBaseUrl, secrets, allowSignatureV2 } = config;
  return {
    signaturePolicy: { publicBaseUrl, secrets, allowSignatureV2 },
    now,
    findKnownOwner: cache.findByOwnerId,
    installUrl: config.oauth === undefined ? '' : `${publicBaseUrl}${INSTALL_ROUTE}`,
    findOwner: noting(createFindOwner(resolver)),
    setOwner: noting(createSetOwner({ resolver, records })),
    runOnce: createRunOnce({ ledger, now, sleep, newWriterId: world.newId, metrics, log }),
  };
}
