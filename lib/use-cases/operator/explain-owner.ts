import { type OwnerEmail, readOwnerEmail, withoutSandboxSuffix } from '../../domain/email.ts';
import { AppError, MissingScopesError } from '../../domain/errors.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import type { ActionResult } from '../../domain/outcome.ts';
import type { Owner } from '../../domain/owner.ts';
import type { IdMatch, IdType } from '../../domain/resolution.ts';
import { permanentErrorAsResult } from '../../domain/result.ts';
import type { SettingsUser, SettingsUsers } from '../../ports/hubspot.ts';
import type { PortalTokens } from '../../ports/portals.ts';
import type { FindOwner, FoundElsewhere, OwnerResolver } from '../../ports/steps.ts';
import type { Now } from '../../ports/telemetry.ts';

export type ExplainOwnerDeps = {
  readonly identifyKnown: (portalId: PortalId, digits: string) => Promise<IdMatch[]>;
  readonly identifyLive: (portalId: PortalId, digits: string, deadlineEpochMs: number) => Promise<IdMatch[]>;
  readonly findElsewhere: (portalId: PortalId, digits: string, from: PortalId | undefined) => Promise<FoundElsewhere[]>;
  /** Answers without successors. */
  readonly resolver: OwnerResolver;
  /** Answers as the action does. */
  readonly findOwner: FindOwner;
  readonly listed: ListedOwner;
  readonly settingsUsers: Pick<SettingsUsers, 'findByEmail'>;
  readonly tokens: Pick<PortalTokens, 'getToken'>;
  readonly now: Now;
};

/** An owner as the last sync wrote them; `sinceEpochMs` is when a sync first saw them as they are now. */
export type ListedOwner = {
  find(
    portalId: PortalId,
    ownerId: OwnerId,
  ): Promise<{ readonly owner: Owner; readonly sinceEpochMs: number } | undefined>;
};

export type ExplainCommand = {
  readonly portalId: PortalId;
  readonly value: string;
  /** Reads the value as an owner id of this other connected portal. */
  readonly fromPortalId?: PortalId;
};

/** One person that the value leads to. */
export type Explained = {
  readonly idType: 'email' | IdType;
  readonly owner: Owner;
  /** When HubSpot was last known to say so. */
  readonly lastConfirmedAtEpochMs: number | undefined;
  /** Since when a sync has seen the owner as they are; absent when no sync has. */
  readonly knownSinceAtEpochMs: number | undefined;
  /** The owner's user in the settings, where the scope allows it and somebody has the email. */
  readonly settingsUser: SettingsUser | 'not_granted' | 'unavailable' | 'none';
  /** What the action answers when it is given this person's email; absent when they have none. */
  readonly byTheirEmail: ActionResult | undefined;
};

type ExplainedElsewhere = {
  readonly portalId: PortalId;
  readonly owner: Owner;
  /** What the action answers here to their email, which is asked for without a sandbox's suffix; absent when they have none. */
  readonly here?: { readonly email: string; readonly result: ActionResult };
};

export type Explanation = {
  readonly matches: readonly Explained[];
  /** People of other connected portals who have the value as owner id, and what their email gives here. */
  readonly elsewhere: readonly ExplainedElsewhere[];
  /** What the action answers when a workflow gives it the value as it is. */
  readonly action: ActionResult;
};

/**
 * Says what a value is in a portal: an email, or which of HubSpot's ids that look alike, and whose. Changes nothing but the
 * cache, which learns what HubSpot answers.
 */
export function createExplainOwner(deps: ExplainOwnerDeps) {
  return async function explainOwner(command: ExplainCommand, deadlineEpochMs: number): Promise<Explanation> {
    const { portalId, value, fromPortalId } = command;
    await deps.tokens.getToken(portalId, deadlineEpochMs);
    const ask = (email: string) =>
      permanentErrorAsResult(() => deps.findOwner({ portalId, ownerEmail: email }, deadlineEpochMs));
    const reading = readOwnerEmail(value);
    const found =
      reading.kind === 'email'
        ? await findByEmail(portalId, value, deadlineEpochMs)
        : reading.kind === 'number' && fromPortalId === undefined
          ? await identify(portalId, reading.digits, deadlineEpochMs)
          : [];
    const isHere = found.some(({ idType }) => idType === 'ownerId');
    const others =
      reading.kind === 'number' && !isHere ? await deps.findElsewhere(portalId, reading.digits, fromPortalId) : [];
    return {
      matches: await inTurn(found, (match) => complete(portalId, match, ask, deadlineEpochMs)),
      elsewhere: await inTurn(others, async (other) => {
        if (other.owner.email === undefined) return other;
        // The action understands the suffix: without it, an email finds its person in a sandbox and outside.
        const email = withoutSandboxSuffix(other.owner.email);
        return { ...other, here: { email, result: await ask(email) } };
      }),
      action: await ask(value),
    };
  };

  async function identify(portalId: PortalId, digits: string, deadlineEpochMs: number): Promise<Match[]> {
    const known = await deps.identifyKnown(portalId, digits);
    if (known.length > 0) return known;
    const confirmedAtEpochMs = deps.now();
    const live = await deps.identifyLive(portalId, digits, deadlineEpochMs);
    return live.map((match) => ({ ...match, confirmedAtEpochMs }));
  }

  async function findByEmail(portalId: PortalId, input: string, deadlineEpochMs: number): Promise<Match[]> {
    const resolution = await deps.resolver.resolveEmail(portalId, input, deadlineEpochMs);
    const confirmedAtEpochMs = deps.now() - (resolution.ageSeconds ?? 0) * 1000;
    const people = resolution.kind === 'assignable' ? [resolution.owner] : resolution.about;
    return people.map((owner) => ({ idType: 'email', owner, confirmedAtEpochMs }));
  }

  async function complete(
    portalId: PortalId,
    match: Match,
    ask: (email: string) => Promise<ActionResult>,
    deadlineEpochMs: number,
  ): Promise<Explained> {
    const { email } = match.owner;
    const listed = await deps.listed.find(portalId, match.owner.id);
    const user = match.owner.user ?? listed?.owner.user;
    const formerEmails = listed?.owner.formerEmails ?? match.owner.formerEmails;
    return {
      idType: match.idType,
      owner: {
        ...match.owner,
        ...(user !== undefined && { user }),
        ...(formerEmails !== undefined && { formerEmails }),
      },
      lastConfirmedAtEpochMs: match.confirmedAtEpochMs,
      knownSinceAtEpochMs: listed?.sinceEpochMs,
      settingsUser: email === undefined ? 'none' : await findSettingsUser(portalId, email, deadlineEpochMs),
      byTheirEmail: email === undefined ? undefined : await ask(email),
    };
  }

  async function findSettingsUser(portalId: PortalId, email: OwnerEmail, deadlineEpochMs: number) {
    try {
      return (await deps.settingsUsers.findByEmail(portalId, email, deadlineEpochMs)) ?? 'none';
    } catch (error) {
      if (error instanceof MissingScopesError) return 'not_granted';
      // Roles and teams are a courtesy: the explanation is true without them.
      if (error instanceof AppError && error.retryable) return 'unavailable';
      throw error;
    }
  }
}

type Match = Pick<Explained, 'idType' | 'owner'> & { readonly confirmedAtEpochMs?: number };

/** One after the other: an explanation is for a person who waits, not for a flood of calls. */
async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
