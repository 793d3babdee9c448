import { DISCONNECTED_PORTAL_MS } from '../../domain/ages.ts';
import { newRefreshJob } from '../../domain/owner-sync.ts';
import { MAX_DELAY_SECONDS } from '../../domain/requeue.ts';
import type { ConnectedPortals, Portals } from '../../ports/portals.ts';
import type { SyncQueue } from '../../ports/queue.ts';
import type { Needs } from '../../ports/telemetry.ts';

export type ScheduleSyncDeps = Needs<'now' | 'random' | 'newId'> & {
  readonly portals: ConnectedPortals & Partial<Pick<Portals, 'listDisconnected'>>;
  readonly queue: SyncQueue;
};

/** The scheduler retries for an hour, and Lambda for six. An older event is a copy that somebody sent by hand. */
const REPEATED_FOR_MS = 7 * 3_600_000;

/**
 * Queues one refresh for each connected portal, spread over a quarter of an hour, so that they do not all start together. Portals
 * that left weeks ago are queued for deletion.
 */
export function createScheduleSync({ portals, queue, now, newId, random }: ScheduleSyncDeps) {
  return async function scheduleSync(
    options: { readonly force?: boolean; readonly atOnce?: boolean; readonly dueAtEpochMs?: number | undefined } = {},
  ): Promise<{ readonly portals: number }> {
    const nowEpochMs = now();
    const { dueAtEpochMs = nowEpochMs } = options;
    // A repeated event is the same request: accounts that were refreshed since its due time are not refreshed again.
    const isDue = dueAtEpochMs <= nowEpochMs && dueAtEpochMs > nowEpochMs - REPEATED_FOR_MS;
    const requestedAtEpochMs = isDue ? dueAtEpochMs : nowEpochMs;
    let count = 0;
    for await (const page of portals.listConnected()) {
      await queue.send(
        page.map((portalId) => ({
          job: newRefreshJob({ portalId, runId: newId(), requestedAtEpochMs }, options.force),
          delaySeconds: options.atOnce === true ? 0 : Math.floor(random() * MAX_DELAY_SECONDS),
        })),
      );
      count += page.length;
    }
    const left = portals.listDisconnected?.(nowEpochMs - DISCONNECTED_PORTAL_MS) ?? [];
    for await (const page of left) await queue.sendPurges(page);
    return { portals: count };
  };
}
