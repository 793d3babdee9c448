import type { ErrorCode, Outcome } from '../lib/domain/outcome.ts';
import type { SeededPeople } from './seed.ts';
import type { Faults } from './simulator/faults.ts';
import type { Repetition } from './simulator/workflow-engine.ts';

export type Scenario = {
  /** What this row is there to show. */
  readonly shows: string;
  readonly action?: 'find';
  /** As HubSpot names it in the execution. */
  readonly objectType?: string;
  readonly typeId?: string;
  readonly property?: string;
  readonly currentOwner?: keyof Pick<SeededPeople, 'jane' | 'omar' | 'leaver'>;
  readonly inputs: (people: SeededPeople) => Readonly<Record<string, string>>;
  /** The record is deleted between enrolment and execution. */
  readonly recordIsGone?: boolean;
  readonly fromUnknownPortal?: boolean;
  readonly repetition?: Repetition;
  readonly faults?: (faults: Faults) => void;
  /** What the answer must be, and whom the CRM must hold afterwards; `unchanged` when the step may not touch it. */
  readonly outcome: Outcome;
  readonly errorCode?: ErrorCode;
  readonly ownerAfter: keyof Pick<SeededPeople, 'jane' | 'omar' | 'desk'> | 'nobody' | 'somebody new' | 'unchanged';
};

const email =
  (ownerEmail: string, more: Readonly<Record<string, string>> = {}) =>
  () => ({ ownerEmail, ...more });

