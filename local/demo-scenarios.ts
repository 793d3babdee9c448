import type { Scenario } from './scenario.ts';

const email =
  (ownerEmail: string, more: Readonly<Record<string, string>> = {}) =>
  () => ({ ownerEmail, ...more });

type ScenarioGroup = { readonly title: string; readonly scenarios: readonly Scenario[] };

/** Every outcome and the main errors, grouped by topic. */
export const SCENARIO_GROUPS: readonly ScenarioGroup[] = [
  {
    title: 'The right person becomes the owner',
    scenarios: [
      { shows: 'A lead that nobody owns', inputs: email('jane@example.com'), outcome: 'ASSIGNED', ownerAfter: 'jane' },
      {
        shows: 'The same email in another account: another owner ID',
        account: 'second',
        inputs: email('jane@example.com'),
        outcome: 'ASSIGNED',
        ownerAfter: 'jane',
      },
      {
        shows: 'Somebody hired after the last refresh',
        inputs: email('nia@example.com'),
        outcome: 'ASSIGNED',
        ownerAfter: 'somebody new',
      },
      {
        shows: 'The email as people paste it',
        currentOwner: 'omar',
        inputs: email(' Jane Doe <JANE@Example.com> '),
        outcome: 'ASSIGNED',
        ownerAfter: 'jane',
      },
      {
        shows: 'Replacing a deactivated owner',
        currentOwner: 'leaver',
        inputs: email('omar@example.com', { overwrite: 'IF_OWNER_INACTIVE' }),
        outcome: 'ASSIGNED',
        ownerAfter: 'omar',
      },
      {
        shows: 'A deactivated user whose successor is named',
        inputs: email('rita@example.com'),
        outcome: 'ASSIGNED',
        ownerAfter: 'omar',
      },
      {
        shows: 'Another owner property of a deal',
        objectType: 'DEAL',
        typeId: '0-3',
        property: 'renewal_owner',
        inputs: email('omar@example.com', { ownerProperty: 'renewal_owner' }),
        outcome: 'ASSIGNED',
        ownerAfter: 'omar',
      },
    ],
  },
  {
    title: 'The owner stays',
    scenarios: [
      {
        shows: 'They own the record already',
        currentOwner: 'jane',
        inputs: email('jane@example.com'),
        outcome: 'ALREADY_ASSIGNED',
        ownerAfter: 'unchanged',
      },
      {
        shows: 'Set to keep an existing owner',
        currentOwner: 'omar',
        inputs: email('jane@example.com', { overwrite: 'IF_UNASSIGNED' }),
        outcome: 'KEPT_EXISTING',
        ownerAfter: 'unchanged',
      },
      {
        shows: 'Find owner by email: looks up, writes nothing',
        action: 'find',
        currentOwner: 'omar',
        inputs: email('jane@example.com'),
        outcome: 'FOUND',
        ownerAfter: 'unchanged',
      },
    ],
  },
  {
    title: 'No active person has this email',
    scenarios: [
      {
        shows: 'A deactivated user, whom HubSpot would accept',
        currentOwner: 'omar',
        inputs: email('lena@example.com'),
        outcome: 'FAILED',
        errorCode: 'OWNER_DEACTIVATED',
        ownerAfter: 'unchanged',
      },
      {
        shows: 'A typo, with a fallback owner',
        inputs: ({ desk }) => ({ ownerEmail: 'jnae@example.com', ifNotAssignable: 'FALLBACK', fallbackOwner: desk.id }),
        outcome: 'FALLBACK_ASSIGNED',
        errorCode: 'OWNER_NOT_FOUND',
        ownerAfter: 'desk',
      },
      {
        shows: 'A typo, with a deactivated fallback owner',
        inputs: ({ leaver }) => ({
          ownerEmail: 'jnae@example.com',
          ifNotAssignable: 'FALLBACK',
          fallbackOwner: leaver.id,
        }),
        outcome: 'FAILED',
        errorCode: 'FALLBACK_OWNER_INVALID',
        ownerAfter: 'unchanged',
      },
      {
        shows: 'A queue, set to clear the owner',
        currentOwner: 'jane',
        inputs: email('queue@example.com', { ifNotAssignable: 'CLEAR' }),
        outcome: 'CLEARED',
        errorCode: 'OWNER_IS_QUEUE',
        ownerAfter: 'nobody',
      },
      {
        shows: 'An unknown email, set to change nothing',
        currentOwner: 'jane',
        inputs: email('nobody@example.com', { ifNotAssignable: 'LEAVE' }),
        outcome: 'LEFT_UNCHANGED',
        errorCode: 'OWNER_NOT_FOUND',
        ownerAfter: 'unchanged',
      },
      {
        shows: 'Two people with the same email',
        inputs: email('kim@example.com'),
        outcome: 'FAILED',
        errorCode: 'OWNER_AMBIGUOUS',
        ownerAfter: 'unchanged',
      },
    ],
  },
  {
    title: 'A mistake in the workflow or the data',
    scenarios: [
      {
        shows: 'A user ID instead of an email',
        inputs: ({ jane }) => ({ ownerEmail: String(jane.userId) }),
        outcome: 'FAILED',
        errorCode: 'VALUE_IS_USER_ID',
        ownerAfter: 'unchanged',
      },
      {
        shows: 'Two addresses in one property',
        inputs: email('jane@example.com; omar@example.com'),
        outcome: 'FAILED',
        errorCode: 'EMAIL_INVALID',
        ownerAfter: 'unchanged',
      },
      {
        shows: 'An empty property',
        inputs: email(''),
        outcome: 'FAILED',
        errorCode: 'EMAIL_MISSING',
        ownerAfter: 'unchanged',
      },
      {
        shows: 'The record was deleted meanwhile',
        recordIsGone: true,
        inputs: email('jane@example.com'),
        outcome: 'FAILED',
        errorCode: 'RECORD_NOT_FOUND',
        ownerAfter: 'unchanged',
      },
      {
        shows: 'A misspelled owner property of a custom object',
        objectType: '2-7001',
        typeId: '2-7001',
        inputs: email('omar@example.com', { ownerProperty: 'hubspot_owner' }),
        outcome: 'FAILED',
        errorCode: 'PROPERTY_NOT_FOUND',
        ownerAfter: 'unchanged',
        withoutScopes: {
          shows: 'A custom object that the app has no permission for',
          outcome: 'FAILED',
          errorCode: 'MISSING_SCOPES',
        },
      },
      {
        shows: 'An account that has not installed the app',
        account: 'notConnected',
        inputs: email('jane@example.com'),
        outcome: 'FAILED',
        errorCode: 'PORTAL_NOT_CONNECTED',
        ownerAfter: 'unchanged',
      },
    ],
  },
  {
    title: 'HubSpot is down, busy, or sends twice',
    scenarios: [
      {
        shows: 'HubSpot fails: it retries the execution',
        inputs: email('omar@example.com'),
        faults: (faults) =>
          faults.script({ route: 'PATCH object', times: 3, fault: { kind: 'status', status: 502, body: '<html>' } }),
        outcome: 'ASSIGNED',
        ownerAfter: 'omar',
      },
      {
        shows: 'The rate limit is spent: the record waits in the queue',
        isQueued: true,
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
        shows: 'HubSpot delivers the same execution twice',
        inputs: email('omar@example.com'),
        repetition: 'overlapping',
        outcome: 'ASSIGNED',
        ownerAfter: 'omar',
      },
    ],
  },
];

export const SCENARIOS: readonly Scenario[] = SCENARIO_GROUPS.flatMap(({ scenarios }) => scenarios);
