import { loadSetOwnerConfig, type SetOwnerConfig } from '../config/load-config.ts';
import type { ReadSecrets } from '../config/secrets.ts';
import { createEmailCipher } from '../crypto/email-cipher.ts';
import type { PortalId } from '../domain/ids.ts';
import { createOwnerProperties } from '../hubspot/api/properties.ts';
import { createCrmRecords } from '../hubspot/api/records.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createExecutionQueue } from '../queue/execution-queue.ts';
import { createQueuePermission } from '../store/queue-permission.ts';
import { createCheckOwnerProperty } from '../use-cases/executions/check-owner-property.ts';
import { createSetOrEnqueue, type DeliveryMode } from '../use-cases/executions/set-or-enqueue.ts';
import { createSetOwner } from '../use-cases/executions/set-owner.ts';
import { createActionServices } from './action-runtime.ts';
import { DEFERRABLE } from './hubspot.ts';
import { fromEnvironment, livePlatform, type Platform } from './platform.ts';

export type SetOwnerRuntime = ReturnType<typeof createSetOwnerRuntime>;

export function lazySetOwnerRuntime(telemetry: Telemetry, readSecrets?: ReadSecrets) {
  return fromEnvironment(
    loadSetOwnerConfig,
    (config) => createSetOwnerRuntime(config, telemetry, livePlatform()),
    readSecrets,
  );
}

export function createSetOwnerRuntime(config: SetOwnerConfig, telemetry: Telemetry, platform: Platform) {
  const needs = { ...platform, ...telemetry };
  const { answering, recordingUnresolved, table, workLog, hubspot, resolver } = createActionServices(
    config,
    telemetry,
    platform,
    DEFERRABLE,
  );
  const records = createCrmRecords(hubspot.send, config.hubspotApiBaseUrl, telemetry);
  const ownerProperties = createOwnerProperties(hubspot.send, config.hubspotApiBaseUrl, telemetry.metrics);
  const checkOwnerProperty = createCheckOwnerProperty({ ownerProperties, ...needs });
  const setOwner = createSetOwner({ resolver, records, workLog, checkOwnerProperty, ...needs });
  return {
    ...answering,
    setOwner: createSetOrEnqueue({
      setOwner: recordingUnresolved(setOwner),
      queue: createExecutionQueue(config.assignQueueUrl, createEmailCipher(config.secrets), platform.fetch),
      queuePermission: createQueuePermission(table, { now: platform.now, findScopes: hubspot.findScopes }),
      workLog,
      modeOf: (portalId) => modeOf(config, portalId),
      ...needs,
    }),
  };
}

function modeOf({ inlinePortals, queuedPortals }: SetOwnerConfig, portalId: PortalId): DeliveryMode {
  if (inlinePortals.has(portalId)) return 'inline';
  return queuedPortals.has(portalId) ? 'queued' : 'auto';
}
