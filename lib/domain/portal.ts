import { TokenCipherError } from './errors.ts';
import type { PortalId } from './ids.ts';
import { asJsonObject, parseJson } from './json-object.ts';

/** A portal's tokens as they are kept: encrypted, with when the access token was issued and ends. */
export type StoredTokens = {
  /** Base64 of what the cipher made of both tokens. */
  readonly ciphertext: string;
  readonly issuedAtEpochMs: number;
  readonly expiresAtEpochMs: number;
};

/** A portal that installed the app, or did once. */
export type Portal = {
  readonly portalId: PortalId;
  /** Another one with each install. Empty in rows of versions that did not have it. */
  readonly installationId: string;
  /** What the portal granted, as HubSpot said at the last install or refresh. */
  readonly scopes: readonly string[];
  readonly connectedAtEpochMs: number;
  /** Set once HubSpot said that the app was uninstalled or its grant revoked. */
  readonly disconnectedAtEpochMs?: number;
  /**
   * Set when everything that was kept of the portal was deleted on request. Such a row is disconnected, without scopes and
   * tokens; it outlives the others, so that late messages leave no new ones.
   */
  readonly forgottenAtEpochMs?: number;
  readonly tokens: StoredTokens;
  /** Grows with every change of the tokens: whoever changes them names the version they saw. */
  readonly version: number;
};

/** A portal that is not there never installed the app. */
export function isConnected(portal: Pick<Portal, 'disconnectedAtEpochMs'> | undefined): boolean {
  return portal !== undefined && portal.disconnectedAtEpochMs === undefined;
}

/** Which tokens somebody saw: those of one installation, after so many changes. */
export type TokenRevision = Pick<Portal, 'installationId' | 'version'>;

/** What HubSpot's token endpoint granted. */
export type Grant = {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
  /** HubSpot's `hub_id`; absent from some replies; introspection then returns it. */
  readonly portalId?: PortalId;
  readonly scopes?: readonly string[];
};

/** A grant beside the tokens that it replaces. With another refresh token HubSpot may have ended theirs. */
export type Renewal = Grant & { readonly isRotated: boolean };

export type PortalToken = { readonly value: string; readonly issuedAtEpochMs: number | undefined };

/** A portal's tokens as a container holds them, of the revision they came from, or are to replace while `unsaved`. */
export type HeldTokens = TokenRevision & {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly issuedAtEpochMs: number;
  readonly expiresAtEpochMs: number;
  /** Granted by HubSpot and not in the table, which could not be written. */
  readonly unsaved?: Renewal;
  /** Until then they are used as they are, although a refresh or a save is due: it has just failed, or somebody is at it. */
  readonly retryAfterEpochMs?: number;
  /** When this container last had tokens of the installation refreshed because HubSpot rejected one. */
  readonly lastRejectedAtEpochMs?: number;
};

export function toPortalToken({ accessToken, issuedAtEpochMs }: HeldTokens): PortalToken {
  return { value: accessToken, issuedAtEpochMs };
}

const REFRESH_EARLY_MS = 5 * 60_000;

/** Five minutes before the end: a sixth of HubSpot's half hour, and of whatever else it grants. */
export function isDue({ issuedAtEpochMs, expiresAtEpochMs }: HeldTokens, nowEpochMs: number): boolean {
  return nowEpochMs >= expiresAtEpochMs - Math.min(REFRESH_EARLY_MS, (expiresAtEpochMs - issuedAtEpochMs) / 6);
}

/** Whether there is time left on the access token, and HubSpot has not just rejected it. */
export function isUsable(tokens: HeldTokens, nowEpochMs: number, rejected?: PortalToken): boolean {
  return nowEpochMs < tokens.expiresAtEpochMs && tokens.accessToken !== rejected?.value;
}

export function isBeforeRetry({ retryAfterEpochMs = 0 }: HeldTokens, nowEpochMs: number): boolean {
  return nowEpochMs < retryAfterEpochMs;
}

export type TokenPair = Pick<Grant, 'accessToken' | 'refreshToken'>;

/** Encrypts with the portal as context: what was encrypted for one cannot be read for another. */
export type TokenCipher = {
  /** Base64. */
  encrypt(portalId: PortalId, plaintext: string): Promise<string>;
  /** @throws {TokenCipherError} when the text is not what was encrypted for this portal, or the key cannot be used */
  decrypt(portalId: PortalId, ciphertext: string): Promise<string>;
};

/**
 * Encrypts what HubSpot granted, for the portal alone.
 * @throws {TokenCipherError}
 */
export async function encryptGrant(
  cipher: TokenCipher,
  portalId: PortalId,
  grant: TokenPair & Pick<Grant, 'expiresInSeconds'>,
  issuedAtEpochMs: number,
): Promise<StoredTokens> {
  const { accessToken, refreshToken } = grant;
  return {
    ciphertext: await cipher.encrypt(portalId, JSON.stringify({ accessToken, refreshToken })),
    issuedAtEpochMs,
    expiresAtEpochMs: issuedAtEpochMs + grant.expiresInSeconds * 1_000,
  };
}

/** @throws {TokenCipherError} when what is stored cannot be read for this portal */
export async function decryptTokens(
  cipher: TokenCipher,
  portalId: PortalId,
  stored: Pick<StoredTokens, 'ciphertext'>,
): Promise<TokenPair> {
  const pair = parsePair(await cipher.decrypt(portalId, stored.ciphertext));
  if (pair === undefined) throw new TokenCipherError('what was decrypted is not a pair of tokens');
  return pair;
}

function parsePair(text: string): TokenPair | undefined {
  const { accessToken, refreshToken } = asJsonObject(parseJson(text));
  return typeof accessToken === 'string' && typeof refreshToken === 'string'
    ? { accessToken, refreshToken }
    : undefined;
}
