import { type Deadline, toDeadline } from '../../domain/deadline.ts';
import { AppError, RateLimitedError, UpstreamUnavailableError } from '../../domain/errors.ts';
import type { ObjectTypeId, PortalId } from '../../domain/ids.ts';
import { LruMap } from '../../domain/lru-map.ts';
import { compareOwnerProperties, type DescribedProperty } from '../../domain/owner-property.ts';
import type { OwnerProperties } from '../../ports/hubspot.ts';
import type { Log, Now, Sleep } from '../../ports/telemetry.ts';

export type OwnerPropertyCacheDeps = {
  readonly ownerProperties: OwnerProperties;
  readonly now: Now;
  readonly sleep: Sleep;
  readonly log: Log;
};

export type ListOptions = {
  readonly maxAgeMs: number;
  /** How long this caller waits (epoch ms). The call to HubSpot continues after that. */
  readonly deadline: Deadline;
  /** Pauses after a permanent failure too. Do not set it if the caller returns the failure as a final answer. */
  readonly waitsAfterAnyFailure?: boolean;
};
/** Somebody waits in the editor. An answer that comes later is used for the next request. */
export const HUBSPOT_BUDGET_MS = 900;
/** How long a call may take, whether or not anybody still waits for it. A large list takes seconds. */
export const CALL_MS = 25_000;
/** How long HubSpot is not called after a failure. The editor sends a request with every letter of a search. */
export const RETRY_AFTER_MS = 15_000;
export const MAX_ENTRIES = 500;

type Listed = { readonly properties: readonly DescribedProperty[]; readonly askedAtEpochMs: number };
type Entry = {
  listed?: Listed;
  failed?: { readonly error: AppError; readonly atEpochMs: number };
  call?: Call;
};
/** One call to HubSpot, shared by all who wait for it. `done` never rejects. */
type Call = { readonly deadline: Deadline; readonly done: Promise<Outcome> };
type Outcome = { readonly listed: Listed } | { readonly error: unknown };

/**
 * Keeps the owner properties of each portal's object types in the container, in the order of `compareOwnerProperties`. It stores
 * only HubSpot's answers, under the portal and the type of the request.
 */
export function createOwnerPropertyCache({ ownerProperties, now, sleep, log }: OwnerPropertyCacheDeps) {
  const entries = new LruMap<string, Entry>(MAX_ENTRIES);

  return {
    /**
     * HubSpot's list, at most `maxAgeMs` old.
     * @throws {AppError} if HubSpot did not answer before the deadline, or failed a moment ago
     */
    async list(portalId: PortalId, objectType: ObjectTypeId, options: ListOptions) {
      const entry = getEntry(`${portalId}#${objectType}`);
      if (entry.listed !== undefined && now() - entry.listed.askedAtEpochMs < options.maxAgeMs) {
        return entry.listed.properties;
      }
      throwIfBeforeRetry(entry, options);
      const outcome = await within(options.deadline - now(), join(entry, portalId, objectType));
      if ('error' in outcome) throw outcome.error;
      return outcome.listed.properties;
    },

    /** HubSpot's last list, however old. */
    last(portalId: PortalId, objectType: ObjectTypeId): readonly DescribedProperty[] | undefined {
      return entries.peek(`${portalId}#${objectType}`)?.listed?.properties;
    },
  };

  function getEntry(key: string): Entry {
    return entries.get(key) ?? entries.set(key, {});
  }

  /** A used-up rate budget already protects HubSpot, so it starts no pause. */
  function throwIfBeforeRetry({ failed }: Entry, { waitsAfterAnyFailure = false }: ListOptions): void {
    if (failed === undefined || now() - failed.atEpochMs >= RETRY_AFTER_MS) return;
    const { error } = failed;
    if (waitsAfterAnyFailure || (error.retryable && !(error instanceof RateLimitedError))) throw error;
  }

  /** An overdue call is not joined: the container may have been frozen during it. */
  function join(entry: Entry, portalId: PortalId, objectType: ObjectTypeId): Call {
    if (entry.call !== undefined && now() < entry.call.deadline) return entry.call;
    const askedAtEpochMs = now();
    const deadline = toDeadline(askedAtEpochMs + CALL_MS);
    const done = ownerProperties
      .listOwnerProperties(portalId, objectType, deadline)
      .then(
        (properties) => keep(entry, { properties: properties.toSorted(compareOwnerProperties), askedAtEpochMs }),
        (error: unknown): Outcome => {
          if (error instanceof AppError) {
            log.warn('the owner properties could not be listed', { portalId, objectType, code: error.code });
            if (entry.call === call) entry.failed = { error, atEpochMs: now() };
          }
          return { error };
        },
      )
      .finally(() => {
        if (entry.call === call) delete entry.call;
      });
    const call: Call = { deadline, done };
    entry.call = call;
    delete entry.failed;
    return call;
  }

  /** A late answer is still kept, unless a later request was answered before it. */
  function keep(entry: Entry, listed: Listed): Outcome {
    if (entry.listed === undefined || entry.listed.askedAtEpochMs <= listed.askedAtEpochMs) {
      entry.listed = listed;
      delete entry.failed;
    }
    return { listed };
  }

  async function within(waitMs: number, { done }: Call): Promise<Outcome> {
    const answered = new AbortController();
    const late = () => ({ error: new UpstreamUnavailableError('out_of_time') });
    const patience = sleep(Math.max(0, waitMs), answered.signal).then(late, late);
    return Promise.race([done, patience]).finally(() => answered.abort());
  }
}
