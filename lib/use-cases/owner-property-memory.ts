import { AppError, MissingScopesError, PortalNotConnectedError } from '../domain/errors.ts';
import type { ObjectTypeId, PortalId } from '../domain/ids.ts';
import { compareOwnerProperties, type OwnerProperties, type OwnerProperty } from '../domain/owner-property.ts';
import type { Log, Now, Sleep } from '../domain/ports.ts';

export type OwnerPropertyMemoryDeps = {
  readonly ownerProperties: OwnerProperties;
  readonly now: Now;
  readonly sleep: Sleep;
  readonly log: Log;
};

/** Why HubSpot's list is not there. */
export type WhyUnlisted = 'missingScopes' | 'notConnected' | 'unavailable';

export type Recalled =
  /** In the order of `compareOwnerProperties`. Stale: HubSpot could not be asked again, this is what it said last. */
  | { readonly kind: 'listed'; readonly properties: readonly OwnerProperty[]; readonly stale: boolean }
  | { readonly kind: 'unlisted'; readonly why: WhyUnlisted };

export const FRESH_MS = 5 * 60_000;
/** Somebody waits in front of the editor: whatever HubSpot has not said by then comes too late. */
export const HUBSPOT_BUDGET_MS = 900;
/** How long HubSpot is left alone after a failure. The editor asks again with every letter of a search. */
export const FAILURE_REST_MS = 15_000;
export const MAX_ENTRIES = 500;

type Entry = {
  listed?: { readonly properties: readonly OwnerProperty[]; readonly askedAtEpochMs: number };
  failed?: { readonly why: WhyUnlisted; readonly atEpochMs: number };
  flight?: Flight;
};
/** One question to HubSpot, shared by all who wait for it. `done` never rejects; it gives a mistake of ours, if any. */
type Flight = { readonly deadlineEpochMs: number; readonly done: Promise<{ readonly mistake?: unknown }> };

/**
 * Keeps the owner properties of each portal's object types in the container. Only HubSpot's answers are ever stored, under
 * the portal and the type that were asked about. Answers within the budget, with or without HubSpot.
 */
export function createOwnerPropertyMemory({ ownerProperties, now, sleep, log }: OwnerPropertyMemoryDeps) {
  const entries = new Map<string, Entry>();

  return async function recall(portalId: PortalId, objectType: ObjectTypeId): Promise<Recalled> {
    const entry = getEntry(`${portalId}#${objectType}`);
    if (isFresh(entry) || isResting(entry)) return tell(entry);
    const flight = join(entry, portalId, objectType);
    const outcome = await before(flight);
    if (outcome === 'late') fail(entry, flight, 'unavailable');
    else if ('mistake' in outcome) throw outcome.mistake;
    return tell(entry);
  };

  function getEntry(key: string): Entry {
    const entry = entries.get(key) ?? {};
    entries.delete(key);
    const oldest = entries.size >= MAX_ENTRIES ? entries.keys().next().value : undefined;
    if (oldest !== undefined) entries.delete(oldest);
    entries.set(key, entry);
    return entry;
  }

  function isFresh({ listed }: Entry): boolean {
    return listed !== undefined && now() - listed.askedAtEpochMs < FRESH_MS;
  }

  function isResting({ failed }: Entry): boolean {
    return failed !== undefined && now() - failed.atEpochMs < FAILURE_REST_MS;
  }

  function tell(entry: Entry): Recalled {
    if (entry.listed === undefined) return { kind: 'unlisted', why: entry.failed?.why ?? 'unavailable' };
    return { kind: 'listed', properties: entry.listed.properties, stale: !isFresh(entry) };
  }

  /** A flight whose time is over is not joined: the container may have been frozen while it was under way. */
  function join(entry: Entry, portalId: PortalId, objectType: ObjectTypeId): Flight {
    if (entry.flight !== undefined && now() < entry.flight.deadlineEpochMs) return entry.flight;
    const askedAtEpochMs = now();
    const deadlineEpochMs = askedAtEpochMs + HUBSPOT_BUDGET_MS;
    const asked = ownerProperties.listOwnerProperties(portalId, objectType, deadlineEpochMs);
    const flight: Flight = {
      deadlineEpochMs,
      done: asked.then(
        (properties) => {
          keep(entry, flight, { properties: properties.toSorted(compareOwnerProperties), askedAtEpochMs });
          return {};
        },
        (error: unknown) => {
          if (!(error instanceof AppError)) return land(entry, flight, { mistake: error });
          log.warn('the owner properties could not be listed', { portalId, objectType, code: error.code });
          fail(entry, flight, whyOf(error));
          return {};
        },
      ),
    };
    entry.flight = flight;
    return flight;
  }

  /** An answer that comes late is still worth keeping, unless a later question was answered before it. */
  function keep(entry: Entry, flight: Flight, listed: NonNullable<Entry['listed']>): void {
    if (entry.listed === undefined || entry.listed.askedAtEpochMs <= listed.askedAtEpochMs) {
      entry.listed = listed;
      delete entry.failed;
    }
    land(entry, flight, {});
  }

  function fail(entry: Entry, flight: Flight, why: WhyUnlisted): void {
    if (entry.flight !== flight) return;
    entry.failed = { why, atEpochMs: now() };
    land(entry, flight, {});
  }

  function land<T>(entry: Entry, flight: Flight, outcome: T): T {
    if (entry.flight === flight) delete entry.flight;
    return outcome;
  }

  async function before({ deadlineEpochMs, done }: Flight): Promise<{ readonly mistake?: unknown } | 'late'> {
    const answered = new AbortController();
    const late = () => 'late' as const;
    const budget = sleep(deadlineEpochMs - now(), answered.signal).then(late, late);
    return Promise.race([done, budget]).finally(() => answered.abort());
  }
}

function whyOf(error: AppError): WhyUnlisted {
  if (error instanceof MissingScopesError) return 'missingScopes';
  return error instanceof PortalNotConnectedError ? 'notConnected' : 'unavailable';
}
