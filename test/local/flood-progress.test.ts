import { formatFloodProgress } from '../../local/flood-progress.ts';
import { createFloodLedger } from '../../local/simulator/flood-ledger.ts';

const nothing = createFloodLedger().report(false);

it.each([
  ['nothing sent', nothing, '░░░', '0/1,000 done, 0 wait in the queue'],
  ['all waiting', { ...nothing, enrolled: 1_000, blocked: 1_000 }, '▒▒▒', '0/1,000 done, 1,000 wait in the queue'],
  [
    'some done at once, some from the queue',
    { ...nothing, enrolled: 1_000, blocked: 600, completed: 200, answeredInline: 400 },
    '█▒',
    '600/1,000 done, 400 wait in the queue',
  ],
])('The progress line shows a flood with %s', (_what, report, bar, text) => {
  const line = formatFloodProgress(report, 1_000);
  expect(line).toContain(bar);
  expect(line.endsWith(text)).toBe(true);
  expect(line.indexOf(' ')).toBe(30);
});
