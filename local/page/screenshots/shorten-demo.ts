import { stripVTControlCharacters } from 'node:util';

/** A record of the demo's report begins with a mark, below the title of its group. */
const RECORD = /^ {2}[✓✗]/;
const LAST = 'Summary';

/**
 * The demo’s output as far as its summary: how it begins, and the first record of each group, with how many there are. A group
 * of two is shown whole.
 * @throws if there is no summary, because then this is not the output that it knows
 */
export function shorten(output: string): string {
  const [start = '', ...parts] = output.trimEnd().split('\n\n');
  const last = parts.findIndex((part) => stripVTControlCharacters(part).startsWith(LAST));
  if (last === -1) throw new Error(`the demo printed no ${LAST}`);
  const groups = parts.slice(0, last).map(shortenGroup);
  return [`${start.split('\n')[0]}\n  …`, ...groups, parts[last]].join('\n\n');
}

function shortenGroup(group: string): string {
  const lines = group.split('\n');
  const records = lines.flatMap((line, at) => (RECORD.test(stripVTControlCharacters(line)) ? [at] : []));
  const [, second, third] = records;
  if (second === undefined || third === undefined) return group;
  return [`${lines[0]} (1 of ${records.length})`, ...lines.slice(1, second)].join('\n');
}
