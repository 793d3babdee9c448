import { paint } from '../paint.ts';
import { wrap } from '../wrap.ts';
import type { EnrollAnswer } from './enroll.ts';

const ENDED = ['SUCCESS', 'FAIL_CONTINUE'];

/** What the workflow's history shows, and below it what it does not. */
export function formatAnswer(answer: EnrollAnswer): string {
  const { record, isNew, historySentence, state, wasQueued, outputs, attempts, violations } = answer;
  const filled = Object.entries(outputs).filter(([name, value]) => value !== '' && !['outcome'].includes(name));
  const width = Math.max(...filled.map(([name]) => name.length), 'Requests'.length);
  const row = (name: string, value: string) =>
    wrap(`${name.padEnd(width)}  ${value}`, { first: '  ', rest: ' '.repeat(width + 4) });
  return [
    wrap(`${record}${isNew ? ' (new)' : ''}: “${historySentence}”`, { first: '', rest: '' }),
    '',
    row('Outcome', `${paint('bold', outputs.outcome ?? state)}${wasQueued ? ', from the queue' : ''}`),
    row('Owner', ownerChange(answer)),
    ...(ENDED.includes(state) ? [] : [row('State', `${state} after ${attempts} request(s); see npm run logs`)]),
    ...filled.map(([name, value]) => paint('dim', row(name, value))),
    ...violations.map((violation) => paint('red', row('✗', violation))),
  ].join('\n');
}

/** One line, for a replay. */
export function formatAnswerLine(answer: EnrollAnswer): string {
  const { outcome = answer.state, errorCode = '' } = answer.outputs;
  const code = errorCode === '' ? '' : ` / ${errorCode}`;
  return wrap(`${exitCodeOf(answer) === 0 ? '✓' : '✗'} ${answer.record}: ${outcome}${code}, ${ownerChange(answer)}`, {
    first: '',
    rest: '    ',
  });
}

export function exitCodeOf({ state, violations }: EnrollAnswer): 0 | 1 {
  return ENDED.includes(state) && violations.length === 0 ? 0 : 1;
}

function ownerChange({ ownerBefore, ownerAfter }: EnrollAnswer): string {
  return ownerBefore === ownerAfter ? `${ownerAfter}, unchanged` : `${ownerBefore} → ${ownerAfter}`;
}
