import type { PortalId } from '../domain/ids.ts';
import type { Now } from '../domain/ports.ts';
import type { RefreshStore } from '../domain/refresh.ts';
import type { LastSweepAt } from './owner-cache.ts';

/** A sweep more or less confirms rows for a day: learning of it half a minute late changes nothing. */
const LIFETIME_MS = 30_000;

/** When each portal was last swept, remembered so that executions do not read it each time, and read once for a burst of them. */
export function createLastSweepAt(readState: RefreshStore['readState'], now: Now): LastSweepAt {
  const known = new Map<PortalId, { readonly atEpochMs: number; readonly expiresAtEpochMs: number }>();
  const reading = new Map<PortalId, Promise<number>>();
  return async (portalId) => {
    const entry = known.get(portalId);
    if (entry !== undefined && entry.expiresAtEpochMs > now()) return { atEpochMs: entry.atEpochMs, wasKnown: true };
    const read = reading.get(portalId) ?? start(portalId);
    return { atEpochMs: await read, wasKnown: false };
  };

  function start(portalId: PortalId): Promise<number> {
    const read = readState(portalId)
      .then(({ lastCompleteStartedAtEpochMs: atEpochMs }) => {
        known.set(portalId, { atEpochMs, expiresAtEpochMs: now() + LIFETIME_MS });
        return atEpochMs;
      })
      .finally(() => reading.delete(portalId));
    reading.set(portalId, read);
    return read;
  }
}
