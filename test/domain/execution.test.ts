import { BLOCK_MS, EXPIRY_MARGIN_MS, isExpired, isExpiring, keyOf } from '../../lib/domain/execution.ts';
import { PORTAL_A, PORTAL_B } from '../builders/ids.ts';
import { makeNumbered } from '../builders/numbered-executions.ts';
import { START_EPOCH_MS } from '../support/clock.ts';

const END_EPOCH_MS = START_EPOCH_MS + BLOCK_MS;
const MINUTE_MS = 60_000;

it.each([
  [-30 * MINUTE_MS - 1, false, false],
  [-30 * MINUTE_MS, true, false],
  [-1, true, false],
  [0, true, true],
  [1, true, true],
])('An execution %i ms from the moment HubSpot stops waiting is about to end: %s, and over: %s', (ms, ending, over) => {
  const execution = makeNumbered(1, { expiresAtEpochMs: END_EPOCH_MS });
  expect([isExpiring(execution, END_EPOCH_MS + ms), isExpired(execution, END_EPOCH_MS + ms)]).toEqual([ending, over]);
});

it('The margin in which an execution is ended is half an hour of the two days that HubSpot waits', () => {
  expect([EXPIRY_MARGIN_MS, BLOCK_MS]).toEqual([30 * MINUTE_MS, 48 * 60 * MINUTE_MS]);
});

it('The key of an execution is unique to its callback and its account', () => {
  const [one, same, other] = [
    makeNumbered(1),
    makeNumbered(1, { requeueCount: 7, command: { ownerEmail: 'bob@example.com' } }),
    makeNumbered(1, { command: { portalId: PORTAL_B } }),
  ];
  expect(keyOf(one)).toBe(keyOf(same));
  expect(keyOf(one)).not.toBe(keyOf(other));
  // No delimiter in an id can make one key of two.
  const tricky = (executionId: string) => keyOf(makeNumbered(1, { key: { portalId: PORTAL_A, executionId } }));
  expect(tricky('a","b')).not.toBe(tricky('a'));
});
