import type { AppInstall, RefreshGrant, SimulatedApp } from './apps.ts';
import { getPortal, type Portal, type SimulatorState } from './state.ts';
import { makeAccessToken, makeRefreshToken } from './token-values.ts';

/** HubSpot's lifetime of an access token (token endpoint, read 2026-11-23). */
export const ACCESS_TOKEN_SECONDS = 1_800;

/** Connects the app, for the first time or again. Returns the new refresh token. */
export function connectApp(
  app: SimulatedApp,
  portalId: number,
  grant: RefreshGrant,
): { readonly install: AppInstall; readonly refreshToken: string } {
  const { clientId, appId } = app;
  const install = app.installs.get(portalId) ?? { clientId, appId, portalId, refreshTokens: new Map() };
  app.installs.set(portalId, install);
  const refreshToken = makeRefreshToken();
  install.refreshTokens.set(refreshToken, grant);
  return { install, refreshToken };
}

/** A token that opens the account for half an hour. */
export function issueAccessToken(state: SimulatorState, install: AppInstall, { scopes, userId }: RefreshGrant): string {
  const token = makeAccessToken();
  getPortal(state, install.portalId).tokens.set(token, {
    scopes,
    creatorLostPermissions: false,
    oauth: { install, userId, expiresAtEpochMs: state.now() + ACCESS_TOKEN_SECONDS * 1_000 },
  });
  return token;
}

/** The effect of an uninstall: all tokens of this install become invalid. */
export function endInstall(portal: Portal, install: AppInstall): void {
  install.refreshTokens.clear();
  for (const [token, grant] of portal.tokens) {
    if (grant.oauth?.install === install) portal.tokens.delete(token);
  }
}

/** The person who connects the app in a browser: a super admin if there is one. */
export function chooseInstaller(state: SimulatorState, portal: Portal): number {
  const users = [...portal.users.values()];
  const user = users.find(({ superAdmin }) => superAdmin) ?? users[0];
  return user?.userId ?? Number(state.ids.next('user'));
}
