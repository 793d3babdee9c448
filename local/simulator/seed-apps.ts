import { chooseInstaller, connectApp, endInstall, issueAccessToken } from './app-installs.ts';
import { isRedirectUri, type SimulatedApp } from './apps.ts';
import { getApp, getPortal, type SimulatorState } from './state.ts';

export type AppSpec = {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: readonly string[];
  readonly requiredScopes: readonly string[];
  readonly optionalScopes?: readonly string[];
};

export type InstallTokens = { readonly accessToken: string; readonly refreshToken: string };

/** Registers an app, as a developer does in HubSpot. */
export function addApp(state: SimulatorState, spec: AppSpec): SimulatedApp {
  const { clientId, clientSecret, redirectUris, requiredScopes, optionalScopes = [] } = spec;
  if (state.apps.has(clientId)) throw new Error('An app with this client id exists already');
  if (!requiredScopes.includes('oauth')) throw new Error('The required scopes of an app must include oauth');
  const strange = redirectUris.find((redirectUri) => !isRedirectUri(redirectUri));
  if (strange !== undefined) throw new Error(`Redirect URI ${strange} must use https`);
  const app: SimulatedApp = {
    appId: Number(state.ids.next('app')),
    clientId,
    clientSecret,
    redirectUris,
    requiredScopes,
    optionalScopes,
    codes: new Map(),
    installs: new Map(),
  };
  state.apps.set(clientId, app);
  return app;
}

/** Connects the app without a browser. Scopes left out: the required ones. */
export function installApp(
  state: SimulatorState,
  clientId: string,
  portalId: number,
  scopes?: readonly string[],
): InstallTokens {
  const app = getApp(state, clientId);
  const userId = chooseInstaller(state, getPortal(state, portalId));
  const grant = { scopes: new Set(scopes ?? app.requiredScopes), userId };
  const { install, refreshToken } = connectApp(app, portalId, grant);
  return { accessToken: issueAccessToken(state, install, grant), refreshToken };
}

/** An administrator of the account uninstalls the app; HubSpot does not tell the app (webhooks guide, read 2026-11-23). */
export function uninstallApp(state: SimulatorState, clientId: string, portalId: number): void {
  const app = getApp(state, clientId);
  const install = app.installs.get(portalId);
  if (install === undefined) throw new Error(`Portal ${portalId} does not have this app`);
  endInstall(getPortal(state, portalId), install);
  app.installs.delete(portalId);
}
