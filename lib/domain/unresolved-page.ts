import type { AliasMap } from './alias.ts';
import { chooseOwner, isOwnHolder } from './choose-owner.ts';
import type { OwnerEmail } from './email.ts';
import type { OwnerId } from './ids.ts';
import { isAssignable, type Owner } from './owner.ts';
import type { RefreshReport } from './owner-sync.ts';
import { byFrequency, causeOf, idsOf, type LikelyCause, type UnresolvedEmail } from './unresolved-email.ts';

/** `not_explained`: counted since the last refresh. The next refresh looks for typos. */
export type PageCause = LikelyCause | { readonly kind: 'not_explained' };

/** An email that matched nobody, with the cause from the last refresh. */
export type OpenEmail = Omit<UnresolvedEmail, 'formerOf'> & { readonly reportedCause?: LikelyCause };

/** The probable fix. */
export type Suggestion =
  | { readonly kind: 'alias'; readonly alias: OwnerEmail; readonly ownerId: OwnerId }
  | { readonly kind: 'successor'; readonly leaverId: OwnerId };

/** The last email of a page. */
export type OpenEmailCursor = { readonly count: number; readonly email: string };

/** The emails of the last report and those counted since, the most frequent first. */
export function gatherOpen(report: RefreshReport | undefined, since: readonly UnresolvedEmail[]): OpenEmail[] {
  const open = new Map<OwnerEmail, OpenEmail>();
  for (const { cause, ...reported } of report?.unresolved ?? []) {
    open.set(reported.email, { ...reported, reportedCause: cause });
  }
  for (const { formerOf, ...noted } of since) if (formerOf === undefined) open.set(noted.email, merge(open, noted));
  return [...open.values()].sort(byFrequency);
}

function merge(open: ReadonlyMap<OwnerEmail, OpenEmail>, noted: OpenEmail): OpenEmail {
  const known = open.get(noted.email);
  if (known === undefined) return noted;
  return {
    ...known,
    count: known.count + noted.count,
    workflowIds: [...new Set([...known.workflowIds, ...noted.workflowIds])].sort(),
    lastSeenAtEpochMs: Math.max(known.lastSeenAtEpochMs, noted.lastSeenAtEpochMs),
  };
}

/** The page after a cursor, and its end if more follow. */
export function pageOf(
  open: readonly OpenEmail[],
  after: OpenEmailCursor | undefined,
  limit: number,
): { readonly page: readonly OpenEmail[]; readonly last?: OpenEmailCursor } {
  const rest = after === undefined ? open : open.filter((one) => byFrequency(one, after) > 0);
  const page = rest.slice(0, limit);
  const end = page.at(-1);
  return { page, ...(end !== undefined && rest.length > limit && { last: { count: end.count, email: end.email } }) };
}

/** What is known now, in addition to the report of the last refresh. */
export type KnownNow = {
  /** The owners whom the cache has for an email. */
  readonly holdersOf: (email: OwnerEmail) => readonly Owner[];
  /** The person whom an alias leads to. */
  readonly aliasOwnerOf: (email: OwnerEmail) => Owner | undefined;
  readonly movedTo: AliasMap['movedTo'];
  /** Whether the leavers of one address have one common active successor. */
  readonly haveSuccessor: (leaverIds: readonly OwnerId[]) => boolean;
};

/**
 * The present cause comes first: since the report, somebody may have been hired, or a successor or an alias may have been set.
 */
export function causeNow({ email, reportedCause }: OpenEmail, known: KnownNow): PageCause {
  const own = standingOf(email, known);
  const isSomebodys = hasOwnHolder(email, known) || known.aliasOwnerOf(email)?.archived === true;
  if (own !== undefined && (own.kind === 'resolved' || isSomebodys)) return own;
  const moved = known.movedTo(email);
  const there = moved && standingOf(moved, known);
  return there?.kind === 'resolved' ? there : (own ?? reportedCause ?? { kind: 'not_explained' });
}

/** The cause without the rules for whole domains. As in an execution, an alias comes before former holders of the address. */
function standingOf(email: OwnerEmail, known: KnownNow): PageCause | undefined {
  const aliasOwner = hasOwnHolder(email, known) ? undefined : known.aliasOwnerOf(email);
  if (aliasOwner !== undefined && isAssignable(aliasOwner)) return { kind: 'resolved', ownerIds: [aliasOwner.id] };
  if (aliasOwner?.archived === true) return leftOf([aliasOwner], known);
  const verdict = chooseOwner(email, known.holdersOf(email));
  return verdict.kind === 'deactivated' ? leftOf(verdict.owners, known) : causeOf(verdict);
}

function leftOf(leavers: readonly Owner[], { haveSuccessor }: KnownNow): PageCause {
  const ownerIds = idsOf(leavers);
  return { kind: haveSuccessor(ownerIds) ? 'resolved' : 'left', ownerIds };
}

function hasOwnHolder(email: OwnerEmail, { holdersOf }: KnownNow): boolean {
  return holdersOf(email).some((owner) => isOwnHolder(email, owner));
}

/** @param about the known people of the cause. An alias leads to active people only. */
export function suggest(email: OwnerEmail, cause: PageCause, about: readonly Owner[]): Suggestion | undefined {
  const [ownerId, ...others] = 'ownerIds' in cause ? cause.ownerIds : [];
  if (ownerId === undefined || others.length > 0) return undefined;
  if (cause.kind === 'typo') return about.some(isAssignable) ? { kind: 'alias', alias: email, ownerId } : undefined;
  // Nobody can be named for somebody who is not known any more.
  return cause.kind === 'left' && about.length > 0 ? { kind: 'successor', leaverId: ownerId } : undefined;
}