export const SCENARIOS: readonly Scenario[] = [
  { shows: 'a lead nobody owns yet', inputs: email('jane@example.com'), outcome: 'ASSIGNED', ownerAfter: 'jane' },
  {
    shows: 'somebody hired after the refresh',
    inputs: email('nia@example.com'),
    outcome: 'ASSIGNED',
    ownerAfter: 'somebody new',
  },
  {
    shows: 'the e-mail as people paste it',
    currentOwner: 'omar',
    inputs: email(' Jane Doe <JANE@Example.com> '),
    outcome: 'ASSIGNED',
    ownerAfter: 'jane',
  },
  {
    shows: 'nothing to change',
    currentOwner: 'jane',
    inputs: email('jane@example.com'),
    outcome: 'ALREADY_ASSIGNED',
    ownerAfter: 'unchanged',
  },
  {
    shows: 'only when unassigned',
    currentOwner: 'omar',
    inputs: email('jane@example.com', { overwrite: 'IF_UNASSIGNED' }),
    outcome: 'KEPT_EXISTING',
    ownerAfter: 'unchanged',
  },
  {
    shows: 'taking over from a leaver',
    currentOwner: 'leaver',
    inputs: email('omar@example.com', { overwrite: 'IF_OWNER_INACTIVE' }),
    outcome: 'ASSIGNED',
    ownerAfter: 'omar',
  },
  {
    shows: 'a leaver, which HubSpot would accept',
    currentOwner: 'omar',
    inputs: email('lena@example.com'),
    outcome: 'FAILED',
    errorCode: 'OWNER_DEACTIVATED',
    ownerAfter: 'unchanged',
  },
  {
    shows: 'a leaver whose successor was named',
    inputs: email('rita@example.com'),
    outcome: 'ASSIGNED',
    ownerAfter: 'omar',
  },
  {
    shows: 'a typing mistake, with a fallback',
    inputs: ({ desk }) => ({ ownerEmail: 'jnae@example.com', ifNotAssignable: 'FALLBACK', fallbackOwner: desk.id }),
    outcome: 'FALLBACK_ASSIGNED',
    errorCode: 'OWNER_NOT_FOUND',
    ownerAfter: 'desk',
  },
  {
    shows: 'a fallback who has left',
    inputs: ({ leaver }) => ({ ownerEmail: 'jnae@example.com', ifNotAssignable: 'FALLBACK', fallbackOwner: leaver.id }),
    outcome: 'FAILED',
    errorCode: 'FALLBACK_OWNER_INVALID',
    ownerAfter: 'unchanged',
  },
  {
    shows: 'a queue, cleared instead',
    currentOwner: 'jane',
    inputs: email('queue@example.com', { ifNotAssignable: 'CLEAR' }),
    outcome: 'CLEARED',
    errorCode: 'OWNER_IS_QUEUE',
    ownerAfter: 'nobody',
  },
  {
    shows: 'nobody of that e-mail, left alone',
    currentOwner: 'jane',
    inputs: email('nobody@example.com', { ifNotAssignable: 'LEAVE' }),
    outcome: 'LEFT_UNCHANGED',
    errorCode: 'OWNER_NOT_FOUND',
    ownerAfter: 'unchanged',
  },
  {
    shows: 'two people of one e-mail',
    inputs: email('kim@example.com'),
    outcome: 'FAILED',
    errorCode: 'OWNER_AMBIGUOUS',
    ownerAfter: 'unchanged',
  },
  {
    shows: 'a user id mapped by mistake',
    inputs: ({ jane }) => ({ ownerEmail: String(jane.userId) }),
    outcome: 'FAILED',
    errorCode: 'VALUE_IS_USER_ID',
    ownerAfter: 'unchanged',
  },
  {
    shows: 'two addresses',
    inputs: email('jane@example.com; omar@example.com'),
    outcome: 'FAILED',
    errorCode: 'EMAIL_INVALID',
    ownerAfter: 'unchanged',
  },
  {
    shows: 'an empty property',
    inputs: email(''),
    outcome: 'FAILED',
    errorCode: 'EMAIL_MISSING',
    ownerAfter: 'unchanged',
  },
  {
    shows: 'a record deleted meanwhile',
    recordIsGone: true,
    inputs: email('jane@example.com'),
    outcome: 'FAILED',
    errorCode: 'RECORD_NOT_FOUND',
    ownerAfter: 'unchanged',
  },
  {
    shows: "a deal's own owner property",
    objectType: 'DEAL',
    typeId: '0-3',
    property: 'renewal_owner',
    inputs: email('omar@example.com', { ownerProperty: 'renewal_owner' }),
    outcome: 'ASSIGNED',
    ownerAfter: 'omar',
  },
  {
    shows: 'a custom object, misspelt property',
    objectType: '2-7001',
    typeId: '2-7001',
    inputs: email('omar@example.com', { ownerProperty: 'hubspot_owner' }),
    outcome: 'FAILED',
    errorCode: 'PROPERTY_NOT_FOUND',
    ownerAfter: 'unchanged',
  },
  {
    shows: 'HubSpot down for one delivery',
    inputs: email('omar@example.com'),
    faults: (faults) =>
      faults.script({ route: 'PATCH object', times: 3, fault: { kind: 'status', status: 502, body: '<html>' } }),
    outcome: 'ASSIGNED',
    ownerAfter: 'omar',
  },
  {
    shows: 'the rate limit spent',
    inputs: email('jane@example.com'),
    faults: (faults) =>
      faults.script({
        route: 'PATCH object',
        times: 1,
        fault: {
          kind: 'status',
          status: 429,
          headers: { 'retry-after': '1' },
          body: { status: 'error', errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' },
        },
      }),
    outcome: 'ASSIGNED',
    ownerAfter: 'jane',
  },
  {
    shows: 'the same execution delivered twice at once',
    inputs: email('omar@example.com'),
    repetition: 'overlapping',
    outcome: 'ASSIGNED',
    ownerAfter: 'omar',
  },
  {
    shows: 'an account the app is not connected to',
    fromUnknownPortal: true,
    inputs: email('jane@example.com'),
    outcome: 'FAILED',
    errorCode: 'PORTAL_NOT_CONNECTED',
    ownerAfter: 'unchanged',
  },
  {
    shows: 'finding without writing',
    action: 'find',
    currentOwner: 'omar',
    inputs: email('jane@example.com'),
    outcome: 'FOUND',
    ownerAfter: 'unchanged',
  },
];
