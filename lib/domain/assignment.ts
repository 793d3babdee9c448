import type { OwnerId } from './ids.ts';

export const OVERWRITE = ['ALWAYS', 'IF_UNASSIGNED', 'IF_OWNER_INACTIVE'] as const;
export type Overwrite = (typeof OVERWRITE)[number];

export const IF_NOT_ASSIGNABLE = ['FAIL', 'FALLBACK', 'CLEAR', 'LEAVE'] as const;
export type IfNotAssignable = (typeof IF_NOT_ASSIGNABLE)[number];

/** The record's present owner, as far as it was needed. `unknown` is enough if `overwrite` is `ALWAYS`. */
export type CurrentOwner =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'none' }
  /** The record came without the property. HubSpot says whether the property exists if it is written. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'assigned'; readonly ownerId: OwnerId; readonly active: boolean | 'unknown' };

/** The owner that the step may write: the email's owner, the fallback owner if the email has none, or nobody. */
export type Candidate =
  | { readonly kind: 'assignable'; readonly ownerId: OwnerId }
  | { readonly kind: 'fallback'; readonly ownerId: OwnerId }
  | { readonly kind: 'none' };

export type Decision =
  | { readonly outcome: 'ASSIGNED'; readonly write: OwnerId }
  | { readonly outcome: 'FALLBACK_ASSIGNED'; readonly write: OwnerId | 'nothing' }
  | { readonly outcome: 'CLEARED'; readonly write: 'empty' | 'nothing' }
  | { readonly outcome: 'ALREADY_ASSIGNED' | 'LEFT_UNCHANGED' | 'FAILED'; readonly write: 'nothing' };

/**
 * Whether `mayReplaceOwner` needs to know the present owner.
 *
 * | overwrite         | must know                      |
 * |-------------------|--------------------------------|
 * | ALWAYS            | nothing                        |
 * | IF_UNASSIGNED     | whether there is one           |
 * | IF_OWNER_INACTIVE | whether there is one, and active |
 */
export function needsCurrentOwner(overwrite: Overwrite): boolean {
  return overwrite !== 'ALWAYS';
}

/**
 * Whether `overwrite` allows another owner. It is checked first: if it is shut, the existing owner is kept, whatever the email.
 *
 * | overwrite \ current | none or absent | assigned, active | assigned, inactive |
 * |---------------------|----------------|------------------|--------------------|
 * | ALWAYS              | open           | open             | open               |
 * | IF_UNASSIGNED       | open           | shut             | shut               |
 * | IF_OWNER_INACTIVE   | open           | shut             | open               |
 *
 * A value that is not an owner ID, or an owner whose state is unknown, is kept: we do not replace what we do not understand. An
 * ID that HubSpot does not know, active or archived, is inactive.
 */
export function mayReplaceOwner(overwrite: Overwrite, current: CurrentOwner): boolean {
  if (overwrite === 'ALWAYS' || current.kind === 'none' || current.kind === 'absent') return true;
  if (overwrite === 'IF_UNASSIGNED' || current.kind === 'unknown') return false;
  return current.active === false;
}

/**
 * What to do if the owner may be replaced.
 *
 * | candidate \ current            | same owner                | none                    | other, unknown, absent  |
 * |--------------------------------|---------------------------|-------------------------|-------------------------|
 * | assignable                     | ALREADY_ASSIGNED, nothing | ASSIGNED, write         | ASSIGNED, write         |
 * | fallback (FALLBACK)            | FALLBACK_ASSIGNED, nothing| FALLBACK_ASSIGNED, write| FALLBACK_ASSIGNED, write|
 * | none, ifNotAssignable = FAIL   | –                         | FAILED, nothing         | FAILED, nothing         |
 * | none, ifNotAssignable = CLEAR  | –                         | CLEARED, nothing        | CLEARED, write empty    |
 * | none, ifNotAssignable = LEAVE  | –                         | LEFT_UNCHANGED, nothing | LEFT_UNCHANGED, nothing |
 *
 * `FALLBACK` without a usable fallback owner never comes here: it is FALLBACK_OWNER_INVALID.
 */
export function decideAssignment(
  candidate: Candidate,
  ifNotAssignable: IfNotAssignable,
  current: CurrentOwner,
): Decision {
  if (candidate.kind !== 'none') {
    const alreadyThere = current.kind === 'assigned' && current.ownerId === candidate.ownerId;
    if (candidate.kind === 'fallback') {
      return { outcome: 'FALLBACK_ASSIGNED', write: alreadyThere ? 'nothing' : candidate.ownerId };
    }
    return alreadyThere
      ? { outcome: 'ALREADY_ASSIGNED', write: 'nothing' }
      : { outcome: 'ASSIGNED', write: candidate.ownerId };
  }
  switch (ifNotAssignable) {
    case 'CLEAR':
      return { outcome: 'CLEARED', write: current.kind === 'none' ? 'nothing' : 'empty' };
    case 'LEAVE':
      return { outcome: 'LEFT_UNCHANGED', write: 'nothing' };
    case 'FAIL':
    case 'FALLBACK':
      return { outcome: 'FAILED', write: 'nothing' };
  }
}
