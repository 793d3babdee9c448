const MAX_EDITS = 2;

/**
 * True when one text becomes the other by at most two slips of typing: a character too many, too few or another one, or two
 * neighbours swapped (optimal string alignment). Equal texts are within reach of each other, too.
 *
 * A refresh compares a few hundred emails with every address of a portal, so texts that differ are told apart at their first
 * three differences, and nothing is allocated.
 */
export function isWithinTwoEdits(left: string, right: string): boolean {
  return isWithin(left, 0, right, 0, MAX_EDITS);
}

function isWithin(left: string, leftAt: number, right: string, rightAt: number, edits: number): boolean {
  if (Math.abs(left.length - leftAt - (right.length - rightAt)) > edits) return false;
  let [i, j] = [leftAt, rightAt];
  while (i < left.length && left[i] === right[j]) {
    i += 1;
    j += 1;
  }
  if (i === left.length && j === right.length) return true;
  if (edits === 0) return false;
  const isSwapped = left[i] === right[j + 1] && left[i + 1] === right[j] && i + 1 < left.length;
  return (
    (isSwapped && isWithin(left, i + 2, right, j + 2, edits - 1)) ||
    isWithin(left, i + 1, right, j + 1, edits - 1) ||
    isWithin(left, i + 1, right, j, edits - 1) ||
    isWithin(left, i, right, j + 1, edits - 1)
  );
}
