import type { Deadline } from '../../domain/deadline.ts';
import { type OwnerEmail, readOwnerEmail, withoutSandboxSuffix } from '../../domain/email.ts';
import { isTemporary, MissingScopesError } from '../../domain/errors.ts';
import type { PortalId } from '../../domain/ids.ts';
import type { ActionResult } from '../../domain/outcome.ts';
import type { Owner } from '../../domain/owner.ts';
import type { IdMatch, IdType } from '../../domain/resolution.ts';
import { permanentErrorAsResult } from '../../domain/result.ts';
import type { SettingsUser, SettingsUsers } from '../../ports/hubspot.ts';
import type { EnsureConnected } from '../../ports/portals.ts';
import type { FindOwner, FoundElsewhere, OwnerResolver } from '../../ports/steps.ts';
import type { FindListedOwner } from '../../ports/store.ts';
import type { Now } from '../../ports/telemetry.ts';

export type ExplainOwnerDeps = {
  readonly identifyKnown: (portalId: PortalId, digits: string) => Promise<IdMatch[]>;
  readonly identifyLive: (portalId: PortalId, digits: string, deadline: Deadline) => Promise<IdMatch[]>;
  readonly findElsewhere: (portalId: PortalId, digits: string, from: PortalId | undefined) => Promise<FoundElsewhere[]>;
  /** Answers without successors and aliases. */
  readonly resolver: OwnerResolver;
  /** Answers as the action does. */
  readonly findOwner: FindOwner;
  readonly findListed: FindListedOwner;
  readonly settingsUsers: Pick<SettingsUsers, 'findByEmail'>;
  readonly ensureConnected: EnsureConnected;
  readonly now: Now;
};

export type ExplainCommand = {
  readonly portalId: PortalId;
  readonly value: string;
  /** Reads the value as an owner ID of this other connected portal. */
  readonly fromPortalId?: PortalId;
};

/** One person that the value leads to. */
export type Explained = {
  readonly idType: 'email' | IdType;
  readonly owner: Owner;
  /** When HubSpot last confirmed it. */
  readonly lastConfirmedAtEpochMs: number | undefined;
  /** When a sync first found the owner in this state; absent if no sync has. */
  readonly knownSinceAtEpochMs: number | undefined;
  /** The owner's user in HubSpot's settings; an absence has a reason. */
  readonly settingsUser: SettingsUser | 'not_granted' | 'unavailable' | 'none';
  /** The action's answer to this person's email; absent if they have none. */
  readonly byTheirEmail: ActionResult | undefined;
};

type ExplainedElsewhere = FoundElsewhere & {
  /** The action's answer in this portal to their email without a sandbox's suffix; absent if they have none. */
  readonly here?: { readonly email: string; readonly result: ActionResult };
};

export type Explanation = {
  readonly matches: readonly Explained[];
  /** People of other connected portals with the value as owner ID, and the result of their email here. */
  readonly elsewhere: readonly ExplainedElsewhere[];
  /** The action's answer if a workflow sends the value unchanged. */
  readonly action: ActionResult;
};

/**
 * Says what a value is in a portal: an email, or which kind of HubSpot's similar IDs, and whose. Changes nothing except the
 * cache, which stores HubSpot's answers.
 */
export function createExplainOwner(deps: ExplainOwnerDeps) {
  return async function explainOwner(command: ExplainCommand, deadline: Deadline): Promise<Explanation> {
    const { portalId, value, fromPortalId } = command;
    await deps.ensureConnected(portalId, deadline);
    const ask = (email: string) =>
      permanentErrorAsResult(() => deps.findOwner({ portalId, ownerEmail: email }, deadline));
    const reading = readOwnerEmail(value);
    const digits = reading.kind === 'number' ? reading.digits : undefined;
    let found: Match[] = [];
    if (reading.kind === 'email') found = await findByEmail(portalId, value, deadline);
    if (digits !== undefined && fromPortalId === undefined) found = await identify(portalId, digits, deadline);
    const isHere = found.some(({ idType }) => idType === 'ownerId');
    const others = digits !== undefined && !isHere ? await deps.findElsewhere(portalId, digits, fromPortalId) : [];
    return {
      matches: await inTurn(found, (match) => complete(portalId, match, ask, deadline)),
      elsewhere: await inTurn(others, async (other) => {
        if (other.owner.email === undefined) return other;
        // The action understands the suffix. Without it, an email matches its person both in a sandbox and outside.
        const email = withoutSandboxSuffix(other.owner.email);
        return { ...other, here: { email, result: await ask(email) } };
      }),
      action: await ask(value),
    };
  };

  async function identify(portalId: PortalId, digits: string, deadline: Deadline): Promise<Match[]> {
    const known = await deps.identifyKnown(portalId, digits);
    if (known.length > 0) return known;
    const confirmedAtEpochMs = deps.now();
    const live = await deps.identifyLive(portalId, digits, deadline);
    return live.map((match) => ({ ...match, confirmedAtEpochMs }));
  }

  async function findByEmail(portalId: PortalId, input: string, deadline: Deadline): Promise<Match[]> {
    const resolution = await deps.resolver.resolveEmail(portalId, input, deadline);
    const confirmedAtEpochMs = deps.now() - (resolution.ageSeconds ?? 0) * 1000;
    const people = resolution.kind === 'assignable' ? [resolution.owner] : resolution.about;
    return people.map((owner) => ({ idType: 'email', owner, confirmedAtEpochMs }));
  }

  async function complete(
    portalId: PortalId,
    match: Match,
    ask: (email: string) => Promise<ActionResult>,
    deadline: Deadline,
  ): Promise<Explained> {
    const { email } = match.owner;
    const listed = await deps.findListed(portalId, match.owner.id);
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
      settingsUser: email === undefined ? 'none' : await findSettingsUser(portalId, email, deadline),
      byTheirEmail: email === undefined ? undefined : await ask(email),
    };
  }

  async function findSettingsUser(portalId: PortalId, email: OwnerEmail, deadline: Deadline) {
    try {
      return (await deps.settingsUsers.findByEmail(portalId, email, deadline)) ?? 'none';
    } catch (error) {
      if (error instanceof MissingScopesError) return 'not_granted';
      // Roles and teams are optional: the explanation is correct without them.
      if (isTemporary(error)) return 'unavailable';
      throw error;
    }
  }
}

type Match = Pick<Explained, 'idType' | 'owner'> & { readonly confirmedAtEpochMs?: number };

/** One after the other: one person waits for an explanation, so it need not cause a burst of calls. */
async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
