import fc from 'fast-check';
import { chooseOwner, type OwnerVerdict } from '../../lib/domain/choose-owner.ts';
import type { Owner } from '../../lib/domain/owner.ts';
import { toEmail } from '../builders/ids.ts';
import { makeArchivedOwner, makeOwner, makeQueueOwner } from '../builders/owner.ts';

const JANE = toEmail('jane@example.com');
const SANDBOX_JANE = 'jane@example.com.invalid';

/** `assignable 1`, `ambiguous 1 2`: the kind and the ids it is about. */
function tell(verdict: OwnerVerdict): string {
  const owners = verdict.kind === 'assignable' ? [verdict.owner] : verdict.kind === 'absent' ? [] : verdict.owners;
  return [verdict.kind, ...owners.map((owner) => owner.id)].join(' ');
}

const person = (id: string, email: string | undefined = JANE) => makeOwner({ id, email });
const left = (id: string, email: string = JANE) => makeArchivedOwner({ id, email });
const had = (id: string, email: string = JANE) =>
  makeOwner({ id, email: 'new@example.com', formerEmails: [toEmail('older@example.com'), toEmail(email)] });
const hadAndLeft = (id: string) => makeArchivedOwner({ id, email: undefined, formerEmails: [JANE] });
const leftBefore = (id: string, userId = id) => makeArchivedOwner({ id, userId, email: JANE, lostEmails: [JANE] });
const queue = (id: string, email: string = JANE) => makeQueueOwner({ id, email });
const closedQueue = (id: string) => makeQueueOwner({ id, archived: true });

it.each<[string, Owner[], string]>([
  ['nobody', [], 'absent'],
  ['one person', [person('1')], 'assignable 1'],
  ['[O4] one person who left', [left('1')], 'deactivated 1'],
  ['[O4] two who left', [left('2'), left('1')], 'deactivated 1 2'],
  ['[O6] one who left and came back with a new id', [left('1'), person('2')], 'assignable 2'],
  ['[O3] two active people', [person('2'), person('1')], 'ambiguous 1 2'],
  ['[O3] two active people and one who left', [left('3'), person('2'), person('1')], 'ambiguous 1 2'],
  ['[O2] a queue', [queue('1')], 'queue 1'],
  ['[O2] a queue and a person who left', [left('1'), queue('2')], 'queue 2'],
  ['[O2] two queues', [queue('1'), queue('2')], 'queue 1 2'],
  ['[O3] a queue and one person', [queue('1'), person('2')], 'assignable 2'],
  ['a queue that was closed', [closedQueue('1')], 'deactivated 1'],
  ['the same person twice, as a page boundary may show them', [person('1'), person('1')], 'assignable 1'],
  ['[O4] the same person active and archived', [person('1'), left('1')], 'deactivated 1'],
  ['[O4] the same person archived and active', [left('1'), person('1')], 'deactivated 1'],
  ['[O3] a person twice beside another', [person('1'), person('2'), person('1')], 'ambiguous 1 2'],
  ['an owner with another email', [person('1', 'bob@example.com')], 'absent'],
  ['an email that only begins the same', [person('1', 'jane@example.co')], 'absent'],
  ['[O1] an owner without email', [person('1', undefined), makeOwner({ id: '2', email: undefined })], 'assignable 1'],
  ['[O1] only owners without email', [makeOwner({ id: '2', email: undefined })], 'absent'],
  ['a sandbox suffix', [person('1', SANDBOX_JANE)], 'assignable 1'],
  ['a sandbox suffix and the email itself', [person('1', SANDBOX_JANE), person('2')], 'assignable 2'],
  ['[M3] a sandbox suffix and one who left', [person('1', SANDBOX_JANE), left('2')], 'assignable 1'],
  ['[M3] one who left with a sandbox suffix', [left('1', SANDBOX_JANE)], 'deactivated 1'],
  ['[M3] two who left, one by the suffix', [left('1', SANDBOX_JANE), left('2')], 'deactivated 1 2'],
  ['[M2] one who had the email', [had('1')], 'assignable 1'],
  ['[M2] one who had it with a sandbox suffix', [had('1', SANDBOX_JANE)], 'assignable 1'],
  ['[M2] one who had it and one who has it', [had('1'), person('2')], 'assignable 2'],
  ['[M2] one who had it and one by the suffix', [had('1'), person('2', SANDBOX_JANE)], 'assignable 2'],
  ['[M2] one who had it and one who left with it', [had('1'), left('2')], 'assignable 1'],
  ['[M2] one who had it and a queue that has it', [had('1'), queue('2')], 'assignable 1'],
  ['[M2] two who had it', [had('2'), had('1')], 'ambiguous 1 2'],
  ['[M1] one who left and had it', [hadAndLeft('1')], 'deactivated 1'],
  ['[M1] two who left, of whom one had it', [hadAndLeft('1'), left('2')], 'deactivated 1 2'],
  ['[M1] two who left, of whom one lost it to the other', [leftBefore('1'), left('2')], 'deactivated 2'],
  [
    '[M1] two who left, of whom one lost it to the other, who had it',
    [leftBefore('1'), hadAndLeft('2')],
    'deactivated 2',
  ],
  ['[M1] one who left, and who lost it to somebody unknown', [leftBefore('1')], 'deactivated 1'],
  ['[M1] two who left, and who lost it to somebody unknown', [leftBefore('2'), leftBefore('1')], 'deactivated 1 2'],
  [
    '[M1] two owner IDs of a user who left, of which one lost it, and one who lost it before',
    [leftBefore('1', '100'), makeArchivedOwner({ id: '2', userId: '100', email: JANE }), leftBefore('3')],
    'deactivated 1 2',
  ],
  ['[M1] a queue that had it', [makeQueueOwner({ id: '1', email: undefined, formerEmails: [JANE] })], 'absent'],
  ['two with a sandbox suffix', [person('1', SANDBOX_JANE), person('2', SANDBOX_JANE)], 'ambiguous 1 2'],
])('Choosing an owner gives the right verdict: %s', (_why, owners, expected) => {
  expect(tell(chooseOwner(JANE, owners))).toBe(expected);
});

