import { PROBE_HEADER } from '../../lib/http/middleware.ts';
import type { ActionEvent } from '../offline-lambda.ts';
import { createSaver, type People, type SavedExecution } from './saved-execution.ts';

export type ExecutionRecorder = {
  readonly record: (event: ActionEvent) => void;
  readonly saved: () => readonly SavedExecution[];
};

/** Older ones are forgotten. */
const MOST = 1_000;
const SMOKE_TEST = '"callbackId":"smoke-';

/** Keeps the executions that a stack received, each once and without addresses, for `npm run record`. */
export function createExecutionRecorder(people: People): ExecutionRecorder {
  const save = createSaver(people);
  const byCallback = new Map<string, SavedExecution>();
  return {
    record({ rawPath, headers, body }) {
      const names = Object.keys(headers).map((name) => name.toLowerCase());
      const isSigned = names.some((name) => name.startsWith('x-hubspot-signature'));
      // Requests of our own checks are not executions.
      if (body === null || !isSigned || names.includes(PROBE_HEADER) || body.includes(SMOKE_TEST)) return;
      const execution = save({ rawPath, body });
      if (execution === undefined) return;
      // A retry has the callback ID of its first delivery.
      const key = /"callbackId":"([^"]+)"/.exec(body)?.[1] ?? body;
      byCallback.set(key, execution);
      const [oldest] = byCallback.keys();
      if (byCallback.size > MOST && oldest !== undefined) byCallback.delete(oldest);
    },
    saved: () => [...byCallback.values()],
  };
}
