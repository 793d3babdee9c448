import { formatCallChart, mostInWindow } from '../../local/call-chart.ts';

const LIMIT = { calls: 110, windowMs: 10_000 };
const START = Date.UTC(2026, 10, 25, 9);

function every(ms: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => START + index * ms);
}

it('The call chart has one line a second, with its number of calls after the bar and the limit as a mark', () => {
  const lines = formatCallChart([...every(100, 10), ...every(1_000, 3).slice(1)], LIMIT).split('\n');
  expect(lines).toHaveLength(5);
  expect(lines[0]).toBe('HubSpot calls every second; │ is the limit of 110 in 10 s, spread evenly:');
  expect(lines[1]).toMatch(/^ {2}0 s {2}█+ *│ *10$/);
  expect(lines[2]).toMatch(/^ {2}1 s {2}█+ *│ *1$/);
  expect(lines[4]).toBe('At most 12 calls in any 10 seconds.');
});

it('The call chart of a longer time has longer steps, so that it fits on a screen', () => {
  const lines = formatCallChart(every(500, 1_000), LIMIT).split('\n');
  expect(lines[0]).toContain('every 30 seconds');
  expect(lines.length).toBeLessThanOrEqual(43);
});

it.each([
  ['nothing', [], 'No calls.'],
  ['one call', every(1, 1), 'At most 1 calls in any 10 seconds.'],
])('The call chart shows %s in words', (_what, calls, text) => {
  expect(formatCallChart(calls, LIMIT)).toContain(text);
});

it.each([
  [every(1_000, 30), 10],
  [every(100, 30), 30],
  [[START, START + 9_999, START + 10_000], 2],
])('The fullest window of calls is found, and a call at its end counts for the next window', (calls, most) => {
  expect(mostInWindow(calls, 10_000)).toBe(most);
});
