import { orOnStoreOutage } from '../../domain/errors.ts';
import type { PortalId } from '../../domain/ids.ts';
import { LruMap } from '../../domain/lru-map.ts';
import type { ActionResult } from '../../domain/outcome.ts';
import { addOutcomes, dayOf, type OutcomeCounts, totalOf } from '../../domain/outcome-counts.ts';
import type { OutcomeLog } from '../../ports/store.ts';
import type { Needs } from '../../ports/telemetry.ts';

export type CountOutcomesDeps = Needs<'now' | 'log'> & {
  readonly outcomes: OutcomeLog;
};

/** The minimum time between two writes of a portal's counts by one container. */
const WRITE_EVERY_MS = 20_000;
/** Written earlier if this many are waiting, because their loss would be visible. */
const MANY = 25;
const WRITE_MANY_EVERY_MS = 5_000;

type Pending = { readonly portalId: PortalId; readonly day: string; readonly counts: OutcomeCounts };

/**
 * Counts the outcomes of executions for the settings page. A container adds them up: it writes the first one immediately, so that
 * a quiet portal is counted exactly, and then at most every 20 seconds. What a container has not written when it ends is lost
 * (docs/decisions/023-outcome-counts.md). Lost counts change no answer.
 */
export function createCountOutcomes({ outcomes, now, log }: CountOutcomesDeps) {
  const pending = new Map<string, Pending>();
  const writtenAt = new LruMap<PortalId, number>();
  return { noteOutcome, writeDue: () => writeDue(), writeAll: () => writeDue(() => true) };

  function noteOutcome(portalId: PortalId, { outcome, errorCode }: ActionResult): void {
    // Nobody in such a portal can open the page, and nothing may be stored for a deleted portal.
    if (errorCode === 'PORTAL_NOT_CONNECTED') return;
    add({ portalId, day: dayOf(now()), counts: { [outcome]: 1 } });
  }

  function add({ portalId, day, counts }: Pending): void {
    const key = `${portalId} ${day}`;
    pending.set(key, { portalId, day, counts: addOutcomes(pending.get(key)?.counts ?? {}, counts) });
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
