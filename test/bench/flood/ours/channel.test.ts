import { answerQuestions, type Channel, createAsking } from '../../../../bench/flood/ours/channel.ts';

/** Two ends that hand on what the other one sends, later and as a copy, as threads and processes do. */
function makeChannels(): readonly [Channel, Channel] {
  const listeners: [((message: unknown) => void)[], ((message: unknown) => void)[]] = [[], []];
  const end = (own: 0 | 1): Channel => ({
    send: (message) => queueMicrotask(() => listeners[own === 0 ? 1 : 0].forEach((tell) => void tell(message))),
    onMessage: (listener) => void listeners[own].push(listener),
  });
  return [end(0), end(1)];
}

function makeAsking() {
  const [asking, answering] = makeChannels();
  const { promise: never } = Promise.withResolvers<never>();
  answerQuestions(answering, {
    double: (value: number) => value * 2,
    fail: () => Promise.reject(new Error('there was no answer')),
    never: () => never,
  });
  return createAsking(asking);
}

it('Each question to the worker process gets its own answer', async () => {
  const { ask } = makeAsking();
  expect(await Promise.all([ask('double', 1), ask('double', 2)])).toEqual([2, 4]);
});

it.each([
  ['what was thrown', 'fail', 'there was no answer'],
  ['an unknown question', 'no such question', 'nobody here answers to no such question'],
])('A question to the worker process rejects with the message of %s', async (_what, name, message) => {
  await expect(makeAsking().ask(name)).rejects.toThrow(message);
});

it('Open questions to the worker process reject when the process is gone', async () => {
  const { ask, fail } = makeAsking();
  const answer = ask('never');
  fail(new Error('the container is gone'));
  await expect(answer).rejects.toThrow('the container is gone');
});
