import { type AppInstall, findRefreshGrant, type RefreshGrant, type SimulatedApp } from './apps.ts';
import { findGrant, getPortal, type SimulatorState } from './state.ts';

/** The email of the person who connected the app is optional in the reply. */
function describeInstall(
  state: SimulatorState,
  install: AppInstall,
  { scopes, userId }: RefreshGrant,
): Readonly<Record<string, unknown>> {
  const { clientId, appId, portalId } = install;
  const user = getPortal(state, portalId).users.get(String(userId));
  return {
    active: true,
    token_type: 'bearer',
    client_id: clientId,
    app_id: appId,
    hub_id: portalId,
    hub_domain: `portal-${portalId}.example.com`,
    user_id: userId,
    ...(user === undefined ? {} : { user: user.email }),
    scopes: [...scopes],
  };
}

function describeSignedToken(install: AppInstall, { scopes, userId }: RefreshGrant, expiresAt: number): object {
  return {
    expiresAt,
    scopes: [...scopes].join(','),
    hubId: install.portalId,
    userId,
    appId: install.appId,
    appInstallId: `${install.appId}-${install.portalId}`,
    installingUserId: userId,
    hublet: 'na1',
    audience: '',
    signature: '',
    newSignature: '',
    scopeToScopeGroupPks: '',
    trialScopes: '',
    trialScopeToScopeGroupPks: '',
    isUserLevel: false,
    isPrivateDistribution: false,
    isServiceAccount: false,
  };
}

/**
 * HubSpot's answer about a token of an app (introspection schema of 2026-03, read 2026-11-23; the one of 2026-09 only names
 * `active`). An app learns nothing about the tokens of others.
 */
export function describeToken(
  state: SimulatorState,
  app: SimulatedApp,
  token: string,
): Readonly<Record<string, unknown>> {
  const refresh = findRefreshGrant(app, token);
  if (refresh !== undefined) {
    return { ...describeInstall(state, refresh.install, refresh.grant), token, token_use: 'refresh_token' };
  }
  const grant = findGrant(state, token)?.grant;
  const oauth = grant?.oauth;
  const leftMs = (oauth?.expiresAtEpochMs ?? 0) - state.now();
  if (grant === undefined || oauth === undefined || oauth.install.clientId !== app.clientId || leftMs <= 0) {
    return { active: false };
  }
  const held = { scopes: grant.scopes, userId: oauth.userId };
  return {
    ...describeInstall(state, oauth.install, held),
    token,
    token_use: 'access_token',
    expires_in: Math.floor(leftMs / 1_000),
    is_private_distribution: false,
    signed_access_token: describeSignedToken(oauth.install, held, oauth.expiresAtEpochMs),
  };
}
