import fc from 'fast-check';
import { readBatchResult } from '../../../local/event-source/batch-result.ts';
import { failing } from './use-queue.ts';

const IDS = new Set(['a', 'b', 'c']);

it.each([
  ['nothing', undefined],
  ['null', null],
  ['an empty response', {}],
  ['an empty array', []],
  ['an empty list', { batchItemFailures: [] }],
  ['no list', { batchItemFailures: null }],
  ['other things only', { statusCode: 200 }],
])('The event source takes the result %s for a full success', (_, result) => {
  expect(readBatchResult(result, IDS)).toEqual({ kind: 'read', failedIds: new Set() });
});

it.each([
  ['one', failing('b'), ['b']],
  ['all', failing('a', 'b', 'c'), ['a', 'b', 'c']],
  ['one twice', failing('b', 'b'), ['b']],
  ['one, with other things', { ...failing('b'), note: 1 }, ['b']],
])('The event source reads the failed messages of a result: %s', (_, result, failed) => {
  expect(readBatchResult(result, IDS)).toEqual({ kind: 'read', failedIds: new Set(failed) });
});

it.each([
  ['an empty id', failing('a', '')],
  ['an unknown id', failing('a', 'z')],
  ['a null id', failing('a', null)],
  ['a numeric id', failing(1)],
  ['a misspelt key', { batchItemFailures: [{ itemidentifier: 'a' }] }],
  ['an empty entry', { batchItemFailures: [{}] }],
  ['a null entry', { batchItemFailures: [null] }],
  ['a bare id', { batchItemFailures: ['a'] }],
  ['an object for the list', { batchItemFailures: {} }],
  ['a text for the list', { batchItemFailures: '' }],
  ['a text', 'ok'],
  ['an empty text', ''],
  ['a number', 0],
  ['false', false],
  ['a list of entries', [{ itemIdentifier: 'a' }]],
])('[Q5] The event source takes the result %s for a full failure', (_, result) => {
  expect(readBatchResult(result, IDS)).toMatchObject({ kind: 'malformed' });
});

it('[Q5] The event source takes one foreign ID among any number of good ones for a full failure', () => {
  const good = fc.array(fc.constantFrom(...IDS));
  const foreign = fc.string().filter((id) => !IDS.has(id));
  fc.assert(
    fc.property(good, foreign, good, (before, id, after) => {
      expect(readBatchResult(failing(...before, id, ...after), IDS).kind).toBe('malformed');
    }),
  );
});
