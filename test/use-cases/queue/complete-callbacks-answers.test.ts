import { toDeadline } from '../../../lib/domain/deadline.ts';
import {
  MissingScopesError,
  RateLimitedError,
  StoreUnavailableError,
  UpstreamUnavailableError,
} from '../../../lib/domain/errors.ts';
import { NotBlockedYet } from '../../../lib/domain/requeue.ts';
import { EXPIRED } from '../../../lib/domain/result.ts';
import type { CompletionAnswer, WorkflowCallbacks } from '../../../lib/ports/hubspot.ts';
import { createCompleteCallbacks } from '../../../lib/use-cases/queue/complete-callbacks.ts';
import { PORTAL_A } from '../../builders/ids.ts';
import { callbackOf, finish, makeNumbered } from '../../builders/numbered-executions.ts';
import { makeCallbackCompleter, numbers, OLD } from '../../support/callback-completer.ts';
import { START_EPOCH_MS } from '../../support/clock.ts';

const AWAY = new UpstreamUnavailableError('http_502');
const DEADLINE = toDeadline(START_EPOCH_MS + 8_000);

it('Callbacks are completed with one call for a hundred', async () => {
  const { complete, sizes } = makeCallbackCompleter();
  expect(await complete(numbers(201))).toEqual([]);
  expect(sizes()).toEqual([100, 100, 1]);
});

it('Callbacks whose results were recorded at different times are completed in different calls', async () => {
  const { complete, callbacks } = makeCallbackCompleter();
  await complete(numbers(5), { recordedAt: (number) => START_EPOCH_MS - 60_000 - (number % 2) });
  expect(callbacks.calls).toEqual([[1, 3, 5].map(callbackOf), [2, 4].map(callbackOf)]);
});

it("Each callback is completed with the outputs of its own execution and within the caller's deadline", async () => {
  const complete = jest.fn<Promise<CompletionAnswer>, Parameters<WorkflowCallbacks['complete']>>(
    async (_portalId, completions) => {
      const completed = new Set(completions.map(({ callbackId }) => callbackId));
      return { kind: 'answered', completed, mayBeDone: false };
    },
  );
  const { workLog, telemetry, clock } = makeCallbackCompleter();
  const completeCallbacks = createCompleteCallbacks({
    callbacks: { complete },
    workLog,
    toOutputs: async (portalId, { outcome }, asked) => ({ portalId, outcome, asked }),
    now: clock.now,
    ...telemetry,
  });
  const asking = (number: number, ownerEmail: string) =>
    finish(makeNumbered(number, { ...OLD, command: { ownerEmail } }));
  const members = [asking(1, 'jane@example.com'), { ...asking(2, 'bob@example.com'), result: EXPIRED }];
  await completeCallbacks(PORTAL_A, members, { stopAt: DEADLINE, deadline: DEADLINE, isUrgent: false });
  const outputs = (outcome: string, asked: string) => ({ portalId: PORTAL_A, outcome, asked });
  expect(complete.mock.calls).toEqual([
    [
      PORTAL_A,
      [
        { callbackId: callbackOf(1), outputFields: outputs('ASSIGNED', 'jane@example.com') },
        { callbackId: callbackOf(2), outputFields: outputs('FAILED', 'bob@example.com') },
      ],
      DEADLINE,
    ],
  ]);
});

it.each([
  [4_999, [[[1], new NotBlockedYet(1)]]],
  [5_000, []],
])(
  'A callback of an execution that was queued %i ms ago is completed only when HubSpot can know it',
  async (ageMs, back) => {
    const { complete, sizes } = makeCallbackCompleter();
    expect(await complete([1], { changes: { queuedAtEpochMs: START_EPOCH_MS - ageMs } })).toEqual(back);
    expect(sizes()).toEqual(back.length === 0 ? [1] : []);
  },
);

it.each([
  [9_999, [[[1], new NotBlockedYet(5_000)]], 0],
  [10_000, [], 1],
])(
  'A callback that HubSpot does not know %i ms after it was queued is given up only when it is old enough',
  async (ageMs, back, unknown) => {
    const { complete, callbacks, count } = makeCallbackCompleter();
    callbacks.gone.add(callbackOf(1));
    expect(await complete([1], { changes: { queuedAtEpochMs: START_EPOCH_MS - ageMs } })).toEqual(back);
    expect(count('unknown')).toBe(unknown);
  },
);

it('No completion starts after the time of the account is over, and nothing counts as a failure', async () => {
  const { complete, sizes, marks, clock } = makeCallbackCompleter();
  expect(await complete([1, 2], { stopAt: toDeadline(clock.now()) })).toEqual([[[1, 2], undefined]]);
  expect([sizes(), marks()]).toEqual([[], ['pending']]);
});

