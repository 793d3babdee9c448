import { ALL_SCOPES } from '../../local/simulator/object-types.ts';
import { addToken, revokeToken } from '../../local/simulator/seed-portals.ts';
import { PORTAL, type Service, tokenOf } from './service.ts';

/** What a reinstall with other permissions does: the portal's token has every scope but these from now on. */
export function grantAllBut(service: Service, ...without: readonly string[]): void {
  const { state } = service.simulator;
  revokeToken(state, PORTAL, tokenOf(PORTAL));
  addToken(
    state,
    PORTAL,
    tokenOf(PORTAL),
    ALL_SCOPES.filter((scope) => !without.includes(scope)),
  );
}
