import { type Deadline, readDeadline } from '../lib/domain/deadline.ts';
import type { PortalId } from '../lib/domain/ids.ts';
import type { RefreshJob } from '../lib/domain/owner-sync.ts';
import { toDelaySeconds } from '../lib/domain/requeue.ts';
import { reportFault } from '../lib/observability/report-fault.ts';
import { reportSync } from '../lib/observability/report-sync.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { fromSyncMessage } from '../lib/queue/sync-queue.ts';
import { createQueueWorker } from '../lib/runtime/queue-worker.ts';
import { lazySyncRuntime, type SyncRuntime } from '../lib/runtime/sync-runtime.ts';
import { PURGE_PAUSE_SECONDS } from '../lib/use-cases/owner-sync/run-refresh.ts';

/** Reserved for saving the work and queueing its continuation before the function's time is over. */
const STOP_MARGIN_MS = 30_000;
type HandoverJob = Parameters<SyncRuntime['runHandover']>[0];

/**
 * Refreshes the owner cache of the portals in the batch, or deletes the data of a portal that left. The failure of one portal
 * does not affect others.
 */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<SyncRuntime>) {
  const worker = { telemetry, runtime, queueVariable: 'REFRESH_QUEUE_URL' } as const;
  return createQueueWorker(worker, async (started, event, context) => {
    const failed: string[] = [];
    for (const { messageId, body } of event.Records) {
      let portalId: PortalId | undefined;
      try {
        const message = fromSyncMessage(body);
        portalId = message.kind === 'purge' ? message.portalId : message.job.portalId;
        const stopAt = readDeadline(context, started.now(), { marginMs: STOP_MARGIN_MS });
        if (message.kind === 'purge') await purge(message.portalId, stopAt, started);
        else if (message.kind === 'handover') await handOver(message.job, stopAt, started);
        else await refresh(message.job, stopAt, started);
      } catch (error) {
        failed.push(messageId);
        reportFault(telemetry, 'a refresh job failed', error, { portalId });
      }
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  });

  async function refresh(job: RefreshJob, stopAt: Deadline, { runRefresh }: SyncRuntime) {
    const outcome = await runRefresh(job, stopAt);
    if (outcome !== undefined) reportSync(telemetry, job, outcome);
  }

  async function purge(portalId: PortalId, stopAt: Deadline, { purgePortal, queue, now }: SyncRuntime) {
    const { deleted, isDone } = await purgePortal(portalId, () => now() < stopAt);
    if (!isDone) await queue.sendPurges([portalId], PURGE_PAUSE_SECONDS);
    telemetry.log.info('portal purged', { portalId, deletedRows: deleted, isDone });
  }

  async function handOver(job: HandoverJob, stopAt: Deadline, { runHandover, queue }: SyncRuntime) {
    const again = await runHandover(job, stopAt);
    if (again?.fault !== undefined) reportFault(telemetry, 'a handover has to wait', again.fault, job);
    if (again !== undefined) await queue.sendHandover(job, toDelaySeconds(again.againInMs));
  }
}

const telemetry = createTelemetry('refreshOwners');
export const handler = createHandler(telemetry, lazySyncRuntime(telemetry));
