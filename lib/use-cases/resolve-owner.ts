import { chooseOwner, type OwnerVerdict } from '../domain/choose-owner.ts';
import { type OwnerEmail, readOwnerEmail, SANDBOX_SUFFIX } from '../domain/email.ts';
import { AppError } from '../domain/errors.ts';
import type { OwnerId, PortalId } from '../domain/ids.ts';
import type { NotAssignableCode, ResolvedFrom } from '../domain/outcome.ts';
import { isAssignable, type Owner } from '../domain/owner.ts';
import type { CachedOwners, Metrics, Now, OwnerCache, OwnerDirectory, OwnerListing } from '../domain/ports.ts';
import { tolerateOutage } from '../domain/tolerate-outage.ts';
import { createIdentifyNumber } from './identify-number.ts';

/** How long a verdict that refuses an email is believed before HubSpot is asked again: a hire of today works today. */
export const REFUSAL_MAX_AGE_MS = 60_000;
/** How far two machines' clocks may be apart. */
const MAX_CLOCK_SKEW_MS = 60_000;

export type Resolution = OwnerFound | OwnerRefused;
export type OwnerFound = {
  readonly kind: 'assignable';
  readonly owner: Owner;
  /** The leaver whom the email stands for, when `owner` is their successor. */
  readonly substitutedFor?: OwnerId;
} & Provenance;
export type OwnerRefused = {
  readonly kind: 'refused';
  readonly code: NotAssignableCode;
  readonly about: readonly Owner[];
} & Partial<Provenance>;
type Provenance = { readonly from: ResolvedFrom; readonly ageSeconds: number };

export type ResolveOwnerDeps = {
  readonly cache: OwnerCache;
  readonly directory: OwnerDirectory;
  readonly now: Now;
  /** Leaver guard: HubSpot accepts archived owners silently, so a row older than this is confirmed before it is used. */
  readonly ownerMaxAgeMs: number;
  readonly metrics: Metrics;
};

export type OwnerResolver = ReturnType<typeof createOwnerResolver>;

/**
 * Turns what a workflow gave as email into an owner of the portal, or into the reason why there is none.
 * The cache answers while it is young enough; otherwise HubSpot is asked, the active owners first and then the archived ones.
 */
