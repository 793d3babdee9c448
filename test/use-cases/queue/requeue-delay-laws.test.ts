import fc from 'fast-check';
import {
  MissingScopesError,
  PortalNotConnectedError,
  QueueUnavailableError,
  RateLimitedError,
  StoreUnavailableError,
  UpstreamUnavailableError,
} from '../../../lib/domain/errors.ts';
import { isExpired, isExpiring } from '../../../lib/domain/execution.ts';
import { COMPLETION_REFUSED, NotBlockedYet } from '../../../lib/domain/requeue.ts';
import { createRequeueDelays } from '../../../lib/use-cases/queue/requeue-delay.ts';
import { makeNumbered, makeNumberedAll } from '../../builders/numbered-executions.ts';
import { createFakeTelemetry } from '../../fakes/telemetry.ts';
import { makeClock, START_EPOCH_MS } from '../../support/clock.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

function setUp(random: () => number = () => 0) {
  const telemetry = createFakeTelemetry();
  const requeueDelays = createRequeueDelays({ now: makeClock().now, random, metrics: telemetry.metrics });
  const secondsFor = (cause: unknown, leftMs: number, changes: Parameters<typeof makeNumbered>[1] = {}) =>
    requeueDelays([
      { executions: [makeNumbered(1, { expiresAtEpochMs: START_EPOCH_MS + leftMs, ...changes })], cause },
    ])[0]?.delaySeconds ?? Number.NaN;
  return { requeueDelays, secondsFor, telemetry };
}

it.each([
  [31, 900, 'the longest that SQS holds a message back'],
  [30, 900, 'just so long that it is back fifteen minutes before its end'],
  [20, 300, 'five minutes, so that it is back fifteen minutes before its end'],
  [16, 60, 'a minute, so that it is back fifteen minutes before its end'],
  [15, 900, 'as long as its cause says, for it was back in time'],
  [1, 900, 'as long as its cause says, for it was back in time'],
])('An execution with %i minutes left whose limit is used up for a day waits %i s: %s', (minutes, seconds) => {
  expect(setUp().secondsFor(new RateLimitedError(DAY_MS), minutes * MINUTE_MS)).toBe(seconds);
});

it('An execution whose last moment is before the end of its cause comes back at that moment, not a second later', () => {
  expect(setUp().secondsFor(new RateLimitedError(DAY_MS), 15 * MINUTE_MS + 1)).toBe(1);
});

it.each([
  ['a limit', new RateLimitedError(4_001), 5],
  ['a pause', new UpstreamUnavailableError('http_503', { retryAfterMs: 1_500 }), 2],
  ['an outage', new UpstreamUnavailableError('timeout'), 1],
  ['a table that is away', new StoreUnavailableError('away'), 1],
  ['a queue that is away', new QueueUnavailableError('away'), 1],
])(
  'An execution that is requeued because of %s never comes back too early: whole seconds, rounded up',
  (_why, cause, seconds) => {
    expect(setUp().secondsFor(cause, DAY_MS)).toBe(seconds);
  },
);

it.each([
  [0, 45],
  [0.5, 60],
  [0.999, 75],
])('Refused completions are spread over half a minute around a minute: the draw %d gives %i s', (draw, seconds) => {
  expect(setUp(() => draw).secondsFor(COMPLETION_REFUSED, DAY_MS, { refusals: 1 })).toBe(seconds);
});

it('An execution that was not completed because of others waits about a minute, and still goes with others then', () => {
  const execution = makeNumbered(1, { expiresAtEpochMs: START_EPOCH_MS + DAY_MS, refusals: 0 });
  const delayed = setUp(() => 0.5).requeueDelays([{ executions: [execution], cause: COMPLETION_REFUSED }]);
  expect(delayed).toEqual([{ execution, delaySeconds: 60 }]);
});

it('Requeued executions are counted once each, by the reason', () => {
  const { requeueDelays, telemetry } = setUp();
  const [a, b, c, d, e, f] = makeNumberedAll(6).map((execution) => [execution]);
  requeueDelays([
    { executions: [a, b].flatMap((one) => one ?? []), cause: new RateLimitedError(1) },
    { executions: [b, c].flatMap((one) => one ?? []), cause: new StoreUnavailableError('away') },
    { executions: d ?? [], cause: COMPLETION_REFUSED },
    { executions: e ?? [], cause: new NotBlockedYet(1) },
    { executions: f ?? [], cause: undefined },
  ]);
  expect(telemetry.counts).toEqual([
    'ExecutionsRequeued RATE_LIMITED ×2',
    'ExecutionsRequeued STORE_UNAVAILABLE ×1',
    'ExecutionsRequeued refused ×1',
    'ExecutionsRequeued not-blocked-yet ×1',
    'ExecutionsRequeued crowded ×1',
  ]);
});

it('Requeueing nothing sends no message and counts nothing', () => {
  const { requeueDelays, telemetry } = setUp();
  expect(requeueDelays([])).toEqual([]);
  expect(telemetry.counts).toEqual([]);
});

const cause = fc.oneof(
  fc.nat({ max: 2 * DAY_MS }).map((ms) => new RateLimitedError(ms)),
  fc.nat({ max: 2 * DAY_MS }).map((retryAfterMs) => new UpstreamUnavailableError('http_503', { retryAfterMs })),
  fc.nat({ max: 5_000 }).map((ms) => new NotBlockedYet(ms)),
  fc.constantFrom(
    undefined,
    COMPLETION_REFUSED,
    new MissingScopesError(undefined),
    new PortalNotConnectedError('none'),
    new UpstreamUnavailableError('timeout'),
    new StoreUnavailableError('away'),
  ),
);

it('Every requeued execution comes back before HubSpot stops waiting, and within the longest delay of SQS', () => {
  fc.assert(
    fc.property(
      cause,
      fc.integer({ min: 15 * MINUTE_MS + 1, max: 2 * DAY_MS }),
      fc.nat({ max: 50 }),
      fc.nat({ max: 50 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (why, leftMs, requeueCount, refusals, draw) => {
        const seconds = setUp(() => draw).secondsFor(why, leftMs, { requeueCount, refusals });
        const execution = makeNumbered(1, { expiresAtEpochMs: START_EPOCH_MS + leftMs });
        const backAtEpochMs = START_EPOCH_MS + seconds * 1_000;
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(0);
        expect(seconds).toBeLessThanOrEqual(900);
        expect(isExpired(execution, backAtEpochMs + 14 * MINUTE_MS)).toBe(false);
        if (!isExpiring(execution, START_EPOCH_MS)) expect(isExpired(execution, backAtEpochMs)).toBe(false);
      },
    ),
  );
});
