import { tellResult } from '../action/tell-result.ts';
import type { PortalId } from '../domain/ids.ts';
import type { ActionResult } from '../domain/outcome.ts';
import { fullName, isAssignable, type Owner } from '../domain/owner.ts';
import type { OwnerCache } from '../domain/ports.ts';
import type { Explained, Explanation } from '../use-cases/explain-owner.ts';

/** An explanation for an operator's eyes: names, dates as ISO 8601, and the action's own sentence. */
export async function tellExplanation(
  findKnownOwner: OwnerCache['findByOwnerId'],
  portalId: PortalId,
  value: string,
  { matches, elsewhere, action }: Explanation,
) {
  const tell = async (result: ActionResult, asked: string) => {
    const outputs = await tellResult(findKnownOwner, portalId, result, asked);
    const { outcome, ownerId, ownerName, errorCode, errorMessage, substitutedFor, resolvedFrom } = outputs;
    return { outcome, ownerId, ownerName, errorCode, errorMessage, substitutedFor, resolvedFrom };
  };
  return {
    portalId,
    matches: await Promise.all(
      matches.map(async ({ byTheirEmail, ...match }) => ({
        ...tellMatch(match),
        ...(byTheirEmail !== undefined && { byTheirEmail: await tell(byTheirEmail, match.owner.email ?? '') }),
      })),
    ),
    elsewhere: await Promise.all(
      elsewhere.map(async ({ portalId: otherPortalId, owner, here }) => ({
        portalId: otherPortalId,
        ...tellOwner(owner),
        ...(here !== undefined && { here: await tell(here.result, here.email) }),
      })),
    ),
    action: await tell(action, value),
  };
}

function tellMatch({
  regime,
  owner,
  lastConfirmedAtEpochMs,
  knownSinceAtEpochMs,
  settingsUser,
}: Omit<Explained, 'byTheirEmail'>) {
  return {
    valueIs: regime,
    ...tellOwner(owner),
    lastConfirmed: toIso(lastConfirmedAtEpochMs),
    knownSince: toIso(knownSinceAtEpochMs),
    settingsUser,
  };
}

function tellOwner(owner: Owner) {
  return {
    ownerId: owner.id,
    isAssignable: isAssignable(owner),
    isActive: !owner.archived,
    type: owner.type,
    email: owner.email ?? '',
    formerEmails: owner.formerEmails ?? [],
    name: fullName(owner),
    userId: owner.userId ?? '',
    internalUserId: owner.user?.internalUserId ?? '',
    userRecordId: owner.user?.recordId ?? '',
    availability: owner.user?.availability ?? '',
    teams: owner.teams,
  };
}

function toIso(epochMs: number | undefined): string {
  return epochMs === undefined ? '' : new Date(epochMs).toISOString();
}
