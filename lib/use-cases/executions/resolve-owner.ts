import { FORMER_MATCH_MAX_AGE_MS, OWNER_REFUSAL_MAX_AGE_MS } from '../../domain/ages.ts';
import { chooseOwner, type OwnerVerdict } from '../../domain/choose-owner.ts';
import { type EmailFault, type OwnerEmail, readOwnerEmail } from '../../domain/email.ts';
import { AppError, orOnStoreOutage, StoreUnavailableError } from '../../domain/errors.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import { isAssignable, type Owner, sinceThen, withHistory } from '../../domain/owner.ts';
import { type OwnerRefused, type Resolution, toResolution } from '../../domain/resolution.ts';
import type { OwnersApi } from '../../ports/hubspot.ts';
import type { CachedOwners, OwnerCache } from '../../ports/store.ts';
import type { Metrics, Now } from '../../ports/telemetry.ts';
import { createIdentifyNumber } from './identify-number.ts';
import { createLookUpOwners, type LookUp } from './look-up-owners.ts';

const LIVE = { from: 'LIVE', ageMs: 0 } as const;
/** How far two machines' clocks may be apart. */
const MAX_CLOCK_SKEW_MS = 60_000;

export type ResolveOwnerDeps = {
  readonly cache: OwnerCache;
  readonly ownersApi: OwnersApi;
  readonly now: Now;
  /** Leaver guard: HubSpot accepts archived owners silently, so a row older than this is confirmed before it is used. */
  readonly ownerMaxAgeMs: number;
  readonly metrics: Metrics;
};

/**
 * Turns what a workflow gave as email into an owner of the portal, or into the reason why there is none.
 * The cache answers while it is young enough; otherwise HubSpot is asked, about whom the cache knows and for the email.
 */
