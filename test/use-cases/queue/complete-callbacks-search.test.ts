import fc from 'fast-check';
import { UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import { COMPLETION_REFUSED, IN_FLIGHT } from '../../../lib/domain/requeue.ts';
import { PORTAL_A } from '../../builders/ids.ts';
import { callbackOf, finish, makeNumbered } from '../../builders/numbered-executions.ts';
import type { CallbackAnswer } from '../../fakes/workflow-callbacks.ts';
import { ENDING, makeCallbackCompleter, numbers, OLD } from '../../support/callback-completer.ts';
import { START_EPOCH_MS } from '../../support/clock.ts';

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

it('A refused call is repeated without the callbacks that another worker is confirming, and these are requeued', async () => {
  const { complete, callbacks, workLog, sizes, marks, refusals } = makeCallbackCompleter();
  callbacks.gone.add(callbackOf(2));
  await workLog.noteUnconfirmed(PORTAL_A, [callbackOf(2)]);
  expect(await complete(numbers(4))).toEqual([[[2], COMPLETION_REFUSED]]);
  expect([sizes(), marks(), refusals()]).toEqual([[4, 3], ['unconfirmed'], [1]]);
});

it("The remaining callbacks of a refused call count no refusal, because it was about another worker's callbacks", async () => {
  const { complete, callbacks, workLog, refusals } = makeCallbackCompleter();
  callbacks.gone.add(callbackOf(2));
  await workLog.noteUnconfirmed(PORTAL_A, [callbackOf(2)]);
  callbacks.script.push({ kind: 'unknown', isRepeat: false }, AWAY);
  expect(await complete(numbers(3))).toEqual([
    [[2], COMPLETION_REFUSED],
    [[1, 3], AWAY],
  ]);
  expect(refusals()).toEqual([1, 0, 0]);
});

it('A refused call with a result that was just recorded is left to another worker, and all of it waits', async () => {
  const { completeAll, callbacks, marks, refusals } = makeCallbackCompleter();
  callbacks.gone.add(callbackOf(1));
  const members = [1, 2].map((number) =>
    finish(makeNumbered(number, number === 1 ? OLD : ENDING), { recordedAtEpochMs: START_EPOCH_MS - 9_999 }),
  );
  expect(await completeAll(members)).toEqual([[[1, 2], IN_FLIGHT]]);
  expect([marks(), refusals()]).toEqual([['pending'], [0, 0]]);
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

it('An unclear answer costs no completion credit, because it is not an error response', async () => {
  const { complete, callbacks, sizes } = makeCallbackCompleter();
  for (const number of numbers(25, 901)) {
    callbacks.script.push({ kind: 'unclear', completed: new Set([callbackOf(number)]), isRepeat: false });
    await complete([number]);
  }
  callbacks.calls.length = 0;
  expect(await complete(numbers(2))).toEqual([]);
  expect(sizes()).toEqual([2]);
});

it('An urgent call that is refused may be completed already, so a sample is tried alone before halving', async () => {
  const { complete, callbacks, sizes } = makeCallbackCompleter();
  for (const number of numbers(20)) callbacks.gone.add(callbackOf(number));
  expect(await complete(numbers(20), { isUrgent: true })).toMatchObject([[{ length: 15 }, COMPLETION_REFUSED]]);
  expect(sizes()).toEqual([20, 1, 1, 1, 1, 1]);
});

it('A repeated call with one callback whose time is short is completed at once', async () => {
  const { completeAll, callbacks, sizes } = makeCallbackCompleter();
  for (const number of numbers(20)) callbacks.gone.add(callbackOf(number));
  callbacks.script.push({ kind: 'unknown', isRepeat: true });
  const members = numbers(20).map((number) => finish(makeNumbered(number, number === 20 ? ENDING : OLD)));
  expect(await completeAll(members)).toEqual([]);
  expect(sizes()).toEqual([20, ...Array(20).fill(1)]);
});

it.each([
  [9_999, 'with time left', OLD, [[[1, 2], IN_FLIGHT]]],
  [10_000, 'with time left', OLD, []],
  [9_999, 'shortly before their end', ENDING, []],
])(
  'Refused callbacks whose results were recorded %i ms ago, %s, wait for another worker only when recent and with time left',
  async (agoMs, _time, changes, back) => {
    const recordedAtEpochMs = START_EPOCH_MS - agoMs;
    const { complete, callbacks, refusals } = makeCallbackCompleter();
    callbacks.gone.add(callbackOf(1));
    expect(await complete([1, 2], { recordedAt: () => recordedAtEpochMs, changes })).toEqual(back);
    expect(refusals()).toEqual(back.length === 0 ? [] : [0, 0]);
  },
);

it('An urgent completion skips, without a call, what another worker completed or is completing now', async () => {
  const { complete, workLog, sizes, marks } = makeCallbackCompleter();
  await workLog.noteCompleted(PORTAL_A, [callbackOf(1)]);
  const recordedAtEpochMs = START_EPOCH_MS - 9_999;
  expect(await complete([1, 2], { isUrgent: true, recordedAt: () => recordedAtEpochMs })).toEqual([[[2], IN_FLIGHT]]);
  expect([sizes(), marks()]).toEqual([[], ['unconfirmed']]);
});

it('An urgent completion of a result that was just recorded does not mistake itself for another worker', async () => {
  const { complete, sizes } = makeCallbackCompleter();
  expect(await complete([1, 2], { isUrgent: true, recordedAt: () => undefined })).toEqual([]);
  expect(sizes()).toEqual([2]);
});

it('A refused repeat of a call has probably succeeded before, so a sample is tried alone and the others wait', async () => {
  const { complete, callbacks, sizes, workLog, marks } = makeCallbackCompleter();
  for (const number of numbers(20)) callbacks.gone.add(callbackOf(number));
  callbacks.script.push({ kind: 'unknown', isRepeat: true });
  const back = await complete(numbers(20));
  expect(sizes()).toEqual([20, 1, 1, 1, 1, 1]);
  expect(back).toEqual([[numbers(20).filter((number) => number % 4 !== 1), COMPLETION_REFUSED]]);
  expect((await workLog.findUnconfirmed(PORTAL_A, 0)).size).toBe(15);
  expect(marks()).toEqual(['unconfirmed']);
});

it('A repeated call whose sample still waits is halved, because the others probably wait too', async () => {
  const { complete, callbacks, sizes, count } = makeCallbackCompleter();
  callbacks.gone.add(callbackOf(20));
  callbacks.script.push({ kind: 'unknown', isRepeat: true });
  expect(await complete(numbers(20))).toEqual([]);
  expect(sizes().slice(0, 7)).toEqual([20, 1, 1, 1, 1, 1, 8]);
  expect([count('completed'), count('unknown')]).toEqual([19, 1]);
});

it.each([
  ['whose sample is of both kinds', OLD, false, [callbackOf(1)]],
  ['whose time is short', ENDING, false, numbers(20).map(callbackOf)],
  ['that come again unchanged', OLD, true, numbers(20).map(callbackOf)],
])('Callbacks of a repeated call %s are each completed alone at once', async (_what, changes, triesAll, gone) => {
  const { complete, callbacks, sizes } = makeCallbackCompleter();
  for (const id of gone) callbacks.gone.add(id);
  callbacks.script.push({ kind: 'unknown', isRepeat: true });
  expect(await complete(numbers(20), { changes, triesAll })).toEqual([]);
  expect(sizes()).toEqual([20, ...Array(20).fill(1)]);
});

it('Callbacks that were refused before are tried one by one and never in a call with others', async () => {
  const { complete, sizes } = makeCallbackCompleter();
  expect(await complete(numbers(12), { changes: { ...OLD, refusals: 1 } })).toEqual([]);
  expect(sizes()).toEqual(Array(12).fill(1));
});

it('An urgent completion tries twenty callbacks that were refused before, so that others get their turn', async () => {
  const { complete, sizes, refusals } = makeCallbackCompleter();
  const changes = { ...OLD, refusals: 3 };
  expect(await complete(numbers(25), { isUrgent: true, changes })).toEqual([[numbers(5, 21), COMPLETION_REFUSED]]);
  expect(sizes()).toHaveLength(20);
  expect(refusals()).toEqual([4, 4, 4, 4, 4]);
});

it.each([
  ['whose time is short', { ...ENDING, refusals: 1 }, false],
  ['that come again unchanged', { ...OLD, refusals: 1 }, true],
])(
  'Callbacks that were refused before and %s are all tried by an urgent completion',
  async (_what, changes, triesAll) => {
    const { complete, sizes } = makeCallbackCompleter();
    expect(await complete(numbers(25), { isUrgent: true, changes, triesAll })).toEqual([]);
    expect(sizes()).toHaveLength(25);
  },
);

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
    [{ kind: 'unknown', isRepeat: true }],
    [{ kind: 'unclear', completed: new Set(), isRepeat: true }],
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
