import fc from 'fast-check';
import { asOfItsExecution, isNewer, type OwnWrite, recordKey, whenSet } from '../../lib/domain/held-owner.ts';
import { makeRecordRef } from '../builders/ids.ts';

const SEEN = 1_000_000;
const KEY = recordKey(makeRecordRef(), 'hubspot_owner_id');
const WRITE: OwnWrite = { key: KEY, value: '4', firstSeenAtEpochMs: 7, atEpochMs: SEEN };
const held = (setAtEpochMs: number, value = '4') => ({ value, setAtEpochMs });

it.each([
  [-1, false],
  [0, false],
  [1, true],
])('A value that was set %i ms after an execution was first seen is newer than it: %s', (ms, expected) => {
  expect(isNewer(held(SEEN + ms), SEEN)).toBe(expected);
});

it('A value that is known to be old is newer than no execution', () => {
  expect(isNewer(held(Number.NEGATIVE_INFINITY), Number.NEGATIVE_INFINITY)).toBe(false);
});

it.each([
  ['the property’s own change, whatever else changed', SEEN - 5, SEEN + 5, SEEN - 5],
  ['the record’s last change, where that is no news', undefined, SEEN, SEEN],
  ['what only the history knows, where the record changed since', undefined, SEEN + 1, undefined],
  ['what only the history knows, where HubSpot says nothing', undefined, undefined, undefined],
])('The time when a value was set is %s', (_what, changedAtEpochMs, updatedAtEpochMs, expected) => {
  expect(whenSet({ value: '4', changedAtEpochMs, updatedAtEpochMs }, SEEN)).toBe(expected);
});

it.each([
  [-5_001, SEEN - 5_001],
  [-5_000, 7],
  [0, 7],
  [60_000, 7],
  [60_001, SEEN + 60_001],
])(
  'A value that HubSpot set %i ms after our write began is ours only within a minute, with five seconds for clock skew',
  (ms, expected) => {
    expect(asOfItsExecution(held(SEEN + ms), KEY, [WRITE])).toEqual(held(expected));
  },
);

it.each([
  ['of another owner', { value: '5' }],
  ['to another record or property', { key: recordKey(makeRecordRef(), 'csm_owner') }],
])('One of our writes %s does not explain a value', (_what, change) => {
  expect(asOfItsExecution(held(SEEN + 1), KEY, [{ ...WRITE, ...change }])).toEqual(held(SEEN + 1));
});

it('A value that several of our executions wrote belongs to the latest of them', () => {
  const writes = [3, 9, 5].map((firstSeenAtEpochMs) => ({ ...WRITE, firstSeenAtEpochMs }));
  expect(asOfItsExecution(held(SEEN), KEY, writes)).toEqual(held(9));
});

it('The key of a record and property is unique, whatever characters their names contain', () => {
  const part = fc.constantFrom('a', 'b', '"', ',', '","', '["');
  const text = fc.array(part, { maxLength: 3 }).map((parts) => parts.join(''));
  const place = fc.tuple(text, text, text);
  const keyOf = ([objectType, objectId, property]: [string, string, string]) =>
    recordKey({ objectType, objectId } as Parameters<typeof recordKey>[0], property);
  fc.assert(
    fc.property(place, place, (one, other) => {
      expect(keyOf(one) === keyOf(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
  );
});
