import { BLOCK_MS, EXPIRY_MARGIN_MS } from '../../lib/domain/execution.ts';
import { mostAtOnce, PERMIT_LIFETIME_MS, paceOf } from '../../lib/domain/rate-limit.ts';
import { BACKGROUND, INTERACTIVE } from '../../lib/runtime/hubspot.ts';
import { QUEUED } from '../../lib/runtime/queue-runtime.ts';
import { read } from './pages.ts';

/** A line break in a guide is a space. */
const textOf = (page: string) => read(page).replace(/\s+/g, ' ');
const paceFor = (calls: number) => paceOf({ calls, windowMs: 10_000 });

it.each([110, 100, 190])('The guide to scaling has the pace of %d calls in ten seconds', (calls) => {
  const scaling = textOf('docs/scaling.md');
  expect(scaling).toContain(`${paceFor(calls).intervalMs} ms (${calls})`);
  expect(scaling).toMatch(/seven \(110, 100\) or thirteen \(190\)/);
  expect(mostAtOnce(paceFor(calls), 'interactive')).toBe(calls === 190 ? 13 : 7);
});

it.each([110, 190])(
  'The guide to scaling says how many records a second the queue updates with %d calls in ten seconds, and how long 100,000 take',
  (calls) => {
    const callsASecond = Math.floor(1_000 / paceFor(calls).intervalMs);
    const records = Math.floor((callsASecond * 100) / 3);
    const minutes = Math.ceil(100_000 / records / 60);
    expect(read('docs/scaling.md')).toContain(
      `| ${calls} in 10 s | ${callsASecond} | ${records} | ${minutes} minutes |`,
    );
  },
);

it('The decision on the rate budget has the numbers of the code', () => {
  const decision = textOf('docs/decisions/014-rate-budget.md');
  expect(decision).toContain(`one in ${paceFor(110).intervalMs} ms`);
  expect([INTERACTIVE, BACKGROUND, QUEUED].map(({ permitBatch }) => permitBatch)).toEqual([5, 3, 3]);
  expect(decision).toContain('take five permits at a time, the refresh three, the worker three');
  expect([INTERACTIVE.maxWaitMs, QUEUED.maxWaitMs, PERMIT_LIFETIME_MS]).toEqual([1_000, 3_000, 1_000]);
  expect(decision).toMatch(/They wait a second at most.* The worker waits three seconds/);
  expect(mostAtOnce(paceFor(110), 'bulk')).toBe(Math.ceil(mostAtOnce(paceFor(110), 'interactive') / 2));
});

it('The guides say how long an execution may wait and when it expires', () => {
  expect([BLOCK_MS, EXPIRY_MARGIN_MS]).toEqual([2 * 86_400_000, 30 * 60_000]);
  const floods = textOf('docs/floods.md');
  expect(floods).toContain('**two days** at most');
  expect(floods).toContain('Half an hour before that, the step ends with the error code `EXPIRED_IN_QUEUE`');
  // What waits is sealed with the secret of its time.
  expect(textOf('docs/maintain.md')).toContain('Two days is how long an execution may [wait in the queue]');
});

it('The guide to floods shows the end of the demo in the form in which the demo prints it', () => {
  const shown = /and how many calls each second\nhad\. It ends with:\n\n```text\n([\s\S]*?)```/.exec(
    read('docs/floods.md'),
  )?.[1];
  const formOf = (line: string) =>
    line
      .replace(/[\d.,]+(?= s\b)|\b\d[\d.]*\b/g, '#')
      .replace(/# s\b/g, '#')
      .trim();
  const printed = [...read('local/demo-flood.ts').matchAll(/`([^`]+)`/g)].map(([, text = '']) =>
    formOf(text.replace(/\$\{[^}]+\}/g, '#')),
  );
  const lines = (shown ?? '').split('\n').filter((line) => line !== '');
  expect(lines.length).toBeGreaterThan(4);
  expect(lines.filter((line) => !printed.includes(formOf(line)))).toEqual([]);
});
