import type { PortalId } from '../domain/ids.ts';

export type ItemKey = { readonly pk: { readonly S: string }; readonly sk: { readonly S: string } };

/**
 * The key of an item in a partition of its own. Every key begins with its portal. The portal is digits and the kind a fixed word,
 * so that for any `value`, no two keys are equal and none belongs to another portal.
 */
export function itemKey(
  portalId: PortalId,
  kind: 'email' | 'owner' | 'user' | 'userRecord' | 'execution' | 'successor',
  value: string,
): ItemKey {
  return { pk: { S: `portal#${portalId}#${kind}#${value}` }, sk: { S: kind } };
}

type ListedKind = 'alias' | 'change' | 'handovers' | 'listing' | 'nightlyHandovers' | 'outcomes' | 'unresolved';
type SingleKind = 'budget' | 'portal' | 'purge' | 'queue' | 'refresh' | 'signature';
type InnerKind = `handover#${string}` | `sweep#${string}`;
export type LogKind = 'written' | 'completed' | 'blocked';
type RowKind = ListedKind | SingleKind | InnerKind | LogKind;

/** A partition of a portal for rows of one kind, so that one query lists them. */
export function partitionOf(portalId: PortalId, kind: RowKind): string {
  return `portal#${portalId}#${kind}`;
}

/** The key of a row there; the kind itself if there is only one. */
export function rowKey(portalId: PortalId, kind: RowKind, sk: string = kind): ItemKey {
  return { pk: { S: partitionOf(portalId, kind) }, sk: { S: sk } };
}

/** As text, numbers sort like this. */
export function padded(number: number): string {
  return String(number).padStart(6, '0');
}
