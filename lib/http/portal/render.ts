import type { OutputFields } from '../../action/output-fields.ts';
import type { Alias } from '../../domain/alias.ts';
import type { RecordedChange } from '../../domain/change.ts';
import type { OwnerEmail } from '../../domain/email.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import { type ActionResult, OUTCOMES } from '../../domain/outcome.ts';
import { fullName, isAssignable, type Owner } from '../../domain/owner.ts';
import type { ListedPerson } from '../../use-cases/page/list-people.ts';
import type { ListedEmail } from '../../use-cases/page/list-unresolved.ts';
import type { Overview } from '../../use-cases/page/show-overview.ts';
import { type Asker, aliasIdOf } from './request.ts';

/** The answers are those of `hubspot/src/app/settings/portal-api.ts`; a test compares them. */

const CAUSES = [
  'resolved',
  'left',
  'shared',
  'queue',
  'sandbox_suffix',
  'user_without_owner',
  'typo',
  'never_seen',
  'not_explained',
] as const;

function renderPerson(owner: Owner) {
  return {
    ownerId: owner.id,
    name: fullName(owner),
    email: owner.email ?? '',
    isActive: isAssignable(owner),
    ...(owner.type === 'QUEUE' && { isQueue: true as const }),
  };
}

export function renderOverview(
  { portalId, userId }: Asker,
  overview: Overview,
  { installUrl, nextRefreshAtEpochMs }: { readonly installUrl: string; readonly nextRefreshAtEpochMs: number },
) {
  const { auth, isConnected, granted, missing, lastRefreshAtEpochMs, active, deactivated, proof } = overview;
  const { total, isAtLeast, byCause } = overview.unresolved;
  return {
    portal: {
      portalId,
      auth,
      status: isConnected ? ('connected' as const) : ('notConnected' as const),
      ...(!isConnected && installUrl !== '' && { installUrl }),
    },
    scopes: {
      isKnown: granted !== undefined,
      granted: granted ?? [],
      missing: missing.flatMap(({ scopes, purpose, cost }) => scopes.map((scope) => ({ scope, purpose, cost }))),
    },
    owners: {
      ...(lastRefreshAtEpochMs > 0 && { lastRefreshAt: toIso(lastRefreshAtEpochMs) }),
      nextRefreshAt: toIso(nextRefreshAtEpochMs),
      active,
      deactivated,
    },
    outcomes: overview.outcomes.map(({ day, counts }) => ({
      day,
      counts: toRecord(OUTCOMES, (outcome) => counts[outcome] ?? 0),
    })),
    outcomesAreApproximate: true as const,
    unresolved: { total, isAtLeast, byCause: toRecord(CAUSES, (cause) => byCause.get(cause) ?? 0) },
    ...(overview.lastNight !== undefined && { lastNight: overview.lastNight }),
    viewer: { userId, canChange: proof.isAdmin, ...(!proof.isAdmin && { reason: proof.reason }) },
  };
}

export function renderUnresolved(listed: ListedEmail) {
  const { email, count, workflowIds, lastSeenAtEpochMs, cause, about, suggestion } = listed;
  return {
    email,
    count,
    workflowIds,
    lastSeenAt: toIso(lastSeenAtEpochMs),
    cause,
    people: about.map(renderPerson),
    ...(suggestion !== undefined && { suggestion: renderSuggestion(suggestion) }),
  };
}

function renderSuggestion(suggestion: NonNullable<ListedEmail['suggestion']>) {
  return suggestion.kind === 'alias' ? suggestion : { kind: 'successor' as const, leaverOwnerId: suggestion.leaverId };
}

export function renderListedPerson(portalId: PortalId, { owner, aliases, successorId, successor }: ListedPerson) {
  const successors = new Map(successorId && successor ? [[successorId, successor]] : []);
  return {
    person: renderPerson(owner),
    formerEmails: owner.formerEmails ?? [],
    aliases: aliases.map((alias) => renderAlias(portalId, alias, new Map([[owner.id, owner]]))),
    ...(successorId !== undefined && { successor: personOf(successorId, successors) }),
  };
}

export function renderAlias(portalId: PortalId, one: Alias, owners: ReadonlyMap<OwnerId, Owner>) {
  const shared = { aliasId: aliasIdOf(portalId, one), alias: one.alias, setAt: toIso(one.setAtEpochMs) };
  if (one.kind === 'domain') return { ...shared, toDomain: one.toDomain };
  return { ...shared, person: personOf(one.ownerId, owners) };
}

export function renderChange(
  { changeId, userId, atEpochMs, change }: RecordedChange,
  owners: ReadonlyMap<OwnerId, Owner>,
  user: Owner | undefined,
) {
  const { action, leaverId, successorId, alias, ownerId, toDomain } = change;
  return {
    changeId,
    at: toIso(atEpochMs),
    userId,
    ...(user !== undefined && { user: renderPerson(user) }),
    action,
    ...(leaverId !== undefined && { leaver: personOf(leaverId, owners) }),
    ...(successorId !== undefined && { successor: personOf(successorId, owners) }),
    ...(alias !== undefined && { alias }),
    ...(ownerId !== undefined && { person: personOf(ownerId, owners) }),
    ...(toDomain !== undefined && { toDomain }),
  };
}

/** @param email the email in the value; undefined if it has none */
export function renderLookup(
  email: OwnerEmail | undefined,
  result: ActionResult,
  outputs: OutputFields,
  owners: ReadonlyMap<OwnerId, Owner>,
) {
  const { outcome, ownerId, matchedBy, substitutedFor, errorCode, aboutOwnerIds = [], ...rest } = result;
  return {
    ...(email !== undefined && { email }),
    outcome: outcome === 'FOUND' ? ('FOUND' as const) : ('FAILED' as const),
    ...(ownerId !== undefined && { person: personOf(ownerId, owners) }),
    ...(matchedBy !== undefined && { matchedBy }),
    ...(substitutedFor !== undefined && { substitutedFor: personOf(substitutedFor, owners) }),
    ...(errorCode !== undefined && { errorCode }),
    about: aboutOwnerIds.map((id) => personOf(id, owners)),
    ...(rest.resolvedFrom !== undefined && { resolvedFrom: rest.resolvedFrom }),
    ...(rest.ownerDataAgeSeconds !== undefined && { ownerDataAgeSeconds: rest.ownerDataAgeSeconds }),
    outputs: { ...outputs },
  };
}

/** An owner whom the cache no longer knows is shown by ID. */
export function personOf(id: OwnerId, owners: ReadonlyMap<OwnerId, Owner>) {
  const owner = owners.get(id);
  return owner === undefined ? { ownerId: id, name: '', email: '', isActive: false } : renderPerson(owner);
}

function toRecord<Key extends string>(keys: readonly Key[], countOf: (key: Key) => number): Record<Key, number> {
  return Object.fromEntries(keys.map((key) => [key, countOf(key)])) as Record<Key, number>;
}

function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
