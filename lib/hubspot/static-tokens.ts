import { createInFlight } from '../domain/concurrency.ts';
import type { Deadline } from '../domain/deadline.ts';
import { PortalNotConnectedError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { PortalToken } from '../domain/portal.ts';
import type { ConnectedPortals, PortalTokens } from '../ports/portals.ts';
import type { Now } from '../ports/telemetry.ts';

/** Where a newer token comes from, should somebody replace the one that a container started with. */
export type StaticTokenSource = {
  readonly read: () => Promise<string>;
  /** The newer one may be of another account by mistake. */
  readonly prove: (portalId: PortalId, token: string, deadline: Deadline) => Promise<unknown>;
  readonly now: Now;
};

/** A flood whose token is rejected must not use up the calls that the parameter store has for all functions. */
const READ_REST_MS = 5_000;

/** Tokens that do not expire, one per portal: those of a private app with static authentication. */
export function createStaticTokens(
  configured: ReadonlyMap<PortalId, string>,
  source?: StaticTokenSource,
): PortalTokens {
  const tokenByPortal = new Map(configured);
  const join = createInFlight<void>(source?.now ?? Date.now);
  let stored = { token: '', readAtEpochMs: Number.NEGATIVE_INFINITY };
  return {
    getToken: async (portalId) => find(portalId),

    async findNewerToken(portalId, used, deadline) {
      const isHeld = () => find(portalId).value === used.value;
      if (source !== undefined && isHeld()) {
        await join(portalId, deadline, () => readAgain(portalId, source, deadline));
      }
      return isHeld() ? undefined : find(portalId);
    },

    // There is no other, and one rejection may be a mistake.
    refreshToken: async (_portalId, rejected) => rejected,
  };

  function find(portalId: PortalId): PortalToken {
    const value = tokenByPortal.get(portalId);
    if (value === undefined)
      throw new PortalNotConnectedError('the account has no token, because HUBSPOT_PORTAL_ID is another account');
    return { value, issuedAtEpochMs: undefined };
  }

  async function readAgain(portalId: PortalId, { read, prove, now }: StaticTokenSource, deadline: Deadline) {
    if (now() >= stored.readAtEpochMs + READ_REST_MS) stored = { token: await read(), readAtEpochMs: now() };
    const { token } = stored;
    if (token === tokenByPortal.get(portalId)) return;
    await prove(portalId, token, deadline);
    tokenByPortal.set(portalId, token);
  }
}

export function createStaticPortals(tokenByPortal: ReadonlyMap<PortalId, string>): ConnectedPortals {
  return {
    async *listConnected() {
      yield [...tokenByPortal.keys()];
    },
  };
}
