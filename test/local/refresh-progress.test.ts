import { reportSync } from '../../lib/observability/report-sync.ts';
import { createRefreshProgress, formatProgress, readEndedRun } from '../../local/refresh-progress.ts';

const CLEAR = '\r\u001b[K';

/** What the Powertools logger prints under serverless offline: JSON, alone on its line. */
function endedLine(runId: string, fields: object = {}): string {
  const counts = { active: 150, archived: 40, queues: 10, hubspotCalls: 3, writes: 1, durationMs: 271 };
  const line = { message: 'owner refresh ended', functionName: 'refreshOwners', portalId: '7000001', runId };
  return JSON.stringify({ level: 'INFO', ...line, outcome: 'done', ...counts, ...fields });
}

function useTerminal(settings: { readonly isTTY?: boolean; readonly columns?: number } = { isTTY: true }) {
  const written: string[] = [];
  const stream = { ...settings, write: (text: string) => void written.push(text) };
  const printed: string[] = [];
  const progress = createRefreshProgress(stream);
  const take = progress.above((line) => {
    printed.push(line);
    written.push(`${line}\n`);
  });
  return { progress, take, written, printed };
}

it.each([
  { counts: { portals: undefined, done: 0, owners: 0, calls: 0 }, text: 'Refreshing owners …' },
  {
    counts: { portals: 40, done: 12, owners: 2_400, calls: 36 },
    text: 'Refreshing owners: 12/40 portals, 2,400 owners, 36 calls',
  },
])('The progress of a refresh says "$text"', ({ counts, text }) => {
  expect(formatProgress(counts)).toBe(text);
});

it.each([
  { why: 'a run that is done', line: endedLine('run-1'), run: { runId: 'run-1', owners: 200, calls: 3 } },
  {
    why: 'a run that had nothing to do',
    line: '{"message":"owner refresh ended","runId":"run-2","outcome":"skipped","reason":"not_connected"}',
    run: { runId: 'run-2', owners: 0, calls: 0 },
  },
  {
    why: 'a run that is put down for its continuation',
    line: '{"message":"owner refresh ended","runId":"run-3","outcome":"toBeContinued","reason":""}',
    run: undefined,
  },
  { why: 'another log line', line: '{"message":"owner refreshes queued","portals":40}', run: undefined },
  { why: 'a line that names no run', line: '{"message":"owner refresh ended"}', run: undefined },
  { why: 'a line of serverless offline', line: '(λ: refreshOwners) Duration: 481.74 ms', run: undefined },
  { why: 'half a JSON line', line: '{"message":"owner refresh ended","runId":', run: undefined },
])('The progress of a refresh reads $why', ({ line, run }) => {
  expect(readEndedRun(line)).toEqual(run);
});

it('The progress of a refresh reads the line that the refresh function really logs', () => {
  const lines: string[] = [];
  const log = (message: string, fields: object = {}) => void lines.push(JSON.stringify({ message, ...fields }));
  const telemetry = {
    log: { debug: log, info: log, warn: log, error: log },
    metrics: { count: () => undefined, measure: () => undefined },
    startRequest: () => undefined,
    flush: () => undefined,
  };
  const order = { portalId: '7000001', runId: 'run-1', requestedAtEpochMs: 1, force: false, continuations: 0 };

  reportSync(telemetry, order as Parameters<typeof reportSync>[1], { kind: 'skipped', reason: 'another_run' });

  expect(lines.map(readEndedRun)).toEqual([{ runId: 'run-1', owners: 0, calls: 0 }]);
});

it('The progress of a refresh keeps one line of the terminal up to date and removes it at the end', () => {
  const { progress, take, written } = useTerminal();

  progress.begin();
  progress.expect(1_200);
  take(endedLine('run-1'));
  progress.end();

  expect(written).toEqual([
    `${CLEAR}Refreshing owners …`,
    `${CLEAR}Refreshing owners: 0/1,200 portals, 0 owners, 0 calls`,
    CLEAR,
    `${endedLine('run-1')}\n`,
    `${CLEAR}Refreshing owners: 1/1,200 portals, 200 owners, 3 calls`,
    CLEAR,
  ]);
});

it('The progress of a refresh is not written where there is no terminal, and log lines still pass', () => {
  const { progress, take, written, printed } = useTerminal({});

  progress.begin();
  progress.expect(40);
  take(endedLine('run-1'));
  take('plain text');
  progress.end();

  expect(printed).toEqual([endedLine('run-1'), 'plain text']);
  expect(written).toEqual(printed.map((line) => `${line}\n`));
});

it('Log lines that come while no refresh runs pass unchanged and are not counted', () => {
  const { progress, take, written } = useTerminal();

  take(endedLine('run-0'));
  progress.begin();
  progress.expect(2);

  expect(written[0]).toBe(`${endedLine('run-0')}\n`);
  expect(written.at(-1)).toBe(`${CLEAR}Refreshing owners: 0/2 portals, 0 owners, 0 calls`);
});

it('A refresh whose message was delivered twice counts once', () => {
  const { progress, take, written } = useTerminal();
  progress.begin();
  progress.expect(2);

  take(endedLine('run-1'));
  take(endedLine('run-1'));

  expect(written.at(-1)).toBe(`${CLEAR}Refreshing owners: 1/2 portals, 200 owners, 3 calls`);
});

it('The progress adds up refreshes that overlap, and starts from zero after the last of them', () => {
  const { progress, take, written } = useTerminal();

  progress.begin();
  progress.expect(3);
  progress.begin();
  progress.expect(3);
  progress.end();
  take(endedLine('run-1'));
  expect(written.at(-1)).toBe(`${CLEAR}Refreshing owners: 1/6 portals, 200 owners, 3 calls`);
  progress.end();
  progress.begin();

  expect(written.at(-1)).toBe(`${CLEAR}Refreshing owners …`);
});

it.each([
  { columns: 30, why: 'a narrow terminal', length: 29 },
  { columns: 0, why: 'a terminal that does not know its width', length: 50 },
])('The progress line never wraps on $why', ({ columns, length }) => {
  const { progress, written } = useTerminal({ isTTY: true, columns });

  progress.begin();
  progress.expect(40);

  expect(written.at(-1)?.slice(CLEAR.length)).toHaveLength(length);
});
