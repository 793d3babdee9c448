import {
  AppError,
  ConfigError,
  SecretsUnavailableError,
  StoreUnavailableError,
  UpstreamContractError,
} from '../domain/errors.ts';
import type { Metrics } from '../domain/ports.ts';

/** Counts what an operator is called for, wherever an error ends: in an answer, or in a message that comes again. */
export function countFault(metrics: Metrics, error: unknown): void {
  if (error instanceof ConfigError) metrics.count('ConfigInvalid');
  if (error instanceof SecretsUnavailableError) metrics.count('SecretsUnavailable');
  if (error instanceof StoreUnavailableError) metrics.count('StoreUnavailable');
  if (error instanceof UpstreamContractError) metrics.count('HubSpotContractBroken');
  if (!(error instanceof AppError)) metrics.count('UnexpectedError');
}
