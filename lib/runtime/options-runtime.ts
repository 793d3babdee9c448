import { type Config, loadConfig } from '../config/load-config.ts';
import { readSsmSecrets } from '../config/secrets.ts';
import { createOwnerProperties } from '../hubspot/properties.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createSignatureMemory } from '../store/signature-memory.ts';
import { createListOwnerProperties } from '../use-cases/list-owner-properties.ts';
import { createHubSpot, INTERACTIVE } from './hubspot.ts';
import { lazy } from './lazy.ts';
import { realWorld, type World } from './world.ts';

export type OptionsRuntime = ReturnType<typeof createOptionsRuntime>;

/** Starts the runtime of a function that answers the workflow editor from its environment, once per container. */
export function lazyOptionsRuntime(telemetry: Telemetry): () => Promise<OptionsRuntime> {
  return lazy(async () => createOptionsRuntime(await loadConfig(process.env, readSsmSecrets), telemetry, realWorld()));
}

/** Wires the functions that answer the workflow editor: configuration → client → adapter → use case. */
export function createOptionsRuntime(config: Config, telemetry: Telemetry, world: World) {
  const { now, sleep } = world;
  const { publicBaseUrl, secrets, allowSignatureV2, hubspotApiBaseUrl, tableName } = config;
  const { log, metrics } = telemetry;
  const { send } = createHubSpot(config, telemetry, world, INTERACTIVE);
  const ownerProperties = createOwnerProperties(send, hubspotApiBaseUrl, metrics);
  return {
    signaturePolicy: { publicBaseUrl, secrets, allowSignatureV2 },
    now,
    signatures: createSignatureMemory({ client: world.table, tableName }, { now, log }),
    listOwnerProperties: createListOwnerProperties({ ownerProperties, now, sleep, log }),
  };
}
