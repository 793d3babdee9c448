import type { OwnerId, UserId } from './ids.ts';

/** `successorId` of a handover is the new owner of the records; absent if the property is cleared. */
type HandoverAction =
  | 'planHandover'
  | 'startHandover'
  | 'stopHandover'
  | 'undoHandover'
  | 'setNightly'
  | 'removeNightly';

/** What somebody changed on the settings page, in IDs. It contains an address only if an address was changed. */
export type Change = {
  readonly action: 'setSuccessor' | 'removeSuccessor' | 'setAlias' | 'removeAlias' | 'refresh' | HandoverAction;
  readonly leaverId?: OwnerId;
  readonly successorId?: OwnerId;
  /** An address, or `@` and a domain. */
  readonly alias?: string;
  readonly ownerId?: OwnerId;
  readonly toDomain?: string;
  readonly handoverId?: string;
};

export type ChangeAnswer = {
  readonly status: 'set' | 'removed' | 'queued' | 'refused';
  /** With `refused`: a code to branch on, and the same as a sentence. */
  readonly code?: string;
  readonly message?: string;
  /** Of a handover that was planned, started, stopped or undone. */
  readonly handoverId?: string;
};

export type RecordedChange = {
  readonly changeId: string;
  readonly userId: UserId;
  readonly atEpochMs: number;
  readonly doneAtEpochMs: number;
  readonly change: Change;
};

/** The page creates one for each click. */
export function parseChangeId(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z0-9-]{16,64}$/.test(value) ? value : undefined;
}
