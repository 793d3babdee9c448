import { Logger } from '@aws-lambda-powertools/logger';
import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import type { Log, MetricName, Metrics } from '../domain/ports.ts';

/** What a function tells its operator: structured log lines and metrics in CloudWatch's embedded format, both on stdout. */
export type Telemetry = {
  readonly log: Log;
  readonly metrics: Metrics;
  /** Puts the request id on every following line. */
  startRequest(requestId: string): void;
  /** Writes the metrics counted since the last call. */
  flush(): void;
};

const SERVICE = 'set-owner-by-email';

/** The metrics' namespace comes from `POWERTOOLS_METRICS_NAMESPACE`, so that stages in one account do not mix. */
export function createTelemetry(functionName: string): Telemetry {
  const logger = new Logger({ serviceName: SERVICE, persistentLogAttributes: { functionName } });
  const powertools = new PowertoolsMetrics({
    serviceName: SERVICE,
    defaultDimensions: { functionName },
  });
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
      if (powertools.hasStoredMetrics()) powertools.publishStoredMetrics();
    },
  };

  function add(
    name: MetricName,
    unit: (typeof MetricUnit)[keyof typeof MetricUnit],
    value: number,
    dimensions: Readonly<Record<string, string>> | undefined,
  ): void {
    if (dimensions === undefined) {
      powertools.addMetric(name, unit, value);
      return;
    }
    // A metric with dimensions of its own is written by itself: one EMF line has one set of dimensions.
    const single = powertools.singleMetric();
    single.addDimensions({ ...dimensions });
    single.addMetric(name, unit, value);
  }
}
