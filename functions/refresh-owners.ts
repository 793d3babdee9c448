import type { PortalId } from '../lib/domain/ids.ts';
import type { RefreshOutcome } from '../lib/domain/owner-sync.ts';
import { reportFault } from '../lib/observability/report-fault.ts';
import { reportSync } from '../lib/observability/report-sync.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { fromSyncMessage } from '../lib/queue/sync-queue.ts';
import { createQueueWorker } from '../lib/runtime/queue-worker.ts';
import { lazySyncRuntime, type SyncRuntime } from '../lib/runtime/sync-runtime.ts';

/** The time for saving the work and queueing its continuation before the function's own time is over. */
const STOP_MARGIN_MS = 30_000;
/** A scan of a large table is saved and resumed, so that it leaves others a part of the table's capacity. */
const PURGE_PAUSE_SECONDS = 60;
const MAX_DELAY_SECONDS = 900;
const LEFT: RefreshOutcome = { kind: 'skipped', reason: 'not_connected' };

/** Refreshes the owner cache of the portals whose jobs are in the batch, or deletes what is kept of a portal that left. One portal's trouble is not another's. */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<SyncRuntime>) {
  const worker = { telemetry, runtime, queueVariable: 'REFRESH_QUEUE_URL' } as const;
  return createQueueWorker(worker, async (started, event, context) => {
    const { syncOwners, findReport, sendDigest, startNightly, runHandover, purgePortal, isForgotten, queue, now } =
      started;
    const stopAtEpochMs = () => now() + context.getRemainingTimeInMillis() - STOP_MARGIN_MS;
    const failed: string[] = [];
    for (const { messageId, body } of event.Records) {
      let portalId: PortalId | undefined;
      try {
        const message = fromSyncMessage(body);
        portalId = message.kind === 'purge' ? message.portalId : message.job.portalId;
        if (message.kind === 'purge') {
          const stopAt = stopAtEpochMs();
          const { deleted, isDone } = await purgePortal(message.portalId, () => now() < stopAt);
          if (!isDone) await queue.sendPurges([message.portalId], PURGE_PAUSE_SECONDS);
          telemetry.log.info('portal purged', { portalId: message.portalId, deletedRows: deleted, isDone });
          continue;
        }
        if (message.kind === 'handover') {
          const again = await runHandover(message.job, stopAtEpochMs());
          if (again?.fault !== undefined) reportFault(telemetry, 'a handover has to wait', again.fault, message.job);
          const delaySeconds = Math.min(Math.ceil((again?.againInMs ?? 0) / 1_000), MAX_DELAY_SECONDS);
          if (again !== undefined) await queue.sendHandover(message.job, delaySeconds);
          continue;
        }
        const { job } = message;
        const isGone = await isForgotten(portalId);
        const outcome = isGone ? LEFT : await syncOwners(job, stopAtEpochMs());
        // Forgotten while it ran: what it has written since goes, too.
        if (!isGone && (await isForgotten(portalId))) await queue.sendPurges([portalId], PURGE_PAUSE_SECONDS);
        else if (outcome.kind === 'done' || isRepeat(outcome)) {
          const report = outcome.kind === 'done' ? outcome.report : await findReport(job);
          if (report !== undefined) await sendDigest(portalId, report);
          await startNightly(portalId, job.requestedAtEpochMs, stopAtEpochMs());
        } else if (outcome.kind === 'toBeContinued') await queue.send([{ job: outcome.job, delaySeconds: 0 }]);
        reportSync(telemetry, job, outcome);
      } catch (error) {
        failed.push(messageId);
        reportFault(telemetry, 'a refresh job failed', error, { portalId });
      }
    }
    telemetry.flush();
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  });
}

/** The run before this one may have failed between the refresh and what comes after it. */
function isRepeat(outcome: RefreshOutcome): boolean {
  return outcome.kind === 'skipped' && outcome.reason === 'done_already';
}

const telemetry = createTelemetry('refreshOwners');
export const handler = createHandler(telemetry, lazySyncRuntime(telemetry));
