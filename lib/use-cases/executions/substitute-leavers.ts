import { matchedBy } from '../../domain/choose-owner.ts';
import { agreeOnSuccessor, followSuccessors } from '../../domain/successor.ts';
import type { OwnerResolver } from '../../ports/steps.ts';
import type { Successors } from '../../ports/store.ts';
import { redirecting } from './redirect.ts';

export type SubstituteLeaversDeps = {
  /** Answers without successors. */
  readonly resolver: OwnerResolver;
  readonly successors: Pick<Successors, 'findSuccessorId'>;
};

/**
 * A resolver that answers with the successor if an email belongs to a leaver. Successors are read for leavers only, so an email
 * of an active owner costs no more than before.
 *
 * A successor is confirmed by ID, like any owner before a write. An outage of HubSpot or the table does not mean "no successor":
 * the execution is retried instead of failing permanently.
 */
export function createSubstitutingResolver({ resolver, successors }: SubstituteLeaversDeps): OwnerResolver {
  return redirecting(resolver, async (portalId, resolution, deadline) => {
    if (resolution.kind !== 'refused' || resolution.code !== 'OWNER_DEACTIVATED') return undefined;
    const { email, from, ageSeconds } = resolution;
    if (from === undefined || ageSeconds === undefined) return undefined;
    const successions = await Promise.all(
      resolution.about.map(async ({ id: leaverId }) => ({
        leaverId,
        succession: await followSuccessors(
          leaverId,
          (id) => successors.findSuccessorId(portalId, id),
          (id) => resolver.resolvePresentOwner(portalId, id, deadline),
        ),
      })),
    );
    const agreed = agreeOnSuccessor(successions);
    const leaver = resolution.about.find(({ id }) => id === agreed?.leaverId);
    if (agreed === undefined || leaver === undefined) return undefined;
    const match = { matchedBy: resolution.matchedBy ?? matchedBy(email, leaver), substitutedFor: leaver.id };
    return { kind: 'assignable', owner: agreed.owner, ...match, email, from, ageSeconds };
  });
}