export function createOwnerResolver({ cache, ownersApi, now, ownerMaxAgeMs, metrics }: ResolveOwnerDeps) {
  const identifyNumber = createIdentifyNumber(cache);
  const { findHolders, confirmHolder, findById } = createLookUpOwners(ownersApi);
  return { resolveEmail, resolveOwnerId, isActiveOwner, lookUpLive, lookUpOwnerLive, invalidateOwner };

  async function resolveEmail(portalId: PortalId, input: string, deadlineEpochMs: number): Promise<Resolution> {
    const reading = readOwnerEmail(input);
    switch (reading.kind) {
      case 'missing':
        return { kind: 'refused', code: 'EMAIL_MISSING', about: [] };
      case 'invalid':
        return notAnEmail(reading.reason);
      case 'number':
        return explainNumber(portalId, reading.digits);
      case 'email':
        return resolveAddress(portalId, reading.email, input, deadlineEpochMs);
    }
  }

  async function resolveAddress(
    portalId: PortalId,
    email: OwnerEmail,
    input: string,
    deadlineEpochMs: number,
  ): Promise<Resolution> {
    const { cached, known } = await readRow(portalId, email);
    const verdict = cached && chooseOwner(email, cached.owners);
    if (cached !== undefined && verdict !== undefined && isFresh(cached, verdict)) {
      return toResolution(email, verdict, { from: 'CACHE', ageMs: ageMs(cached) });
    }
    // Nothing was refreshed for longer than a row may be believed: HubSpot is asked, once for each email.
    if (cached !== undefined && verdict?.kind === 'assignable' && ageMs(cached) > ownerMaxAgeMs)
      metrics.count('OwnerDataStale');
    const lookUp = { portalId, email, input, known };
    try {
      const askedAtEpochMs = now();
      const holder = verdict?.kind === 'assignable' && verdict.owner.email === email ? verdict.owner : undefined;
      const row = holder && (await confirmHolder(lookUp, holder, deadlineEpochMs));
      return await (row === undefined ? lookUpAll(lookUp, deadlineEpochMs) : remember(lookUp, row, askedAtEpochMs));
    } catch (error) {
      // A refusal assigns nobody, so while HubSpot is down an older one is still a true answer; an owner is not.
      const mayAnswerFromCache = verdict !== undefined && verdict.kind !== 'absent' && cached !== undefined;
      if (!mayAnswerFromCache || ageMs(cached) > ownerMaxAgeMs || !isTransient(error)) throw error;
      return toResolution(email, verdict, { from: 'CACHE', ageMs: ageMs(cached) });
    }
  }

  /** Asks HubSpot and remembers the answer, however young the row in the cache is. */
  async function lookUpLive(portalId: PortalId, email: OwnerEmail, deadlineEpochMs: number, input?: string) {
    const { known } = await readRow(portalId, email);
    return lookUpAll({ portalId, email, input, known }, deadlineEpochMs);
  }

  /** @throws {StoreUnavailableError} when nobody has the email and the cache cannot say who had it */
  async function lookUpAll(lookUp: LookUp, deadlineEpochMs: number): Promise<Resolution> {
    const askedAtEpochMs = now();
    const owners = await findHolders(lookUp, deadlineEpochMs);
    if (lookUp.known !== undefined) return remember(lookUp, owners, askedAtEpochMs);
    // The row is not changed: it may hold people who had the email, and HubSpot does not list them again.
    const verdict = chooseOwner(lookUp.email, owners);
    if (verdict.kind !== 'assignable') throw new StoreUnavailableError('former addresses could not be read');
    const { owner } = verdict;
    await askCache(() => cache.rememberOwner(lookUp.portalId, owner.id, { owner, confirmedAtEpochMs: askedAtEpochMs }));
    return toResolution(lookUp.email, verdict, LIVE);
  }

  async function remember({ portalId, email }: LookUp, found: readonly Owner[], confirmedAtEpochMs: number) {
    const owners = await Promise.all(found.map((owner) => withEarlierEmails(portalId, owner)));
    await askCache(() => cache.rememberEmail(portalId, email, { owners, confirmedAtEpochMs }));
    return toResolution(email, chooseOwner(email, owners), LIVE);
  }

  /** A refresh learns from the row of an owner under which addresses executions met them. */
  async function withEarlierEmails(portalId: PortalId, owner: Owner): Promise<Owner> {
    const before = await findStored(portalId, owner.id);
    return before?.owner === undefined ? owner : withHistory(owner, [owner, before.owner]);
  }

  /** `known` is undefined when the cache cannot be asked, and empty when it knows nobody. */
  async function readRow(portalId: PortalId, email: OwnerEmail) {
    const row = await askCache(async () => ({ cached: await cache.findByEmail(portalId, email) }));
    return { cached: row?.cached, known: row && (row.cached?.owners ?? []) };
  }

  /** The owner with this id, active or not; undefined when nobody ever saw one. */
  async function resolveOwnerId(
    portalId: PortalId,
    ownerId: OwnerId,
    deadlineEpochMs: number,
  ): Promise<Owner | undefined> {
    const found = await findOwner(portalId, ownerId, deadlineEpochMs);
    return found === 'odd' ? undefined : found;
  }

  /** False for an id that the portal does not have; `unknown` for an owner of a type that we do not know. */
  async function isActiveOwner(portalId: PortalId, ownerId: OwnerId, deadlineEpochMs: number) {
    const found = await findOwner(portalId, ownerId, deadlineEpochMs);
    return found === 'odd' ? 'unknown' : found !== undefined && !found.archived;
  }

  async function findOwner(portalId: PortalId, ownerId: OwnerId, deadlineEpochMs: number) {
    const cached = await askCache(() => cache.findByOwnerId(portalId, ownerId));
    if (cached !== undefined) {
      const maxAgeMs =
        cached.owner !== undefined && isAssignable(cached.owner) ? ownerMaxAgeMs : OWNER_REFUSAL_MAX_AGE_MS;
      if (ageMs(cached) <= maxAgeMs) return cached.owner;
    }
    // Without a row in the cache there is none in the table, or the table cannot be asked.
    const before = cached && ((await findStored(portalId, ownerId)) ?? cached);
    return findOwnerLive(portalId, ownerId, before?.owner, deadlineEpochMs);
  }

  /** Asks HubSpot and remembers the answer, whatever the cache holds. */
  async function lookUpOwnerLive(
    portalId: PortalId,
    ownerId: OwnerId,
    deadlineEpochMs: number,
  ): Promise<Owner | undefined> {
    const stored = await findStored(portalId, ownerId);
    const found = await findOwnerLive(portalId, ownerId, stored?.owner, deadlineEpochMs);
    return found === 'odd' ? undefined : found;
  }

  function findStored(portalId: PortalId, ownerId: OwnerId) {
    return askCache(() => cache.findStoredOwner(portalId, ownerId));
  }

  /** @param before as the table knows them, however long ago: somebody whom HubSpot lists no more is a leaver, as in a sync */
  async function findOwnerLive(
    portalId: PortalId,
    ownerId: OwnerId,
    before: Owner | undefined,
    deadlineEpochMs: number,
  ) {
    const askedAtEpochMs = now();
    const found = await findById(portalId, { id: ownerId, before }, deadlineEpochMs);
    // Somebody is there, and the cache has no word for that.
    if (found === 'odd') return found;
    const owner = before === undefined ? found : sinceThen(before, found);
    await askCache(() => cache.rememberOwner(portalId, ownerId, { owner, confirmedAtEpochMs: askedAtEpochMs }));
    return owner;
  }

  /**
   * HubSpot refused the id: its owner counts as one who left until HubSpot is asked again, a minute from now. What addresses they
   * had, only their row may know.
   */
  async function invalidateOwner(portalId: PortalId, ownerId: OwnerId): Promise<void> {
    const before = (await findStored(portalId, ownerId))?.owner;
    const owner = before && { ...before, archived: true };
    await askCache(() => cache.rememberOwner(portalId, ownerId, { owner, confirmedAtEpochMs: now() }));
  }

  /** Somebody mapped an id. Only the cache is asked: the value is refused anyway, this only says which id it was. */
  async function explainNumber(portalId: PortalId, digits: string): Promise<OwnerRefused> {
    const [match] = (await askCache(() => identifyNumber(portalId, digits))) ?? [];
    if (match === undefined) return notAnEmail('unknown_number');
    const code = match.idType === 'ownerId' ? 'VALUE_IS_OWNER_ID' : 'VALUE_IS_USER_ID';
    return { kind: 'refused', code, about: [match.owner] };
  }

  /** The cache is a help, not a condition: when it cannot be asked, HubSpot is, and a metric counts it. */
  function askCache<T>(ask: () => Promise<T>): Promise<T | undefined> {
    return orOnStoreOutage(ask, () => metrics.count('StoreUnavailable'));
  }

  function isFresh(cached: CachedOwners, verdict: OwnerVerdict): boolean {
    if (verdict.kind !== 'assignable') return ageMs(cached) <= OWNER_REFUSAL_MAX_AGE_MS;
    const isFormer = verdict.matchedBy === 'FORMER_EMAIL';
    return ageMs(cached) <= (isFormer ? Math.min(FORMER_MATCH_MAX_AGE_MS, ownerMaxAgeMs) : ownerMaxAgeMs);
  }

  function ageMs(cached: { readonly confirmedAtEpochMs: number }): number {
    const ms = now() - cached.confirmedAtEpochMs;
    // A row from the future was written by a clock that cannot be believed, and neither can the row's age.
    return ms < -MAX_CLOCK_SKEW_MS ? Number.POSITIVE_INFINITY : Math.max(0, ms);
  }
}

function notAnEmail(fault: EmailFault): OwnerRefused {
  return { kind: 'refused', code: 'EMAIL_INVALID', about: [], fault };
}

function isTransient(error: unknown): boolean {
  return error instanceof AppError && error.retryable;
}
