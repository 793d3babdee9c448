import { chooseOwner, type OwnerVerdict } from '../domain/choose-owner.ts';
import { type EmailFault, type OwnerEmail, readOwnerEmail } from '../domain/email.ts';
import { AppError, StoreUnavailableError } from '../domain/errors.ts';
import type { OwnerId, PortalId } from '../domain/ids.ts';
import type { MatchedBy, NotAssignableCode, ResolvedFrom } from '../domain/outcome.ts';
import { isAssignable, type Owner } from '../domain/owner.ts';
import type { CachedOwners, Metrics, Now, OwnerCache, OwnerDirectory } from '../domain/ports.ts';
import { tolerateOutage } from '../domain/tolerate-outage.ts';
import { createIdentifyNumber } from './identify-number.ts';
import { createLookUpOwners, type LookUp } from './look-up-owners.ts';

/** How long a verdict that refuses an email is believed before HubSpot is asked again: a hire of today works today. */
export const REFUSAL_MAX_AGE_MS = 60_000;
/** How far two machines' clocks may be apart. */
const MAX_CLOCK_SKEW_MS = 60_000;

export type Resolution = OwnerFound | OwnerRefused;
export type OwnerFound = {
  readonly kind: 'assignable';
  readonly owner: Owner;
  /** By what the email led to the owner, or to the leaver whom they stand in for. */
  readonly matchedBy: MatchedBy;
  /** The leaver whom the email stands for, when `owner` is their successor. */
  readonly substitutedFor?: OwnerId;
} & Provenance;
export type OwnerRefused = {
  readonly kind: 'refused';
  readonly code: NotAssignableCode;
  readonly about: readonly Owner[];
  /** What is wrong with the value, when it is no email. */
  readonly fault?: EmailFault;
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
 * The cache answers while it is young enough; otherwise HubSpot is asked, about whom the cache knows and for the email.
 */
export function createOwnerResolver({ cache, directory, now, ownerMaxAgeMs, metrics }: ResolveOwnerDeps) {
  const identifyNumber = createIdentifyNumber(cache);
  const { findHolders, confirmHolder, findById } = createLookUpOwners(directory);
  return { resolveEmail, resolveOwnerId, confirmEmail, confirmOwnerId, distrustOwnerId };

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
      return toResolution(verdict, 'CACHE', ageMs(cached));
    }
    // Nothing was refreshed for longer than a row may be believed: HubSpot is asked, once for each email.
    if (verdict?.kind === 'assignable') metrics.count('OwnerDataStale');
    const lookUp = { portalId, email, input, known };
    try {
      const askedAtEpochMs = now();
      const holder = verdict?.kind === 'assignable' && verdict.owner.email === email ? verdict.owner : undefined;
      const row = holder && (await confirmHolder(lookUp, holder, deadlineEpochMs));
      return await (row === undefined ? lookUpAll(lookUp, deadlineEpochMs) : remember(lookUp, row, askedAtEpochMs));
    } catch (error) {
      // A refusal assigns nobody, so while HubSpot is away an older one is still a true answer; an owner is not.
      const mayAnswerFromCache = verdict !== undefined && verdict.kind !== 'absent' && cached !== undefined;
      if (!mayAnswerFromCache || ageMs(cached) > ownerMaxAgeMs || !isTransient(error)) throw error;
      return toResolution(verdict, 'CACHE', ageMs(cached));
    }
  }

  /** Asks HubSpot and remembers the answer, however young the row in the cache is. */
  async function confirmEmail(portalId: PortalId, email: OwnerEmail, deadlineEpochMs: number): Promise<Resolution> {
    const { known } = await readRow(portalId, email);
    return lookUpAll({ portalId, email, known }, deadlineEpochMs);
  }

  /** @throws {StoreUnavailableError} when nobody has the email and the cache cannot say who had it */
  async function lookUpAll(lookUp: LookUp, deadlineEpochMs: number): Promise<Resolution> {
    const askedAtEpochMs = now();
    const owners = await findHolders(lookUp, deadlineEpochMs);
    if (lookUp.known !== undefined) return remember(lookUp, owners, askedAtEpochMs);
    // The row is left as it is: it may hold people who had the email, and HubSpot does not tell them again.
    const verdict = chooseOwner(lookUp.email, owners);
    if (verdict.kind !== 'assignable') throw new StoreUnavailableError('former addresses could not be read');
    const { owner } = verdict;
    await askCache(() => cache.rememberOwner(lookUp.portalId, owner.id, { owner, confirmedAtEpochMs: askedAtEpochMs }));
    return toResolution(verdict, 'LIVE', 0);
  }

  async function remember({ portalId, email }: LookUp, owners: readonly Owner[], confirmedAtEpochMs: number) {
    await askCache(() => cache.rememberEmail(portalId, email, { owners, confirmedAtEpochMs }));
    return toResolution(chooseOwner(email, owners), 'LIVE', 0);
  }

  /** `known` is undefined when the cache cannot be asked, and empty when it knows nobody. */
  async function readRow(portalId: PortalId, email: OwnerEmail) {
    const row = await askCache(async () => ({ cached: await cache.findByEmail(portalId, email) }));
    return { cached: row?.cached, known: row && (row.cached?.owners ?? []) };
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
    const found = await findById(portalId, { id: ownerId }, deadlineEpochMs);
    const owner = found === 'otherType' ? undefined : found;
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
    if (match === undefined) return notAnEmail('unknown_number');
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

function notAnEmail(fault: EmailFault): OwnerRefused {
  return { kind: 'refused', code: 'EMAIL_INVALID', about: [], fault };
}

function isTransient(error: unknown): boolean {
  return error instanceof AppError && error.retryable;
}

function toResolution(verdict: OwnerVerdict, from: ResolvedFrom, ageMs: number): Resolution {
  const provenance = { from, ageSeconds: Math.round(ageMs / 1000) };
  switch (verdict.kind) {
    case 'assignable':
      return { kind: 'assignable', owner: verdict.owner, matchedBy: verdict.matchedBy, ...provenance };
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
