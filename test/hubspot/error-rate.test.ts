import { createErrorRate } from '../../lib/hubspot/error-rate.ts';
import { makeClock } from '../support/clock.ts';
import { portalId } from './gateway.ts';

const PORTAL = portalId(1);
const DAY_MS = 86_400_000;

function makeShare() {
  const clock = makeClock();
  const share = createErrorRate(clock.now);
  /** Records good calls and then bad ones, and answers how often the limit was reported. */
  const record = (good: number, bad: number, portal = PORTAL, badly: 'failed' | 'refused' = 'failed') =>
    [...Array(good).fill('good'), ...Array(bad).fill(badly)].filter((how) => share.record(portal, how)).length;
  return { clock, share, record };
}

describe('Error rate', () => {
  it.each([
    [97, 3, true, '3 % of 100 calls'],
    [98, 2, false, '2 % of 100 calls'],
    [96, 3, false, '99 calls say nothing, whatever their share'],
    [0, 99, false, '99 calls say nothing, even when all fail'],
    [0, 100, true, 'all of 100 calls'],
    [970, 30, true, '3 % of 1,000 calls'],
    [971, 29, false, '2.9 % of 1,000 calls'],
  ])('[H28] After %d good and %d bad calls the error rate is high: %s (%s)', (good, bad, isHigh) => {
    const { share, record } = makeShare();
    expect(record(good, bad)).toBe(isHigh ? 1 : 0);
    expect(share.isHigh(PORTAL)).toBe(isHigh);
  });

  it('[W5, H28] Refusals of single records or callbacks count for the alarm and delay no call', () => {
    const { share, record } = makeShare();
    expect(record(0, 10_000, PORTAL, 'refused')).toBe(1);
    expect(share.isHigh(PORTAL)).toBe(false);
    record(0, 309);
    expect(share.isHigh(PORTAL)).toBe(false);
    record(0, 1);
    expect(share.isHigh(PORTAL)).toBe(true);
  });

  it('[H28] A high error rate is reported once, by the call that exceeded the limit', () => {
    const { record } = makeShare();
    expect(record(97, 2)).toBe(0);
    expect(record(0, 1)).toBe(1);
    expect(record(0, 50)).toBe(0);
  });

  it('[H28] A high error rate is reported once a day, even when it moves around the limit', () => {
    const { share, record } = makeShare();
    expect(record(97, 3)).toBe(1);
    expect(record(1, 0)).toBe(0);
    expect(share.isHigh(PORTAL)).toBe(false);
    expect(record(0, 1)).toBe(0);
    expect(share.isHigh(PORTAL)).toBe(true);
  });

  it('[H28] The error rate starts again with each UTC day and not before', () => {
    const { clock, share, record } = makeShare();
    record(97, 3);
    const untilMidnight = DAY_MS - (clock.now() % DAY_MS);
    clock.advance(untilMidnight - 1);
    record(0, 1);
    expect(share.isHigh(PORTAL)).toBe(true);
    clock.advance(1);
    expect(record(97, 2)).toBe(0);
    expect(share.isHigh(PORTAL)).toBe(false);
    expect(record(0, 1)).toBe(1);
  });

  it('[H28] The error rate is no longer high on a new day, even before its first call', () => {
    const { clock, share, record } = makeShare();
    record(97, 3);
    clock.advance(DAY_MS);
    expect(share.isHigh(PORTAL)).toBe(false);
  });

  it('[H28] The error rate of each account is counted separately', () => {
    const { share, record } = makeShare();
    record(0, 100, portalId(2));
    record(100, 0);
    expect(share.isHigh(PORTAL)).toBe(false);
    expect(share.isHigh(portalId(2))).toBe(true);
    expect(share.isHigh(portalId(3))).toBe(false);
  });
});
