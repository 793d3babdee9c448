import { AppError } from '../../domain/errors.ts';
import type { Owner } from '../../domain/owner.ts';
import type { FoundPerson, Said } from '../../ports/steps.ts';

/** What a change came to, and whom it is about as far as they are known. */
export type ChangeResult<About> = Partial<About> & Said;

type Refusal = { readonly status: 'refused'; readonly reason: string; readonly message: string };

/** @param about the people it is about, for the answer */
export function refused(reason: string, message: string, about: object = {}): Refusal {
  return { status: 'refused', reason, message, ...about };
}

/** @param field what named nobody, or several people */
export function refuseUnfound(field: string, found: Exclude<FoundPerson, { readonly kind: 'found' }>): Refusal {
  if (found.kind === 'absent') {
    const what =
      found.by === 'ownerId' ? 'no owner of this account has this ID' : 'no owner of this account has this email';
    return refused('OWNER_NOT_FOUND', `Field "${field}": ${what}.`);
  }
  const ids = found.ownerIds.join(', ');
  return refused('OWNER_AMBIGUOUS', `Field "${field}": this email leads to owners ${ids}. Give one of the IDs.`);
}

/** Why records cannot be given to an owner who is not assignable. */
export function whyNot({ type }: Owner): string {
  return type === 'QUEUE' ? 'this owner is a queue, not a person' : 'this person is deactivated';
}

export async function permanentErrorAsRefusal<Result>(work: () => Promise<Result>): Promise<Result | Refusal> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError && !error.retryable) return refused(error.code, `${error.message}.`);
    throw error;
  }
}