export function createOwnerResolver({ cache, directory, now, ownerMaxAgeMs, metrics }: ResolveOwnerDeps) {
  const identifyNumber = createIdentifyNumber(cache);
  return { resolveEmail, resolveOwnerId, confirmEmail, confirmOwnerId, distrustOwnerId };

  async function resolveEmail(portalId: PortalId, input: string, deadlineEpochMs: number): Promise<Resolution> {
    const reading = readOwnerEmail(input);
    switch (reading.kind) {
      case 'missing':
        return { kind: 'refused', code: 'EMAIL_MISSING', about: [] };
      case 'invalid':
        return { kind: 'refused', code: 'EMAIL_INVALID', about: [] };
      case 'number':
        return explainNumber(portalId, reading.digits);
      case 'email':
        return resolveAddress(portalId, reading.email, deadlineEpochMs);
    }
  }

  async function resolveAddress(portalId: PortalId, email: OwnerEmail, deadlineEpochMs: number): Promise<Resolution> {
    const cached = await askCache(() => cache.findByEmail(portalId, email));
    const verdict = cached === undefined ? undefined : chooseOwner(email, cached.owners);
    if (cached !== undefined && verdict !== undefined && isFresh(cached, verdict)) {
      return toResolution(verdict, 'CACHE', ageMs(cached));
    }
    // Nothing was refreshed for longer than a row may be believed: HubSpot is asked, once for each email.
    if (verdict?.kind === 'assignable') metrics.count('OwnerDataStale');
    try {
      return await confirmEmail(portalId, email, deadlineEpochMs);
    } catch (error) {
      // A refusal assigns nobody, so while HubSpot is away an older one is still a true answer; an owner is not.
      const mayAnswerFromCache = cached !== undefined && cached.owners.length > 0 && ageMs(cached) <= ownerMaxAgeMs;
      if (!mayAnswerFromCache || verdict === undefined || !isTransient(error)) throw error;
      return toResolution(verdict, 'CACHE', ageMs(cached));
    }
  }

  /** Asks HubSpot and remembers the answer, whatever the cache holds. */
  async function confirmEmail(portalId: PortalId, email: OwnerEmail, deadlineEpochMs: number): Promise<Resolution> {
    const askedAtEpochMs = now();
    const owners = await lookUp(portalId, email, deadlineEpochMs);
    await askCache(() => cache.rememberEmail(portalId, email, { owners, confirmedAtEpochMs: askedAtEpochMs }));
    return toResolution(chooseOwner(email, owners), 'LIVE', 0);
  }

  async function lookUp(portalId: PortalId, email: OwnerEmail, deadlineEpochMs: number): Promise<readonly Owner[]> {
    const active = await list(email, 'active');
    if (active.length > 0) return active;
    const archived = await list(email, 'archived');
    if (archived.length > 0 || email.endsWith(SANDBOX_SUFFIX)) return archived;
    return list(`${email}${SANDBOX_SUFFIX}`, 'active');

    // HubSpot does not document how exactly its filter matches, so its answer is filtered again.
    async function list(wanted: string, listing: OwnerListing): Promise<readonly Owner[]> {
      const owners = await directory.listByEmail(portalId, wanted, listing, deadlineEpochMs);
      return owners.filter((owner) => owner.email === wanted);
    }
  }

  /** The owner with this id, active or not; undefined when the portal has none. */
  async function resolveOwnerId(
    portalId: PortalId,
    ownerId: OwnerId,
    deadlineEpochMs: number,
  ): Promise<Owner | undefined> {
    const cached = await askCache(() => cache.findByOwnerId(portalId, ownerId));
    if (cached !== undefined) {
      const maxAgeMs = cached.owner !== undefined && isAssignable(cached.owner) ? ownerMaxAgeMs : REFUSAL_MAX_AGE_MS;
      if (ageMs(cached) <= maxAgeMs) return cached.owner;
    }
    return confirmOwnerId(portalId, ownerId, deadlineEpochMs);
  }

  /** Asks HubSpot and remembers the answer, whatever the cache holds. */
  async function confirmOwnerId(
    portalId: PortalId,
    ownerId: OwnerId,
    deadlineEpochMs: number,
  ): Promise<Owner | undefined> {
    const askedAtEpochMs = now();
    const owner =
      (await directory.findById(portalId, ownerId, 'active', deadlineEpochMs)) ??
      (await directory.findById(portalId, ownerId, 'archived', deadlineEpochMs));
    await askCache(() => cache.rememberOwner(portalId, ownerId, { owner, confirmedAtEpochMs: askedAtEpochMs }));
    return owner;
  }

  /** HubSpot refused the id: it counts as unknown until HubSpot is asked again, a minute from now. */
  async function distrustOwnerId(portalId: PortalId, ownerId: OwnerId): Promise<void> {
    const unknown = { owner: undefined, confirmedAtEpochMs: now() };
    await askCache(() => cache.rememberOwner(portalId, ownerId, unknown));
  }

  /** Somebody mapped an id. Only the cache is asked: the value is refused anyway, this only says which id it was. */
  async function explainNumber(portalId: PortalId, digits: string): Promise<OwnerRefused> {
    const [match] = (await askCache(() => identifyNumber(portalId, digits))) ?? [];
    if (match === undefined) return { kind: 'refused', code: 'EMAIL_INVALID', about: [] };
    const code = match.regime === 'ownerId' ? 'VALUE_IS_OWNER_ID' : 'VALUE_IS_USER_ID';
    return { kind: 'refused', code, about: [match.owner] };
  }

  /** The cache is a help, not a condition: when it cannot be asked, HubSpot is, and the operator is told. */
  function askCache<T>(ask: () => Promise<T>): Promise<T | undefined> {
    return tolerateOutage(ask, () => metrics.count('StoreUnavailable'));
  }

  function isFresh(cached: CachedOwners, verdict: OwnerVerdict): boolean {
    return ageMs(cached) <= (verdict.kind === 'assignable' ? ownerMaxAgeMs : REFUSAL_MAX_AGE_MS);
  }

  function ageMs(cached: { readonly confirmedAtEpochMs: number }): number {
    const ms = now() - cached.confirmedAtEpochMs;
    // A row from the future was written by a clock that cannot be believed, and neither can the row's age.
    return ms < -MAX_CLOCK_SKEW_MS ? Number.POSITIVE_INFINITY : Math.max(0, ms);
  }
}

function isTransient(error: unknown): boolean {
  return error instanceof AppError && error.retryable;
}

function toResolution(verdict: OwnerVerdict, from: ResolvedFrom, ageMs: number): Resolution {
  const provenance = { from, ageSeconds: Math.round(ageMs / 1000) };
  switch (verdict.kind) {
    case 'assignable':
      return { kind: 'assignable', owner: verdict.owner, ...provenance };
    case 'ambiguous':
      return { kind: 'refused', code: 'OWNER_AMBIGUOUS', about: verdict.owners, ...provenance };
    case 'queue':
      return { kind: 'refused', code: 'OWNER_IS_QUEUE', about: verdict.owners, ...provenance };
    case 'deactivated':
      return { kind: 'refused', code: 'OWNER_DEACTIVATED', about: verdict.owners, ...provenance };
    case 'absent':
      return { kind: 'refused', code: 'OWNER_NOT_FOUND', about: [], ...provenance };
  }
}
