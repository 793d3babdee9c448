import { createHandler } from '../../functions/set-successor.ts';
import type { SetSuccessorResult } from '../../lib/use-cases/operator/set-successor.ts';
import { makeContext } from './http-events.ts';
import type { Service } from './service.ts';

/** What an operator's `sls invoke -f setSuccessor --data` does. */
export function invokeSetSuccessor({ telemetry, operators }: Service, data: unknown): Promise<SetSuccessorResult> {
  return createHandler(telemetry, async () => operators)(data, makeContext());
}
