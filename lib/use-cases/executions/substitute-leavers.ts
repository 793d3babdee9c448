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
 * A resolver that answers with the successor when an email belongs to somebody who left. Successors are read for leavers
 * only: an email whose owner may be assigned costs what it cost before.
 *
 * A successor passes the leaver guard by id, like any owner who is going to be written. Neither HubSpot's outage nor the
 * table's is taken for "nobody was named": the execution comes again instead of failing for good.
 */
export function createSubstitutingResolver({ resolver, successors }: SubstituteLeaversDeps): OwnerResolver {
  return redirecting(resolver, async (portalId, resolution, deadlineEpochMs) => {
    if (resolution.kind !== 'refused' || resolution.code !== 'OWNER_DEACTIVATED') return undefined;
    const { email, from, ageSeconds } = resolution;
    if (from === undefined || ageSeconds === undefined) return undefined;
    const successions = await Promise.all(
      resolution.about.map(async ({ id: leaverId }) => ({
        leaverId,
        succession: await followSuccessors(
          leaverId,
          (id) => successors.findSuccessorId(portalId, id),
          (id) => resolver.resolveOwnerId(portalId, id, deadlineEpochMs),
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
