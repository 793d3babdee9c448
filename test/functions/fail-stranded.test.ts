import { addToken, revokeToken } from '../../local/simulator/seed-portals.ts';
import { addRecord, mergeRecords, readRecordProperty } from '../../local/simulator/seed-records.ts';
import { getObjectType } from '../../local/simulator/state.ts';
import type { Fate } from '../support/mortal.ts';
import type { EnrollOptions, Execution } from '../support/queued-enrollment.ts';
import { MAX_RECEIVES } from '../support/scripted-queue.ts';
import { OTHER_PORTAL, PORTAL, tokenOf } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';
import { useFlood } from '../support/use-flood.ts';

const WRITE = 'worker POST /crm/objects/2026-09/0-1/batch/update';
const BLOCK_MS = 2 * 86_400_000;
/** When there is no time left to try again. */
const LATE_MS = 2 * 3_600_000;

let fate: Fate = () => undefined;
const flood = useFlood({ fate: (step) => fate(step) });
beforeEach(() => {
  fate = () => undefined;
});

/** Workers die before they write; or one wrote and died, and the others die before they record it; or before they complete. */
const BEFORE_WRITING: Fate = (step) => (step === WRITE ? 'before' : undefined);
const AFTER_WRITING: Fate = (step) => (step === WRITE ? 'after' : BEFORE_RECORDING(step));
const BEFORE_RECORDING: Fate = (step) => (step === 'worker BatchWriteItemCommand' ? 'before' : undefined);
const BEFORE_COMPLETING: Fate = (step) =>
  step.startsWith('worker POST /automation/actions/callbacks/') ? 'before' : undefined;

