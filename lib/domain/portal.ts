import { TokenCipherError } from './errors.ts';
import type { PortalId } from './ids.ts';
import { asJsonObject, parseJson } from './json-object.ts';

/** A portal's tokens as they are stored: encrypted, with the times when the access token was issued and expires. */
export type StoredTokens = {
  /** Both tokens, encrypted, in base64. */
  readonly ciphertext: string;
  readonly issuedAtEpochMs: number;
  readonly expiresAtEpochMs: number;
};

/** A portal that has or had the app installed. */
export type Portal = {
  readonly portalId: PortalId;
  /** A new one for each install. Empty in rows of old versions. */
  readonly installationId: string;
  /** What the portal granted, as HubSpot said at the last install or refresh. */
  readonly scopes: readonly string[];
  readonly connectedAtEpochMs: number;
  /** Set if HubSpot said that the app was uninstalled or its grant revoked. */
  readonly disconnectedAtEpochMs?: number;
  /**
   * Set if all data of the portal was deleted on request. The row is disconnected and has no scopes or tokens. It is kept longer
   * than the others, so that late messages create no new ones.
   */
  readonly forgottenAtEpochMs?: number;
  readonly tokens: StoredTokens;
  /** Grows with every change of the tokens. A change must name the version that it read. */
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
  /** HubSpot's `hub_id`. Some replies lack it; then introspection returns it. */
  readonly portalId?: PortalId;
  readonly scopes?: readonly string[];
  /** The app that got it. Tokens that an older version stored do not say it. */
  readonly clientId?: string;
};

/** A grant that replaces tokens. If the refresh token is new, HubSpot may have invalidated the old tokens. */
export type Renewal = Grant & { readonly isRotated: boolean };

export type PortalToken = { readonly value: string; readonly issuedAtEpochMs: number | undefined };

/** A portal's tokens in a container, with the revision that they came from or, while `unsaved`, that they replace. */
export type HeldTokens = TokenRevision &
  TokenPair &
  Omit<StoredTokens, 'ciphertext'> & {
    /** Granted by HubSpot but not in the table, because the table could not be written. */
    readonly unsaved?: Renewal;
    /** Until then they are used unchanged although a refresh or a save is due: it has just failed, or another caller does it. */
    readonly retryAfterEpochMs?: number;
    /** When this container last refreshed tokens of the installation because HubSpot rejected one. */
    readonly lastRejectedAtEpochMs?: number;
  };

export function toPortalToken({ accessToken, issuedAtEpochMs }: HeldTokens): PortalToken {
  return { value: accessToken, issuedAtEpochMs };
}

const REFRESH_EARLY_MS = 5 * 60_000;

/** Five minutes before the end, or a sixth of a shorter life than HubSpot's usual half hour. */
export function isDue({ issuedAtEpochMs, expiresAtEpochMs }: HeldTokens, nowEpochMs: number): boolean {
  return nowEpochMs >= expiresAtEpochMs - Math.min(REFRESH_EARLY_MS, (expiresAtEpochMs - issuedAtEpochMs) / 6);
}

/** Whether the access token has not expired and HubSpot has not just rejected it. */
export function isUsable(tokens: HeldTokens, nowEpochMs: number, rejected?: PortalToken): boolean {
  return nowEpochMs < tokens.expiresAtEpochMs && tokens.accessToken !== rejected?.value;
}

export function isBeforeRetry({ retryAfterEpochMs = 0 }: HeldTokens, nowEpochMs: number): boolean {
  return nowEpochMs < retryAfterEpochMs;
}

export type TokenPair = Pick<Grant, 'accessToken' | 'refreshToken' | 'clientId'>;

/** Encrypts with the portal as context, so that no other portal's context can decrypt it. */
export type TokenCipher = {
  /** Base64. */
  encrypt(portalId: PortalId, plaintext: string): Promise<string>;
  /** @throws {TokenCipherError} if the text was not encrypted for this portal, or the key cannot be used */
  decrypt(portalId: PortalId, ciphertext: string): Promise<string>;
};

/**
 * Encrypts HubSpot's grant for this portal only.
 * @throws {TokenCipherError}
 */
export async function encryptGrant(
  cipher: TokenCipher,
  portalId: PortalId,
  grant: TokenPair & Pick<Grant, 'expiresInSeconds'>,
  issuedAtEpochMs: number,
): Promise<StoredTokens> {
  const { accessToken, refreshToken, clientId } = grant;
  return {
    ciphertext: await cipher.encrypt(portalId, JSON.stringify({ accessToken, refreshToken, clientId })),
    issuedAtEpochMs,
    expiresAtEpochMs: issuedAtEpochMs + grant.expiresInSeconds * 1_000,
  };
}

/** @throws {TokenCipherError} if the stored tokens cannot be read for this portal */
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
  const { accessToken, refreshToken, clientId } = asJsonObject(parseJson(text));
  if (typeof accessToken !== 'string' || typeof refreshToken !== 'string') return undefined;
  return { accessToken, refreshToken, ...(typeof clientId === 'string' && { clientId }) };
}
