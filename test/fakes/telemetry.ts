import type { Log, Metrics, ReportFault } from '../../lib/ports/telemetry.ts';

export type FakeTelemetry = {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly reportFault: ReportFault;
  /** Every line in words: `warn the work log could not be used`. A fault is one of them. */
  readonly lines: string[];
  /** What was counted and measured, in words: `Executions ASSIGNED none ×3`, `QueuedExecutionAgeMs =5000`. */
  readonly counts: string[];
};

/** Telemetry that remembers what was reported. */
export function createFakeTelemetry(): FakeTelemetry {
  const lines: string[] = [];
  const counts: string[] = [];
  const line = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  const wordsOf = (name: string, dimensions = {}) => [name, ...Object.values<string>(dimensions)].join(' ');
  return {
    lines,
    counts,
    log: { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') },
    metrics: {
      count: (name, dimensions, times = 1) => void counts.push(`${wordsOf(name, dimensions)} ×${times}`),
      measure: (name, milliseconds, dimensions) => void counts.push(`${wordsOf(name, dimensions)} =${milliseconds}`),
    },
    reportFault: (message, error) =>
      void lines.push(`fault ${message}: ${error instanceof Error ? error.name : error}`),
  };
}
