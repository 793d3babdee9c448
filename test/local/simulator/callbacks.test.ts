import type { BlockEnd } from '../../../local/simulator/blocked-executions.ts';
import { addPortal } from '../../../local/simulator/seed-portals.ts';
import { START_EPOCH_MS } from '../../support/clock.ts';
import { PORTAL_ID, useSimulator } from './use-simulator.ts';

const BATCH = '/automation/actions/callbacks/2026-09/complete';
const single = (callbackId: string) => `/automation/actions/callbacks/2026-09/${callbackId}/complete`;
const DONE = { outputFields: { hs_execution_state: 'SUCCESS', ownerId: '1' }, typedOutputs: {} };
const MINUTE_MS = 60_000;
const running = useSimulator();

/** Executions that wait for twenty minutes. Wrapped, because most tests look at the registry only. */
function block(...callbackIds: string[]): { readonly ends: Promise<BlockEnd[]> } {
  const { blocked } = running().simulator.state;
  const expiresAtEpochMs = START_EPOCH_MS + 20 * MINUTE_MS;
  const waits = callbackIds.map((callbackId) => blocked.block({ callbackId, portalId: PORTAL_ID, expiresAtEpochMs }));
  return { ends: Promise.all(waits) };
}

const waiting = () => running().simulator.state.blocked.waiting();
const completeAll = (...callbackIds: string[]) =>
  running().post(BATCH, { inputs: callbackIds.map((callbackId) => ({ callbackId, ...DONE })) });

describe('a single completion', () => {
  it('A single completion ends the wait and is answered with an empty 204', async () => {
    const { ends } = block('a');
    running().clock.advance(MINUTE_MS);
    const response = await running().post(single('a'), DONE);
    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
    expect(await ends).toEqual([
      { kind: 'completed', outputFields: DONE.outputFields, atEpochMs: START_EPOCH_MS + MINUTE_MS },
    ]);
  });

  it.each([
    ['that nobody waits for', async () => undefined],
    ['that was completed before', async () => void (await running().post(single('a'), DONE))],
    ['that has expired', async () => running().clock.advance(20 * MINUTE_MS)],
  ])('A single completion of an ID %s is answered with a 404 in the known words', async (why, before) => {
    if (why !== 'that nobody waits for') block('a');
    await before();
    const response = await running().post(single('a'), DONE);
    expect(response.status).toBe(404);
    expect(await response.text()).toMatch(/Callback with ID a not found for App ID \d+/);
  });

  it('A single completion of another account’s execution is answered with a 404 and leaves it waiting', async () => {
    addPortal(running().simulator.state, { token: 'token-of-another' });
    block('a');
    expect((await running().post(single('a'), DONE, 'token-of-another')).status).toBe(404);
    expect(waiting()).toBe(1);
  });

  it('A single completion is accepted a millisecond before the block expires', async () => {
    block('a');
    running().clock.advance(20 * MINUTE_MS - 1);
    expect((await running().post(single('a'), DONE)).status).toBe(204);
  });
});

