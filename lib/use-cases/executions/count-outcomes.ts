import { orOnStoreOutage } from '../../domain/errors.ts';
import type { PortalId } from '../../domain/ids.ts';
import { LruMap } from '../../domain/lru-map.ts';
import type { ActionResult } from '../../domain/outcome.ts';
import { addCounts, dayOf, type OutcomeCounts, totalOf } from '../../domain/outcome-counts.ts';
import type { OutcomeLog } from '../../ports/store.ts';
import type { Log, Now } from '../../ports/telemetry.ts';

export type CountOutcomesDeps = {
  readonly outcomes: OutcomeLog;
  readonly now: Now;
  readonly log: Log;
};

/** A portal's counts are written this often at most, however many executions a container answers. */
const WRITE_EVERY_MS = 20_000;
/** Sooner, when so many wait that losing them would show. */
const MANY = 25;
const WRITE_MANY_EVERY_MS = 5_000;

type Pending = { readonly portalId: PortalId; readonly day: string; readonly counts: OutcomeCounts };

/**
 * Counts what executions come to, for the settings page. A container adds up and writes now and then: the first execution at
 * once, so that a quiet portal is counted exactly, and then every 20 seconds at most. What a container has not written when it
 * ends is lost (docs/decisions/023-outcome-counts.md). Losing counts changes no answer.
 */
export function createCountOutcomes({ outcomes, now, log }: CountOutcomesDeps) {
  const pending = new Map<string, Pending>();
  const writtenAt = new LruMap<PortalId, number>();
  return { noteOutcome, writeDue: () => writeDue(), writeAll: () => writeDue(() => true) };

  function noteOutcome(portalId: PortalId, { outcome, errorCode }: ActionResult): void {
    // Nobody of such a portal can open the page, and nothing may be kept of one that was forgotten.
    if (errorCode === 'PORTAL_NOT_CONNECTED') return;
    add({ portalId, day: dayOf(now()), counts: { [outcome]: 1 } });
  }

  function add({ portalId, day, counts }: Pending): void {
    const key = `${portalId} ${day}`;
    pending.set(key, { portalId, day, counts: addCounts(pending.get(key)?.counts ?? {}, counts) });
  }

  function isDue({ portalId, counts }: Pending): boolean {
    const sinceMs = now() - (writtenAt.peek(portalId) ?? 0);
    return sinceMs >= WRITE_EVERY_MS || (sinceMs >= WRITE_MANY_EVERY_MS && totalOf(counts) >= MANY);
  }

  async function writeDue(isWritten = isDue): Promise<void> {
    const due = [...pending].filter(([, one]) => isWritten(one));
    for (const [key, { portalId }] of due) {
      pending.delete(key);
      writtenAt.set(portalId, now());
    }
    await Promise.all(due.map(([, one]) => writeOne(one)));
  }

  async function writeOne(one: Pending): Promise<void> {
    const { portalId, day, counts } = one;
    await orOnStoreOutage(
      () => outcomes.add(portalId, day, counts),
      () => {
        add(one);
        log.warn('outcomes could not be counted yet', { portalId });
      },
    );
  }
}