it.each([
  ['the email itself', person('1'), 'EMAIL'],
  ['a sandbox suffix', person('1', SANDBOX_JANE), 'EMAIL'],
  ['a former email', had('1'), 'FORMER_EMAIL'],
])('[M2] The verdict says what the email matched: %s', (_why, owner, matchedBy) => {
  expect(chooseOwner(JANE, [owner])).toMatchObject({ kind: 'assignable', matchedBy });
});

it('A wanted email that already has a sandbox suffix does not get a second one', () => {
  const wanted = toEmail(SANDBOX_JANE);
  expect(tell(chooseOwner(wanted, [person('1')]))).toBe('absent');
  expect(tell(chooseOwner(wanted, [person('1'), person('2', SANDBOX_JANE)]))).toBe('assignable 2');
});

/** Rows as pages may show them: ids repeat, and two rows of one id need not agree. */
const ownerRow = fc
  .record({
    id: fc.constantFrom('1', '2', '3', '4'),
    type: fc.constantFrom('PERSON' as const, 'QUEUE' as const),
    archived: fc.boolean(),
    email: fc.constantFrom<(string | undefined)[]>(JANE, JANE, SANDBOX_JANE, 'bob@example.com', undefined),
  })
  .map((row) => makeOwner(row));
const rows = fc.array(ownerRow, { maxLength: 6 });

it('[O3] The order of the rows does not change the verdict', () => {
  fc.assert(
    fc.property(
      rows.chain((owners) => fc.tuple(fc.constant(owners), fc.shuffledSubarray(owners, { minLength: owners.length }))),
      ([owners, shuffled]) => {
        expect(tell(chooseOwner(JANE, shuffled))).toBe(tell(chooseOwner(JANE, owners)));
      },
    ),
    { numRuns: 5_000 },
  );
});

it('[O3] Repeated rows do not change the verdict', () => {
  fc.assert(
    fc.property(rows, (owners) => {
      expect(tell(chooseOwner(JANE, [...owners, ...owners]))).toBe(tell(chooseOwner(JANE, owners)));
    }),
    { numRuns: 1_000 },
  );
});

it('[O3, O4] A person is assignable only when no row contradicts it', () => {
  fc.assert(
    fc.property(rows, (owners) => {
      const verdict = chooseOwner(JANE, owners);
      if (verdict.kind !== 'assignable') return;
      const { id, email } = verdict.owner;
      const holders = owners.filter((owner) => owner.email === JANE || owner.email === SANDBOX_JANE);
      expect([JANE, SANDBOX_JANE]).toContain(email);
      for (const row of holders.filter((owner) => owner.id === id)) {
        expect(row).toMatchObject({ archived: false, type: 'PERSON' });
      }
      // Whoever else has it as closely is, by at least one row, somebody who cannot be meant.
      for (const other of holders.filter((owner) => owner.id !== id && (email !== JANE || owner.email === JANE))) {
        const said = holders.filter((owner) => owner.id === other.id);
        expect(said.some((owner) => owner.archived || owner.type === 'QUEUE')).toBe(true);
      }
    }),
    { numRuns: 5_000 },
  );
});
