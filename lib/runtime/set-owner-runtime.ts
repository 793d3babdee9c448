import { loadSetOwnerConfig, type SetOwnerConfig } from '../config/load-config.ts';
import { readSsmSecrets } from '../config/secrets.ts';
import { createEmailSeal } from '../crypto/email-seal.ts';
import type { PortalId } from '../domain/ids.ts';
import { createOwnerProperties } from '../hubspot/properties.ts';
import { createCrmRecords } from '../hubspot/records.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createAssignQueue } from '../queue/assign-queue.ts';
import { createQueueConsent } from '../store/queue-consent.ts';
import { createWorkLog } from '../store/work-log.ts';
import { createCheckOwnerProperty } from '../use-cases/check-owner-property.ts';
import { createSetOrQueue, type DeliveryMode } from '../use-cases/set-or-queue.ts';
import { createSetOwner } from '../use-cases/set-owner.ts';
import { createAnswering } from './action-runtime.ts';
import { DEFERRABLE } from './hubspot.ts';
import { lazy } from './lazy.ts';
import { findScopesWith } from './scopes.ts';
import { realWorld, type World } from './world.ts';

export type SetOwnerRuntime = ReturnType<typeof createSetOwnerRuntime>;

/** Starts the runtime of the setting action from its environment, once per container. */
export function lazySetOwnerRuntime(
  telemetry: Telemetry,
  readSecrets = readSsmSecrets,
): () => Promise<SetOwnerRuntime> {
  return lazy(async () =>
    createSetOwnerRuntime(await loadSetOwnerConfig(process.env, readSecrets), telemetry, realWorld()),
  );
}

/** Wires the setting action: configuration → clients → adapters → use case. */
export function createSetOwnerRuntime(config: SetOwnerConfig, telemetry: Telemetry, world: World) {
  const { log, metrics } = telemetry;
  const { now, sleep } = world;
  const { answering, noting, table, hubspot, resolver } = createAnswering(config, telemetry, world, DEFERRABLE);
  const records = createCrmRecords(hubspot.send, config.hubspotApiBaseUrl, { log, metrics });
  const ownerProperties = createOwnerProperties(hubspot.send, config.hubspotApiBaseUrl, metrics);
  const setOwner = createSetOwner({
    resolver,
    records,
    workLog: createWorkLog(table, now, world.newId),
    checkOwnerProperty: createCheckOwnerProperty({ ownerProperties, now, sleep, log }),
  });
  return {
    ...answering,
    setOwner: createSetOrQueue({
      setOwner: noting(setOwner),
      queue: createAssignQueue(config.assignQueueUrl, createEmailSeal(config.secrets), world.fetch),
      consent: createQueueConsent(table, { now, findScopes: findScopesWith(hubspot) }),
      modeOf: (portalId) => modeOf(config, portalId),
      now,
      metrics,
    }),
  };
}

function modeOf({ inlinePortals, queuedPortals }: SetOwnerConfig, portalId: PortalId): DeliveryMode {
  if (inlinePortals.has(portalId)) return 'inline';
  return queuedPortals.has(portalId) ? 'queued' : 'auto';
}
