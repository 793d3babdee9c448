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
  [-5_001, held(SEEN - 5_001)],
  [-5_000, held(7)],
  [1_000, held(7)],
  [1_001, { ...held(7), mayBeSetBack: true }],
  [60_000, { ...held(7), mayBeSetBack: true }],
  [60_001, held(SEEN + 60_001)],
])(
  'A value that HubSpot set %i ms after our write began is ours within a minute, and may be set back after a second: %j',
  (ms, expected) => {
    expect(asOfItsExecution(held(SEEN + ms), KEY, [WRITE], undefined)).toEqual(expected);
  },
);

it.each([
  [Number.NEGATIVE_INFINITY, held(7)],
  [SEEN - 5_001, held(7)],
  [SEEN - 5_000, held(SEEN + 9_000)],
  [SEEN + 100, held(SEEN + 9_000)],
])(
  'A value that the record held at %d, and not in between, is ours only if that was before our write: %j',
  (before, expected) => {
    expect(asOfItsExecution(held(SEEN + 9_000), KEY, [WRITE], before)).toEqual(expected);
  },
);

it.each([
  ['of another owner', { value: '5' }],
  ['to another record or property', { key: recordKey(makeRecordRef(), 'csm_owner') }],
])('One of our writes %s does not explain a value', (_what, change) => {
  expect(asOfItsExecution(held(SEEN + 1), KEY, [{ ...WRITE, ...change }], undefined)).toEqual(held(SEEN + 1));
});

it('A value that several of our executions wrote belongs to the latest of them', () => {
  const writes = [3, 9, 5].map((firstSeenAtEpochMs) => ({ ...WRITE, firstSeenAtEpochMs }));
  expect(asOfItsExecution(held(SEEN), KEY, writes, undefined)).toEqual(held(9));
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
