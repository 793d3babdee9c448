import { type AppError, RateLimitedError, UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import { callbackOf, finish, makeNumbered } from '../../builders/numbered-executions.ts';
import { makeCallbackCompleter, numbers, OLD } from '../../support/callback-completer.ts';

const AWAY = new UpstreamUnavailableError('http_500');
/** Put back so often that it is probably no outage. */
const OFTEN = { ...OLD, requeueCount: 3 };

/** HubSpot fails whenever a call contains this one. */
function failFor(callbacks: ReturnType<typeof makeCallbackCompleter>['callbacks'], number: number, error: AppError) {
  const complete = callbacks.complete;
  callbacks.complete = (portalId, completions, deadline) => {
    if (completions.some(({ callbackId }) => callbackId === callbackOf(number))) callbacks.script.unshift(error);
    return complete(portalId, completions, deadline);
  };
}

describe('A call that HubSpot has failed for often', () => {
  it('If HubSpot takes one of its callbacks alone, the rest is halved until the one that it fails for is alone', async () => {
    const { complete, callbacks, sizes, marks, refusals, count } = makeCallbackCompleter();
    failFor(callbacks, 1, AWAY);
    expect(await complete(numbers(8), { changes: OFTEN })).toEqual([[[1], AWAY]]);
    expect(callbacks.calls[1]).toEqual([callbackOf(4)]);
    expect(sizes()).toEqual([8, 1, 4, 1, 2, 1, 1, 1, 3]);
    expect([count('completed'), marks(), refusals()]).toEqual([7, ['unconfirmed'], [1]]);
  });

  it('If HubSpot fails for the one alone, too, it is an outage, and all of them come again', async () => {
    const { complete, callbacks, sizes, marks, refusals } = makeCallbackCompleter();
    callbacks.script.push(AWAY, AWAY);
    const back = await complete(numbers(5), { changes: OFTEN });
    expect(back).toEqual([
      [[4], AWAY],
      [[1, 2, 3, 5], AWAY],
    ]);
    expect([sizes(), marks(), refusals()]).toEqual([[5, 1], ['unconfirmed'], [1, 0, 0, 0, 0]]);
  });

  it('If HubSpot no longer waits for the one alone, it is no outage', async () => {
    const { complete, callbacks, sizes, count } = makeCallbackCompleter();
    callbacks.gone.add(callbackOf(4));
    callbacks.script.push(AWAY);
    expect(await complete(numbers(5), { changes: OFTEN })).toEqual([]);
    expect([sizes(), count('unknown')]).toEqual([[5, 1, 2, 2], 1]);
  });

  it('Another of its callbacks is taken the next time', async () => {
    const { complete, callbacks } = makeCallbackCompleter();
    callbacks.script.push(AWAY, AWAY);
    await complete(numbers(5), { changes: { ...OLD, requeueCount: 4 } });
    expect(callbacks.calls[1]).toEqual([callbackOf(5)]);
  });

  it.each([
    ['two times', { ...OLD, requeueCount: 2 }, AWAY],
    ['often, because of a limit', OFTEN, new RateLimitedError(1_000)],
  ])('The search does not begin for callbacks that came back %s', async (_how, changes, cause) => {
    const { complete, callbacks, sizes } = makeCallbackCompleter();
    callbacks.script.push(cause);
    expect(await complete(numbers(5), { changes })).toEqual([[numbers(5), cause]]);
    expect(sizes()).toEqual([5]);
  });

  it('The search does not begin if one of its callbacks is new', async () => {
    const { completeAll, callbacks, sizes } = makeCallbackCompleter();
    callbacks.script.push(AWAY);
    const members = [makeNumbered(1, OFTEN), makeNumbered(2, OLD)].map((execution) => finish(execution));
    expect(await completeAll(members)).toEqual([[[1, 2], AWAY]]);
    expect(sizes()).toEqual([2]);
  });
});
