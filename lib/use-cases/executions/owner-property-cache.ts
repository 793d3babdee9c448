import { createInFlight } from '../../domain/concurrency.ts';
import { type Deadline, toDeadline } from '../../domain/deadline.ts';
import { AppError, RateLimitedError, UpstreamUnavailableError } from '../../domain/errors.ts';
import type { ObjectTypeId, PortalId } from '../../domain/ids.ts';
import { LruMap } from '../../domain/lru-map.ts';
import { compareOwnerProperties, type DescribedProperty } from '../../domain/owner-property.ts';
import type { OwnerProperties } from '../../ports/hubspot.ts';
import type { Needs } from '../../ports/telemetry.ts';

export type OwnerPropertyCacheDeps = Needs<'now' | 'sleep' | 'log'> & {
  readonly ownerProperties: OwnerProperties;
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

type Properties = readonly DescribedProperty[];
type Entry = {
  listed?: { readonly properties: Properties; readonly askedAtEpochMs: number };
  failed?: { readonly error: AppError; readonly atEpochMs: number };
  /** When the last call began. An overdue call may end after it. */
  askedAtEpochMs?: number;
};

/**
 * Keeps the owner properties of each portal's object types in the container, in the order of `compareOwnerProperties`. It stores
 * only HubSpot's answers, under the portal and the type of the request.
 */
export function createOwnerPropertyCache({ ownerProperties, now, sleep, log }: OwnerPropertyCacheDeps) {
  const entries = new LruMap<string, Entry>(MAX_ENTRIES);
  const join = createInFlight<Properties>(now);

  return {
    /**
     * HubSpot's list, at most `maxAgeMs` old.
     * @throws {AppError} if HubSpot did not answer before the deadline, or failed a moment ago
     */
    async list(portalId: PortalId, objectType: ObjectTypeId, options: ListOptions) {
      const key = `${portalId}#${objectType}`;
      const entry = entries.get(key) ?? entries.set(key, {});
      if (entry.listed !== undefined && now() - entry.listed.askedAtEpochMs < options.maxAgeMs) {
        return entry.listed.properties;
      }
      throwIfBeforeRetry(entry, options);
      const deadline = toDeadline(now() + CALL_MS);
      const asked = join(key, deadline, () => ask(entry, portalId, objectType, deadline));
      return within(options.deadline - now(), asked);
    },

    /** HubSpot's last list, however old. */
    last(portalId: PortalId, objectType: ObjectTypeId): Properties | undefined {
      return entries.peek(`${portalId}#${objectType}`)?.listed?.properties;
    },
  };

  /** A used-up rate budget already protects HubSpot, so it starts no pause. */
  function throwIfBeforeRetry({ failed }: Entry, { waitsAfterAnyFailure = false }: ListOptions): void {
    if (failed === undefined || now() - failed.atEpochMs >= RETRY_AFTER_MS) return;
    const { error } = failed;
    if (waitsAfterAnyFailure || (error.retryable && !(error instanceof RateLimitedError))) throw error;
  }

  async function ask(entry: Entry, portalId: PortalId, objectType: ObjectTypeId, deadline: Deadline) {
    const askedAtEpochMs = now();
    entry.askedAtEpochMs = askedAtEpochMs;
    delete entry.failed;
    try {
      const described = await ownerProperties.listOwnerProperties(portalId, objectType, deadline);
      const properties = described.toSorted(compareOwnerProperties);
      // A late answer is still kept, unless a later request was answered before it.
      if (entry.listed === undefined || entry.listed.askedAtEpochMs <= askedAtEpochMs) {
        entry.listed = { properties, askedAtEpochMs };
        delete entry.failed;
      }
      return properties;
    } catch (error) {
      if (error instanceof AppError) {
        log.warn('the owner properties could not be listed', { portalId, objectType, code: error.code });
        if (entry.askedAtEpochMs === askedAtEpochMs) entry.failed = { error, atEpochMs: now() };
      }
      throw error;
    }
  }

  async function within(waitMs: number, asked: Promise<Properties>): Promise<Properties> {
    const answered = new AbortController();
    const late = () => Promise.reject(new UpstreamUnavailableError('out_of_time'));
    const patience = sleep(Math.max(0, waitMs), answered.signal).then(late, late);
    return Promise.race([asked, patience]).finally(() => answered.abort());
  }
}
