import { addToken, revokeToken } from '../../local/simulator/seed-portals.ts';
import { getObjectType } from '../../local/simulator/state.ts';
import type { Fate } from '../support/mortal.ts';
import type { EnrolOptions, Execution } from '../support/queued-enrolment.ts';
import { MAX_RECEIVES } from '../support/scripted-queue.ts';
import { PORTAL, tokenOf } from '../support/service.ts';
import { HOLD_BACK_MS, useFlood } from '../support/use-flood.ts';

const WRITE = 'worker POST /crm/objects/2026-09/0-1/batch/update';
const BLOCK_MS = 2 * 86_400_000;

let fate: Fate = () => undefined;
const flood = useFlood({ fate: (step) => fate(step) });
beforeEach(() => {
  fate = () => undefined;
});

/** Every worker that takes the messages dies at a step that begins so, until they are in the dead-letter queue. */
async function strand(step: string, when: 'before' | 'after', ...enrolments: readonly EnrolOptions[]) {
  const executions = await flood.queued(...enrolments);
  const { clock, queue } = flood();
  fate = (each) => (each.startsWith(step) ? when : undefined);
  clock.advance(HOLD_BACK_MS);
  for (let receive = 0; receive <= MAX_RECEIVES; receive += 1) {
    expect((await flood().work()).failedIds ?? []).toEqual([]);
    flood().restart();
    clock.advance(360_000);
  }
  expect(queue.live.messages).toEqual([]);
  expect(queue.dead.messages).toHaveLength(executions.length);
  fate = () => undefined;
  return executions as [Execution, ...Execution[]];
}

