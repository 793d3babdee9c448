import { createTelemetry, type Telemetry } from '../../lib/observability/telemetry.ts';
import type { MetricName } from '../../lib/ports/telemetry.ts';

type CountedMetric = { readonly name: MetricName; readonly dimensions: Readonly<Record<string, string>> };
export type RecordingTelemetry = Telemetry & { readonly counted: readonly CountedMetric[] };

/** The real telemetry, whose lines the log guard searches, with a list of what was counted beside it. */
export function makeTelemetry(): RecordingTelemetry {
  const telemetry = createTelemetry('test');
  const counted: CountedMetric[] = [];
  return {
    ...telemetry,
    counted,
    metrics: {
      ...telemetry.metrics,
      count(name, dimensions, times = 1) {
        for (let time = 0; time < times; time += 1) counted.push({ name, dimensions: dimensions ?? {} });
        telemetry.metrics.count(name, dimensions, times);
      },
      measure(name, milliseconds, dimensions) {
        counted.push({ name, dimensions: dimensions ?? {} });
        telemetry.metrics.measure(name, milliseconds, dimensions);
      },
    },
  };
}
