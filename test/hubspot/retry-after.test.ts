import fc from 'fast-check';
import { clampWait, readRetryAfterMs } from '../../lib/hubspot/retry.ts';
import { START_EPOCH_MS } from '../support/clock.ts';

const inMs = (ms: number) => new Date(START_EPOCH_MS + ms).toUTCString();

describe('Retry-After as HubSpot sends it', () => {
  it.each([
    ['7', 7_000, 'seconds'],
    ['1.5', 1_500, 'a fraction of them'],
    [' 7 ', 7_000, 'white space around'],
    ['0', 200, 'at once is not believed'],
    ['0.199', 200, 'just below the shortest wait'],
    ['0.201', 201, 'just above it'],
    ['59.999', 59_999, 'just below the longest wait'],
    ['60', 60_000, 'the longest wait'],
    ['60.001', 60_000, 'just above it'],
    ['86400', 60_000, 'a day, which a move to another data centre may take'],
    ['1000000000', 60_000, 'a number out of this world'],
    [inMs(30_000), 30_000, 'an HTTP date'],
    [inMs(0), 200, 'the very moment'],
    [inMs(3_600_000), 60_000, 'a date far away'],
  ])('[H13] The Retry-After %j is read as %d ms (%s)', (header, expected) => {
    expect(readRetryAfterMs(header, START_EPOCH_MS)).toBe(expected);
  });

  it.each<[string | undefined, string]>([
    [undefined, 'absent'],
    ['', 'empty'],
    ['  ', 'blank'],
    ['-1', 'negative'],
    ['-', 'a bare minus, which Date.parse takes for a date'],
    ['NaN', 'not a number'],
    ['Infinity', 'no number to wait for'],
    ['1e9', 'not how the header is written'],
    ['0x10', 'not how the header is written'],
    ['7s', 'a unit'],
    ['9'.repeat(400), 'more than a number can hold'],
    [inMs(-1_000), 'in the past'],
    ['Monday', 'a day without a date'],
    ['2026-11-23T10:00:00Z', 'not an HTTP date'],
  ])('[H13] The Retry-After %j is ignored (%s)', (header) => {
    expect(readRetryAfterMs(header, START_EPOCH_MS)).toBeUndefined();
  });

  it('[H13] Any Retry-After text is ignored or gives 200 to 60,000 ms', () => {
    const anyHeader = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.integer().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      fc.constantFrom('Mon', 'Tue,', 'Sun 99', 'Wed, 31 Feb 2026 00:00:00 GMT'),
    );
    fc.assert(
      fc.property(anyHeader, (header) => {
        const waitMs = readRetryAfterMs(header, START_EPOCH_MS) ?? 200;
        expect(Number.isInteger(waitMs) && waitMs >= 200 && waitMs <= 60_000).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    [-1, 200],
    [199, 200],
    [200, 200],
    [200.4, 200],
    [60_000, 60_000],
    [60_001, 60_000],
  ])('A wait of %d ms is clamped to %d ms', (waitMs, expected) => {
    expect(clampWait(waitMs)).toBe(expected);
  });
});
