import fc from 'fast-check';
import { isWithinTwoEdits } from '../../lib/domain/unresolved-email.ts';

const LAWS = 1_000;

it.each([
  ['jane@example.com', 'jane@example.com', true, 'the same'],
  ['jane@example.com', 'jane@exmaple.com', true, 'two neighbors swapped'],
  ['ajne@example.com', 'jane@exmaple.com', true, 'two swaps'],
  ['jne@example.com', 'jane@example.com', true, 'a character too few'],
  ['jaane@example.com', 'jane@example.com', true, 'a character too many'],
  ['jabe@example.com', 'jane@example.com', true, 'another character'],
  ['jane@example.co', 'jane@example.com', true, 'the last character missing'],
  ['jane@example', 'jane@example.com', false, 'four characters missing'],
  ['jne@exmple.com', 'jane@example.com', true, 'two slips far apart'],
  ['jne@exmple.cm', 'jane@example.com', false, 'three slips'],
  ['enaj@example.com', 'jane@example.com', false, 'turned around'],
  ['ca', 'abc', false, 'a swap with an insertion inside it is three slips in optimal string alignment'],
  ['', 'ab', true, 'nothing and two characters'],
  ['', 'abc', false, 'nothing and three characters'],
  ['zoë@example.com', 'zoe@example.com', true, 'an accent'],
])('The typo check compares %j and %j: %s (%s)', (left, right, expected) => {
  expect(isWithinTwoEdits(left, right)).toBe(expected);
  expect(isWithinTwoEdits(right, left)).toBe(expected);
});

/** Few letters, so that swaps and near misses are frequent. */
const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '@'), maxLength: 9 });
const slip = fc.record({
  kind: fc.constantFrom('none', 'insert', 'delete', 'replace', 'swap'),
  at: fc.nat(20),
  letter: fc.constantFrom('a', 'b', 'c', '@', 'z'),
});
/** Pairs that are close, which two words by chance seldom are. */
const pair = fc
  .tuple(word, fc.array(slip, { maxLength: 4 }))
  .map(([text, slips]): [string, string] => [text, slips.reduce(applySlip, text)]);

it('The typo check agrees with the full table of the textbook, for close and for distant texts', () => {
  const agrees = ([left, right]: [string, string]) =>
    expect(isWithinTwoEdits(left, right)).toBe(distance(left, right) <= 2);
  fc.assert(fc.property(pair, agrees), { numRuns: LAWS });
  fc.assert(fc.property(fc.tuple(word, word), agrees), { numRuns: LAWS });
});

function applySlip(text: string, { kind, at, letter }: { kind: string; at: number; letter: string }): string {
  const index = text.length === 0 ? 0 : at % text.length;
  const [before, rest] = [text.slice(0, index), text.slice(index)];
  switch (kind) {
    case 'insert':
      return before + letter + rest;
    case 'delete':
      return before + rest.slice(1);
    case 'replace':
      return before + letter + rest.slice(1);
    case 'swap':
      return before + rest.slice(1, 2) + rest.slice(0, 1) + rest.slice(2);
    default:
      return text;
  }
}

/** Optimal string alignment by its definition: every cell of the table, no band and no early end. */
function distance(left: string, right: string): number {
  const memo = new Map<string, number>();
  const of = (row: number, column: number): number => {
    if (row === 0 || column === 0) return row + column;
    const key = `${row},${column}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const [a, b] = [left[row - 1], right[column - 1]];
    const ways = [of(row - 1, column) + 1, of(row, column - 1) + 1, of(row - 1, column - 1) + (a === b ? 0 : 1)];
    if (row > 1 && column > 1 && a === right[column - 2] && b === left[row - 2]) ways.push(of(row - 2, column - 2) + 1);
    const best = Math.min(...ways);
    memo.set(key, best);
    return best;
  };
  return of(left.length, right.length);
}
