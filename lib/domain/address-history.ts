import { type OwnerEmail, withoutSandboxSuffix } from './email.ts';
import type { OwnerId } from './ids.ts';
import { addressesOf, isAssignable, leadsOf, NO_NAME, type Owner } from './owner.ts';

/** Whether a leaver has an address that somebody else got since, and so is not its last holder. */
export function hasLost({ archived, lostEmails }: Owner, email: OwnerEmail): boolean {
  return archived && lostEmails?.includes(email) === true;
}

/** A leaver with the addresses of theirs that somebody else got. Active people have lost none that they have. */
export function withLost(owner: Owner, isLost: (lead: OwnerEmail) => boolean | undefined): Owner {
  const lost = owner.archived ? leadsOf(owner).filter(isLost) : [];
  return lost.length === 0 ? owner : { ...owner, lostEmails: [...new Set([...(owner.lostEmails ?? []), ...lost])] };
}

/** Nobody changes their address more often. It limits the size of a row. */
const MAX_FORMER_EMAILS = 20;
export type Addresses = Pick<ReadonlySet<OwnerEmail>, 'has'>;

const NOTHING: Addresses = new Set();

/**
 * An owner as HubSpot has them now, with the addresses of earlier versions: never the present one, the newest first, at most 20.
 * A leaver keeps their user ID, which HubSpot may drop together with the email: it says who they are if they come back.
 * @param earlier newest first
 * @param taken what belongs to others now, as `gatherTakers` says
 */
export function withHistory(owner: Owner, earlier: readonly Owner[], taken = NOTHING): Owner {
  const present = leadsOf(owner);
  const had = earlier.flatMap((version) => {
    const { email, formerEmails = [] } = version;
    return email === undefined || hasLost(version, email) ? formerEmails : [email, ...formerEmails];
  });
  const formerEmails = [...new Set(had)]
    .filter((email) => !present.includes(email) && !taken.has(email))
    .slice(0, MAX_FORMER_EMAILS);
  const isLost = (lead: OwnerEmail) => taken.has(lead) || earlier.some(({ lostEmails }) => lostEmails?.includes(lead));
  const bySuffix = [...new Set(formerEmails.map(withoutSandboxSuffix))].filter((lead) => !formerEmails.includes(lead));
  const ofFormer = bySuffix.filter((lead) => !present.includes(lead) && isLost(lead));
  const lostEmails = [...ofFormer, ...present.filter((lead) => hasLost(owner, lead))];
  const last = owner.archived ? earlier.find(({ userId }) => userId !== undefined) : undefined;
  return {
    ...owner,
    userId: owner.userId ?? last?.userId,
    ...(formerEmails.length > 0 && { formerEmails }),
    ...(lostEmails.length > 0 && { lostEmails }),
  };
}

/** What is kept of somebody whom HubSpot no longer lists: IDs and former addresses, no names and no teams. */
export function toUnlisted({ id, type }: Owner, earlier: readonly Owner[], taken = NOTHING): Owner {
  return withHistory({ ...toForgotten(id), type }, earlier, taken);
}

/** Somebody whom HubSpot listed once, and of whom nothing is kept but an ID that a person named. */
export function toForgotten(id: OwnerId): Owner {
  return { id, type: 'PERSON', archived: true, userId: undefined, email: undefined, ...NO_NAME, unlisted: true };
}

/** The owner as HubSpot has them now, or as a leaver if HubSpot no longer lists them, with what was known before. */
export function sinceThen(before: Owner, now: Owner | undefined): Owner {
  if (now === undefined) return toUnlisted(before, [before]);
  return withHistory(
    withLost(now, (lead) => hasLost(before, lead)),
    [before],
  );
}

/**
 * What is known of an owner, without the address of a leaver that an active person had since: from then on it leads to that
 * person, also when the leaver is back under another address.
 * @param versions the newest first; the last one is as old as `taken`
 */
export function withoutTaken(versions: readonly Owner[], taken: Addresses): readonly Owner[] {
  const { archived, email: last } = versions.at(-1) ?? { archived: false };
  const lost = archived ? leadsOf({ email: last }).filter((lead) => taken.has(lead)) : [];
  if (lost.length === 0 || versions.some((version) => !version.archived && version.email === last)) return versions;
  const keep = (email: OwnerEmail) => !lost.includes(email);
  return versions.map(({ email, formerEmails = [], lostEmails = [], ...version }) => {
    return {
      ...version,
      email: email !== undefined && keep(email) ? email : undefined,
      formerEmails: formerEmails.filter(keep),
      lostEmails: [...lostEmails, ...lost],
    };
  });
}

/**
 * The addresses that active people had after any leaver whose row still has them: their own, and their former ones, which they lost
 * if anybody else got them.
 */
export function gatherTakenSince(owners: readonly Owner[]): ReadonlySet<OwnerEmail> {
  const former = owners.filter(({ formerEmails }) => formerEmails !== undefined);
  return new Set([
    ...gatherTakers(owners).keys(),
    ...former.flatMap((owner) => addressesOf({ ...owner, email: undefined })),
  ]);
}

/** The addresses of active people, and who has each. */
export function gatherTakers(owners: Iterable<Owner>): ReadonlyMap<OwnerEmail, readonly Owner[]> {
  const takers = new Map<OwnerEmail, Owner[]>();
  for (const owner of owners) {
    if (!isAssignable(owner)) continue;
    for (const email of leadsOf(owner)) {
      const others = takers.get(email);
      if (others === undefined) takers.set(email, [owner]);
      else others.push(owner);
    }
  }
  return takers;
}
