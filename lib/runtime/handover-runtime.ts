import type { SQSClient } from '@aws-sdk/client-sqs';
import { type HandoverConfig, loadHandoverConfig } from '../config/load-config.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createPatientQueueClient } from '../queue/queue-clients.ts';
import { createSyncQueue } from '../queue/sync-queue.ts';
import { wireHandoverControl } from './handover-control.ts';
import { INTERACTIVE } from './hubspot.ts';
import { createOwnerResolution } from './owner-resolution.ts';
import { backgroundPlatform, fromEnvironment, type Platform } from './platform.ts';

export type HandoverRuntime = ReturnType<typeof createHandoverRuntime>;

export function lazyHandoverRuntime(telemetry: Telemetry) {
  return fromEnvironment(loadHandoverConfig, (config) =>
    createHandoverRuntime(config, telemetry, backgroundPlatform(), createPatientQueueClient()),
  );
}

/** Wires people's requests about handovers. The work itself is done behind the queue (handover-run.ts). */
export function createHandoverRuntime(
  config: HandoverConfig,
  telemetry: Telemetry,
  platform: Platform,
  sqs: SQSClient,
) {
  const owners = createOwnerResolution(config, telemetry, platform, INTERACTIVE);
  const queue = createSyncQueue(sqs, config.refreshQueueUrl);
  return { now: platform.now, control: wireHandoverControl(owners, queue, platform, 'operator') };
}
