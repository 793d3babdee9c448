import { describeError } from '../domain/describe-error.ts';
import {
  AppError,
  ConfigError,
  SecretsUnavailableError,
  StoreUnavailableError,
  UpstreamContractError,
} from '../domain/errors.ts';
import type { LogFields, MetricName, Metrics, Needs } from '../ports/telemetry.ts';
import type { Telemetry } from './telemetry.ts';

/** The metric of the alarm that an error raises. */
function alarmOf(error: unknown): MetricName | undefined {
  if (error instanceof ConfigError) return 'ConfigInvalid';
  if (error instanceof SecretsUnavailableError) return 'SecretsUnavailable';
  if (error instanceof StoreUnavailableError) return 'StoreUnavailable';
  if (error instanceof UpstreamContractError) return 'HubSpotContractBroken';
  return error instanceof AppError ? undefined : 'UnexpectedError';
}

/** Counts an error for an operator's alarm where it ends: in an answer, or in a message that is delivered again. */
export function countFault(metrics: Metrics, error: unknown): void {
  const metric = alarmOf(error);
  if (metric !== undefined) metrics.count(metric);
}

/** Reports an error where it ends: one line in the log, and a metric for an alarm. */
export function reportFault(
  { log, metrics }: Needs<'metrics' | 'log'>,
  message: string,
  error: unknown,
  fields: LogFields = {},
): void {
  countFault(metrics, error);
  log.error(message, { ...fields, ...describeError(error) });
}

/** For errors that are often met and retried, such as a limit: only those that raise an alarm, whose runbook needs the line. */
export function reportAlarm(telemetry: Telemetry, message: string, error: unknown, fields?: LogFields): void {
  if (alarmOf(error) !== undefined) reportFault(telemetry, message, error, fields);
}

/**
 * For work whose errors Lambda itself logs, including the message. The messages of our own errors are fixed texts. Any other may
 * quote data, so it is reported here, and an error without values is thrown instead. Writes the metrics, also after an error.
 */
export async function reportUnexpected<T>(telemetry: Telemetry, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError) throw error;
    reportFault(telemetry, 'the function failed unexpectedly', error);
    throw new Error('Something unexpected happened. The log has its name and stack.');
  } finally {
    telemetry.flush();
  }
}
