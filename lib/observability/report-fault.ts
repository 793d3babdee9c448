import { describeError } from '../domain/describe-error.ts';
import {
  AppError,
  ConfigError,
  SecretsUnavailableError,
  StoreUnavailableError,
  UpstreamContractError,
} from '../domain/errors.ts';
import type { LogFields, Metrics, Needs } from '../ports/telemetry.ts';
import type { Telemetry } from './telemetry.ts';

/**
 * Counts an error for an operator's alarm where it ends: in an answer, or in a message that is delivered again.
 * @returns whether there is such an alarm
 */
export function countFault(metrics: Metrics, error: unknown): boolean {
  if (error instanceof ConfigError) metrics.count('ConfigInvalid');
  else if (error instanceof SecretsUnavailableError) metrics.count('SecretsUnavailable');
  else if (error instanceof StoreUnavailableError) metrics.count('StoreUnavailable');
  else if (error instanceof UpstreamContractError) metrics.count('HubSpotContractBroken');
  else if (!(error instanceof AppError)) metrics.count('UnexpectedError');
  else return false;
  return true;
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
export function reportAlarm(
  { log, metrics }: Telemetry,
  message: string,
  error: unknown,
  fields: LogFields = {},
): void {
  if (countFault(metrics, error)) log.error(message, { ...fields, ...describeError(error) });
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
