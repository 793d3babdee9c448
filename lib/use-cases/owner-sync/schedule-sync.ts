import { DISCONNECTED_PORTAL_MS } from '../../domain/ages.ts';
import type { ConnectedPortals, Portals } from '../../ports/portals.ts';
import type { SyncQueue } from '../../ports/queue.ts';
import type { Now } from '../../ports/telemetry.ts';

export type ScheduleSyncDeps = {
  readonly portals: ConnectedPortals & Partial<Pick<Portals, 'listDisconnected'>>;
  readonly queue: SyncQueue;
  readonly now: Now;
  readonly newRunId: () => string;
  /** A number in [0, 1). */
  readonly random: () => number;
};

/** The longest that SQS holds a message back. */
const SPREAD_SECONDS = 900;

/**
 * Queues one refresh for each connected portal, spread over a quarter of an hour, so that they do not start together.
 * Portals that left weeks ago are queued for deletion.
 */
export function createScheduleSync({ portals, queue, now, newRunId, random }: ScheduleSyncDeps) {
  return async function scheduleSync(
    options: { readonly force?: boolean; readonly atOnce?: boolean } = {},
  ): Promise<{ readonly portals: number }> {
    const requestedAtEpochMs = now();
    let count = 0;
    for await (const page of portals.listConnected()) {
      await queue.send(
        page.map((portalId) => ({
          job: { portalId, runId: newRunId(), requestedAtEpochMs, force: options.force ?? false, continuations: 0 },
          delaySeconds: options.atOnce === true ? 0 : Math.floor(random() * SPREAD_SECONDS),
        })),
      );
      count += page.length;
    }
    const left = portals.listDisconnected?.(requestedAtEpochMs - DISCONNECTED_PORTAL_MS) ?? [];
    for await (const page of left) await queue.sendPurges(page);
    return { portals: count };
  };
}
