import { TokenCipherError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { Grant, StoredTokens, TokenCipher } from '../domain/portal.ts';

export type TokenPair = Pick<Grant, 'accessToken' | 'refreshToken'>;

/**
 * Encrypts what HubSpot granted, for the portal alone.
 * @throws {TokenCipherError}
 */
export async function sealGrant(
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
export async function openTokens(
  cipher: TokenCipher,
  portalId: PortalId,
  stored: Pick<StoredTokens, 'ciphertext'>,
): Promise<TokenPair> {
  const pair = parsePair(await cipher.decrypt(portalId, stored.ciphertext));
  if (pair === undefined) throw new TokenCipherError('what was decrypted is not a pair of tokens');
  return pair;
}

/** An error of the parser would hold the text, so that none is passed on. */
function parsePair(text: string): TokenPair | undefined {
  try {
    const { accessToken, refreshToken } = Object(JSON.parse(text)) as Record<string, unknown>;
    return typeof accessToken === 'string' && typeof refreshToken === 'string'
      ? { accessToken, refreshToken }
      : undefined;
  } catch {
    return undefined;
  }
}
