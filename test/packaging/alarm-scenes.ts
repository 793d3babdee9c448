import { toRefreshDimensions } from '../../lib/observability/report-sync.ts';
import type { Dimensions, Sample } from './cloudwatch.ts';

/** What happens to a deployment, as the samples that CloudWatch would have of it. */
export type Scene = {
  readonly what: string;
  readonly minutes: number;
  readonly samples: readonly Sample[];
};

const NAMESPACE = 'SetOwnerByEmail/other';

/** One of our metrics, counted by a function so often in each of these minutes. */
function counted(
  metric: string,
  times: number,
  minutes: readonly number[],
  own: Dimensions = {},
  functionName = 'setOwnerByEmail',
): Sample[] {
  const dimensions = { service: 'set-owner-by-email', functionName, ...own };
  return minutes.map((minute) => ({ namespace: NAMESPACE, metric, dimensions, minute, values: [times] }));
}

function ofLambda(metric: string, name: string, minutes: readonly number[], values: readonly number[]): Sample[] {
  const dimensions = { FunctionName: `${name}LambdaFunction` };
  return minutes.map((minute) => ({ namespace: 'AWS/Lambda', metric, dimensions, minute, values }));
}

function ofApi(metric: string, times: number, minutes: readonly number[]): Sample[] {
  const dimensions = { ApiId: 'HttpApi', Stage: '$default' };
  return minutes.map((minute) => ({ namespace: 'AWS/ApiGateway', metric, dimensions, minute, values: [times] }));
}

type Stay = { readonly second: number; readonly state: 'visible' | 'inFlight' | 'gone' };

/** SQS is sampled once a minute: what happens in between leaves no trace. Its ages are those of messages that are there. */
function ofQueue(queue: string, minutes: number, messages: readonly (readonly Stay[])[]): Sample[] {
  const dimensions = { QueueName: `${queue}.QueueName` };
  return Array.from({ length: minutes }, (_, minute) => {
    const second = minute * 60;
    const states = messages.map((stays) => stays.findLast((stay) => stay.second <= second)?.state ?? 'gone');
    const ages = messages.flatMap(([first], at) => (states[at] === 'gone' ? [] : [second - (first?.second ?? 0)]));
    const count = (wanted: Stay['state']) => states.filter((state) => state === wanted).length;
    const sample = (metric: string, value: number) => ({
      namespace: 'AWS/SQS',
      metric,
      dimensions,
      minute,
      values: [value],
    });
    return [
      sample('ApproximateNumberOfMessagesVisible', count('visible')),
      sample('ApproximateNumberOfMessagesNotVisible', count('inFlight')),
      ...(ages.length === 0 ? [] : [sample('ApproximateAgeOfOldestMessage', Math.max(...ages))]),
    ];
  }).flat();
}

/** Taken a moment after it may be seen, every time, and never deleted. */
function failingAgain(from: number, visibilitySeconds: number, times: number): Stay[] {
  return Array.from({ length: times }, (_, round): Stay[] => {
    const second = from + round * visibilitySeconds;
    return [
      { second, state: 'visible' },
      { second: second + 2, state: 'inFlight' },
    ];
  }).flat();
}

const upTo = (minutes: number) => Array.from({ length: minutes }, (_, minute) => minute);
const once = (metric: string, own: Dimensions = {}, functionName?: string): Scene => ({
  what: `${metric} is counted once`,
  minutes: 10,
  samples: counted(metric, 1, [3], own, functionName),
});

const DAY = 24 * 60;
const done = toRefreshDimensions({ kind: 'done', report: {} as never });
const nights = (...minutes: readonly number[]) => counted('OwnerRefreshes', 3, minutes, done, 'refreshOwners');

