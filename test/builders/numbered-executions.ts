import type { FinishedExecution, QueuedExecution } from '../../lib/domain/execution.ts';
import type { ActionResult } from '../../lib/domain/outcome.ts';
import { makeRecordRef, PORTAL_A, toOwnerId } from './ids.ts';
import { makeQueued } from './queued-execution.ts';

export type QueuedChanges = Parameters<typeof makeQueued>[0] & object;

/** An execution of portal A by its number, with a callback and a record of its own. */
export function makeNumbered(number: number, { command, ...changes }: QueuedChanges = {}): QueuedExecution {
  return makeQueued({
    key: { portalId: command?.portalId ?? PORTAL_A, executionId: callbackOf(number) },
    ...changes,
    command: { record: makeRecordRef(9_100_000_000 + number), ...command },
  });
}

/** As many of them, numbered from 1. */
export function makeNumberedAll(count: number, changes: QueuedChanges = {}): QueuedExecution[] {
  return Array.from({ length: count }, (_, index) => makeNumbered(index + 1, changes));
}

export const callbackOf = (number: number) => `ap-8200001-63000000001-${number}-0`;

export const numbersOf = (executions: Iterable<QueuedExecution>): number[] =>
  [...executions].map(({ key }) => Number(key.executionId.split('-').at(-2)));

export const ASSIGNED: ActionResult = { outcome: 'ASSIGNED', ownerId: toOwnerId('410000001') };

export function finish(execution: QueuedExecution, changes: Partial<FinishedExecution> = {}): FinishedExecution {
  return { execution, result: ASSIGNED, ...changes };
}
