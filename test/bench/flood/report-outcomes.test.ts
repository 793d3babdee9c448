import type { FloodOutcome } from '../../../bench/flood/flood.ts';
import { inDuration, reportOutcomes } from '../../../bench/flood/report-outcomes.ts';
import type { Report } from '../../../bench/report.ts';

const OURS: FloodOutcome = {
  way: 'ours',
  records: 10_000,
  calls: 200,
  refused: 0,
  settledAfterMs: 20_000,
  neverAssigned: 0,
  wrongOwners: 0,
};
const OTHER: FloodOutcome = {
  way: 'other',
  records: 10_000,
  calls: 30_000,
  refused: 6_000,
  settledAfterMs: 3_600_000,
  neverAssigned: 250,
  wrongOwners: 1,
  deliveries: 12_345,
};

/** The rows as records of column → cell. */
function tableOf(others: readonly FloodOutcome[], ours?: FloodOutcome): Record<string, string | undefined>[] {
  const rows: Record<string, string | undefined>[] = [];
  const table: Report['table'] = (columns, cells) => {
    rows.push(...cells.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]]))));
  };
  const unused = () => {};
  reportOutcomes({ table, line: unused, heading: unused, budget: unused, notMet: () => [] }, others, ours);
  return rows;
}

it('The flood report shows the outcomes of a way', () => {
  expect(tableOf([OTHER])).toEqual([
    {
      way: 'other',
      records: '10,000',
      'HubSpot calls': '30,000',
      '429s': '6,000',
      'of calls': '20.0 %',
      'sent by HubSpot': '12,345',
      'completed after': '60.0 min',
      'never assigned': '250',
      'of records': '2.5 %',
      'wrong owners': '1',
    },
  ]);
});

it('The flood report lists our own way first and says how many times as many calls the others need', () => {
  const rows = tableOf([OTHER], OURS);
  expect(rows.map(({ way }) => way)).toEqual(['ours', 'other']);
  expect(rows.map((row) => [row['calls, ours = 1'], row['time, ours = 1']])).toEqual([
    ['1.00×', '1.00×'],
    ['150.00×', '180.00×'],
  ]);
});

it('The flood report shows no share if there were no calls', () => {
  expect(tableOf([{ ...OURS, calls: 0 }])[0]).toMatchObject({ 'of calls': '–', 'sent by HubSpot': '–' });
});

it.each([
  [119_900, '119.9 s'],
  [120_000, '2.0 min'],
  [7_199_000, '120.0 min'],
  [7_200_000, '2.0 h'],
])('The flood report writes %p ms as %s', (ms, text) => {
  expect(inDuration(ms)).toBe(text);
});
