import type { OwnerId, UserId } from './ids.ts';

/** What somebody changed on the settings page, in ids. Addresses are in it where they are what was changed. */
export type Change = {
  readonly action: 'setSuccessor' | 'removeSuccessor' | 'setAlias' | 'removeAlias' | 'refresh';
  readonly leaverId?: OwnerId;
  readonly successorId?: OwnerId;
  /** An address, or `@` and a domain. */
  readonly alias?: string;
  readonly ownerId?: OwnerId;
  readonly toDomain?: string;
};

export type ChangeAnswer = {
  readonly status: 'set' | 'removed' | 'queued' | 'refused';
  /** With `refused`: a code to branch on, and the same as a sentence. */
  readonly code?: string;
  readonly message?: string;
};

export type RecordedChange = {
  readonly changeId: string;
  readonly userId: UserId;
  readonly atEpochMs: number;
  readonly change: Change;
};

/** The page makes one for each click. */
export function parseChangeId(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z0-9-]{16,64}$/.test(value) ? value : undefined;
}
