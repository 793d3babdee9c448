import type { OwnerId } from './ids.ts';
import { isAssignable, type Owner } from './owner.ts';

/**
 * The maximum number of successors to follow from one leaver, in a chain such as A → B → C. It limits the cost of an execution.
 * No team has ten leavers in a row.
 */
export const MAX_SUCCESSION_HOPS = 10;

type FindSuccessorId = (leaverId: OwnerId) => Promise<OwnerId | undefined>;

/** Who takes over from a leaver. */
export type Succession =
  /** Nobody was ever named. */
  | { readonly kind: 'unset' }
  | { readonly kind: 'found'; readonly owner: Owner }
  /** The chain ends, loops, or is too long before it reaches an active person. */
  | { readonly kind: 'deadEnd' };

/**
 * Follows the chain of successors to its first active person. `findOwner` must confirm each person, or throw if it cannot. People
 * whom HubSpot no longer knows are skipped like leavers.
 */
export async function followSuccessors(
  leaverId: OwnerId,
  findSuccessorId: FindSuccessorId,
  findOwner: (ownerId: OwnerId) => Promise<Owner | undefined>,
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
 * The successor of all leavers who have one email. Leavers without a named successor are ignored. The others must all lead to the
 * same person; `leaverId` is the first of them.
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
 * The reason to reject `successorId` for `leaverId`, given the stored chain. The check ignores who is active: an active
 * person may leave later, and then the chain would loop.
 *
 * A chain that is longer than the maximum is refused too, because it may hide a loop.
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
