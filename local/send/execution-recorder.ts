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
    record(event) {
      const names = Object.keys(event.headers).map((name) => name.toLowerCase());
      const isSigned = names.some((name) => name.startsWith('x-hubspot-signature'));
      // Requests of our own checks are not executions.
      if (!isSigned || names.includes(PROBE_HEADER) || event.body.includes(SMOKE_TEST)) return;
      const execution = save(event);
      if (execution === undefined) return;
      // A retry has the callback ID of its first delivery.
      const key = /"callbackId":"([^"]+)"/.exec(event.body)?.[1] ?? event.body;
      byCallback.set(key, execution);
      const [oldest] = byCallback.keys();
      if (byCallback.size > MOST && oldest !== undefined) byCallback.delete(oldest);
    },
    saved: () => [...byCallback.values()],
  };
}
