import { BLOCK_MS, isExpired, type QueuedExecution } from '../../domain/execution.ts';
import type { PortalId } from '../../domain/ids.ts';
import type { WorkLog } from '../../ports/executions.ts';
import type { Now } from '../../ports/telemetry.ts';

export type LaterBlocksDeps = { readonly workLog: Pick<WorkLog, 'findBlocked'>; readonly now: Now };
export type WithLaterBlocks = ReturnType<typeof createWithLaterBlocks>;

/**
 * HubSpot waits from the last `BLOCK` on, and a repeated delivery gets it again. The message only knows the first one, so the work
 * log is read before an execution counts as expired. Others cost nothing.
 */
export function createWithLaterBlocks({ workLog, now }: LaterBlocksDeps) {
  return async function withLaterBlocks(
    portalId: PortalId,
    executions: readonly QueuedExecution[],
  ): Promise<readonly QueuedExecution[]> {
    const expired = executions.filter((one) => isExpired(one, now()));
    if (expired.length === 0) return executions;
    const since = Math.min(...expired.map(({ queuedAtEpochMs }) => queuedAtEpochMs));
    const blockedAt = await workLog.findBlocked(portalId, since);
    return executions.map((one) => {
      const endsAtEpochMs = (blockedAt.get(one.key.executionId) ?? 0) + BLOCK_MS;
      return isExpired(one, now()) && endsAtEpochMs > now() ? { ...one, expiresAtEpochMs: endsAtEpochMs } : one;
    });
  };
}
