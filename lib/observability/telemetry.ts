import { Logger } from '@aws-lambda-powertools/logger';
import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import type { MetricName, Needs } from '../ports/telemetry.ts';

/** What a function reports: structured log lines and metrics in CloudWatch's embedded format, both on stdout. */
export type Telemetry = Needs<'metrics' | 'log'> & {
  /** Puts the request ID on every following line. */
  startRequest(requestId: string): void;
  /** Writes the metrics counted since the last call. */
  flush(): void;
};

const SERVICE = 'set-owner-by-email';

/** The metrics' namespace comes from `POWERTOOLS_METRICS_NAMESPACE`, so that stages in one account do not mix. */
export function createTelemetry(functionName: string): Telemetry {
  const logger = new Logger({ serviceName: SERVICE, persistentLogAttributes: { functionName } });
  /** One line has one set of dimensions, so that each set has its own metrics; there are a few dozen of them at most. */
  const metricsByDimensions = new Map<string, PowertoolsMetrics>();
  return {
    log: {
      debug: (message, fields = {}) => logger.debug(message, fields),
      info: (message, fields = {}) => logger.info(message, fields),
      warn: (message, fields = {}) => logger.warn(message, fields),
      error: (message, fields = {}) => logger.error(message, fields),
    },
    metrics: {
      count: (name, dimensions, times = 1) => add(name, MetricUnit.Count, times, dimensions),
      measure: (name, milliseconds, dimensions) => add(name, MetricUnit.Milliseconds, milliseconds, dimensions),
    },
    startRequest(requestId) {
      logger.resetKeys();
      logger.appendKeys({ requestId });
    },
    flush() {
      for (const stored of metricsByDimensions.values()) if (stored.hasStoredMetrics()) stored.publishStoredMetrics();
    },
  };

  function add(
    name: MetricName,
    unit: (typeof MetricUnit)[keyof typeof MetricUnit],
    value: number,
    dimensions: Readonly<Record<string, string>> = {},
  ): void {
    const key = JSON.stringify(dimensions);
    let stored = metricsByDimensions.get(key);
    if (stored === undefined) {
      const defaultDimensions = { functionName, ...dimensions };
      stored = new PowertoolsMetrics({ serviceName: SERVICE, defaultDimensions });
      metricsByDimensions.set(key, stored);
    }
    stored.addMetric(name, unit, value);
  }
}
