import fc from 'fast-check';
import { UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import { COMPLETION_REFUSED } from '../../../lib/domain/requeue.ts';
import { PORTAL_A } from '../../builders/ids.ts';
import { callbackOf, finish, makeNumbered } from '../../builders/numbered-executions.ts';
import type { CallbackAnswer } from '../../fakes/workflow-callbacks.ts';
import { ENDING, makeCallbackCompleter, numbers, OLD } from '../../support/callback-completer.ts';

const AWAY = new UpstreamUnavailableError('http_502');

it('A refused call is halved until the unknown callback is alone, and all others are completed', async () => {
  const { complete, callbacks, sizes, count } = makeCallbackCompleter();
  callbacks.gone.add(callbackOf(1));
  expect(await complete(numbers(8))).toEqual([]);
  expect(sizes()).toEqual([8, 4, 2, 1, 1, 2, 4]);
  expect([count('completed'), count('unknown')]).toEqual([7, 1]);
});

it('A refused call is repeated without the callbacks that another worker completed meanwhile', async () => {
  const { complete, callbacks, workLog, sizes } = makeCallbackCompleter();
  callbacks.gone.add(callbackOf(2));
  await workLog.noteCompleted(PORTAL_A, [callbackOf(2)]);
  expect(await complete(numbers(4))).toEqual([]);
  expect(sizes()).toEqual([4, 3]);
});

it('A refused call is searched one by one instead of by halving when the completion credit would not be enough', async () => {
  const { complete, callbacks, sizes } = makeCallbackCompleter();
  // Ten refusals, after which ten are left: a search among 64 would take eleven.
  const spent = numbers(10, 901);
  for (const number of spent) callbacks.gone.add(callbackOf(number));
  await complete(spent, { changes: { ...OLD, refusals: 1 } });
  callbacks.calls.length = 0;
  callbacks.gone.add(callbackOf(1));
  expect(await complete(numbers(64))).toEqual([]);
  expect(sizes()).toEqual([64, ...Array(64).fill(1)]);
});

it('Successful completions earn completion credit, so that a later refused call is halved again', async () => {
  const { complete, callbacks, sizes } = makeCallbackCompleter();
  const spent = numbers(10, 901);
  for (const number of spent) callbacks.gone.add(callbackOf(number));
  await complete(spent, { changes: { ...OLD, refusals: 1 } });
  for (const number of numbers(70, 2_001)) await complete([number]);
  callbacks.calls.length = 0;
  callbacks.gone.add(callbackOf(1));
  await complete(numbers(64));
  expect(sizes().slice(0, 3)).toEqual([64, 32, 16]);
});

it.each([
  ['an urgent call', true, false],
  ['a repeat of a call', false, true],
])(
  'If %s is refused and five of its callbacks are unknown, the others come again once, to be tried alone',
  async (_what, isUrgent, mayBeDone) => {
    const { complete, callbacks, sizes, marks, refusals } = makeCallbackCompleter();
    for (const number of numbers(20)) callbacks.gone.add(callbackOf(number));
    if (mayBeDone) callbacks.script.push({ kind: 'unknown', mayBeDone });
    const others = numbers(20).filter((number) => number % 4 !== 1);
    expect(await complete(numbers(20), { isUrgent })).toEqual([[others, COMPLETION_REFUSED]]);
    expect([sizes(), marks(), refusals()]).toEqual([[20, 1, 1, 1, 1, 1], ['unconfirmed'], Array(15).fill(1)]);
    callbacks.calls.length = 0;
    expect(await complete(others, { isUrgent: true, changes: { ...OLD, refusals: 1 } })).toEqual([]);
    expect(sizes()).toEqual(Array(15).fill(1));
  },
);

it.each([
  ['one of the five still waits', OLD, false, [callbackOf(1)]],
  ['their time is short', ENDING, false, []],
  ['what is put back comes again as it was', OLD, true, []],
])(
  'Callbacks of a refused call that may be done are all tried at once if %s',
  async (_why, changes, triesAll, waiting) => {
    const { complete, callbacks, sizes, count } = makeCallbackCompleter();
    for (const number of numbers(20)) callbacks.gone.add(callbackOf(number));
    for (const id of waiting) callbacks.gone.delete(id);
    expect(await complete(numbers(20), { isUrgent: true, changes, triesAll })).toEqual([]);
    expect(sizes()).toEqual([20, ...Array(20).fill(1)]);
    expect(count('completed')).toBe(waiting.length);
  },
);

it('If one of those that may be done has little time left, all of them are tried at once', async () => {
  const { completeAll, callbacks, sizes } = makeCallbackCompleter();
  for (const number of numbers(12)) callbacks.gone.add(callbackOf(number));
  const members = numbers(12).map((number) => finish(makeNumbered(number, number === 2 ? ENDING : OLD)));
  expect(await completeAll(members, { isUrgent: true })).toEqual([]);
  expect(sizes()).toEqual([12, ...Array(12).fill(1)]);
});

it('A call that may be done in part costs no completion credit, however many of its callbacks are unknown', async () => {
  const { complete, callbacks, sizes } = makeCallbackCompleter();
  // One of the five that show what the others are still waits, and nearly all others do not.
  for (const number of numbers(30)) if (number !== 1) callbacks.gone.add(callbackOf(number));
  callbacks.script.push({ kind: 'unknown', mayBeDone: true });
  expect(await complete(numbers(30))).toEqual([]);
  expect(sizes()).toEqual([30, ...Array(30).fill(1)]);
  callbacks.gone.add(callbackOf(101));
  expect(await complete(numbers(2, 101))).toEqual([]);
});

it('If all of five callbacks of a call that may be done still wait, the others are completed in halves', async () => {
  const { complete, callbacks, sizes, count } = makeCallbackCompleter();
  callbacks.gone.add(callbackOf(98));
  expect(await complete(numbers(100), { isUrgent: true })).toEqual([]);
  expect(sizes()).toEqual([
    ...[100, ...Array(5).fill(1), 48],
    ...[47, ...Array(5).fill(1), 21],
    ...[21, ...Array(5).fill(1), 8],
    // The callback that nobody waits for is among the few.
    ...[8, ...Array(8).fill(1)],
  ]);
  expect([count('completed'), count('unknown')]).toEqual([99, 1]);
});

it('Callbacks of a repeated call for which no time is left come again alone, and as possibly completed', async () => {
  const { complete, callbacks, clock, sizes, marks, refusals } = makeCallbackCompleter();
  callbacks.script.push({ kind: 'unknown', mayBeDone: true });
  const find = callbacks.complete;
  callbacks.complete = async (...call) => {
    if (callbacks.calls.length === 5) clock.advance(8_000);
    return find(...call);
  };
  expect(await complete(numbers(20))).toMatchObject([
    [{ length: 8 }, undefined],
    [{ length: 7 }, undefined],
  ]);
  expect(sizes()).toEqual([20, ...Array(5).fill(1)]);
  expect([marks(), refusals()]).toEqual([['unconfirmed'], Array(15).fill(1)]);
});

it('An urgent completion skips, without a call, what another worker completed', async () => {
  const { complete, workLog, sizes } = makeCallbackCompleter();
  await workLog.noteCompleted(PORTAL_A, [callbackOf(1)]);
  expect(await complete([1, 2, 3], { isUrgent: true })).toEqual([]);
  expect(sizes()).toEqual([2]);
});

it('Callbacks that were refused before are tried one by one and never in a call with others', async () => {
  const { complete, sizes } = makeCallbackCompleter();
  expect(await complete(numbers(12), { changes: { ...OLD, refusals: 1 } })).toEqual([]);
  expect(sizes()).toEqual(Array(12).fill(1));
});

it('The search for unknown callbacks stops when the completion credit is used up, and the rest is requeued as pending', async () => {
  const { complete, callbacks, sizes, marks, count } = makeCallbackCompleter();
  for (const number of numbers(40)) callbacks.gone.add(callbackOf(number));
  const back = await complete(numbers(40), { changes: { ...OLD, refusals: 1 } });
  expect([count('unknown'), sizes().length]).toEqual([20, 20]);
  expect(back.map(([, cause]) => cause)).toEqual(Array(20).fill(COMPLETION_REFUSED));
  expect(marks()).toEqual(['pending']);
});

it('Refusals in an urgent search cost no completion credit, because a lost reply says nothing about unenrolled records', async () => {
  const { complete, callbacks, sizes } = makeCallbackCompleter();
  for (const number of numbers(20)) callbacks.gone.add(callbackOf(number));
  await complete(numbers(20), { isUrgent: true, changes: { ...OLD, refusals: 1 } });
  expect(sizes()).toHaveLength(20);
  expect(await complete(numbers(5, 101))).toEqual([]);
});

it('Every callback is completed, found unknown or requeued, whoever left and however HubSpot fails', async () => {
  const answers: readonly (readonly CallbackAnswer[])[] = [
    [],
    [AWAY],
    [{ kind: 'unknown', mayBeDone: true }],
    [{ kind: 'answered', completed: new Set(), mayBeDone: true }],
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 30 })),
      fc.array(fc.constantFrom(...answers), { maxLength: 8 }),
      fc.boolean(),
      fc.nat({ max: 1 }),
      async (wanted, left, scripted, isUrgent, refusals) => {
        const { complete, callbacks, count } = makeCallbackCompleter();
        for (const number of left) callbacks.gone.add(callbackOf(number));
        callbacks.script.push(...scripted.flat());
        const back = (await complete(wanted, { isUrgent, changes: { ...OLD, refusals } })).flatMap(([who]) => who);
        expect(new Set(back).size).toBe(back.length);
        expect(count('completed') + count('unknown') + back.length).toBe(wanted.length);
      },
    ),
    { numRuns: 300 },
  );
});
