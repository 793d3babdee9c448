import type { RefreshOutcome } from '../lib/domain/refresh.ts';
import { reportFault } from '../lib/observability/count-fault.ts';
import { reportRefresh } from '../lib/observability/report-refresh.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { fromRefreshMessage } from '../lib/queue/refresh-messages.ts';
import { createQueueWorker } from '../lib/runtime/queue-worker.ts';
import { lazyRefreshRuntime, type RefreshRuntime } from '../lib/runtime/refresh-runtime.ts';

/** What is left for parking the work and queueing its continuation before the function's own time is over. */
const STOP_MARGIN_MS = 30_000;
/** A scan of a large table is put down and taken up again, so that it leaves others some of what the table can do. */
const PURGE_PAUSE_SECONDS = 60;
const LEFT: RefreshOutcome = { kind: 'skipped', reason: 'not_connected' };

/** Refreshes the owner cache of the portals whose orders are in the batch, or deletes what is kept of a portal that left. One portal's trouble is not another's. */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<RefreshRuntime>) {
  const worker = { telemetry, runtime, queueVariable: 'REFRESH_QUEUE_URL' } as const;
  return createQueueWorker(worker, async (started, event, context) => {
    const { refreshOwners, purgePortal, isForgotten, queue, now } = started;
    const stopAtEpochMs = () => now() + context.getRemainingTimeInMillis() - STOP_MARGIN_MS;
    const failed: string[] = [];
    for (const { messageId, body } of event.Records) {
      try {
        const message = fromRefreshMessage(body);
        if (message.kind === 'purge') {
          const stopAt = stopAtEpochMs();
          const { deleted, isDone } = await purgePortal(message.portalId, () => now() < stopAt);
          if (!isDone) await queue.sendPurges([message.portalId], PURGE_PAUSE_SECONDS);
          telemetry.log.info('portal purged', { portalId: message.portalId, deletedRows: deleted, isDone });
          continue;
        }
        const { order } = message;
        const { portalId } = order;
        const isGone = await isForgotten(portalId);
        const outcome = isGone ? LEFT : await refreshOwners(order, stopAtEpochMs());
        // Forgotten while it ran: what it has written since goes, too.
        if (!isGone && (await isForgotten(portalId))) await queue.sendPurges([portalId], PURGE_PAUSE_SECONDS);
        else if (outcome.kind === 'toBeContinued') await queue.send([{ order: outcome.order, delaySeconds: 0 }]);
        reportRefresh(telemetry, order, outcome);
      } catch (error) {
        failed.push(messageId);
        reportFault(telemetry, 'a refresh order failed', error);
      }
    }
    telemetry.flush();
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  });
}

const telemetry = createTelemetry('refreshOwners');
export const handler = createHandler(telemetry, lazyRefreshRuntime(telemetry));
