import { toDeadline } from '../../../lib/domain/deadline.ts';
import { RateLimitedError, UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import { type ObjectTypeId, parseObjectType } from '../../../lib/domain/ids.ts';
import type { DescribedProperty } from '../../../lib/domain/owner-property.ts';
import {
  CALL_MS,
  createOwnerPropertyCache,
  MAX_ENTRIES,
  RETRY_AFTER_MS,
} from '../../../lib/use-cases/executions/owner-property-cache.ts';
import { PORTAL_A, PORTAL_B, toPortalId } from '../../builders/ids.ts';
import { createFakeTelemetry } from '../../fakes/telemetry.ts';
import { makeClock } from '../../support/clock.ts';
import { makePatience } from '../../support/patience.ts';

const CONTACT = parseObjectType('0-1') as ObjectTypeId;
const MAX_AGE_MS = 300_000;
const AWAY = new UpstreamUnavailableError('http_502');
const named = (...names: string[]): DescribedProperty[] => names.map((name) => ({ name, label: name }));

function setUp(...answers: (readonly DescribedProperty[] | Error | Promise<readonly DescribedProperty[]>)[]) {
  const clock = makeClock();
  const patience = makePatience(clock);
  const telemetry = createFakeTelemetry();
  const deadlines: number[] = [];
  const cache = createOwnerPropertyCache({
    ownerProperties: {
      async listOwnerProperties(_portalId, _objectType, deadline) {
        const answer = answers[Math.min(deadlines.length, answers.length - 1)] ?? [];
        deadlines.push(deadline - clock.now());
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    now: clock.now,
    sleep: patience.sleep,
    log: telemetry.log,
  });
  const list = async (portalId = PORTAL_A, options: { waitsAfterAnyFailure?: boolean } = {}) => {
    const limits = { maxAgeMs: MAX_AGE_MS, deadline: toDeadline(clock.now() + 900), ...options };
    return (await cache.list(portalId, CONTACT, limits)).map(({ name }) => name);
  };
  return { clock, patience, telemetry, deadlines, cache, list };
}

it.each([
  [MAX_AGE_MS - 1, 1],
  [MAX_AGE_MS, 2],
])('A list of owner properties that is %i ms old takes %i calls, because its age is limited', async (ms, calls) => {
  const { list, clock, deadlines } = setUp(named('a'));
  await list();
  clock.advance(ms);
  await list();
  expect(deadlines).toHaveLength(calls);
});

it('The age of a list of owner properties starts with the request, not with the answer', async () => {
  const answer = Promise.withResolvers<readonly DescribedProperty[]>();
  const { list, clock, deadlines } = setUp(answer.promise);
  const first = list();
  clock.advance(500);
  answer.resolve(named('a'));
  await first;
  clock.advance(MAX_AGE_MS - 500);
  await list();
  expect(deadlines).toHaveLength(2);
});

it('A list of owner properties is always in the same order, whatever order HubSpot uses', async () => {
  const { list } = setUp(named('c', 'a', 'b'));
  expect(await list()).toEqual(['a', 'b', 'c']);
});

it('A list of owner properties is never shown to another account', async () => {
  const { list, cache } = setUp(named('a'), named('b'));
  expect(await list()).toEqual(['a']);
  expect(cache.last(PORTAL_B, CONTACT)).toBeUndefined();
  expect(await list(PORTAL_B)).toEqual(['b']);
  expect(cache.last(PORTAL_A, CONTACT)).toEqual(named('a'));
});

it('A request for owner properties has twenty-five seconds, however short its callers wait', async () => {
  const { list, deadlines } = setUp(named('a'));
  await list();
  expect(deadlines).toEqual([CALL_MS]);
});

it('A caller that stops waiting for owner properties gets a temporary error, and the answer is kept for the next caller', async () => {
  const answer = Promise.withResolvers<readonly DescribedProperty[]>();
  const { list, patience, deadlines } = setUp(answer.promise);
  const first = list();
  await patience.begun();
  patience.runOut();
  await expect(first).rejects.toMatchObject({ fault: 'out_of_time', retryable: true });
  answer.resolve(named('a'));
  expect(await list()).toEqual(['a']);
  expect(deadlines).toHaveLength(1);
});

it.each([
  [RETRY_AFTER_MS - 1, 1],
  [RETRY_AFTER_MS, 2],
])(
  'After HubSpot failed to list owner properties, it is left alone: %i ms later there were %i calls',
  async (ms, calls) => {
    const { list, clock, deadlines, telemetry } = setUp(AWAY);
    await expect(list()).rejects.toBe(AWAY);
    clock.advance(ms);
    await expect(list()).rejects.toBe(AWAY);
    expect(deadlines).toHaveLength(calls);
    expect(telemetry.lines).toHaveLength(calls);
  },
);

it.each([
  [undefined, 2],
  [true, 1],
])(
  'An exhausted limit needs no pause of our own, unless the caller pauses after any failure: %s',
  async (waitsAfterAnyFailure, calls) => {
    const { list, deadlines } = setUp(new RateLimitedError(1));
    const options = waitsAfterAnyFailure === undefined ? {} : { waitsAfterAnyFailure };
    await expect(list(PORTAL_A, options)).rejects.toBeInstanceOf(RateLimitedError);
    await expect(list(PORTAL_A, options)).rejects.toBeInstanceOf(RateLimitedError);
    expect(deadlines).toHaveLength(calls);
  },
);

it('An answer of HubSpot ends the pause after a failure', async () => {
  const { list, clock, deadlines } = setUp(AWAY, named('a'), AWAY, named('b'));
  await expect(list()).rejects.toBe(AWAY);
  clock.advance(RETRY_AFTER_MS);
  expect(await list()).toEqual(['a']);
  clock.advance(MAX_AGE_MS);
  await expect(list()).rejects.toBe(AWAY);
  expect(deadlines).toHaveLength(3);
});

it('Owner properties are remembered for five hundred accounts and types, and the least recently used are dropped', async () => {
  const { list, cache } = setUp(named('a'));
  const portals = Array.from({ length: MAX_ENTRIES + 1 }, (_, index) => toPortalId(index + 1));
  for (const portalId of portals) await list(portalId);
  expect(portals.filter((portalId) => cache.last(portalId, CONTACT) === undefined)).toEqual(portals.slice(0, 1));
});

it('A programming mistake in listing owner properties is thrown, not logged as an error of HubSpot, and causes no pause', async () => {
  const { list, deadlines, telemetry } = setUp(new TypeError('a mistake'));
  await expect(list()).rejects.toThrow('a mistake');
  await expect(list()).rejects.toThrow('a mistake');
  expect([deadlines.length, telemetry.lines]).toEqual([2, []]);
});
