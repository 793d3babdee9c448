import { hasLost, sinceThen, withHistory, withLost } from '../../domain/address-history.ts';
import { FORMER_MATCH_MAX_AGE_MS, MAX_CONTAINER_SKEW_MS, OWNER_REFUSAL_MAX_AGE_MS } from '../../domain/ages.ts';
import { chooseOwner, type OwnerVerdict } from '../../domain/choose-owner.ts';
import type { Deadline } from '../../domain/deadline.ts';
import { type EmailFault, type OwnerEmail, readOwnerEmail } from '../../domain/email.ts';
import { isTemporary, orOnStoreOutage, RateLimitedError, StoreUnavailableError } from '../../domain/errors.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import { isAssignable, type Owner } from '../../domain/owner.ts';
import { type OwnerRefused, type Resolution, toResolution } from '../../domain/resolution.ts';
import { findPresentOwner } from '../../domain/returned-owners.ts';
import type { OwnersApi } from '../../ports/hubspot.ts';
import type { OwnerResolver } from '../../ports/steps.ts';
import type { CachedOwners, OwnerCache } from '../../ports/store.ts';
import type { Needs } from '../../ports/telemetry.ts';
import { createIdentifyNumber } from './identify-number.ts';
import { createLookUpOwners, type LookUp } from './look-up-owners.ts';

const LIVE = { from: 'LIVE', ageMs: 0 } as const;

export type ResolveOwnerDeps = Needs<'now' | 'metrics'> & {
  readonly cache: OwnerCache;
  readonly ownersApi: OwnersApi;
  /** Leaver guard: HubSpot accepts archived owners silently, so an older row is confirmed before it is used. */
  readonly ownerMaxAgeMs: number;
};

/**
 * Finds the owner of the email in a workflow's value, or the reason why there is none. The cache answers while it is fresh.
 * Otherwise HubSpot is asked, about the known owners and for the email.
 */
