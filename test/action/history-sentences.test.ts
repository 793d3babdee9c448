import { SET_OWNER_BY_EMAIL } from '../../lib/action/definition.ts';
import { LANGUAGES, LOCALES, toActionLabels } from '../../lib/action/labels.ts';
import { type OutputFields, toOutputFields } from '../../lib/action/output-fields.ts';
import { trimBlank } from '../../lib/domain/email.ts';
import { type ActionResult, ERROR_CODES, failed, MATCHED_BY, NOT_ASSIGNABLE_CODES } from '../../lib/domain/outcome.ts';
import type { Owner } from '../../lib/domain/owner.ts';
import { kept } from '../../lib/domain/result.ts';
import { toOwnerId } from '../builders/ids.ts';
import { makeArchivedOwner, makeOwner } from '../builders/owner.ts';
import { placeholdersIn } from './placeholders.ts';

const ASKED = 'jane@example.com';
const jane = makeOwner({ email: ASKED });
const [omar, lena] = [toOwnerId('75002'), toOwnerId('75003')];

/** What the cache may know of everybody but the owner whom this execution looked up. */
const KNOWN: readonly (readonly [string, readonly Owner[]])[] = [
  [
    'everybody is known',
    [jane, makeOwner({ id: omar, firstName: 'Omar' }), makeOwner({ id: lena, firstName: 'Lena' })],
  ],
  ['the others have no name', [jane, ...[omar, lena].map((id) => makeArchivedOwner({ id, email: undefined }))]],
  ['the others are not in the cache', [jane]],
  ['the owner has no email', [makeOwner({ email: undefined })]],
  ['the owner has neither a name nor an email', [makeOwner({ email: undefined, firstName: '', lastName: '' })]],
  ['nobody is in the cache', []],
  [
    'names are only white space and characters that show nothing',
    [jane.id, omar, lena].map((id) => makeOwner({ id, email: undefined, firstName: ' ', lastName: '\u200b\u2800' })),
  ],
];

const found = { ownerId: jane.id, resolvedFrom: 'LIVE', ownerDataAgeSeconds: 0 } as const;
const held = { kind: 'assigned', ownerId: omar, active: 'unknown' } as const;
const failure = (errorCode: (typeof ERROR_CODES)[number]) =>
  failed(errorCode, { subject: 'csm', aboutOwnerIds: [omar, lena] });

const RESULTS: readonly ActionResult[] = [
  ...(['ASSIGNED', 'ALREADY_ASSIGNED', 'FOUND'] as const).flatMap((outcome) =>
    MATCHED_BY.flatMap((matchedBy) =>
      [{}, { previousOwnerId: omar }, { substitutedFor: lena }, { substitutedFor: lena, previousOwnerId: omar }].map(
        (more) => ({ outcome, matchedBy, ...found, ...more }),
      ),
    ),
  ),
  kept(held, 'SET_TO_KEEP'),
  kept({ kind: 'unknown' }, 'SET_TO_KEEP'),
  kept(held, 'CHANGED_SINCE'),
  kept({ kind: 'none' }, 'CHANGED_SINCE'),
  ...NOT_ASSIGNABLE_CODES.flatMap((code): ActionResult[] => [
    { ...failure(code), outcome: 'FALLBACK_ASSIGNED', ownerId: jane.id, previousOwnerId: omar },
    { ...failure(code), outcome: 'CLEARED', previousOwnerId: omar },
    { ...failure(code), outcome: 'LEFT_UNCHANGED' },
  ]),
  ...ERROR_CODES.map(failure),
  failed('INVALID_OWNER_ID'),
];

/** The text that HubSpot's history shows for these outputs. */
function textOf(outputs: OutputFields, locale: (typeof LOCALES)[number]): string {
  const { executionRules, inputFields } = SET_OWNER_BY_EMAIL;
  const rule = executionRules.find(({ conditions }) =>
    Object.entries(conditions).every(([name, values]) => values.includes(outputs[name as keyof OutputFields])),
  );
  return toActionLabels(LANGUAGES[locale], 'setOwner', inputFields).executionRules[rule?.labelName ?? ''] ?? '';
}

