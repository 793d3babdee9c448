import { readSources } from '../architecture/imports.ts';
import { withoutComments } from './code-names.ts';
import { read } from './pages.ts';

const guide = read('docs/alarms.md');
const queries = [...guide.matchAll(/```text\n([\s\S]*?)```/g)].map(([, query = '']) => query.trim());
const sources = readSources('lib', 'functions').map(({ text }) => withoutComments(text));
/** Each call that writes a line: its message is the first string in it, its fields are the names behind that. */
const lines = sources.flatMap((text) =>
  [...text.matchAll(/\b(?:log(?:\.\w+|\[\w+\])|[rR]eportFault)\(/g)].map(({ index }) => callAt(text, index)),
);

/** Powertools puts these on every line, CloudWatch those with an @. */
const ON_EVERY_LINE = ['level', 'message', 'timestamp', 'service', 'functionName', 'requestId'];
const describeError = sources.find((text) => text.includes('export function describeError')) ?? '';
const OF_ERRORS = ['code', 'reason', 'fault', 'unreadable', 'stack', 'causes'];

function callAt(text: string, start: number): string {
  let depth = 0;
  for (let at = text.indexOf('(', start); at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return text.slice(start, at + 1);
  }
  return text.slice(start);
}

const strings = (text: string) => [...text.matchAll(/"([^"]*)"/g)].map(([, string = '']) => string);
/** The strings that a query compares a field with, also in a list. */
const comparedWith = (field: string, query: string) =>
  [...query.matchAll(new RegExp(`\\b${field} (?:=|in) ("[^"]*"|\\[[^\\]]*\\])`, 'g'))].flatMap(([, value = '']) =>
    strings(value),
  );

const FUNCTIONS = ['filter', 'fields', 'stats', 'sort', 'limit', 'desc', 'by', 'as', 'and', 'or', 'in', 'like'];
const CALLS = ['count', 'sum', 'max', 'min', 'pct', 'bin'];

/** Every name in a query that is no word of the language, no alias, no string and no pattern. */
function fieldsOf(query: string): string[] {
  const plain = query.replace(/"[^"]*"|\/[^/\n]*\//g, '').replace(/\b\d+[mh]?\b/g, '');
  const aliases = [...plain.matchAll(/\bas (\w+)/g)].map(([, alias = '']) => alias);
  const names = [...plain.matchAll(/(?<![@\w])[A-Za-z]\w*/g)].map(([name]) => name);
  return [...new Set(names)].filter((name) => ![...FUNCTIONS, ...CALLS, ...aliases].includes(name));
}

it('Nearly every runbook has a query for the log', () => {
  expect(queries.length).toBeGreaterThan(25);
});

it('The fields that every log line about an error has are in the code', () => {
  expect(OF_ERRORS.filter((field) => !new RegExp(`\\b${field}:`).test(describeError))).toEqual([]);
});

it.each(queries)(
  'A query of the runbooks looks for messages that the code writes, and for their fields: %s',
  (query) => {
    const messages = comparedWith('message', query);
    const written = messages.map((message) => lines.filter((line) => line.includes(`'${message}'`)));
    expect(messages.filter((_, at) => written[at]?.length === 0)).toEqual([]);
    // Without a message, any line may be meant.
    const meant = messages.length > 0 ? written.flat() : lines;
    const isOfError = meant.some((line) => /describeError|^reportFault/.test(line));
    const known = [...ON_EVERY_LINE, ...(isOfError ? OF_ERRORS : [])];
    // Counts that a caller hands over are in its own file.
    const text = meant.join('\n');
    const isKnown = (field: string) =>
      known.includes(field) || new RegExp(`\\b${field}\\b`).test(text) || isCounted(field, meant);
    expect(fieldsOf(query).filter((field) => !isKnown(field))).toEqual([]);
  },
);

/** `reportFault(…, counts)`: the names are in an object of the same file. */
function isCounted(field: string, meant: readonly string[]): boolean {
  return sources.some(
    (text) => meant.some((line) => text.includes(line)) && new RegExp(`const counts = \\{[^}]*\\b${field}:`).test(text),
  );
}

it('The queries of the runbooks look for error codes that the code has', () => {
  const codes = queries.flatMap((query) => comparedWith('code', query));
  expect(codes.length).toBeGreaterThan(5);
  expect(codes.filter((code) => !sources.some((text) => text.includes(`'${code}'`)))).toEqual([]);
});

it('The queries of the runbooks look for levels that the log has', () => {
  const levels = queries.flatMap((query) => comparedWith('level', query));
  expect(levels.filter((level) => !['WARN', 'ERROR', 'INFO'].includes(level))).toEqual([]);
});
