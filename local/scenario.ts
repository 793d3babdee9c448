import type { ErrorCode, Outcome } from '../lib/domain/outcome.ts';
import type { SeededPeople } from './seed.ts';
import type { Faults } from './simulator/faults.ts';
import type { Repetition } from './simulator/workflow-engine.ts';

/** Two accounts have installed the app; a third has not. */
export type Account = 'first' | 'second' | 'notConnected';

export type Scenario = {
  /** What this row demonstrates. */
  readonly shows: string;
  /** Default: the first. */
  readonly account?: Account;
  readonly action?: 'find';
  /** As HubSpot names it in the execution. */
  readonly objectType?: string;
  readonly typeId?: string;
  readonly property?: string;
  readonly currentOwner?: keyof Pick<SeededPeople, 'jane' | 'omar' | 'leaver'>;
  readonly inputs: (people: SeededPeople) => Readonly<Record<string, string>>;
  /** The record is deleted between enrollment and execution. */
  readonly recordIsGone?: boolean;
  readonly repetition?: Repetition;
  /** The execution is answered with `BLOCK` and completed from the queue. */
  readonly isQueued?: true;
  readonly faults?: (faults: Faults) => void;
  /** The expected answer, and the owner in the CRM afterwards; `unchanged` if the step may not change it. */
  readonly outcome: Outcome;
  /** The expectation if the app has no permission for the record's type; absent: the row is left out. */
  readonly withoutScopes?: Pick<Scenario, 'shows' | 'outcome' | 'errorCode'>;
  readonly errorCode?: ErrorCode;
  readonly ownerAfter: keyof Pick<SeededPeople, 'jane' | 'omar' | 'desk'> | 'nobody' | 'somebody new' | 'unchanged';
};
