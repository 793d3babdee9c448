import type { Paint } from './paint.ts';
import type { ScenarioResult } from './run-scenario.ts';
import { COLUMNS, widthOf, wrap, wrapItems } from './wrap.ts';

const INDENT = '    ';

export function formatGroup(title: string, paint: Paint): string {
  return `\n${paint('bold', title)}`;
}

/** A record: what it shows and its outcome, then the facts, then what the workflow's history shows. */
export function formatResult(row: ScenarioResult, paint: Paint): string {
  const isGood = row.problems.length === 0;
  const title = `  ${isGood ? paint('green', '✓') : paint('red', '✗')} ${row.shows}`;
  const outcome = `${row.wasQueued ? 'BLOCK → ' : ''}${row.outcome} ${row.errorCode}`.trim();
  const gap = COLUMNS - widthOf(title) - widthOf(outcome);
  const colored = paint(row.outcome === 'FAILED' ? 'yellow' : 'cyan', outcome);
  return [
    gap > 0 ? `${title}${' '.repeat(gap)}${colored}` : `${title}\n${INDENT}${colored}`,
    wrapItems(factsOf(row), ' ·', INDENT),
    ...inColor(wrap(`“${row.historySentence}”`, { first: INDENT, rest: INDENT }), (line) => paint('dim', line)),
    ...row.problems.map((problem) => paint('red', wrap(problem, { first: `${INDENT}✗ `, rest: `${INDENT}  ` }))),
  ].join('\n');
}

export type DemoTotals = {
  readonly executions: number;
  readonly hubspotCalls: number;
  readonly tookMs: number;
  /** Of the whole demo, including the start. */
  readonly demoMs: number;
};

/** What was proven, and three things to try next. */
export function formatSummary(rows: readonly ScenarioResult[], totals: DemoTotals, paint: Paint): string {
  const byOutcome = Map.groupBy(rows, ({ outcome }) => outcome);
  const counts = [...byOutcome].map(([outcome, { length }]) => `${length} ${outcome}`);
  const { executions, hubspotCalls, tookMs, demoMs } = totals;
  return [
    '',
    paint('bold', 'Summary'),
    wrapItems(counts, ',', '  '),
    `  ${executions} executions, ${hubspotCalls} HubSpot calls, ${seconds(tookMs)}; with the start ${seconds(demoMs)}`,
    `  ${paint('green', '✓')} After each one, the CRM held the owner that the answer claims.`,
    '',
    paint('bold', 'Try next'),
    ...[
      ['npm start', 'keep the stack up and enroll records of your own'],
      ['npm run demo -- --flood 500', 'enroll 500 records at once'],
      ['docs/deploy.md', 'get the step into your HubSpot account'],
    ].map(([what = '', why = '']) => `  ${paint('cyan', what.padEnd(27))}  ${why}`),
    '',
  ].join('\n');
}

function factsOf(row: ScenarioResult): readonly string[] {
  const { account, record, emailGiven, ownerBefore, ownerAfter, ownerIdAfter, hubspotCalls, durationMs } = row;
  const after = ownerIdAfter === '' ? ownerAfter : `${ownerAfter} ${ownerIdAfter}`;
  return [
    ...(account === 'first' ? [] : [`account ${row.portalId}`]),
    record.startsWith('contact ') ? '' : record,
    emailGiven.trim() || '(empty)',
    ownerBefore === ownerAfter ? `${after}, unchanged` : `${ownerBefore} → ${after}`,
    `${hubspotCalls} call${hubspotCalls === 1 ? '' : 's'}`,
    `${durationMs} ms`,
  ].filter(Boolean);
}

/** Line by line, because a terminal may end a color with the line. */
function inColor(text: string, color: (line: string) => string): readonly string[] {
  return text.split('\n').map(color);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