export function createOwnerResolver(deps: ResolveOwnerDeps): OwnerResolver {
  const { cache, ownersApi, now, ownerMaxAgeMs, metrics } = deps;
  const identifyNumber = createIdentifyNumber(cache);
  const { findHolders, confirmHolder, findById } = createLookUpOwners(ownersApi);
  return {
    resolveEmail,
    resolveOwnerId,
    resolvePresentOwner,
    isActiveOwner,
    lookUpLive,
    lookUpOwnerLive,
    invalidateOwner,
  };

  async function resolveEmail(portalId: PortalId, input: string, deadline: Deadline): Promise<Resolution> {
    const reading = readOwnerEmail(input);
    switch (reading.kind) {
      case 'missing':
        return { kind: 'refused', code: 'EMAIL_MISSING', about: [] };
      case 'invalid':
        return notAnEmail(reading.reason);
      case 'number':
        return explainNumber(portalId, reading.digits);
      case 'email':
        return resolveAddress(portalId, reading.email, input, deadline);
    }
  }

  async function resolveAddress(
    portalId: PortalId,
    email: OwnerEmail,
    input: string,
    deadline: Deadline,
  ): Promise<Resolution> {
    const { cached, known } = await readRow(portalId, email);
    const verdict = cached && chooseOwner(email, cached.owners);
    if (cached !== undefined && verdict !== undefined && isFresh(cached, verdict)) {
      return toResolution(email, verdict, { from: 'CACHE', ageMs: ageMs(cached) });
    }
    // No refresh has confirmed this row in time, so HubSpot is asked, once for each email.
    if (cached !== undefined && verdict?.kind === 'assignable' && ageMs(cached) > ownerMaxAgeMs)
      metrics.count('OwnerDataStale');
    const lookUp = { portalId, email, input, known };
    try {
      const askedAtEpochMs = now();
      const holder = verdict?.kind === 'assignable' && verdict.owner.email === email ? verdict.owner : undefined;
      const row = holder && (await confirmHolder(lookUp, holder, deadline));
      return await (row === undefined ? lookUpAll(lookUp, deadline) : remember(lookUp, row, askedAtEpochMs));
    } catch (error) {
      // A refusal assigns nobody, so an old one is still valid while HubSpot is down. An old owner is not. A used-up limit is no
      // outage: the execution can wait for it.
      const mayAnswerFromCache = verdict !== undefined && verdict.kind !== 'absent' && cached !== undefined;
      const isOutage = isTemporary(error) && !(error instanceof RateLimitedError);
      if (!mayAnswerFromCache || ageMs(cached) > ownerMaxAgeMs || !isOutage) throw error;
      return toResolution(email, verdict, { from: 'CACHE', ageMs: ageMs(cached) });
    }
  }

  async function lookUpLive(portalId: PortalId, email: OwnerEmail, deadline: Deadline, input?: string) {
    const { known } = await readRow(portalId, email);
    return lookUpAll({ portalId, email, input, known }, deadline);
  }

  /** @throws {StoreUnavailableError} if nobody has the email and the cache cannot say who had it */
  async function lookUpAll(lookUp: LookUp, deadline: Deadline): Promise<Resolution> {
    const askedAtEpochMs = now();
    const owners = await findHolders(lookUp, deadline);
    if (lookUp.known !== undefined) return remember(lookUp, owners, askedAtEpochMs);
    // The row is not changed: it may hold former owners of the email, whom HubSpot does not return again.
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

  /** A refresh learns from an owner's row under which addresses executions found them. */
  async function withEarlierEmails(portalId: PortalId, owner: Owner): Promise<Owner> {
    const before = await findStored(portalId, owner.id);
    if (before?.owner === undefined) return owner;
    const stored = before.owner;
    return withHistory(
      withLost(owner, (lead) => hasLost(stored, lead)),
      [owner, stored],
    );
  }

  /** `known` is undefined if the cache cannot be read, and empty if it knows nobody. */
  async function readRow(portalId: PortalId, email: OwnerEmail) {
    const row = await askCache(async () => ({ cached: await cache.findByEmail(portalId, email) }));
    return { cached: row?.cached, known: row && (row.cached?.owners ?? []) };
  }

  async function resolveOwnerId(portalId: PortalId, ownerId: OwnerId, deadline: Deadline): Promise<Owner | undefined> {
    const found = await findOwner(portalId, ownerId, deadline);
    return found === 'odd' ? undefined : found;
  }

  function resolvePresentOwner(portalId: PortalId, ownerId: OwnerId, deadline: Deadline): Promise<Owner | undefined> {
    return findPresentOwner(
      ownerId,
      (id) => resolveOwnerId(portalId, id, deadline),
      async (userId) => (await cache.findByUserId(portalId, userId))?.owner,
    );
  }

  async function isActiveOwner(portalId: PortalId, ownerId: OwnerId, deadline: Deadline) {
    const found = await findOwner(portalId, ownerId, deadline);
    return found === 'odd' ? 'unknown' : found !== undefined && !found.archived;
  }

  async function findOwner(portalId: PortalId, ownerId: OwnerId, deadline: Deadline) {
    const cached = await askCache(() => cache.findByOwnerId(portalId, ownerId));
    if (cached !== undefined) {
      const maxAgeMs =
        cached.owner !== undefined && isAssignable(cached.owner) ? ownerMaxAgeMs : OWNER_REFUSAL_MAX_AGE_MS;
      if (ageMs(cached) <= maxAgeMs) return cached.owner;
    }
    // Without a row in the cache, the table has none or cannot be read.
    const before = cached && ((await findStored(portalId, ownerId)) ?? cached);
    return findOwnerLive(portalId, ownerId, before?.owner, deadline);
  }

  async function lookUpOwnerLive(portalId: PortalId, ownerId: OwnerId, deadline: Deadline): Promise<Owner | undefined> {
    const stored = await findStored(portalId, ownerId);
    const found = await findOwnerLive(portalId, ownerId, stored?.owner, deadline);
    return found === 'odd' ? undefined : found;
  }

  function findStored(portalId: PortalId, ownerId: OwnerId) {
    return askCache(() => cache.findStoredOwner(portalId, ownerId));
  }

  /** @param before the owner's last known row, however old: an owner whom HubSpot no longer lists is a leaver, as in a sync */
  async function findOwnerLive(portalId: PortalId, ownerId: OwnerId, before: Owner | undefined, deadline: Deadline) {
    const askedAtEpochMs = now();
    const found = await findById(portalId, { id: ownerId, before }, deadline);
    // Somebody is there, and the cache has no word for that.
    if (found === 'odd') return found;
    const owner = before === undefined ? found : sinceThen(before, found);
    await askCache(() => cache.rememberOwner(portalId, ownerId, { owner, confirmedAtEpochMs: askedAtEpochMs }));
    return owner;
  }

  /**
   * HubSpot refused the ID, so its owner counts as a leaver for a minute, until HubSpot is asked again. The stored row is read,
   * because only it has their former addresses.
   */
  async function invalidateOwner(portalId: PortalId, ownerId: OwnerId): Promise<void> {
    const before = (await findStored(portalId, ownerId))?.owner;
    const owner = before && { ...before, archived: true };
    await askCache(() => cache.rememberOwner(portalId, ownerId, { owner, confirmedAtEpochMs: now() }));
  }

  /** The workflow sends an ID. It is refused in any case, and the cache is only used to say which kind of ID it is. */
  async function explainNumber(portalId: PortalId, digits: string): Promise<OwnerRefused> {
    const [match] = (await askCache(() => identifyNumber(portalId, digits))) ?? [];
    if (match === undefined) return notAnEmail('unknown_number');
    const code = match.idType === 'ownerId' ? 'VALUE_IS_OWNER_ID' : 'VALUE_IS_USER_ID';
    return { kind: 'refused', code, about: [match.owner] };
  }

  /** The cache is optional: if it cannot be read, HubSpot is asked and a metric counts it. */
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
    // A row from the future was written by a wrong clock, so its age is not trusted.
    return ms < -MAX_CONTAINER_SKEW_MS ? Number.POSITIVE_INFINITY : Math.max(0, ms);
  }
}

function notAnEmail(fault: EmailFault): OwnerRefused {
  return { kind: 'refused', code: 'EMAIL_INVALID', about: [], fault };
}