/** For each alarm something that must raise it, as it would show in CloudWatch. */
export const RAISING: Readonly<Record<string, Scene>> = {
  ConfigInvalidAlarm: once('ConfigInvalid', {}, 'assignOwners'),
  SecretsUnavailableAlarm: once('SecretsUnavailable'),
  TokenCipherFailedAlarm: once('TokenCipherFailed'),
  TokenSaveFailedAlarm: once('TokenSaveFailed'),
  OAuthClientRefusedAlarm: once('OAuthClientRefused'),
  HubSpotTokenRejectedAlarm: once('HubSpotTokenRejected'),
  HubSpotContractBrokenAlarm: once('HubSpotContractBroken', {}, 'refreshOwners'),
  RequestUnreadableAlarm: once('RequestUnreadable'),
  HubSpotErrorShareHighAlarm: once('HubSpotErrorShareHigh'),
  HubSpotDailyLimitReachedAlarm: once('HubSpotDailyLimitReached'),
  OwnerListingRefusedAlarm: once('OwnerListingRefused', { reason: 'shrunk' }, 'refreshOwners'),
  ExecutionConflictAlarm: once('ExecutionConflict'),
  ExecutionsStrandedAlarm: once('ExecutionsStranded', {}, 'failStranded'),
  ExecutionsLateAlarm: once('ExecutionsLate', {}, 'assignOwners'),
  MessagesUnreadableAlarm: once('MessagesUnreadable', {}, 'assignOwners'),
  UnexpectedErrorAlarm: once('UnexpectedError'),
  QueuedExecutionsOldAlarm: {
    what: 'an execution is reached an hour after HubSpot sent it',
    minutes: 10,
    samples: counted('QueuedExecutionAgeMs', 3_600_000, [2], {}, 'assignOwners'),
  },
  StoreUnavailableAlarm: {
    what: 'the table is away for ten minutes',
    minutes: 15,
    samples: counted('StoreUnavailable', 4, upTo(10)),
  },
  SignatureMismatchAlarm: {
    what: 'three requests are signed with another secret',
    minutes: 10,
    samples: counted('SignatureRejected', 1, [1, 2, 3], { reason: 'mismatch' }),
  },
  OwnerRefreshOverdueAlarm: {
    what: 'one night has no refresh',
    minutes: 3 * DAY,
    samples: nights(125, 2 * DAY + 125),
  },
  AssignDeadLetterQueueAlarm: {
    what: 'failStranded takes a message again and again and cannot end it',
    minutes: 30,
    samples: ofQueue('AssignDeadLetterQueue', 30, [failingAgain(50, 361, 5)]),
  },
  RefreshDeadLetterQueueAlarm: {
    what: 'an order of a refresh is a dead letter',
    minutes: 10,
    samples: ofQueue('RefreshDeadLetterQueue', 10, [[{ second: 70, state: 'visible' }]]),
  },
  ScheduleDeadLetterQueueAlarm: {
    what: 'a night could not begin',
    minutes: 10,
    samples: ofQueue('ScheduleDeadLetterQueue', 10, [[{ second: 70, state: 'visible' }]]),
  },
  AssignQueueOldAlarm: {
    what: 'nobody reads the queue for an hour',
    minutes: 70,
    samples: ofQueue('AssignQueue', 70, [[{ second: 0, state: 'visible' }]]),
  },
  RefreshQueueOldAlarm: {
    what: 'nobody reads the queue for two hours',
    minutes: 130,
    samples: ofQueue('RefreshQueue', 130, [[{ second: 0, state: 'visible' }]]),
  },
  AnsweringErrorsAlarm: {
    what: 'one execution runs out of time',
    minutes: 10,
    samples: ofLambda('Errors', 'SetOwnerByEmail', [4], [1]),
  },
  AnsweringThrottlesAlarm: {
    what: 'HubSpot is turned away for ten minutes',
    minutes: 15,
    samples: ofLambda('Throttles', 'SetOwnerByEmail', upTo(10), [3]),
  },
  WorkerErrorsAlarm: {
    what: 'the only batch in the queue kills its worker each time it comes back, after 361 seconds',
    minutes: 60,
    samples: ofLambda('Errors', 'AssignOwners', [1, 7, 13, 19, 25, 31, 37, 43, 49], [1]),
  },
  WorkerThrottlesAlarm: {
    what: 'workers are turned away for a quarter of an hour',
    minutes: 20,
    samples: ofLambda('Throttles', 'AssignOwners', upTo(15), [20]),
  },
  ActionSlowAlarm: {
    what: 'a quiet account has one execution a minute, and each of them is slow',
    minutes: 20,
    samples: ofLambda('Duration', 'SetOwnerByEmail', upTo(20), [6_000]),
  },
  ApiServerErrorsAlarm: {
    what: 'every tenth of many requests is answered 5xx for ten minutes',
    minutes: 15,
    samples: [...ofApi('Count', 50, upTo(15)), ...ofApi('5xx', 5, upTo(10))],
  },
  ApiRefusalsAlarm: {
    what: 'two of three requests are refused for ten minutes',
    minutes: 15,
    samples: [...ofApi('Count', 60, upTo(15)), ...ofApi('4xx', 40, upTo(10))],
  },
};

/** What a good day looks like, and the short troubles that pass without anybody. No alarm is raised. */
export const QUIET: readonly Scene[] = [
  {
    what: 'nights with their refresh, a little later each',
    minutes: 3 * DAY,
    samples: nights(125, DAY + 140, 2 * DAY + 155),
  },
  {
    what: 'failStranded ends two messages, one after the other',
    minutes: 3 * DAY,
    samples: [
      ...nights(125, DAY + 125, 2 * DAY + 125),
      ...ofQueue('AssignDeadLetterQueue', 60, [
        [
          { second: 295, state: 'visible' },
          { second: 298, state: 'inFlight' },
          { second: 355, state: 'gone' },
        ],
        [
          { second: 590, state: 'visible' },
          { second: 592, state: 'inFlight' },
          { second: 650, state: 'gone' },
        ],
      ]),
    ],
  },
  {
    what: 'requests, one of which is slow, one answered 5xx and one signed by a stranger',
    minutes: 3 * DAY,
    samples: [
      ...nights(125, DAY + 125, 2 * DAY + 125),
      ...ofApi('Count', 50, upTo(60)),
      ...ofApi('5xx', 1, [10]),
      ...ofLambda('Duration', 'SetOwnerByEmail', upTo(60), [120, 90, 300]),
      ...ofLambda('Duration', 'SetOwnerByEmail', [20], [7_000]),
      ...counted('SignatureRejected', 1, [30], { reason: 'mismatch' }),
      ...counted('SignatureRejected', 50, [31], { reason: 'missing' }),
      ...ofLambda('Errors', 'AssignOwners', [40], [1]),
      ...counted('StoreUnavailable', 12, [50]),
      ...counted('QueuedExecutionAgeMs', 90_000, [51], {}, 'assignOwners'),
    ],
  },
];
