import fc from 'fast-check';
import { createCompletionCredit } from '../../../lib/use-cases/queue/completion-credit.ts';
import { PORTAL_A, PORTAL_B } from '../../builders/ids.ts';
import { makeClock } from '../../support/clock.ts';

const SECOND_MS = 1_000;

function setUp() {
  const clock = makeClock();
  const credit = createCompletionCredit(clock.now);
  const refuse = (times: number) => {
    for (let time = 0; time < times; time += 1) credit.refused(PORTAL_A);
  };
  const succeed = (times: number) => {
    for (let time = 0; time < times; time += 1) credit.succeeded(PORTAL_A);
  };
  return { clock, credit, refuse, succeed };
}

it('The completion credit of an account is enough for twenty refusals, and then nothing more is tried', () => {
  const { credit, refuse } = setUp();
  refuse(19);
  expect(credit.mayTry(PORTAL_A)).toBe(true);
  refuse(1);
  expect(credit.mayTry(PORTAL_A)).toBe(false);
});

it('The completion credit of one account is not affected by what HubSpot refuses another account', () => {
  const { credit, refuse } = setUp();
  refuse(20);
  expect([credit.mayTry(PORTAL_B), credit.mayHalve(PORTAL_B, 100)]).toEqual([true, true]);
});

it('A used-up completion credit allows one more try after each pause, and the pauses double up to five minutes', () => {
  const { clock, credit, refuse } = setUp();
  refuse(20);
  for (const seconds of [60, 120, 240, 300, 300]) {
    clock.advance(seconds * SECOND_MS - 1);
    expect({ seconds, may: credit.mayTry(PORTAL_A) }).toEqual({ seconds, may: false });
    clock.advance(1);
    expect({ seconds, may: credit.mayTry(PORTAL_A) }).toEqual({ seconds, may: true });
    refuse(1);
  }
});

it('A successful completion resets the next pause of a used-up credit to a minute', () => {
  const { clock, credit, refuse, succeed } = setUp();
  refuse(20);
  clock.advance(60 * SECOND_MS);
  refuse(1);
  clock.advance(120 * SECOND_MS);
  succeed(1);
  refuse(1);
  clock.advance(60 * SECOND_MS - 1);
  expect(credit.mayTry(PORTAL_A)).toBe(false);
  clock.advance(1);
  expect(credit.mayTry(PORTAL_A)).toBe(true);
});

it('A used-up completion credit allows a refusal again after thirty-four successes and not before', () => {
  const { credit, refuse, succeed } = setUp();
  refuse(20);
  succeed(33);
  expect(credit.mayTry(PORTAL_A)).toBe(false);
  succeed(1);
  expect(credit.mayTry(PORTAL_A)).toBe(true);
});

it('A completion credit never grows beyond twenty refusals, however many completions succeed', () => {
  const { credit, refuse, succeed } = setUp();
  succeed(10_000);
  refuse(20);
  expect(credit.mayTry(PORTAL_A)).toBe(false);
});

it.each([
  [100, 12],
  [65, 12],
  [64, 11],
  [2, 6],
])(
  'A search by halving among %i callbacks needs a credit of %i refusals, five of them for the others',
  (among, needed) => {
    const { credit, refuse } = setUp();
    refuse(20 - needed);
    expect(credit.mayHalve(PORTAL_A, among)).toBe(true);
    refuse(1);
    expect(credit.mayHalve(PORTAL_A, among)).toBe(false);
  },
);

it('A completion credit allows at most twenty refusals at one moment plus 3 % of the successes', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 400 }), (answers) => {
      const { credit } = setUp();
      const counts = { succeeded: 0, refused: 0 };
      for (const isSuccess of answers) {
        if (!credit.mayTry(PORTAL_A)) continue;
        const answer = isSuccess ? 'succeeded' : 'refused';
        credit[answer](PORTAL_A);
        counts[answer] += 1;
      }
      expect(counts.refused).toBeLessThanOrEqual(20 + 0.03 * counts.succeeded);
    }),
  );
});
