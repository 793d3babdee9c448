import type { ErrorCode, Outcome } from '../lib/domain/outcome.ts';
import type { SeededPeople } from './seed.ts';
import type { Faults } from './simulator/faults.ts';
import type { Repetition } from './simulator/workflow-engine.ts';

/** Two accounts have installed the app; a third has not. */
export type Account = 'first' | 'second' | 'notConnected';

export type Scenario = {
  /** What this row is there to show. */
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
  /** What the answer must be, and whom the CRM must hold afterwards; `unchanged` when the step may not touch it. */
  readonly outcome: Outcome;
  /** What it shows instead where the app has no permission for the record's type; left out: nothing. */
  readonly withoutScopes?: Pick<Scenario, 'shows' | 'outcome' | 'errorCode'>;
  readonly errorCode?: ErrorCode;
  readonly ownerAfter: keyof Pick<SeededPeople, 'jane' | 'omar' | 'desk'> | 'nobody' | 'somebody new' | 'unchanged';
};
