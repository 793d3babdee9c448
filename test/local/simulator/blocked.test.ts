import { ACTION, ASSIGNED, FAILED, makeEngine as makeEngineFor } from './make-engine.ts';
import { reply, useActionServer } from './use-action-server.ts';

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;
const server = useActionServer();
const makeEngine = () => makeEngineFor(server().url);

const block = (more: Readonly<Record<string, string>> = {}) =>
  reply(200, { outputFields: { hs_execution_state: 'BLOCK', ...more } });

/** An execution that has been answered with `BLOCK`. */
async function enrollBlocked(more: Readonly<Record<string, string>> = {}) {
  server().answerWith(block(more));
  const made = makeEngine();
  const report = await made.engine.execute(ACTION, made.enrollment);
  return { ...made, report };
}

it('A blocked execution waits, without outputs, until it is completed', async () => {
  const { report, state, complete, clock } = await enrollBlocked();
  expect(report).toMatchObject({ finalState: 'BLOCK', outputFields: {}, violations: [] });
  expect(state.blocked.waiting()).toBe(1);
  clock.advance(MINUTE_MS);
  const outputFields = { ...ASSIGNED.outputFields, hs_execution_state: 'SUCCESS' };
  expect(complete(report.callbackId, outputFields)).toBeUndefined();
  expect(await report.completion).toEqual({
    state: 'SUCCESS',
    outputFields: ASSIGNED.outputFields,
    atEpochMs: clock.now(),
    historySentence: 'Assigned to Ada Example.',
    violations: [],
  });
});

it('A blocked execution fails by a completion that says so, which its history hides without a rule, and mistakes are reported', async () => {
  const { report, complete } = await enrollBlocked();
  complete(report.callbackId, { hs_execution_state: 'FAIL_CONTINUE', outcome: 'MAYBE', ownerName: '', extra: '' });
  expect(await report.completion).toMatchObject({
    state: 'FAIL_CONTINUE',
    historySentence: 'Action succeeded',
    violations: [
      'output ownerId is declared but missing',
      'output outcome has a value outside its options',
      'output extra is not declared',
    ],
  });
});

it.each([
  ['its own duration', { hs_expiration_duration: 'PT20M' }, 20 * MINUTE_MS],
  ['a week', {}, WEEK_MS],
])('A blocked execution expires after %s, and is an error in the history', async (_, more, afterMs) => {
  const { report, complete, clock, state } = await enrollBlocked(more);
  const blockedAt = clock.now();
  clock.advance(afterMs - 1);
  state.blocked.expireDue();
  expect(state.blocked.waiting()).toBe(1);
  clock.advance(1);
  expect(complete(report.callbackId, { ...FAILED, hs_execution_state: 'SUCCESS' })).toBe(report.callbackId);
  expect(await report.completion).toEqual({
    state: 'EXPIRED',
    outputFields: {},
    atEpochMs: blockedAt + afterMs,
    historySentence: 'Action failed: it expired before it was completed',
    violations: [],
  });
});

it('A blocked execution with an invalid duration is reported and waits for a week', async () => {
  const { report, clock, state } = await enrollBlocked({ hs_expiration_duration: '20 minutes' });
  expect(report.violations).toEqual(['hs_expiration_duration is no ISO-8601 duration']);
  clock.advance(WEEK_MS - 1);
  state.blocked.expireDue();
  expect(state.blocked.waiting()).toBe(1);
});

it('A completion that overtakes the blocking answer is unknown', async () => {
  const made = makeEngine();
  const outputFields = { ...FAILED, hs_execution_state: 'SUCCESS' };
  let overtaking: string | undefined;
  server().answerWith((response) => {
    const { callbackId } = JSON.parse(server().received[0]?.body ?? '');
    overtaking = made.complete(callbackId, outputFields);
    block()(response);
  });
  const report = await made.engine.execute(ACTION, made.enrollment);
  expect(overtaking).toBe(report.callbackId);
  expect(made.complete(report.callbackId, outputFields)).toBeUndefined();
});

it('A blocked execution waits once, however often it is delivered', async () => {
  server().answerWith(block());
  const { engine, enrollment, state, complete } = makeEngine();
  const report = await engine.execute(ACTION, enrollment, 'after');
  expect(state.blocked.waiting()).toBe(1);
  complete(report.callbackId, { ...FAILED, hs_execution_state: 'FAIL_CONTINUE' });
  expect(await report.repeated?.completion).toEqual(await report.completion);
});

it('An execution that was answered waits for no completion', async () => {
  server().answerWith(reply(200, ASSIGNED));
  const { engine, enrollment, state } = makeEngine();
  expect((await engine.execute(ACTION, enrollment)).completion).toBeUndefined();
  expect(state.blocked.waiting()).toBe(0);
});
