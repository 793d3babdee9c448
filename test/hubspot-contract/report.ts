import { NOT_DOCUMENTED } from './check.ts';
import type { Result } from './run-checks.ts';

const KIND_WIDTH = 'not run'.length;
const ID_WIDTH = 26;

/** One line for each check, and for one that differs the lines that say how. */
export function formatResult(result: Result): string {
  const { check, kind } = result;
  const start = `${kind.padEnd(KIND_WIDTH)}  ${check.id.padEnd(ID_WIDTH)}`;
  const indent = ' '.repeat(KIND_WIDTH + 2);
  if (result.kind === 'not run') return `${start}  ${result.why}`;
  const detail = result.detail === undefined || result.detail === '' ? '' : ` (${result.detail})`;
  const answer = check.source === NOT_DOCUMENTED ? '; HubSpot does not document it' : '';
  if (kind === 'same') return `${start}  ${result.seen}${detail}${answer}`;
  return [
    `${start}  ${check.title}`,
    `${indent}expected: ${check.accepts.join(' | ')}`,
    `${indent}seen:     ${result.seen}${detail}`,
    `${indent}source:   ${check.source}`,
  ].join('\n');
}

export function summarize(results: readonly Result[]): string {
  const count = (kind: Result['kind']) => results.filter((result) => result.kind === kind).length;
  return `${count('same')} same, ${count('differs')} ${count('differs') === 1 ? 'differs' : 'differ'}, ${count('not run')} not run`;
}
