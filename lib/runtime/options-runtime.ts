import { type Config, loadConfig } from '../config/load-config.ts';
import { createOwnerProperties } from '../hubspot/api/properties.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createSignatureVersions } from '../store/signature-versions.ts';
import { createListOwnerProperties } from '../use-cases/options/list-owner-properties.ts';
import { createHubSpot, INTERACTIVE } from './hubspot.ts';
import { fromEnvironment, livePlatform, type Platform } from './platform.ts';

export type OptionsRuntime = ReturnType<typeof createOptionsRuntime>;

export function lazyOptionsRuntime(telemetry: Telemetry) {
  return fromEnvironment(loadConfig, (config) => createOptionsRuntime(config, telemetry, livePlatform()));
}

export function createOptionsRuntime(config: Config, telemetry: Telemetry, platform: Platform) {
  const needs = { ...platform, ...telemetry };
  const { publicBaseUrl, secrets, allowSignatureV2, hubspotApiBaseUrl, tableName } = config;
  const { send, isConnected } = createHubSpot(config, telemetry, platform, INTERACTIVE);
  const ownerProperties = createOwnerProperties(send, hubspotApiBaseUrl, telemetry.metrics);
  return {
    signaturePolicy: { publicBaseUrl, secrets, allowSignatureV2 },
    now: platform.now,
    signatures: createSignatureVersions({ client: platform.table, tableName }, { isConnected, ...needs }),
    listOwnerProperties: createListOwnerProperties({ ownerProperties, ...needs }),
  };
}
