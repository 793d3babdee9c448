import type { PortalId } from '../domain/ids.ts';
import type { Portal, StoredTokens } from '../domain/portal.ts';
import { type Item, type ItemKey, readNumber } from './table.ts';

export function portalKey(portalId: PortalId): ItemKey {
  return { pk: { S: `portal#${portalId}#portal` }, sk: { S: 'portal' } };
}

/** Undefined when the item is not a portal that was connected once. */
export function fromPortalItem(portalId: PortalId, item: Item): Portal | undefined {
  const ciphertext = item.ciphertext?.S;
  const version = readNumber(item, 'version');
  if (ciphertext === undefined || version === undefined) return undefined;
  const disconnectedAtEpochMs = readNumber(item, 'disconnectedAtEpochMs');
  return {
    portalId,
    scopes: (item.scopes?.L ?? []).flatMap(({ S }) => (S === undefined ? [] : [S])),
    connectedAtEpochMs: readNumber(item, 'connectedAtEpochMs') ?? 0,
    ...(disconnectedAtEpochMs !== undefined && { disconnectedAtEpochMs }),
    tokens: {
      ciphertext,
      issuedAtEpochMs: readNumber(item, 'tokensIssuedAtEpochMs') ?? 0,
      expiresAtEpochMs: readNumber(item, 'tokensExpireAtEpochMs') ?? 0,
    },
    version,
  };
}

/** The part of an update that replaces the tokens, and its values. */
export const SET_TOKENS =
  'ciphertext = :ciphertext, tokensIssuedAtEpochMs = :issuedAt, tokensExpireAtEpochMs = :expiresAt';

export function tokenValues(tokens: StoredTokens) {
  return {
    ':ciphertext': { S: tokens.ciphertext },
    ':issuedAt': toNumber(tokens.issuedAtEpochMs),
    ':expiresAt': toNumber(tokens.expiresAtEpochMs),
  };
}

export function toNumber(value: number): { N: string } {
  return { N: String(value) };
}

export function toList(texts: readonly string[]) {
  return { L: texts.map((S) => ({ S })) };
}
