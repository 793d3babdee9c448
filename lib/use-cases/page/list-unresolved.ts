import { toForgotten } from '../../domain/address-history.ts';
import { toAliasMap } from '../../domain/alias.ts';
import type { OwnerEmail } from '../../domain/email.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import { isAssignable, type Owner } from '../../domain/owner.ts';
import type { RefreshReport } from '../../domain/owner-sync.ts';
import { agreeOnSuccessor, MAX_SUCCESSION_HOPS, type Succession } from '../../domain/successor.ts';
import {
  causeNow,
  gatherOpen,
  type OpenEmail,
  type OpenEmailCursor,
  type PageCause,
  pageOf,
  type Suggestion,
  suggest,
} from '../../domain/unresolved-page.ts';
import type { People } from '../../ports/page.ts';
import type { Aliases, FindByEmails, UnresolvedEmails } from '../../ports/store.ts';

export type ListUnresolvedDeps = {
  readonly readReport: (portalId: PortalId) => Promise<RefreshReport | undefined>;
  readonly unresolved: Pick<UnresolvedEmails, 'list'>;
  readonly findByEmails: FindByEmails;
  readonly aliases: Pick<Aliases, 'list'>;
  readonly people: Pick<People, 'findOwners' | 'findPresentOwners' | 'findSuccessorIds'>;
};

export type ListedEmail = Omit<OpenEmail, 'reportedCause'> & {
  readonly cause: PageCause;
  /** The known people that the cause is about. */
  readonly about: readonly Owner[];
  readonly suggestion: Suggestion | undefined;
};

export type UnresolvedPage = { readonly entries: readonly ListedEmail[]; readonly last?: OpenEmailCursor };

/** A page of the unresolved emails, with the cause and the probable fix. Reads only the table, a hundred rows a call. */
export function createListUnresolved(deps: ListUnresolvedDeps) {
  const { readReport, unresolved, findByEmails, aliases, people } = deps;

  return async function listUnresolved(
    portalId: PortalId,
    after: OpenEmailCursor | undefined,
    limit: number,
  ): Promise<UnresolvedPage> {
    const [report, since, standing] = await Promise.all([
      readReport(portalId),
      unresolved.list(portalId),
      aliases.list(portalId),
    ]);
    const { page, ...more } = pageOf(gatherOpen(report, since), after, limit);
    return { entries: await explain(portalId, page, toAliasMap(standing)), ...more };
  };

  async function explain(portalId: PortalId, page: readonly OpenEmail[], map: ReturnType<typeof toAliasMap>) {
    const emails = [...new Set(page.flatMap(({ email }) => [email, map.movedTo(email) ?? email]))];
    const aliasIds = emails.flatMap((email) => map.ownerOf(email) ?? []);
    const [rows, aliasOwners] = await Promise.all([
      findByEmails(portalId, emails),
      people.findPresentOwners(portalId, aliasIds),
    ]);
    const holdersOf = (email: OwnerEmail) => rows.get(email)?.owners ?? [];
    const aliasOwnerOf = (email: OwnerEmail) => {
      const ownerId = map.ownerOf(email);
      return ownerId && (aliasOwners.get(ownerId) ?? toForgotten(ownerId));
    };
    const concerned = emails.flatMap((email) => [...holdersOf(email), aliasOwnerOf(email) ?? []].flat());
    const leaverIds = concerned.filter(({ archived }) => archived).map(({ id }) => id);
    const successions = await findSuccessions(portalId, leaverIds);
    const haveSuccessor = (ids: readonly OwnerId[]) =>
      agreeOnSuccessor(
        ids.map((leaverId) => ({ leaverId, succession: successions.get(leaverId) ?? { kind: 'unset' } })),
      ) !== undefined;
    const known = { holdersOf, aliasOwnerOf, movedTo: map.movedTo, haveSuccessor };
    const causes = page.map((one) => causeNow(one, known));
    const ids = causes.flatMap((cause) => ('ownerIds' in cause ? cause.ownerIds : []));
    const owners = await people.findOwners(portalId, ids);
    return page.map(({ reportedCause: _, ...one }, index): ListedEmail => {
      const cause = causes[index] ?? { kind: 'not_explained' };
      const about = ('ownerIds' in cause ? cause.ownerIds : []).flatMap((id) => owners.get(id) ?? []);
      return { ...one, cause, about, suggestion: suggest(one.email, cause, about) };
    });
  }

  /** The end of each chain of successors, if one was named. One step of all chains takes two calls. */
  async function findSuccessions(
    portalId: PortalId,
    leaverIds: readonly OwnerId[],
  ): Promise<ReadonlyMap<OwnerId, Succession>> {
    const successions = new Map<OwnerId, Succession>();
    let ends = new Map(leaverIds.map((id) => [id, id]));
    for (let hops = 1; hops <= MAX_SUCCESSION_HOPS && ends.size > 0; hops += 1) {
      const nextIds = await people.findSuccessorIds(portalId, [...new Set(ends.values())]);
      const next = await people.findPresentOwners(portalId, [...nextIds.values()]);
      const going = new Map<OwnerId, OwnerId>();
      for (const [leaverId, end] of ends) {
        const nextId = nextIds.get(end);
        if (nextId === undefined) continue;
        const owner = next.get(nextId);
        // A loop leads to nobody, even if the leaver is back with another ID.
        const isFound = owner !== undefined && isAssignable(owner) && nextId !== leaverId;
        successions.set(leaverId, isFound ? { kind: 'found', owner } : { kind: 'deadEnd' });
        if (!isFound) going.set(leaverId, nextId);
      }
      ends = going;
    }
    return successions;
  }
}
