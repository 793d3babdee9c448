import type { ScenarioResult } from './run-scenario.ts';

const COLUMNS: readonly { readonly title: string; readonly read: (row: ScenarioResult) => string }[] = [
  { title: 'Account', read: (row) => String(row.portalId) },
  { title: 'Record', read: (row) => row.record },
  { title: 'Email given', read: (row) => row.emailGiven.trim() || '(empty)' },
  { title: 'Outcome', read: (row) => row.outcome },
  { title: 'Owner', read: (row) => `${row.ownerBefore} → ${row.ownerAfter}` },
  { title: 'Owner id', read: (row) => row.ownerIdAfter },
  { title: 'Calls', read: (row) => String(row.hubspotCalls) },
  { title: 'ms', read: (row) => String(row.durationMs) },
];

/** Two lines a record: the facts in columns, and below them what the workflow's history shows. */
export function formatResults(rows: readonly ScenarioResult[]): string {
  const widths = COLUMNS.map(({ title, read }) => Math.max(title.length, ...rows.map((row) => read(row).length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    line(COLUMNS.map(({ title }) => title)),
    line(widths.map((width) => '─'.repeat(width))),
    ...rows.flatMap((row) => [
      line(COLUMNS.map(({ read }) => read(row))),
      `    ${row.shows}: “${row.historySentence}”`,
      ...row.problems.map((problem) => `    ✗ ${problem}`),
    ]),
  ].join('\n');
}
