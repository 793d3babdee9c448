/** The permissions of a refresh token and of its access tokens. Scopes that were added to the app later are not included. */
export type RefreshGrant = { readonly scopes: ReadonlySet<string>; readonly userId: number };

/** An app in one account. */
export type AppInstall = {
  readonly clientId: string;
  readonly appId: number;
  readonly portalId: number;
  /** By refresh token. Connecting again adds one; the earlier ones stay valid. */
  readonly refreshTokens: Map<string, RefreshGrant>;
};

/** What the consent page sends back with the browser. Valid for one exchange. */
type AuthorizationCode = RefreshGrant & {
  readonly portalId: number;
  readonly redirectUri: string;
  readonly expiresAtEpochMs: number;
};

export type SimulatedApp = {
  readonly appId: number;
  readonly clientId: string;
  /** May be changed at any time, as the app's owner can. */
  clientSecret: string;
  readonly redirectUris: readonly string[];
  /** Must be in the `scope` of every authorize URL. */
  readonly requiredScopes: readonly string[];
  readonly optionalScopes: readonly string[];
  readonly codes: Map<string, AuthorizationCode>;
  readonly installs: Map<number, AppInstall>;
};

/** The install behind a refresh token of this app. */
export function findRefreshGrant(
  app: SimulatedApp,
  refreshToken: string,
): { readonly install: AppInstall; readonly grant: RefreshGrant } | undefined {
  for (const install of app.installs.values()) {
    const grant = install.refreshTokens.get(refreshToken);
    if (grant !== undefined) return { install, grant };
  }
  return undefined;
}

const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1']);

/** HubSpot accepts plain HTTP only for the developer's own machine. */
export function isRedirectUri(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && LOCAL_HOSTS.has(url.hostname));
}