describe('a batch of completions', () => {
  it('A batch of completions ends a hundred waits at once', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `id-${index}`);
    const { ends } = block(...ids);
    expect((await completeAll(...ids)).status).toBe(204);
    expect((await ends).map(({ kind }) => kind)).toEqual(ids.map(() => 'completed'));
    expect(waiting()).toBe(0);
  });

  it('A batch of completions is refused as a whole for one unknown ID, and completes nothing', async () => {
    block('a', 'b');
    const response = await completeAll('a', 'nobody', 'b');
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(/Callback with ID nobody not found for App ID \d+/);
    expect(waiting()).toBe(2);
  });

  it('A batch of completions ignores unknown IDs when the simulator is set so', async () => {
    running().simulator.settings.unknownCallback = 'silent';
    block('a', 'b');
    expect((await completeAll('a', 'nobody')).status).toBe(204);
    expect(waiting()).toBe(1);
  });

  it('A single completion of an unknown ID is ignored when the simulator is set so', async () => {
    running().simulator.settings.unknownCallback = 'silent';
    expect((await running().post(single('nobody'), DONE)).status).toBe(204);
  });

  it.each(['400', '404', '409', '410', '422'] as const)(
    'An unknown ID is refused with status %s when the simulator is set so',
    async (status) => {
      running().simulator.settings.unknownCallback = status;
      expect((await running().post(single('nobody'), DONE)).status).toBe(Number(status));
      expect((await completeAll('nobody', 'a')).status).toBe(Number(status));
    },
  );

  it('A refused batch is completed in part and in another order when the simulator is set so', async () => {
    running().simulator.settings.completionPolicy = 'some';
    block('a', 'c', 'd');
    expect((await completeAll('a', 'b', 'c', 'd')).status).toBe(400);
    // From the end of the alphabet up to the first that does not wait.
    expect(waiting()).toBe(1);
    expect((await completeAll('a', 'c')).status).toBe(400);
    expect(waiting()).toBe(1);
    expect((await completeAll('a')).status).toBe(204);
    expect(waiting()).toBe(0);
  });

  it.each([
    ['200', 200, ''],
    ['202', 202, ''],
    ['200error', 200, 'nobody'],
    ['207', 207, 'nobody'],
  ] as const)(
    'A completion is answered with %s when the simulator is set so, although the documents name 204 only',
    async (reply, status, named) => {
      Object.assign(running().simulator.settings, { completionReply: reply, completionPolicy: 'each' });
      block('a', 'b');
      const response = await completeAll(...(named === '' ? ['a', 'b'] : ['a', named, 'b']));
      expect(response.status).toBe(status);
      expect(await response.text()).toContain(named);
      expect(waiting()).toBe(0);
    },
  );

  it('An execution is unknown for its first seconds when the simulator is set so', async () => {
    running().simulator.settings.callbackKnownAfterMs = 3_000;
    block('a');
    expect((await running().post(single('a'), DONE)).status).toBe(404);
    running().clock.advance(3_000);
    expect((await running().post(single('a'), DONE)).status).toBe(204);
  });

  it('An execution whose record left the workflow is unknown', async () => {
    const { ends } = block('a', 'b');
    running().simulator.state.blocked.unenroll(['a']);
    expect((await completeAll('a', 'b')).status).toBe(400);
    expect((await completeAll('b')).status).toBe(204);
    expect((await ends).map(({ kind }) => kind)).toEqual(['unenrolled', 'completed']);
  });

  it.each([
    ['101 inputs', Array.from({ length: 101 }, (_, index) => ({ callbackId: `id-${index}`, ...DONE }))],
    [
      'an id twice',
      [
        { callbackId: 'a', ...DONE },
        { callbackId: 'a', ...DONE },
      ],
    ],
    ['no inputs', []],
    ['no id', [DONE]],
    ['an unknown member', [{ callbackId: 'a', ...DONE, portalId: '1' }]],
    [
      'one wrong body',
      [
        { callbackId: 'a', ...DONE },
        { callbackId: 'b', ...DONE, typedOutputs: undefined },
      ],
    ],
  ])('A batch of completions with %s is refused', async (_, inputs) => {
    block('a', 'b');
    expect((await running().post(BATCH, { inputs })).status).toBe(400);
    expect(waiting()).toBe(2);
  });
});

describe('the body of a completion', () => {
  it.each([
    ['no outputs', { typedOutputs: {} }],
    ['no typed outputs', { outputFields: DONE.outputFields }],
    ['no state', { ...DONE, outputFields: { ownerId: '1' } }],
    ['the state BLOCK', { ...DONE, outputFields: { hs_execution_state: 'BLOCK' } }],
    ['a number for an output', { ...DONE, outputFields: { ...DONE.outputFields, ownerId: 1 } }],
    ['null for an output', { ...DONE, outputFields: { ...DONE.outputFields, ownerId: null } }],
    ['an unknown member', { ...DONE, callbackId: 'a' }],
    ['a number for the reason', { ...DONE, failureReasonType: 1 }],
    ['a list', [DONE]],
  ])('A completion whose body has %s is refused', async (_, body) => {
    block('a');
    expect((await running().post(single('a'), body)).status).toBe(400);
    expect(waiting()).toBe(1);
  });

  it('A completion may say that the action failed, why, and for whom', async () => {
    block('a');
    const body = {
      outputFields: { hs_execution_state: 'FAIL_CONTINUE' },
      typedOutputs: {},
      failureReasonType: 'ACTION_ERROR',
      requestContext: { source: 'WORKFLOWS', workflowId: 1 },
    };
    expect((await running().post(single('a'), body)).status).toBe(204);
  });
});

describe('what waits', () => {
  it('A wait ends when its time is over, at the time it was given', async () => {
    const { ends } = block('a');
    running().clock.advance(60 * MINUTE_MS);
    running().simulator.state.blocked.expireDue();
    expect(await ends).toEqual([{ kind: 'expired', atEpochMs: START_EPOCH_MS + 20 * MINUTE_MS }]);
  });

  it('Each completion is reported to listeners as in time, late, doubled or unknown', async () => {
    const { blocked } = running().simulator.state;
    const told: string[] = [];
    const end = blocked.onCompletion(({ callbackId, standing, accepted }) => {
      told.push(`${callbackId} ${standing} ${accepted}`);
    });
    block('a', 'b');
    await completeAll('a');
    await completeAll('a', 'b');
    await running().post(single('nobody'), DONE);
    running().clock.advance(20 * MINUTE_MS);
    await running().post(single('b'), DONE);
    end();
    await running().post(single('b'), DONE);
    expect(told).toEqual([
      'a waiting true',
      'a doubled false',
      'b waiting false',
      'nobody unknown false',
      'b late false',
    ]);
  });

  it('A wait stays as it is when the same execution is blocked again', async () => {
    const first = block('a');
    const second = block('a');
    await completeAll('a');
    expect(await second.ends).toEqual(await first.ends);
    block('a');
    expect(waiting()).toBe(0);
  });
});
