import { reportFault } from '../lib/observability/count-fault.ts';
import { reportRefresh } from '../lib/observability/report-refresh.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { fromRefreshMessage } from '../lib/queue/refresh-messages.ts';
import { createQueueWorker } from '../lib/runtime/queue-worker.ts';
import { lazyRefreshRuntime, type RefreshRuntime } from '../lib/runtime/refresh-runtime.ts';

/** What is left for parking the work and queueing its continuation before the function's own time is over. */
const STOP_MARGIN_MS = 30_000;

/** Refreshes the owner cache of the portals whose orders are in the batch, or deletes what is kept of a portal that left. One portal's trouble is not another's. */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<RefreshRuntime>) {
  const worker = { telemetry, runtime, queueVariable: 'REFRESH_QUEUE_URL' } as const;
  return createQueueWorker(worker, async (started, event, context) => {
    const { refreshOwners, purgePortal, queue, now } = started;
    const stopAtEpochMs = () => now() + context.getRemainingTimeInMillis() - STOP_MARGIN_MS;
    const failed: string[] = [];
    for (const { messageId, body } of event.Records) {
      try {
        const message = fromRefreshMessage(body);
        if (message.kind === 'purge') {
          const stopAt = stopAtEpochMs();
          const { deleted, isDone } = await purgePortal(message.portalId, () => now() < stopAt);
          if (!isDone) await queue.sendPurges([message.portalId]);
          telemetry.log.info('portal purged', { portalId: message.portalId, deletedRows: deleted, isDone });
          continue;
        }
        const { order } = message;
        const outcome = await refreshOwners(order, stopAtEpochMs());
        if (outcome.kind === 'toBeContinued') await queue.send([{ order: outcome.order, delaySeconds: 0 }]);
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
