import { type Config, loadConfig } from '../config/load-config.ts';
import { readSsmSecrets } from '../config/secrets.ts';
import { INSTALL_ROUTE } from '../domain/install-routes.ts';
import type { PermitPolicy } from '../hubspot/permits.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createExecutionLedger } from '../store/ledger.ts';
import { createSignatureMemory } from '../store/signature-memory.ts';
import { createUnresolvedEmails } from '../store/unresolved-emails.ts';
import { createFindOwner } from '../use-cases/find-owner.ts';
import { createNoteUnresolved } from '../use-cases/note-unresolved.ts';
import { createRunOnce } from '../use-cases/run-execution.ts';
import { INTERACTIVE } from './hubspot.ts';
import { lazy } from './lazy.ts';
import { createResolving } from './resolving.ts';
import { realWorld, type World } from './world.ts';

export type FindOwnerRuntime = ReturnType<typeof createFindOwnerRuntime>;

/** Starts the runtime of the finding action from its environment, once per container. */
export function lazyFindOwnerRuntime(telemetry: Telemetry): () => Promise<FindOwnerRuntime> {
  return lazy(async () =>
    createFindOwnerRuntime(await loadConfig(process.env, readSsmSecrets), telemetry, realWorld()),
  );
}

/** Wires the finding action: configuration → clients → adapters → use case. */
export function createFindOwnerRuntime(config: Config, telemetry: Telemetry, world: World) {
  const { answering, noting, resolver } = createAnswering(config, telemetry, world, INTERACTIVE);
  return { ...answering, findOwner: noting(createFindOwner(resolver)) };
}

/** What both actions need: who may ask, whether it was answered before, and who an email stands for. */
export function createAnswering(config: Config, telemetry: Telemetry, world: World, policy: PermitPolicy) {
  const { log, metrics } = telemetry;
  const { now, sleep } = world;
  const { table, cache, hubspot, resolver } = createResolving(config, telemetry, world, policy);
  const { noting } = createNoteUnresolved({ unresolved: createUnresolvedEmails(table, now), now, log });
  const { publicBaseUrl, secrets, allowSignatureV2 } = config;
  const answering = {
    signaturePolicy: { publicBaseUrl, secrets, allowSignatureV2 },
    now,
    signatures: createSignatureMemory(table, { now, log }),
    findKnownOwner: cache.findByOwnerId,
    installUrl: installUrlOf(config),
    runOnce: createRunOnce({
      ledger: createExecutionLedger(table, now),
      now,
      sleep,
      newWriterId: world.newId,
      metrics,
      log,
    }),
  };
  return { answering, noting, table, hubspot, resolver };
}

/** Empty where one portal is reached by a static token: nobody installs it. */
export function installUrlOf({ oauth, publicBaseUrl }: Pick<Config, 'oauth' | 'publicBaseUrl'>): string {
  return oauth === undefined ? '' : `${publicBaseUrl}${INSTALL_ROUTE}`;
}
