import type { OwnerId } from './ids.ts';
import { isAssignable, type Owner } from './owner.ts';

/**
 * How many successors are followed from one leaver, in a chain such as A → B → C. It bounds what one execution may cost, and
 * no team has ten people in a row who left.
 */
export const MAX_SUCCESSION_HOPS = 10;

export type FindSuccessorId = (leaverId: OwnerId) => Promise<OwnerId | undefined>;
export type FindOwner = (ownerId: OwnerId) => Promise<Owner | undefined>;

/** Who takes over from a leaver. */
export type Succession =
  /** Nobody was ever named. */
  | { readonly kind: 'unset' }
  | { readonly kind: 'found'; readonly owner: Owner }
  /** Somebody was named, but the chain ends, loops, or gets too long before it reaches an active person. */
  | { readonly kind: 'deadEnd' };

/**
 * Follows the chain of successors to its first active person, as `findOwner` confirms them: an answer that it cannot confirm
 * must make it throw. People whom HubSpot does not know any more are passed over like those who left.
 */
export async function followSuccessors(
  leaverId: OwnerId,
  findSuccessorId: FindSuccessorId,
  findOwner: FindOwner,
): Promise<Succession> {
  const seen = new Set([leaverId]);
  let nextId = await findSuccessorId(leaverId);
  if (nextId === undefined) return { kind: 'unset' };
  for (let hops = 1; hops <= MAX_SUCCESSION_HOPS && nextId !== undefined && !seen.has(nextId); hops += 1) {
    const owner = await findOwner(nextId);
    if (owner !== undefined && isAssignable(owner)) return { kind: 'found', owner };
    seen.add(nextId);
    nextId = await findSuccessorId(nextId);
  }
  return { kind: 'deadEnd' };
}

/**
 * Whom one email's leavers agree on: more than one of them may carry it. Those for whom nobody was named have no say.
 * Of the others all must come to the same person, by whatever way; `leaverId` is the first of them.
 */
export function agreeOnSuccessor(
  successions: readonly { readonly leaverId: OwnerId; readonly succession: Succession }[],
): { readonly leaverId: OwnerId; readonly owner: Owner } | undefined {
  const [first, ...others] = successions.filter(({ succession }) => succession.kind !== 'unset');
  if (first?.succession.kind !== 'found') return undefined;
  const { owner } = first.succession;
  const agrees = ({ succession }: typeof first) => succession.kind === 'found' && succession.owner.id === owner.id;
  return others.every(agrees) ? { leaverId: first.leaverId, owner } : undefined;
}

/**
 * What is wrong with naming `successorId` for `leaverId`, by the chain that is stored already. Whether anybody in it is
 * active does not matter here: who is active now may leave, and then the circle would be there.
 *
 * A chain that cannot be read to its end within the bound is refused too, so that no circle hides behind the bound.
 */
export async function findChainFault(
  leaverId: OwnerId,
  successorId: OwnerId,
  findSuccessorId: FindSuccessorId,
): Promise<'loop' | 'tooLong' | undefined> {
  let nextId: OwnerId | undefined = successorId;
  for (let hops = 1; hops <= MAX_SUCCESSION_HOPS; hops += 1) {
    if (nextId === leaverId) return 'loop';
    nextId = await findSuccessorId(nextId);
    if (nextId === undefined) return undefined;
  }
  return nextId === leaverId ? 'loop' : 'tooLong';
}
