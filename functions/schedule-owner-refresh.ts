import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { lazySyncRuntime, type SyncRuntime } from '../lib/runtime/sync-runtime.ts';

/** What an operator may say by invoking it: `force` a listing that lost most of its owners, and `atOnce` without spreading. */
type Order = { readonly force?: unknown; readonly atOnce?: unknown };

/** Every night, or when an operator invokes it: queues one refresh for each connected portal. */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<SyncRuntime>) {
  return async (event: Order | null): Promise<{ readonly portals: number }> => {
    const { scheduleSync } = await runtime();
    const order = { force: event?.force === true, atOnce: event?.atOnce === true };
    const scheduled = await scheduleSync(order).finally(telemetry.flush);
    telemetry.log.info('owner refreshes queued', scheduled);
    return scheduled;
  };
}

const telemetry = createTelemetry('scheduleOwnerRefresh');
export const handler = createHandler(telemetry, lazySyncRuntime(telemetry));
