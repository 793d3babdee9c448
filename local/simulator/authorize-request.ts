import type { SimulatedApp } from './apps.ts';
import type { Portal, SimulatorState } from './state.ts';

export const AUTHORIZE_FIELDS = ['client_id', 'redirect_uri', 'scope', 'optional_scope', 'state'] as const;

export type AuthorizeRequest = {
  readonly app: SimulatedApp;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly optionalScopes: readonly string[];
  readonly state: string | undefined;
};

/** `page`: there is no address to send the person back to. `redirect`: back to the app, with an error. */
export type AuthorizeReading =
  | { readonly kind: 'valid'; readonly request: AuthorizeRequest }
  | { readonly kind: 'page'; readonly wrong: string }
  | { readonly kind: 'redirect'; readonly location: string; readonly wrong: string };

function splitScopes(text: string | undefined): string[] {
  return (text ?? '').split(' ').filter((scope) => scope !== '');
}

/** The app's address with additional query parameters; the existing ones stay. */
export function redirectLocation(
  redirectUri: string,
  parameters: Readonly<Record<string, string>>,
  state: string | undefined,
): string {
  const location = new URL(redirectUri);
  for (const [name, value] of Object.entries(parameters)) location.searchParams.set(name, value);
  if (state !== undefined) location.searchParams.set('state', state);
  return location.href;
}

function findScopeMismatch(
  app: SimulatedApp,
  scopes: readonly string[],
  optionalScopes: readonly string[],
): string | undefined {
  const missing = app.requiredScopes.filter((scope) => !scopes.includes(scope));
  if (missing.length > 0) return `scope lacks what the app requires: ${missing.join(' ')}`;
  const known = new Set([...app.requiredScopes, ...app.optionalScopes]);
  const strange = [...scopes, ...optionalScopes].filter((scope) => !known.has(scope));
  return strange.length > 0 ? 'scopes were asked for that the app does not have' : undefined;
}

/** Checks an authorize URL the way HubSpot does: `scope` must hold every required scope (OAuth guide, read 2026-11-23). */
export function readAuthorizeRequest(state: SimulatorState, fields: ReadonlyMap<string, string>): AuthorizeReading {
  const app = state.apps.get(fields.get('client_id') ?? '');
  if (app === undefined) return { kind: 'page', wrong: 'missing or unknown client id' };
  const redirectUri = fields.get('redirect_uri') ?? '';
  if (!app.redirectUris.includes(redirectUri)) return { kind: 'page', wrong: 'missing or unregistered redirect uri' };
  const scopes = splitScopes(fields.get('scope'));
  const optionalScopes = splitScopes(fields.get('optional_scope'));
  const wrong = findScopeMismatch(app, scopes, optionalScopes);
  const oauthState = fields.get('state');
  if (wrong !== undefined) {
    const error = { error: 'invalid_scope', error_description: wrong };
    return { kind: 'redirect', location: redirectLocation(redirectUri, error, oauthState), wrong };
  }
  return { kind: 'valid', request: { app, redirectUri, scopes, optionalScopes, state: oauthState } };
}

/** Required scopes that this account does not have. */
export function missingInPortal(portal: Portal, { scopes }: AuthorizeRequest): string[] {
  return scopes.filter((scope) => portal.availableScopes?.has(scope) === false);
}

/** Optional scopes that the account does not have are silently dropped. */
export function grantedScopes(portal: Portal, { scopes, optionalScopes }: AuthorizeRequest): Set<string> {
  return new Set([...scopes, ...optionalScopes.filter((scope) => portal.availableScopes?.has(scope) !== false)]);
}
