import { renderOutputs } from '../action/render-outputs.ts';
import type { PortalId } from '../domain/ids.ts';
import type { ActionResult } from '../domain/outcome.ts';
import { fullName, isAssignable, type Owner } from '../domain/owner.ts';
import type { OwnerCache } from '../ports/store.ts';
import type { Explained, Explanation } from '../use-cases/operator/explain-owner.ts';

/** An explanation for operators: names, dates as ISO 8601, and the action's own sentence. */
export async function renderExplanation(
  findKnownOwner: OwnerCache['findByOwnerId'],
  portalId: PortalId,
  value: string,
  { matches, elsewhere, action }: Explanation,
) {
  const render = async (result: ActionResult, asked: string) => {
    const outputs = await renderOutputs(findKnownOwner, portalId, result, asked);
    const { outcome, ownerId, ownerName, errorCode, errorMessage, substitutedFor, resolvedFrom } = outputs;
    return { outcome, ownerId, ownerName, errorCode, errorMessage, substitutedFor, resolvedFrom };
  };
  return {
    portalId,
    matches: await Promise.all(
      matches.map(async ({ byTheirEmail, ...match }) => ({
        ...renderMatch(match),
        ...(byTheirEmail !== undefined && { byTheirEmail: await render(byTheirEmail, match.owner.email ?? '') }),
      })),
    ),
    elsewhere: await Promise.all(
      elsewhere.map(async ({ portalId: otherPortalId, owner, here }) => ({
        portalId: otherPortalId,
        ...renderOwner(owner),
        ...(here !== undefined && { here: await render(here.result, here.email) }),
      })),
    ),
    action: await render(action, value),
  };
}

function renderMatch(match: Omit<Explained, 'byTheirEmail'>) {
  const { idType, owner, lastConfirmedAtEpochMs, knownSinceAtEpochMs, settingsUser } = match;
  return {
    valueIs: idType,
    ...renderOwner(owner),
    lastConfirmed: toIso(lastConfirmedAtEpochMs),
    knownSince: toIso(knownSinceAtEpochMs),
    settingsUser,
  };
}

function renderOwner(owner: Owner) {
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
