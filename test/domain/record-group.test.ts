import fc from 'fast-check';
import { BLOCK_MS } from '../../lib/domain/execution.ts';
import type { ObjectId } from '../../lib/domain/ids.ts';
import { distinct, firstSeenOf, groupByRecord } from '../../lib/domain/record-group.ts';
import { makeRecordRef } from '../builders/ids.ts';
import { makeNumbered, numbersOf } from '../builders/numbered-executions.ts';
import { START_EPOCH_MS } from '../support/clock.ts';

const seen = (number: number, ms: number, objectId = 1, ownerProperty = 'hubspot_owner_id', objectType = '0-1') =>
  makeNumbered(number, {
    command: { record: makeRecordRef(objectId, objectType), ownerProperty, firstSeenAtEpochMs: START_EPOCH_MS + ms },
  });
const all = (groups: ReturnType<typeof groupByRecord>) =>
  groups.map(({ executions }) => [...executions.values()].map((own) => numbersOf(own)));

it('An execution that was delivered twice counts once, and its last copy is used', () => {
  const [one, other] = [makeNumbered(1), makeNumbered(2)];
  const copy = makeNumbered(1, { requeueCount: 3 });
  expect(distinct([one, other, copy])).toEqual([copy, other]);
});

it('Of two copies, the one that HubSpot waits for longer is used, wherever it stands', () => {
  const [one, younger] = [makeNumbered(1), makeNumbered(1, { expiresAtEpochMs: START_EPOCH_MS + BLOCK_MS + 1 })];
  expect([distinct([one, younger]), distinct([younger, one])]).toEqual([[younger], [younger]]);
});

it('Executions of a record are grouped in the order in which they were first seen, whatever order they arrived in', () => {
  expect(all(groupByRecord([seen(3, 9), seen(1, 1), seen(2, 5)]))).toEqual([[[1, 2, 3]]]);
});

it('Executions that were first seen at the same moment keep the order in which they were queued', () => {
  const queued = (number: number, ms: number) => ({ ...seen(number, 0), queuedAtEpochMs: START_EPOCH_MS + ms });
  expect(all(groupByRecord([queued(2, 8), queued(1, 3)]))).toEqual([[[1, 2]]]);
});

it('Records of different types or properties are in different groups, even with the same IDs', () => {
  const groups = groupByRecord([seen(1, 1), seen(2, 2, 1, 'csm_owner'), seen(3, 3, 1, 'hubspot_owner_id', '0-2')]);
  expect(groups.map(({ objectType, property }) => [objectType, property])).toEqual([
    ['0-1', 'hubspot_owner_id'],
    ['0-1', 'csm_owner'],
    ['0-2', 'hubspot_owner_id'],
  ]);
});

it.each([
  [100, [100]],
  [101, [100, 1]],
  [200, [100, 100]],
])('The grouping splits %i records into groups of at most a hundred: %j', (count, sizes) => {
  const executions = Array.from({ length: count }, (_, index) => seen(index, index, index + 1));
  expect(groupByRecord(executions).map((group) => group.executions.size)).toEqual(sizes);
});

it('The moment of a record is that of its earliest execution', () => {
  const [group] = groupByRecord([seen(1, 9), seen(2, 4), seen(3, 7, 2)]);
  expect(group && [...firstSeenOf(group)]).toEqual([
    ['1' as ObjectId, START_EPOCH_MS + 4],
    ['2' as ObjectId, START_EPOCH_MS + 7],
  ]);
});

it('Grouping neither loses nor duplicates an execution, and no record is in two groups of its kind', () => {
  const execution = fc.record({ ms: fc.nat({ max: 5 }), objectId: fc.integer({ min: 1, max: 150 }) });
  fc.assert(
    fc.property(fc.array(execution, { maxLength: 300 }), (given) => {
      const groups = groupByRecord(given.map(({ ms, objectId }, index) => seen(index, ms, objectId)));
      const numbers = groups.flatMap(({ executions }) => [...executions.values()].flatMap((own) => numbersOf(own)));
      expect(numbers.toSorted((a, b) => a - b)).toEqual(given.map((_, index) => index));
      const ids = groups.flatMap(({ executions }) => [...executions.keys()]);
      expect(new Set(ids).size).toBe(ids.length);
    }),
    { numRuns: 50 },
  );
});
