import { type DigestOptions, makeDigest } from '../../domain/digest.ts';
import { AppError } from '../../domain/errors.ts';
import type { PortalId } from '../../domain/ids.ts';
import type { NightlyHandover } from '../../domain/nightly-handover.ts';
import type { RefreshReport } from '../../domain/owner-sync.ts';
import type { DigestTopic } from '../../ports/queue.ts';
import type { OwnerSyncStore } from '../../ports/store.ts';
import type { Needs } from '../../ports/telemetry.ts';

export type SendDigestDeps = Needs<'metrics' | 'log'> &
  DigestOptions & {
    /** Undefined if no topic is configured. */
    readonly topic: DigestTopic | undefined;
    /** The results of nightly handovers since the last message. By `report-nightly`. */
    readonly reportNightly: (portalId: PortalId) => Promise<readonly NightlyHandover[]>;
    readonly store: Pick<OwnerSyncStore, 'claimDigest'>;
  };

/**
 * Sends one message about a run with something to report, at most once: a repeated run finds that it was claimed. A message that
 * cannot be sent is logged and counted; the refresh is complete without it.
 */
export function createSendDigest(deps: SendDigestDeps) {
  const { topic, withAddresses, pageUrl, reportNightly, store, metrics, log } = deps;
  return async function sendDigest(portalId: PortalId, report: RefreshReport): Promise<void> {
    if (topic === undefined) return;
    try {
      const digest = makeDigest(report, { portalId, withAddresses, pageUrl }, await reportNightly(portalId));
      if (digest === undefined) return;
      if (!(await store.claimDigest(portalId, report.runId))) return;
      await topic.publish(digest);
      metrics.count('Digests', { outcome: 'sent' });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      metrics.count('Digests', { outcome: 'failed' });
      log.error('a digest could not be sent', {
        portalId,
        runId: report.runId,
        code: error.code,
        reason: error.message,
      });
    }
  };
}
