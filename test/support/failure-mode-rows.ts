/** The rows of the failure-mode catalog that the suite must prove. A test proves a row by naming it: `[E1] …`. */
const range = (letter: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${letter}${from + index}`);

export const REQUIRED_ROWS: readonly string[] = [
  ...range('E', 1, 16),
  ...range('S', 1, 16),
  ...range('P', 1, 15),
  ...range('H', 1, 28),
  ...range('O', 1, 11),
  // D14 is restoring a table, which is for people.
  ...range('D', 1, 13),
  ...range('R', 1, 16),
  ...range('A', 1, 17),
  ...range('C', 1, 10),
  ...range('X', 1, 16),
  ...range('Q', 1, 17),
  ...range('L', 1, 7),
  ...range('M', 1, 12),
  ...range('T', 1, 10),
  ...range('W', 1, 18),
];

const TAG = /\[((?:[A-Z]\d{1,2})(?:,\s*[A-Z]\d{1,2})*)\]/g;

/** The rows that a test's title names. */
export function rowsIn(title: string): string[] {
  return [...title.matchAll(TAG)].flatMap((match) => (match[1] ?? '').split(/,\s*/));
}
