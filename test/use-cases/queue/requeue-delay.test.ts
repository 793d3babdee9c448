import {
  MissingScopesError,
  PortalNotConnectedError,
  RateLimitedError,
  UpstreamUnavailableError,
} from '../../../lib/domain/errors.ts';
import { COMPLETION_REFUSED, NotBlockedYet } from '../../../lib/domain/requeue.ts';
import { createRequeueDelays } from '../../../lib/use-cases/queue/requeue-delay.ts';
import { makeQueued } from '../../builders/queued-execution.ts';
import { makeClock } from '../../support/clock.ts';
import { makeTelemetry } from '../../support/recording-telemetry.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const HALF = 0.5;

function toDelayedWith(random: () => number, clock = makeClock()) {
  return createRequeueDelays({ now: clock.now, random, metrics: makeTelemetry().metrics });
}
const queuedAs = (executionId: string, changes: Parameters<typeof makeQueued>[0] = {}) => {
  const whole = makeQueued(changes);
  return { ...whole, key: { ...whole.key, executionId } };
};

describe('A requeued execution', () => {
  it.each([
    ['its portal had its turn', undefined, 1, 0],
    ['the limit is spent for 4 s', new RateLimitedError(4_000), 5, 0],
    ['HubSpot is left alone for 8 s', new UpstreamUnavailableError('http_502', { retryAfterMs: 8_000 }), 9, 0],
    ['HubSpot cannot be reached', new UpstreamUnavailableError('http_502'), 2, 1],
    ['HubSpot may not know that it waits', new NotBlockedYet(3_000), 3, 0],
    ['a permission is missing', new MissingScopesError(undefined, []), 900, 1],
    ['its account has no connection', new PortalNotConnectedError('none'), 900, 1],
  ])('An execution is requeued with a delay that fits the reason: %s', (_why, cause, delaySeconds, requeueCount) => {
    const execution = makeQueued({ refusals: 1 });
    const delayed = toDelayedWith(() => HALF)([{ executions: [execution], cause }]);
    expect(delayed).toEqual([{ execution: { ...execution, requeueCount }, delaySeconds }]);
  });

  it('An execution waits longer after each outage, at most five minutes', () => {
    const outage = new UpstreamUnavailableError('timeout');
    const seconds = [0, 1, 4, 8, 100].map((returns) => {
      const [delayed] = toDelayedWith(() => 1)([
        { executions: [makeQueued({ requeueCount: returns })], cause: outage },
      ]);
      return delayed?.delaySeconds;
    });
    expect(seconds).toEqual([2, 4, 32, 256, 256]);
  });

  it('An execution waits longer after each refusal, at most eight minutes', () => {
    const seconds = [1, 2, 3, 4, 5, 50].map((refusals) => {
      const refused = makeQueued({ refusals });
      const [delayed] = toDelayedWith(() => HALF)([{ executions: [refused], cause: COMPLETION_REFUSED }]);
      expect(delayed?.execution).toEqual({ ...refused, refusals: refusals + 1 });
      return delayed?.delaySeconds;
    });
    expect(seconds).toEqual([60, 120, 240, 480, 480, 480]);
  });

  it('An execution waits for a minute after its first refusal, however many outages came before', () => {
    const refused = makeQueued({ refusals: 1, requeueCount: 50 });
    const delayed = toDelayedWith(() => HALF)([{ executions: [refused], cause: COMPLETION_REFUSED }]);
    expect(delayed).toEqual([{ execution: { ...refused, refusals: 2 }, delaySeconds: 60 }]);
  });

  it('An execution that was refused often waits as long for the end of an outage as any other', () => {
    const outage = new UpstreamUnavailableError('timeout');
    const [delayed] = toDelayedWith(() => HALF)([{ executions: [makeQueued({ refusals: 50 })], cause: outage }]);
    expect(delayed?.delaySeconds).toBe(2);
  });

  it('An execution comes back fifteen minutes before HubSpot stops waiting, however long its cause lasts', () => {
    const clock = makeClock();
    const execution = makeQueued({ expiresAtEpochMs: clock.now() + 20 * MINUTE_MS });
    const [delayed] = toDelayedWith(() => 0, clock)([{ executions: [execution], cause: new RateLimitedError(DAY_MS) }]);
    expect(delayed?.delaySeconds).toBe(300);
  });
});

it('Executions that are requeued together come back together, and others at another time', () => {
  let turn = 0;
  const requeueDelays = toDelayedWith(() => (turn++ % 2) * 0.9);
  const cause = new UpstreamUnavailableError('timeout');
  const first = [queuedAs('ap-1', { requeueCount: 5 }), queuedAs('ap-2', { requeueCount: 5 })];
  const delayed = requeueDelays([
    { executions: first, cause },
    { executions: [queuedAs('ap-3', { requeueCount: 5 })], cause },
  ]);
  expect(delayed.map(({ delaySeconds }) => delaySeconds)).toEqual([32, 32, 61]);
});

it('An execution that is requeued for several reasons is sent once, for the first one', () => {
  const execution = makeQueued();
  const back = [
    { executions: [execution], cause: new NotBlockedYet(7_000) },
    { executions: [execution], cause: COMPLETION_REFUSED },
  ];
  expect(toDelayedWith(() => 0)(back).map(({ delaySeconds }) => delaySeconds)).toEqual([7]);
});
