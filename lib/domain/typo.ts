/**
 * True when one text becomes the other by at most two slips of typing: a character too many, too few or another one, or two
 * neighbours swapped (optimal string alignment). Equal texts are within reach of each other, too.
 */
export function isWithinTwoEdits(left: string, right: string): boolean {
  if (Math.abs(left.length - right.length) > MAX_EDITS) return false;
  // Only a band of five around the diagonal can stay within two edits, so the cost grows with the length alone.
  let older: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = new Array<number>(right.length + 1).fill(TOO_MANY);
    if (row <= MAX_EDITS) current[0] = row;
    let best = current[0] ?? TOO_MANY;
    const last = Math.min(right.length, row + MAX_EDITS);
    for (let column = Math.max(1, row - MAX_EDITS); column <= last; column += 1) {
      const same = left[row - 1] === right[column - 1];
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const cost = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (same ? 0 : 1),
        swapped ? at(older, column - 2) + 1 : TOO_MANY,
      );
      current[column] = cost;
      best = Math.min(best, cost);
    }
    if (best > MAX_EDITS) return false;
    older = previous;
    previous = current;
  }
  return at(previous, right.length) <= MAX_EDITS;
}

const MAX_EDITS = 2;
const TOO_MANY = MAX_EDITS + 1;

function at(row: readonly number[], column: number): number {
  return row[column] ?? TOO_MANY;
}