describe('[Q11] an execution in the dead-letter queue', () => {
  it('that never wrote an owner is told that it expired', async () => {
    flood.hire();
    const [execution] = await strand(WRITE, 'before', {});
    expect((await flood().endStranded()).failedIds).toEqual([]);
    expect(execution).toMatchObject({
      state: 'completed',
      outputs: { outcome: 'FAILED', errorCode: 'EXPIRED_IN_QUEUE', hs_execution_state: 'FAIL_CONTINUE' },
    });
    expect(flood.ownerOf(execution)).toBe('');
    expect(flood().queue.dead.messages).toEqual([]);
    expect(flood.count('ExecutionsStranded')).toBe(1);
  });

  it('whose owner was written before the worker died is told of its success', async () => {
    const jane = flood.hire();
    const [execution] = await strand(WRITE, 'after', {});
    await flood().endStranded();
    expect(execution).toMatchObject({
      state: 'completed',
      outputs: { outcome: 'ALREADY_ASSIGNED', ownerId: jane.id, hs_execution_state: 'SUCCESS' },
    });
    expect(flood.ownerOf(execution)).toBe(jane.id);
  });

  it('whose result was recorded is told just that', async () => {
    const jane = flood.hire();
    const [execution] = await strand('worker POST /automation/actions/callbacks/', 'before', {}, {});
    const calls = await flood.callsOf(() => flood().endStranded());
    // Every worker before it died while it asked about one of them, so that both are told by one call now.
    expect(calls).toEqual(['POST callbacks']);
    expect(execution).toMatchObject({ state: 'completed', outputs: { outcome: 'ASSIGNED', ownerId: jane.id } });
  });

  it('that fails for what was given is told why', async () => {
    const [execution] = await strand('worker BatchWriteItemCommand', 'before', {
      email: 'nobody@example.com',
    });
    await flood().endStranded();
    expect(execution.outputs).toMatchObject({ outcome: 'FAILED', errorCode: 'OWNER_NOT_FOUND' });
  });

  it('of a portal that is not connected stays, and is told once it is', async () => {
    flood.hire();
    const [execution] = await strand(WRITE, 'before', {});
    const { simulator, clock, queue } = flood();
    revokeToken(simulator.state, PORTAL, tokenOf(PORTAL));
    const worked = await flood().endStranded();
    expect(worked.failedIds).toEqual(worked.records.map(({ messageId }) => messageId));
    expect(queue.dead.messages).toHaveLength(1);
    addToken(simulator.state, PORTAL, tokenOf(PORTAL));
    clock.advance(360_000);
    await flood().endStranded();
    expect(execution).toMatchObject({ state: 'completed', outputs: { errorCode: 'EXPIRED_IN_QUEUE' } });
    expect(queue.dead.messages).toEqual([]);
  });

  it('is not told that nothing was changed while nobody can look: it stays until HubSpot can be asked', async () => {
    const jane = flood.hire();
    const [execution] = await strand(WRITE, 'after', {});
    const { simulator, clock } = flood();
    simulator.faults.script({ route: 'POST objects batch read', times: 3, fault: { kind: 'status', status: 502 } });
    expect((await flood().endStranded()).failedIds).toHaveLength(1);
    expect(execution.state).toBe('waiting');
    clock.advance(360_000);
    await flood().endStranded();
    expect(execution).toMatchObject({ state: 'completed', outputs: { outcome: 'ALREADY_ASSIGNED', ownerId: jane.id } });
  });

  it('whose block is over is put away without a call', async () => {
    flood.hire();
    const [execution] = await strand(WRITE, 'before', {});
    flood().clock.advance(BLOCK_MS);
    const calls = await flood.callsOf(() => flood().endStranded());
    expect(calls.filter((route) => route.startsWith('POST callback'))).toEqual([]);
    expect(flood().queue.dead.messages).toEqual([]);
    expect(flood.ownerOf(execution)).toBe('');
  });

  it('stays when it could not be told yet among many that HubSpot does not know', async () => {
    flood.hire();
    const executions = await strand(WRITE, 'before', ...Array.from({ length: 100 }, () => ({})));
    // Of every other one HubSpot has forgotten that it waits.
    const { state } = flood().simulator;
    const forgotten = executions.filter((_execution, index) => index % 2 === 0);
    const outputFields = { hs_execution_state: 'SUCCESS' };
    for (const { callbackId } of forgotten) state.blocked.complete(PORTAL, [{ callbackId, outputFields }], 'each');
    await Promise.resolve();
    for (let round = 0; round < 20 && flood().queue.dead.messages.length > 0; round += 1) {
      await flood().endStranded();
      flood().clock.advance(360_000);
    }
    const told = executions.filter((_execution, index) => index % 2 === 1);
    expect(told.map(({ outputs }) => outputs?.errorCode)).toEqual(told.map(() => 'EXPIRED_IN_QUEUE'));
    expect(flood().queue.dead.messages).toEqual([]);
    flood().hubspot.violations.length = 0;
  });

  it('that nobody can read stays where a person finds it, and holds up no other', async () => {
    flood.hire();
    const { queue, clock } = flood();
    queue.put('not json');
    const [execution] = await flood.queued({});
    fate = (step) => (step === WRITE ? 'before' : undefined);
    clock.advance(HOLD_BACK_MS);
    for (let receive = 0; receive <= MAX_RECEIVES; receive += 1) {
      await flood().work();
      flood().restart();
      clock.advance(360_000);
    }
    fate = () => undefined;
    expect(queue.dead.messages).toHaveLength(2);
    expect((await flood().endStranded()).failedIds).toHaveLength(1);
    expect(execution?.state).toBe('completed');
    expect(queue.dead.messages).toMatchObject([{ body: 'not json' }]);
  });

  it('is not written by anybody any more', async () => {
    flood.hire();
    const [execution] = await strand(WRITE, 'before', {});
    const calls = await flood.callsOf(() => flood().endStranded());
    expect(calls.filter((route) => /update|PATCH/.test(route))).toEqual([]);
    const type = getObjectType(flood().simulator.state, PORTAL, '0-1');
    expect(type.records.get(execution.objectId)?.properties.get('hubspot_owner_id')).toBeUndefined();
  });
});
