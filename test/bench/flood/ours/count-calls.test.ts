import { countCalls } from '../../../../bench/flood/ours/count-calls.ts';
import type { Call } from '../../../../local/simulator/call-log.ts';

const call = (atEpochMs: number, more: Partial<Call> = {}): Call => ({
  atEpochMs,
  method: 'POST',
  path: '/automation/actions/callbacks/2026-09/complete',
  route: 'POST callbacks',
  portalId: 1,
  status: 204,
  ...more,
});

it('The bench counts calls by route, refused ones included, and the fullest window of an account', () => {
  const calls = [
    call(0),
    call(5_000, { status: 429 }),
    call(5_000, { portalId: 2 }),
    call(9_999, { route: 'POST objects batch update' }),
    call(10_000),
  ];
  expect(countCalls(calls)).toEqual({
    total: 5,
    refused: 1,
    byRoute: { 'POST callbacks': 4, 'POST objects batch update': 1 },
    peak: 3,
  });
});

it('The bench counts no calls where nobody called', () => {
  expect(countCalls([])).toEqual({ total: 0, refused: 0, byRoute: {}, peak: 0 });
});
