import { asJsonObject, type JsonObject } from '../domain/json-object.ts';
import { readErrorBody } from './error-body.ts';
import type { HubSpotReply } from './transport.ts';

/** What a refused OAuth call means. `fault` is a fixed word for logs. */
export type OAuthRefusal =
  /** The grant is gone: the portal was disconnected, or must connect again. */
  | { readonly kind: 'grantGone' }
  /** The access token is invalid; the grant may still be valid. */
  | { readonly kind: 'tokenRejected' }
  /** The authorization code or its verifier is invalid. */
  | { readonly kind: 'codeRefused' }
  /** Our client ID, secret, redirect URI or request is wrong, so no portal may be disconnected for it. */
  | { readonly kind: 'ours' }
  | { readonly kind: 'transient'; readonly fault: string; readonly isBusy: boolean };

type Verdict = Exclude<OAuthRefusal['kind'], 'transient'> | 'grantOrCode';

/** HubSpot's own codes, which are more exact than those of the RFC (token endpoint and error replies, read 2026-11-23). */
const BY_STATUS: Readonly<Record<string, Verdict>> = {
  BAD_REFRESH_TOKEN: 'grantGone',
  BAD_HUB: 'grantGone',
  BAD_AUTH_CODE: 'codeRefused',
  BAD_CODE_VERIFIER: 'codeRefused',
  BAD_CLIENT_ID: 'ours',
  BAD_CLIENT_SECRET: 'ours',
  BAD_REDIRECT_URI: 'ours',
  BAD_GRANT_TYPE: 'ours',
  BAD_SCOPES: 'ours',
};

/** RFC 6749, section 5.2: in HubSpot's replies since January 2026. */
const BY_ERROR: Readonly<Record<string, Verdict>> = {
  invalid_grant: 'grantOrCode',
  invalid_client: 'ours',
  unauthorized_client: 'ours',
  unsupported_grant_type: 'ours',
  invalid_scope: 'ours',
  invalid_request: 'ours',
};

/**
 * Reads a reply that is not a 2xx, in the older format (`status`, `message`), the format of RFC 6749, or both. If the two
 * disagree, it counts as our fault, because nobody reconnects a portal that was disconnected by mistake. A reply in neither
 * format comes from a proxy and says nothing about the grant.
 */
function readRefusal({ status, document }: HubSpotReply, grantedBy: 'code' | 'token'): OAuthRefusal {
  if (status === 429 || status >= 500) return { kind: 'transient', fault: `http_${status}`, isBusy: true };
  const fields = asJsonObject(document);
  const verdicts = [lookUp(BY_STATUS, fields.status), lookUp(BY_ERROR, fields.error), readUnknownHub(fields)];
  const known = verdicts.filter((verdict) => verdict !== undefined);
  const verdict = known.includes('ours') ? 'ours' : known[0];
  switch (verdict) {
    case undefined:
      return { kind: 'transient', fault: `http_${status}`, isBusy: false };
    case 'grantGone':
    case 'grantOrCode':
      return { kind: grantedBy === 'code' ? 'codeRefused' : 'grantGone' };
    default:
      return { kind: verdict };
  }
}

export const readCodeRefusal = (reply: HubSpotReply) => readRefusal(reply, 'code');
export const readTokenRefusal = (reply: HubSpotReply) => readRefusal(reply, 'token');

/**
 * The uninstall uses the API's error format, with the portal's token (app uninstall API, read 2026-11-23). A missing install is
 * the wanted result; an expired token says nothing.
 */
export function readUninstallRefusal({ status, document }: HubSpotReply): OAuthRefusal {
  const { category } = readErrorBody(document);
  if (category === 'EXPIRED_AUTHENTICATION') return { kind: 'transient', fault: 'token_expired', isBusy: false };
  if (category !== '' && status === 401) return { kind: 'tokenRejected' };
  if (category !== '' && status === 404) return { kind: 'grantGone' };
  return { kind: 'transient', fault: `http_${status}`, isBusy: status === 429 || status >= 500 };
}

/** The token was granted a moment ago, and some HubSpot servers may not know it yet. */
export function readAccountRefusal({ status }: HubSpotReply): OAuthRefusal {
  return { kind: 'transient', fault: `http_${status}`, isBusy: true };
}

/** `access_denied` alone may come from a firewall; with this text it is HubSpot's `BAD_HUB`. */
function readUnknownHub({ error, error_description: description }: JsonObject): Verdict | undefined {
  return error === 'access_denied' && /unknown hub id/i.test(String(description)) ? 'grantGone' : undefined;
}

function lookUp(table: Readonly<Record<string, Verdict>>, word: unknown): Verdict | undefined {
  return typeof word === 'string' && Object.hasOwn(table, word) ? table[word] : undefined;
}