it('A rate limit stops the completions after it, which are requeued for the same reason and certainly still wait', async () => {
  const { complete, callbacks, sizes, marks } = makeCallbackCompleter();
  const cause = new RateLimitedError(3_000);
  callbacks.script.push({ kind: 'failed', cause, mayBeDone: false });
  expect(await complete(numbers(150))).toEqual([
    [numbers(100), cause],
    [numbers(50, 101), cause],
  ]);
  expect([sizes(), marks()]).toEqual([[100], ['pending']]);
});

it.each([
  ['A missing scope', new MissingScopesError(undefined)],
  ['A pause', new UpstreamUnavailableError('http_503', { retryAfterMs: 9_000 })],
  ['A table that is away', new StoreUnavailableError('away')],
])('The error "%s" stops the completions after it at once', async (_what, error) => {
  const { complete, callbacks, sizes } = makeCallbackCompleter();
  callbacks.script.push(error);
  expect(await complete(numbers(150))).toEqual([
    [numbers(100), error],
    [numbers(50, 101), error],
  ]);
  expect(sizes()).toEqual([100]);
});

it('A completion that fails once stops no other, and its own callback may have been completed', async () => {
  const { complete, callbacks, sizes, marks } = makeCallbackCompleter();
  callbacks.script.push(AWAY);
  expect(await complete(numbers(250))).toEqual([[numbers(100), AWAY]]);
  expect([sizes(), marks()]).toEqual([[100, 100, 50], ['unconfirmed']]);
});

it('A programming mistake in completing is thrown and not requeued', async () => {
  const { complete, callbacks } = makeCallbackCompleter();
  callbacks.script.push(new TypeError('a mistake'));
  await expect(complete([1])).rejects.toThrow('a mistake');
});

it('An unclear answer completes the callbacks that it names, and each of the others is tried alone', async () => {
  const { complete, callbacks, count, refusals } = makeCallbackCompleter();
  callbacks.script.push({ kind: 'answered', completed: new Set([callbackOf(1), callbackOf(3)]), mayBeDone: false });
  expect(await complete(numbers(4))).toEqual([]);
  expect(callbacks.calls.slice(1)).toEqual([[callbackOf(2)], [callbackOf(4)]]);
  expect([count('completed'), refusals()]).toEqual([4, []]);
});

it('Young executions are requeued together until the youngest of them can be completed', async () => {
  const { callbacks, completeAll } = makeCallbackCompleter();
  const young = [1_000, 3_000, 60_000].map((ageMs, index) =>
    finish(makeNumbered(index + 1, { queuedAtEpochMs: START_EPOCH_MS - ageMs })),
  );
  expect(await completeAll(young)).toEqual([[[1, 2], new NotBlockedYet(4_000)]]);
  expect(callbacks.calls).toEqual([[callbackOf(3)]]);
});

it('Answers that are not errors are not reported to the operator', async () => {
  const { complete, callbacks, telemetry } = makeCallbackCompleter();
  callbacks.gone.add(callbackOf(1));
  await complete([1, 2]);
  expect(telemetry.lines).toEqual([]);
});

it('A completion that failed after one that succeeded is requeued without a refusal', async () => {
  const { complete, callbacks, refusals } = makeCallbackCompleter();
  callbacks.script.push({ kind: 'answered', completed: new Set(numbers(100).map(callbackOf)), mayBeDone: false }, AWAY);
  await complete(numbers(101));
  expect(refusals()).toEqual([0]);
});

it('A single callback whose answer does not name it is requeued as possibly completed', async () => {
  const { complete, callbacks, marks } = makeCallbackCompleter();
  callbacks.script.push({ kind: 'answered', completed: new Set(), mayBeDone: false });
  expect(await complete([1])).toMatchObject([[[1], { code: 'HUBSPOT_CONTRACT_BROKEN' }]]);
  expect(marks()).toEqual(['unconfirmed']);
});

it('A completion that HubSpot finds invalid is reported to the operator, and its callback certainly waits', async () => {
  const { complete, callbacks, marks, telemetry, refusals } = makeCallbackCompleter();
  callbacks.script.push({ kind: 'invalid', reason: 'http_400', mayBeDone: false });
  expect(await complete([1])).toMatchObject([[[1], { code: 'HUBSPOT_CONTRACT_BROKEN' }]]);
  expect([marks(), refusals()]).toEqual([['pending'], [1]]);
  expect(telemetry.lines).toEqual(['error HubSpot rejects a completion as invalid']);
});
