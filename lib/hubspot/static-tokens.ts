import { PortalNotConnectedError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { PortalTokens } from '../domain/ports.ts';
import type { ConnectedPortals } from '../domain/refresh.ts';

/** Tokens that do not expire, one per portal: those of a private app with static authentication. */
export function createStaticTokens(tokenByPortal: ReadonlyMap<PortalId, string>): PortalTokens {
  return {
    async getToken(portalId) {
      const value = tokenByPortal.get(portalId);
      if (value === undefined) throw new PortalNotConnectedError('no token is configured for the portal');
      return { value, issuedAtEpochMs: undefined };
    },
    findNewerToken: async () => undefined,
    async renewToken() {
      throw new PortalNotConnectedError('a static token cannot be renewed');
    },
  };
}

/** The portals that a token is configured for. */
export function createStaticPortals(tokenByPortal: ReadonlyMap<PortalId, string>): ConnectedPortals {
  return {
    async *listConnected() {
      yield [...tokenByPortal.keys()];
    },
  };
}
