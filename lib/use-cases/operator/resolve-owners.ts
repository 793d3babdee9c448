import { inParallel } from '../../domain/concurrency.ts';
import type { Deadline } from '../../domain/deadline.ts';
import { type AppError, ConfigError, isTemporary, PortalNotConnectedError } from '../../domain/errors.ts';
import type { PortalId } from '../../domain/ids.ts';
import { type ActionResult, failed } from '../../domain/outcome.ts';
import { permanentErrorAsResult } from '../../domain/result.ts';
import type { EnsureConnected } from '../../ports/portals.ts';
import type { FindOwner } from '../../ports/steps.ts';

export const MAX_EMAILS = 100;
/** A miss costs four or more calls to HubSpot: a hundred at once would use up a portal's limit of ten seconds. */
const PARALLEL_LOOKUPS = 5;

type Answer =
  | { readonly kind: 'answered'; readonly result: ActionResult }
  /** The failure is temporary; `code` names it. */
  | { readonly kind: 'later'; readonly code: string };

export type ResolvedOwner = Answer & { readonly email: string };

export type ResolveOwnersDeps = {
  readonly findOwner: FindOwner;
  readonly ensureConnected: EnsureConnected;
};

/** The action's results for many emails of one portal, in the given order. Equal emails are looked up once. */
export function createResolveOwners({ findOwner, ensureConnected }: ResolveOwnersDeps) {
  return async function resolveOwners(
    { portalId, emails }: { readonly portalId: PortalId; readonly emails: readonly string[] },
    deadline: Deadline,
  ): Promise<ResolvedOwner[]> {
    const barrier = await findBarrier(portalId, deadline);
    if (barrier !== undefined) return emails.map((email) => ({ ...barrier, email }));
    const answers = new Map<string, ResolvedOwner>();
    const answer = async (email: string) => {
      answers.set(email, await resolve(portalId, email, deadline));
    };
    await inParallel([...new Set(emails)], answer, { limit: PARALLEL_LOOKUPS });
    return emails.flatMap((email) => answers.get(email) ?? []);
  };

  /** An error that prevents all answers. Without this check, the cache alone would still answer for a portal without a token. */
  async function findBarrier(portalId: PortalId, deadline: Deadline): Promise<Answer | undefined> {
    try {
      await ensureConnected(portalId, deadline);
      return undefined;
    } catch (error) {
      if (error instanceof PortalNotConnectedError) return { kind: 'answered', result: failed('PORTAL_NOT_CONNECTED') };
      if (mayPass(error)) return { kind: 'later', code: error.code };
      throw error;
    }
  }

  async function resolve(portalId: PortalId, email: string, deadline: Deadline): Promise<ResolvedOwner> {
    try {
      const result = await permanentErrorAsResult(() => findOwner({ portalId, ownerEmail: email }, deadline));
      return { kind: 'answered', email, result };
    } catch (error) {
      if (mayPass(error)) return { kind: 'later', email, code: error.code };
      throw error;
    }
  }
}

/** A retry does not correct our configuration. */
function mayPass(error: unknown): error is AppError {
  return isTemporary(error) && !(error instanceof ConfigError);
}
