import { describeError } from '../domain/describe-error.ts';
import {
  AppError,
  ConfigError,
  SecretsUnavailableError,
  StoreUnavailableError,
  UpstreamContractError,
} from '../domain/errors.ts';
import type { Log, LogFields, Metrics } from '../ports/telemetry.ts';
import type { Telemetry } from './telemetry.ts';

/** Counts what an operator is called for, wherever an error ends: in an answer, or in a message that comes again. */
export function countFault(metrics: Metrics, error: unknown): void {
  if (error instanceof ConfigError) metrics.count('ConfigInvalid');
  if (error instanceof SecretsUnavailableError) metrics.count('SecretsUnavailable');
  if (error instanceof StoreUnavailableError) metrics.count('StoreUnavailable');
  if (error instanceof UpstreamContractError) metrics.count('HubSpotContractBroken');
  if (!(error instanceof AppError)) metrics.count('UnexpectedError');
}

/** Reports an error where it ends: one line in the log, and what an alarm looks at. */
export function reportFault(
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
  message: string,
  error: unknown,
  fields: LogFields = {},
): void {
  countFault(metrics, error);
  log.error(message, { ...fields, ...describeError(error) });
}

/**
 * For work whose errors Lambda itself logs, message and all. The messages of our own errors are fixed texts. Any other may quote
 * what it stumbled over, so it is reported here, and one without a value is thrown in its place. Writes the metrics, however the
 * work ends.
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
