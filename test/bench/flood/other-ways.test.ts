import { FLOOD, type Flood, type FloodOutcome } from '../../../bench/flood/flood.ts';
import { measureLimiterPerProcess } from '../../../bench/flood/limiter-per-process.ts';
import { measureLookupEachTime } from '../../../bench/flood/lookup-each-time.ts';
import { measurePastedSnippet } from '../../../bench/flood/pasted-snippet.ts';

/** Ten calls in ten seconds: a trickle for forty records. */
const SMALL: Flood = { ...FLOOD, records: 40, burstLimit: 10, activeOwners: 8, archivedOwners: 2 };
const NO_LIMIT: Flood = { ...SMALL, burstLimit: 1_000_000 };
const MINUTE_MS = 60_000;

const WAYS: readonly (readonly [string, (flood: Flood) => Promise<FloodOutcome>, { readonly callsEach: number }])[] = [
  ['the pasted snippet', measurePastedSnippet, { callsEach: 2 }],
  ['the look-up', measureLookupEachTime, { callsEach: 2 }],
  ['the limiter in each process', (flood) => measureLimiterPerProcess(flood, 5), { callsEach: 1 }],
];

it.each(WAYS)('%s sets every owner at the first try where HubSpot limits nothing', async (_, measure, each) => {
  expect(await measure(NO_LIMIT)).toMatchObject({
    records: 40,
    calls: 40 * each.callsEach,
    refused: 0,
    neverAssigned: 0,
    wrongOwners: 0,
    deliveries: 40,
  });
});

it.each(WAYS)('%s has the same result in every run', async (_, measure) => {
  expect(await measure(SMALL)).toEqual(await measure(SMALL));
});

describe('the pasted snippet', () => {
  it('The pasted snippet loses the records that HubSpot refuses, and ends soon', async () => {
    const outcome = await measurePastedSnippet(SMALL);
    expect(outcome.neverAssigned).toBeGreaterThan(30);
    expect(outcome).toMatchObject({ deliveries: 40, wrongOwners: 0 });
    expect(outcome.refused).toBe(outcome.neverAssigned);
    expect(outcome.settledAfterMs).toBeLessThan(1_000);
  });

  it('The pasted snippet reads all pages of owners in every run', async () => {
    const { calls, neverAssigned } = await measurePastedSnippet({ ...NO_LIMIT, records: 3, activeOwners: 240 });
    expect({ calls, neverAssigned }).toEqual({ calls: 3 * (3 + 1), neverAssigned: 0 });
  });

  it('The pasted snippet does not find owners beyond its twentieth page', async () => {
    // Whose emails the records hold: the first owner's, the 1,001st's and the 2,001st's.
    const flood = { ...NO_LIMIT, records: 3, activeOwners: 3_000 };
    const { calls, neverAssigned } = await measurePastedSnippet(flood);
    expect({ calls, neverAssigned }).toEqual({ calls: 3 * 20 + 2, neverAssigned: 1 });
  });
});

describe('the look-up', () => {
  it('The look-up sets every owner, after minutes and many refused calls', async () => {
    const outcome = await measureLookupEachTime(SMALL);
    expect(outcome).toMatchObject({ neverAssigned: 0, wrongOwners: 0 });
    expect(outcome.settledAfterMs).toBeGreaterThan(MINUTE_MS);
    expect(outcome.refused).toBeGreaterThan(40);
    expect(outcome.deliveries).toBe(40 + outcome.refused);
  });

  it('The look-up leaves records without an owner if all that HubSpot refused comes back at the same time', async () => {
    const { neverAssigned, settledAfterMs } = await measureLookupEachTime({ ...SMALL, spread: 0, burstLimit: 4 });
    expect(neverAssigned).toBeGreaterThan(0);
    expect(settledAfterMs).toBeGreaterThan(48 * 60 * MINUTE_MS);
  });
});

describe('the limiter in each process', () => {
  it('A limiter in each process sets every owner but is refused, too, because no process knows of the others', async () => {
    const outcome = await measureLimiterPerProcess({ ...SMALL, burstLimit: 30 }, 5);
    expect(outcome).toMatchObject({ neverAssigned: 0, wrongOwners: 0, deliveries: 40 });
    expect(outcome.refused).toBeGreaterThan(0);
    expect(outcome.settledAfterMs).toBeGreaterThan(10_000);
    expect(outcome.settledAfterMs).toBeLessThan(20_000);
  });

  it('A limiter in each process depends on HubSpot’s retries if its queue is longer than HubSpot waits', async () => {
    const outcome = await measureLimiterPerProcess({ ...NO_LIMIT, records: 250 }, 1);
    expect(outcome).toMatchObject({ refused: 0, neverAssigned: 0 });
    // Those under way when the patience ends are sent once more.
    expect(outcome.calls).toBeLessThan(260);
    expect(outcome.deliveries).toBeGreaterThan(250);
    expect(outcome.settledAfterMs).toBeGreaterThan(MINUTE_MS);
  });
});