/** Every worker that takes the messages crashes, until they are in the dead-letter queue. `leftMs`: until HubSpot gives up. */
async function strand(deaths: Fate, enrollments: readonly EnrollOptions[] = [{}], leftMs = LATE_MS) {
  const executions = await flood.queued(...enrollments);
  const { clock, queue } = flood();
  clock.advance(BLOCK_MS - leftMs);
  fate = deaths;
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

describe('[Q11] Executions in the dead-letter queue', () => {
  it('A dead letter that never wrote an owner ends with the error that it expired', async () => {
    flood.hire();
    const [execution] = await strand(BEFORE_WRITING);
    expect((await flood().handleDeadLetters()).failedIds).toEqual([]);
    expect(execution).toMatchObject({
      state: 'completed',
      outputs: { outcome: 'FAILED', errorCode: 'EXPIRED_IN_QUEUE', hs_execution_state: 'FAIL_CONTINUE' },
    });
    expect(flood.ownerOf(execution)).toBe('');
    expect(flood().queue.dead.messages).toEqual([]);
    expect(flood.count('ExecutionsStranded')).toBe(1);
  });

  it('A dead letter whose owner was written before the worker crashed ends with success', async () => {
    const jane = flood.hire();
    const [execution] = await strand(AFTER_WRITING);
    await flood().handleDeadLetters();
    expect(execution).toMatchObject({
      state: 'completed',
      outputs: { outcome: 'ALREADY_ASSIGNED', ownerId: jane.id, hs_execution_state: 'SUCCESS' },
    });
    expect(flood.ownerOf(execution)).toBe(jane.id);
  });

  it('A dead letter whose owner was written to the record into which its own was merged ends with success', async () => {
    const jane = flood.hire();
    const { state } = flood().simulator;
    const [old = '', survivor = ''] = [1, 2].map(() => addRecord(state, PORTAL, { typeId: '0-1' }).id);
    mergeRecords(state, PORTAL, '0-1', old, survivor);
    const [execution] = await strand(BEFORE_RECORDING, [{ objectId: old }]);
    await flood().handleDeadLetters();
    expect(readRecordProperty(state, PORTAL, '0-1', survivor, 'hubspot_owner_id')).toBe(jane.id);
    expect(execution.outputs).toMatchObject({ outcome: 'ALREADY_ASSIGNED', ownerId: jane.id });
  });

  it('A dead letter whose result was recorded ends with that result', async () => {
    const jane = flood.hire();
    const [execution] = await strand(BEFORE_COMPLETING, [{}, {}]);
    const calls = await flood.callsOf(() => flood().handleDeadLetters());
    expect(calls).toEqual(['POST callbacks']);
    expect(execution).toMatchObject({ state: 'completed', outputs: { outcome: 'ASSIGNED', ownerId: jane.id } });
  });

  it('A dead letter with invalid inputs ends with the reason', async () => {
    const [execution] = await strand(BEFORE_RECORDING, [{ email: 'nobody@example.com' }]);
    await flood().handleDeadLetters();
    expect(execution.outputs).toMatchObject({ outcome: 'FAILED', errorCode: 'OWNER_NOT_FOUND' });
    const unresolved = (await readAllItems(flood().table)).filter(({ pk }) => pk?.S?.endsWith('#unresolved'));
    expect(unresolved).toMatchObject([{ sk: { S: 'nobody@example.com' }, seen: { N: '1' } }]);
  });

  it('A dead letter of an account that is not connected stays, and ends after the account is connected', async () => {
    flood.hire();
    const [execution] = await strand(BEFORE_WRITING);
    const { simulator, clock, queue } = flood();
    revokeToken(simulator.state, PORTAL, tokenOf(PORTAL));
    const worked = await flood().handleDeadLetters();
    expect(worked.failedIds).toEqual(worked.records.map(({ messageId }) => messageId));
    expect(queue.dead.messages).toHaveLength(1);
    addToken(simulator.state, PORTAL, tokenOf(PORTAL));
    clock.advance(360_000);
    await flood().handleDeadLetters();
    expect(execution).toMatchObject({ state: 'completed', outputs: { errorCode: 'EXPIRED_IN_QUEUE' } });
    expect(queue.dead.messages).toEqual([]);
  });

  it('A dead letter stays until HubSpot can be asked, because until then nobody knows whether it changed anything', async () => {
    const jane = flood.hire();
    const [execution] = await strand(AFTER_WRITING);
    const { simulator, clock } = flood();
    simulator.faults.script({ route: 'POST objects batch read', times: 3, fault: { kind: 'status', status: 502 } });
    expect((await flood().handleDeadLetters()).failedIds).toHaveLength(1);
    expect(execution.state).toBe('waiting');
    clock.advance(360_000);
    await flood().handleDeadLetters();
    expect(execution).toMatchObject({ state: 'completed', outputs: { outcome: 'ALREADY_ASSIGNED', ownerId: jane.id } });
  });

  it('A dead letter that HubSpot no longer waits for is removed without a call', async () => {
    flood.hire();
    const [execution] = await strand(BEFORE_WRITING);
    flood().clock.advance(BLOCK_MS);
    const calls = await flood.callsOf(() => flood().handleDeadLetters());
    expect(calls.filter((route) => route.startsWith('POST callback'))).toEqual([]);
    expect(flood().queue.dead.messages).toEqual([]);
    expect(flood.ownerOf(execution)).toBe('');
  });

  it('[W5] A dead letter is completed among many whose records left the workflow', async () => {
    flood.hire();
    const executions = await strand(
      BEFORE_WRITING,
      Array.from({ length: 100 }, () => ({})),
    );
    // Of every other one HubSpot has forgotten that it waits.
    const { state } = flood().simulator;
    const forgotten = executions.filter((_execution, index) => index % 2 === 0);
    state.blocked.unenroll(forgotten.map(({ callbackId }) => callbackId));
    for (let round = 0; round < 4 && flood().queue.dead.messages.length > 0; round += 1) {
      await flood().handleDeadLetters();
      flood().clock.advance(360_000);
    }
    const waiting = executions.filter((_execution, index) => index % 2 === 1);
    expect(waiting.map(({ outputs }) => outputs?.errorCode)).toEqual(waiting.map(() => 'EXPIRED_IN_QUEUE'));
    expect(flood().queue.dead.messages).toEqual([]);
  });

  it('A dead letter that nobody can read stays for the operator, and delays no other', async () => {
    flood.hire();
    const { queue, clock } = flood();
    queue.put('not json');
    const [execution] = await flood.queued({});
    clock.advance(BLOCK_MS - LATE_MS);
    fate = BEFORE_WRITING;
    for (let receive = 0; receive <= MAX_RECEIVES; receive += 1) {
      await flood().work();
      flood().restart();
      clock.advance(360_000);
    }
    fate = () => undefined;
    expect(queue.dead.messages).toHaveLength(2);
    expect((await flood().handleDeadLetters()).failedIds).toHaveLength(1);
    expect(execution?.state).toBe('completed');
    expect(queue.dead.messages).toMatchObject([{ body: 'not json' }]);
  });

  it('[W7] A dead letter with time left is requeued, and done after the fault is fixed', async () => {
    const jane = flood.hire();
    const [execution] = await strand(BEFORE_WRITING, [{}], BLOCK_MS);
    expect((await flood().handleDeadLetters()).failedIds).toEqual([]);
    expect(flood().queue.dead.messages).toEqual([]);
    expect(flood().queue.live.messages).toMatchObject([{ delaySeconds: 300, receives: 0 }]);
    expect([execution.state, flood.count('ExecutionsStranded')]).toEqual(['waiting', 0]);
    flood().clock.advance(300_000);
    await flood().work();
    expect(execution).toMatchObject({ state: 'completed', outputs: { outcome: 'ASSIGNED', ownerId: jane.id } });
  });

  it('[W7] A dead letter is requeued three times at most, and then ends with an error that the workflow can see', async () => {
    flood.hire();
    const [execution] = await strand(BEFORE_WRITING, [{}], BLOCK_MS);
    const { queue, clock } = flood();
    for (let stranding = 0; stranding < 3; stranding += 1) {
      await flood().handleDeadLetters();
      fate = BEFORE_WRITING;
      for (let receive = 0; receive <= MAX_RECEIVES; receive += 1) {
        clock.advance(360_000);
        await flood().work();
        flood().restart();
      }
      fate = () => undefined;
    }
    await flood().handleDeadLetters();
    expect(queue.live.messages).toEqual([]);
    expect(execution).toMatchObject({ state: 'completed', outputs: { errorCode: 'EXPIRED_IN_QUEUE' } });
    expect(flood.count('ExecutionsStranded')).toBe(1);
  });

  it('[W6] A dead letter of one account ends although the records of another account cannot be read', async () => {
    flood.hire();
    flood.hire({ portalId: OTHER_PORTAL });
    const [broken, whole] = await strand(BEFORE_WRITING, [{}, { portalId: OTHER_PORTAL }]);
    revokeToken(flood().simulator.state, PORTAL, tokenOf(PORTAL));
    expect((await flood().handleDeadLetters()).failedIds).toHaveLength(1);
    expect([broken.state, whole?.state]).toEqual(['waiting', 'completed']);
  });

  it('[W6] A dead letter ends although its email cannot be decrypted, because its execution is known', async () => {
    flood.hire();
    const [execution] = await strand(BEFORE_WRITING);
    const [message] = flood().queue.dead.receive(1);
    const body = JSON.stringify({ ...JSON.parse(message?.body ?? '{}'), sealedEmail: 'AAAA' });
    const records = [{ ...message, body }] as never;
    expect(await flood().invokeDead(records)).toEqual({ batchItemFailures: [] });
    expect(execution).toMatchObject({ state: 'completed', outputs: { errorCode: 'EXPIRED_IN_QUEUE', ownerEmail: '' } });
  });

  it('[L6] A dead letter that was delivered twice, in two messages, ends once', async () => {
    flood.hire();
    const [execution] = await strand(BEFORE_WRITING);
    const records = flood().queue.dead.receive(1);
    const copy = { ...records[0], messageId: 'copy' } as never;
    expect(await flood().invokeDead([...records, ...records, copy])).toEqual({ batchItemFailures: [] });
    expect(execution).toMatchObject({ state: 'completed', outputs: { errorCode: 'EXPIRED_IN_QUEUE' } });
    expect(flood.count('ExecutionsStranded')).toBe(1);
  });

  it('A dead letter is never written to its record any more', async () => {
    flood.hire();
    const [execution] = await strand(BEFORE_WRITING);
    const calls = await flood.callsOf(() => flood().handleDeadLetters());
    expect(calls.filter((route) => /update|PATCH/.test(route))).toEqual([]);
    const type = getObjectType(flood().simulator.state, PORTAL, '0-1');
    expect(type.records.get(execution.objectId)?.properties.get('hubspot_owner_id')).toBeUndefined();
  });
});

it('[L3] Of two dead letters of one record, the older does not undo what the younger found in place', async () => {
  flood.hire();
  const bob = flood.hire({ email: 'bob@example.com' });
  const { id: objectId } = addRecord(flood().simulator.state, PORTAL, {
    typeId: '0-1',
    properties: { hubspot_owner_id: bob.id },
  });
  flood().clock.advance(60_000);
  const enrollments = [{ objectId }, { objectId, email: 'bob@example.com' }];
  const [older, younger] = await strand(BEFORE_RECORDING, enrollments, BLOCK_MS - 3_600_000);
  await flood().handleDeadLetters();
  await flood.workAll();
  expect(younger?.outputs).toMatchObject({ outcome: 'ALREADY_ASSIGNED', ownerId: bob.id });
  expect(older.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', ownerId: bob.id });
  expect(flood.ownerOf(older)).toBe(bob.id);
});
