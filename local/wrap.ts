import { stripVTControlCharacters } from 'node:util';

/** The width of everything that a script prints, in any terminal. */
export const COLUMNS = 80;
const NO_BREAK = '\u00a0';

/** Breaks a text at its spaces. A word that is longer than a line gets its own. */
export function wrap(text: string, { first, rest }: { readonly first: string; readonly rest: string }): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && widthOf(line) + 1 + widthOf(word) > COLUMNS) {
      lines.push(line);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join('\n');
}

/** Colors take no room. */
export function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** Items that stay in one piece each, if a line is long enough for them. */
export function wrapItems(items: readonly string[], separator: string, indent: string): string {
  const room = COLUMNS - indent.length - separator.length - 1;
  const pieces = items.map((item) => (widthOf(item) > room ? item : item.replaceAll(' ', NO_BREAK)));
  const mark = separator.replaceAll(' ', NO_BREAK);
  return wrap(pieces.join(`${mark} `), { first: indent, rest: indent }).replaceAll(NO_BREAK, ' ');
}
