import { stripVTControlCharacters, styleText } from 'node:util';
import { formatGroup, formatResult, formatSummary } from '../../local/demo-report.ts';
import { SCENARIO_GROUPS } from '../../local/demo-scenarios.ts';
import type { Paint } from '../../local/paint.ts';
import type { ScenarioResult } from '../../local/run-scenario.ts';
import { COLUMNS, widthOf } from '../../local/wrap.ts';

const plain: Paint = (_style, text) => text;
const colored: Paint = (style, text) => styleText(style, text, { validateStream: false });
const scenarios = SCENARIO_GROUPS.flatMap((group) => group.scenarios);

/** As long as anything in the simulator is. */
function resultOf(scenario: (typeof scenarios)[number], parts: Partial<ScenarioResult> = {}): ScenarioResult {
  return {
    account: scenario.account ?? 'first',
    portalId: 4_000_001,
    record: 'contact 9100000001',
    shows: scenario.shows,
    emailGiven: 'jane@example.com; omar@example.com',
    outcome: scenario.outcome,
    wasQueued: scenario.isQueued === true,
    errorCode: scenario.errorCode ?? '',
    ownerBefore: 'somebody.with.a.long.name@example.com',
    ownerAfter: 'Bartholomew Longfellow-Windsor',
    ownerIdAfter: '410000001',
    historySentence: 'The owner was not changed because no active owner matches the email. '.repeat(3).trim(),
    hubspotCalls: 12,
    durationMs: 12_345,
    problems: [],
    ...parts,
  };
}

function render(paint: Paint, parts: Partial<ScenarioResult> = {}): string {
  const rows = scenarios.map((scenario) => resultOf(scenario, parts));
  const totals = { executions: 25, hubspotCalls: 31, tookMs: 8_600, demoMs: 19_700 };
  return [
    ...SCENARIO_GROUPS.map(({ title }) => formatGroup(title, paint)),
    ...rows.map((row) => formatResult(row, paint)),
    formatSummary(rows, totals, paint),
  ].join('\n');
}

it.each([
  ['where all is well', {}],
  ['with problems', { problems: ['owner in the CRM: expected "410000001", got "410000002", which is another one'] }],
])('Every line of the demo fits into 80 columns %s', (_when, parts) => {
  expect(COLUMNS).toBe(80);
  for (const paint of [plain, colored]) {
    const lines = render(paint, parts).split('\n');
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.filter((line) => widthOf(line) > 80)).toEqual([]);
  }
});

it('The demo prints no control characters where no color is wanted', () => {
  expect(render(plain)).not.toContain('\u001b');
  expect(render(colored)).toContain('\u001b[');
});

it('The demo colors each line alone, and no spaces at its end', () => {
  const lines = render(colored).split('\n');
  expect(lines.filter((line) => /\s$/.test(stripVTControlCharacters(line)))).toEqual([]);
  const open = (line: string) => line.split('\u001b[').length - 1;
  expect(lines.filter((line) => open(line) % 2 === 1)).toEqual([]);
});

it('The demo shows a record with its outcome at the right, the owner before and after, and the history sentence', () => {
  const [first] = scenarios;
  if (first === undefined) throw new Error('the demo has no scenarios');
  const row = resultOf(first, {
    emailGiven: 'jane@example.com',
    ownerBefore: 'nobody',
    ownerAfter: 'Jane Doe',
    hubspotCalls: 1,
    durationMs: 24,
    historySentence: 'jane@example.com was set as the owner.',
  });
  expect(formatResult(row, plain)).toBe(
    [
      `  ✓ A lead that nobody owns${'ASSIGNED'.padStart(53)}`,
      '    jane@example.com · nobody → Jane Doe 410000001 · 1 call · 24 ms',
      '    “jane@example.com was set as the owner.”',
    ].join('\n'),
  );
});

it('The summary of the demo counts the outcomes, says that the CRM was compared, and names three things to try', () => {
  const lines = render(plain).split('\nSummary\n')[1]?.split('\n') ?? [];
  expect(lines.join(' ')).toContain('9 FAILED');
  expect(lines).toContain('  25 executions, 31 HubSpot calls, 8.6 s; with the start 19.7 s');
  expect(lines).toContain('  ✓ After each one, the CRM held the owner that the answer claims.');
  expect(lines.slice(lines.indexOf('Try next') + 1).filter(Boolean)).toHaveLength(3);
});

it('The demo has a scenario for every outcome, and shows each scenario once', () => {
  expect(new Set(scenarios.map(({ outcome }) => outcome)).size).toBe(8);
  expect(new Set(scenarios.map(({ shows }) => shows)).size).toBe(scenarios.length);
});
