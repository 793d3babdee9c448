import {
  MissingScopesError,
  RateLimitedError,
  StoreUnavailableError,
  UpstreamContractError,
  UpstreamUnavailableError,
} from '../../../lib/domain/errors.ts';
import { COMPLETION_REFUSED, IN_FLIGHT } from '../../../lib/domain/requeue.ts';
import { mayPassSoon, requeue, startRun } from '../../../lib/use-cases/queue/completion-run.ts';
import { PORTAL_A } from '../../builders/ids.ts';
import { finish, makeNumbered, makeNumberedAll, numbersOf } from '../../builders/numbered-executions.ts';

const begin = (isUrgent = false) => startRun(PORTAL_A, { stopAtEpochMs: 2, deadlineEpochMs: 3, isUrgent }, new Map());
const members = makeNumberedAll(2).map((execution) => finish(execution));

it('A completion run starts with nothing requeued, nobody refused and no failure', () => {
  expect(begin()).toEqual({
    portalId: PORTAL_A,
    stopAtEpochMs: 2,
    deadlineEpochMs: 3,
    isUrgent: false,
    blockedAt: new Map(),
    requeued: [],
    refused: new Set(),
    failuresInARow: 0,
    stoppedBy: undefined,
  });
});

it('Executions that a completion run requeues together stay together, with the reason they share', () => {
  const run = begin();
  requeue(run, members, IN_FLIGHT);
  expect(run.requeued.map(({ executions, cause }) => [numbersOf(executions), cause])).toEqual([[[1, 2], IN_FLIGHT]]);
});

it('A completion run that has nothing to requeue requeues nothing', () => {
  const run = begin();
  requeue(run, [], IN_FLIGHT);
  expect(run.requeued).toEqual([]);
});

it.each([
  ['an urgent run without a word about it', true, undefined, 'unconfirmed'],
  ['an urgent run that knows that HubSpot waits', true, false, 'pending'],
  ['an ordinary run without a word about it', false, undefined, 'pending'],
  ['an ordinary run that lost a reply', false, true, 'unconfirmed'],
] as const)(
  'An execution that is requeued by %s is marked so that the next worker knows',
  (_run, isUrgent, may, completion) => {
    const run = begin(isUrgent);
    requeue(run, members, IN_FLIGHT, may);
    expect(run.requeued[0]?.executions.map((one) => one.completion)).toEqual([completion, completion]);
  },
);

it.each([
  ['was in a call that HubSpot refused just now', true, IN_FLIGHT, 2, 3],
  ['was refused before and cannot be tried yet', false, COMPLETION_REFUSED, 2, 3],
  ['was never refused and cannot be tried because others were', false, COMPLETION_REFUSED, 0, 0],
  ['was refused before and goes back for another reason', false, IN_FLIGHT, 2, 2],
] as const)('An execution that %s is requeued with its refusals counted', (_what, isInCall, cause, before, after) => {
  const run = begin();
  const one = finish(makeNumbered(1, { refusals: before }));
  if (isInCall) run.refused.add(one);
  requeue(run, [one], cause);
  expect(run.requeued[0]?.executions).toMatchObject([{ refusals: after }]);
});

it.each([
  [new UpstreamUnavailableError('http_502'), true],
  [new UpstreamUnavailableError('http_502', { retryAfterMs: 1 }), false],
  [new UpstreamContractError('odd'), false],
  [new RateLimitedError(1), false],
  [new StoreUnavailableError('away'), false],
  [new MissingScopesError(undefined), false],
  [undefined, false],
])('A completion that failed with %p may be temporary: %s', (error, expected) => {
  expect(mayPassSoon(error)).toBe(expected);
});
