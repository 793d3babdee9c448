import { createCircuitBreaker } from '../../lib/hubspot/circuit-breaker.ts';
import { portalId } from './gateway.ts';

const [A, B] = [portalId(1), portalId(2)];

type Call = 'fails' | 'works';
const fails = (times: number): Call[] => Array(times).fill('fails');

/** What the breaker says to each failure, in order. */
function tell(calls: readonly Call[]): (number | undefined)[] {
  const breaker = createCircuitBreaker();
  return calls.flatMap((call) => {
    if (call === 'fails') return [breaker.failed(A)];
    breaker.succeeded(A);
    return [];
  });
}

describe('Circuit breaker', () => {
  const silent = Array(4).fill(undefined);

  it.each<[readonly Call[], readonly (number | undefined)[], string]>([
    [fails(4), silent, 'four failures in a row may pass'],
    [fails(5), [...silent, 10_000], 'the fifth in a row does not'],
    [
      fails(10),
      [...silent, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000],
      'then each, for twice as long, up to a minute',
    ],
    [[...fails(4), 'works', ...fails(4)], [...silent, ...silent], 'a success in between begins anew'],
    [[...fails(6), 'works', ...fails(5)], [...silent, 10_000, 20_000, ...silent, 10_000], 'and ends the pauses, too'],
  ])('[H26] The circuit breaker answers %j with the pauses %j: %s', (calls, pauses) => {
    expect(tell(calls)).toEqual(pauses);
  });

  it('The circuit breaker counts each account separately', () => {
    const breaker = createCircuitBreaker();
    for (let call = 0; call < 4; call += 1) breaker.failed(A);
    expect(breaker.failed(B)).toBeUndefined();
    breaker.succeeded(B);
    expect(breaker.failed(A)).toBe(10_000);
  });
});
