import type { PortalId } from '../domain/ids.ts';
import type { Portal, StoredTokens, TokenRevision } from '../domain/portal.ts';
import { type ItemKey, rowKey } from './keys.ts';
import { type Item, readNumber, toNumber } from './table.ts';

export function portalKey(portalId: PortalId): ItemKey {
  return rowKey(portalId, 'portal');
}

/** Undefined if the item is not a portal that was ever connected. */
export function fromPortalItem(portalId: PortalId, item: Item): Portal | undefined {
  const version = readNumber(item, 'version');
  const disconnectedAtEpochMs = readNumber(item, 'disconnectedAtEpochMs');
  // An earlier version does not remove the mark when it connects the portal.
  const isForgotten = disconnectedAtEpochMs !== undefined && item.forgottenAtEpochMs !== undefined;
  const ciphertext = item.ciphertext?.S ?? (isForgotten ? '' : undefined);
  if (ciphertext === undefined || version === undefined) return undefined;
  return {
    portalId,
    installationId: item.installationId?.S ?? '',
    scopes: (item.scopes?.L ?? []).flatMap(({ S }) => (S === undefined ? [] : [S])),
    connectedAtEpochMs: readNumber(item, 'connectedAtEpochMs') ?? 0,
    ...(disconnectedAtEpochMs !== undefined && { disconnectedAtEpochMs }),
    ...(isForgotten && { forgottenAtEpochMs: readNumber(item, 'forgottenAtEpochMs') ?? 0 }),
    tokens: {
      ciphertext,
      issuedAtEpochMs: readNumber(item, 'tokensIssuedAtEpochMs') ?? 0,
      expiresAtEpochMs: readNumber(item, 'tokensExpireAtEpochMs') ?? 0,
    },
    version,
  };
}

export const NO_LEASE = 'leaseHolder, leaseEndsAtEpochMs';

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

/** The condition that an item belongs to an installation, and its value. Rows of earlier versions have no installation ID. */
export function ofInstallation(installationId: string): { readonly is: string; readonly values: Item } {
  if (installationId === '') return { is: 'attribute_not_exists(installationId)', values: {} };
  return { is: 'installationId = :installation', values: { ':installation': { S: installationId } } };
}

/** The condition that a portal is still connected by these tokens. Of all callers that read them, only one can change them. */
export function ofRevision(
  { installationId, version }: TokenRevision,
  { orDisconnected = false }: { readonly orDisconnected?: boolean } = {},
): { readonly is: string; readonly values: Item } {
  const { is, values } = ofInstallation(installationId);
  const isConnected = orDisconnected ? '' : ' AND attribute_not_exists(disconnectedAtEpochMs)';
  return {
    is: `version = :version${isConnected} AND ${is}`,
    values: { ...values, ':version': toNumber(version) },
  };
}

export function toList(texts: readonly string[]) {
  return { L: texts.map((S) => ({ S })) };
}
