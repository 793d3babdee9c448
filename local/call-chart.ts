/** Calls by time, compared with the limit: a line for every few seconds. */
export type ChartOptions = { readonly calls: number; readonly windowMs: number };

const WIDTH = 50;
const MOST_LINES = 40;
/** Steps of a readable length. */
const STEPS_SECONDS = [1, 2, 5, 10, 30, 60, 120, 300, 600];

/**
 * A bar for each line, and a mark where the limit would be if it were spread evenly. A bar may pass the mark if permits were left
 * over; it may not within the limit's own window.
 */
export function formatCallChart(atEpochMs: readonly number[], limit: ChartOptions): string {
  const start = atEpochMs[0];
  if (start === undefined) return 'No calls.';
  const lastMs = Math.max(...atEpochMs.slice(-100)) - start;
  const step = STEPS_SECONDS.find((seconds) => lastMs / 1_000 / seconds < MOST_LINES) ?? 3_600;
  const counts = new Array<number>(Math.floor(lastMs / (step * 1_000)) + 1).fill(0);
  for (const at of atEpochMs) {
    const index = Math.floor((at - start) / (step * 1_000));
    counts[index] = (counts[index] ?? 0) + 1;
  }
  const even = (limit.calls * step * 1_000) / limit.windowMs;
  const scale = WIDTH / Math.max(even * 1.2, ...counts);
  const mark = Math.round(even * scale);
  const timeWidth = String((counts.length - 1) * step).length;
  const lines = counts.map((count, index) => {
    const bar = '█'.repeat(Math.round(count * scale)).padEnd(WIDTH);
    const marked = bar[mark] === '█' ? bar : `${bar.slice(0, mark)}│${bar.slice(mark + 1)}`;
    return `  ${String(index * step).padStart(timeWidth)} s  ${marked.trimEnd()}  ${count}`;
  });
  const peak = mostInWindow(atEpochMs, limit.windowMs);
  const seconds = limit.windowMs / 1_000;
  return [
    `HubSpot calls every ${step === 1 ? 'second' : `${step} seconds`}; │ is the limit of ${limit.calls} in ${seconds} s, spread evenly:`,
    ...lines,
    `At most ${peak} calls in any ${seconds} seconds.`,
  ].join('\n');
}

/** The maximum number of calls in any window of this length. */
export function mostInWindow(atEpochMs: readonly number[], windowMs: number): number {
  let first = 0;
  let most = 0;
  for (const [last, at] of atEpochMs.entries()) {
    while ((atEpochMs[first] ?? at) <= at - windowMs) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
