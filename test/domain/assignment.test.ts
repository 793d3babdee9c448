import {
  type Candidate,
  type CurrentOwner,
  decideAssignment,
  mayReplaceOwner,
  needsCurrentOwner,
  type Overwrite,
} from '../../lib/domain/assignment.ts';
import { toOwnerId } from '../builders/ids.ts';
import { COMBINATIONS, type Combination, expectedOf, nameOf } from '../support/assignment-table.ts';

const OWNER = toOwnerId('410000001');
const FALLBACK = toOwnerId('410000002');
const OTHER = toOwnerId('410000003');

function currentOf({ current }: Combination): CurrentOwner {
  switch (current) {
    case 'unknown':
    case 'none':
      return { kind: current };
    case 'same':
      return { kind: 'assigned', ownerId: OWNER, active: true };
    case 'otherActive':
      return { kind: 'assigned', ownerId: OTHER, active: true };
    case 'otherInactive':
      return { kind: 'assigned', ownerId: OTHER, active: false };
    case 'otherUnknown':
      return { kind: 'assigned', ownerId: OTHER, active: 'unknown' };
  }
}

/** A fallback counts only where the setting asks for one. */
function candidateOf({ resolution, ifNotAssignable }: Combination, current: CurrentOwner): Candidate {
  if (resolution === 'assignable') return { kind: 'assignable', ownerId: OWNER };
  if (resolution === 'refused' || ifNotAssignable !== 'FALLBACK') return { kind: 'none' };
  const isCurrent = resolution === 'refusedFallbackIsCurrent' && current.kind === 'assigned';
  return { kind: 'fallback', ownerId: isCurrent ? current.ownerId : FALLBACK };
}

function decide(combination: Combination): string {
  const current = currentOf(combination);
  if (!mayReplaceOwner(combination.overwrite, current)) return 'KEPT_EXISTING:-';
  const { outcome, write } = decideAssignment(candidateOf(combination, current), combination.ifNotAssignable, current);
  const written = { [OWNER]: 'owner', [FALLBACK]: 'other', nothing: '-', empty: 'empty' }[write];
  return `${outcome}:${written}`;
}

it('The assignment rules decide each of the 288 combinations as the table says', () => {
  const line = (combination: Combination, decision: string) => `${nameOf(combination)} → ${decision}`;
  expect(COMBINATIONS).toHaveLength(288);
  expect(COMBINATIONS.map((combination) => line(combination, decide(combination)))).toEqual(
    COMBINATIONS.map((combination) => line(combination, expectedOf(combination))),
  );
});

it('The assignment rules never write when the existing owner must be kept', () => {
  const shut = COMBINATIONS.filter((each) => !mayReplaceOwner(each.overwrite, currentOf(each)));
  expect(shut.map(({ overwrite, current }) => `${overwrite} ${current}`)).not.toContainEqual(
    expect.stringMatching(/ALWAYS| none/),
  );
  expect(new Set(shut.map(expectedOf))).toEqual(new Set(['KEPT_EXISTING:-']));
});

it.each<[Overwrite, boolean, string]>([
  ['ALWAYS', false, 'it writes whatever is there'],
  ['IF_UNASSIGNED', true, 'it must see whether there is an owner'],
  ['IF_OWNER_INACTIVE', true, 'it must see whom'],
])('Overwrite mode %s needs the current owner: %s, because %s', (overwrite, expected) => {
  expect(needsCurrentOwner(overwrite)).toBe(expected);
});