describe.each(KNOWN)('If %s', (_what, people) => {
  it.each(RESULTS)('[P15] The history sentence of %j has every name that it mentions', (result) => {
    const outputs = toOutputFields(result, ASKED, people);
    for (const locale of LOCALES) {
      const text = textOf(outputs, locale);
      expect(text).not.toBe('');
      const empty = placeholdersIn(text).filter((name) => trimBlank(outputs[name as keyof OutputFields]) === '');
      expect({ locale, text, empty }).toEqual({ locale, text, empty: [] });
    }
  });

  it.each(RESULTS)('[P15] The error message of %j has no gap where a name belongs', (result) => {
    const { errorMessage } = toOutputFields(result, ASKED, people);
    expect(errorMessage).not.toMatch(/ [.,:)]|\(\)|""|, ,|: \.| $/);
  });
});

it('[P15] An owner that HubSpot refused is named, not only numbered', () => {
  const refused = failed('INVALID_OWNER_ID', { aboutOwnerIds: [jane.id] });
  const { errorMessage, errorDetails } = toOutputFields(refused, ASKED, [jane]);
  expect(errorMessage).toBe(`HubSpot refused the owner ID ${jane.id} (Jane Doe).`);
  expect(errorDetails).toBe(`${jane.id} (Jane Doe)`);
});

it('[P15] Owners who share an email are named, and one whose name is unknown by the ID', () => {
  const { errorDetails } = toOutputFields(failed('OWNER_AMBIGUOUS', { aboutOwnerIds: [jane.id, omar] }), ASKED, [jane]);
  expect(errorDetails).toBe(`${jane.id} (Jane Doe), ${omar}`);
});

it('[L2] The history of an owner who was cleared after the enrollment does not say that a newer owner was kept', () => {
  const outputs = toOutputFields(kept({ kind: 'none' }, 'CHANGED_SINCE'), ASKED, []);
  expect(outputs.ownerId).toBe('');
  expect(textOf(outputs, 'en')).toBe('The owner was changed after this record was enrolled, so that change was kept.');
});

it('[M2] An email that two people only had before is not said to be theirs', () => {
  const twice = toOutputFields(failed('OWNER_AMBIGUOUS', { aboutOwnerIds: [jane.id, omar] }), 'old@example.com', [
    jane,
  ]);
  expect(twice.errorMessage).toBe(
    `The email old@example.com leads to more than one active owner: owner IDs ${jane.id} (Jane Doe), ${omar}.`,
  );
  expect(textOf(twice, 'en')).toMatch(/^The email \{\{ ownerEmail \}\} leads to two or more active owners, /);
});

it.each([
  ['white space', ' '.repeat(300)],
  ['characters that show nothing', '\u200b'.repeat(300)],
])('[P15] What stands before the email does not hide it from the history: %s', (_what, before) => {
  const { ownerEmail, errorMessage } = toOutputFields(failed('OWNER_NOT_FOUND'), `${before}${ASKED}\n`, []);
  expect(ownerEmail).toBe(ASKED);
  expect(errorMessage).toBe(`No owner in this HubSpot account has the email ${ASKED}.`);
});

it.each(['\u202e', '\u2067', '\u202b', '\u2028', '\u2029'])(
  '[P15] A name cannot turn around or break the sentence that it is in: %j',
  (character) => {
    const odd = makeOwner({ firstName: `Ja${character}ne`, lastName: 'Doe' });
    const { ownerName } = toOutputFields({ outcome: 'FOUND', ...found }, ASKED, [odd]);
    expect(ownerName).toMatch(/^Ja ?ne Doe$/);
  },
);

it('[P15] A name written from right to left stays as it is', () => {
  const name = { firstName: '\u05e0\u05d5\u05e2\u05d4', lastName: '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645' };
  const { ownerName } = toOutputFields({ outcome: 'FOUND', ...found }, ASKED, [makeOwner(name)]);
  expect(ownerName).toBe('\u05e0\u05d5\u05e2\u05d4 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645');
});
