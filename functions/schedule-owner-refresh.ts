import { reportUnexpected } from '../lib/observability/report-fault.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { readDueTime, readRefreshFlags } from '../lib/operator/refresh-flags.ts';
import { lazySyncRuntime, type SyncRuntime } from '../lib/runtime/sync-runtime.ts';

/**
 * Every night, or when an operator invokes it: queues one refresh for each connected portal. An operator may `force` a listing
 * that lost most of its owners, and run all refreshes `atOnce` instead of spread out.
 */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<SyncRuntime>) {
  return async (event: unknown): Promise<{ readonly portals: number }> => {
    const order = { ...readRefreshFlags(event), dueAtEpochMs: readDueTime(event) };
    return reportUnexpected(telemetry, async () => {
      const { scheduleSync } = await runtime();
      const scheduled = await scheduleSync(order);
      telemetry.log.info('owner refreshes queued', scheduled);
      return scheduled;
    });
  };
}

const telemetry = createTelemetry('scheduleOwnerRefresh');
export const handler = createHandler(telemetry, lazySyncRuntime(telemetry));
