import { setImmediate } from 'node:timers/promises';
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { executionKey } from '../../lib/store/execution-item.ts';
import { createSuccessors } from '../../lib/store/successors.ts';
import { deactivateOwner } from '../../local/simulator/seed-owners.ts';
import { addProperty, addToken, revokeToken } from '../../local/simulator/seed-portals.ts';
import { addRecord, mergeRecords } from '../../local/simulator/seed-records.ts';
import { findRecord, getObjectType, getPortal } from '../../local/simulator/state.ts';
import { toOwnerId, toPortalId } from '../builders/ids.ts';
import { KILLED } from '../support/mortal.ts';
import type { Execution } from '../support/queued-enrollment.ts';
import { MAX_RECEIVES } from '../support/scripted-queue.ts';
import { OTHER_PORTAL, PORTAL, tokenOf } from '../support/service.ts';
import { HOLD_BACK_MS, useFlood } from '../support/use-flood.ts';

const steps: string[] = [];
const flood = useFlood({
  fate(step) {
    steps.push(step);
    return undefined;
  },
});
beforeEach(() => {
  steps.length = 0;
});

const many = (count: number) => Array.from({ length: count }, () => ({}));
const only = ([execution]: readonly Execution[]): Execution => execution as Execution;
const typeOf = (typeId = '0-1') => getObjectType(flood().simulator.state, PORTAL, typeId);

describe('Queued executions', () => {
  it('Queued executions are read, written and completed with one call each for a hundred records', async () => {
    const jane = flood.hire();
    const executions = await flood.queued(...many(100));
    const calls = await flood.callsOf(flood.processExecutions);
    expect(calls.filter((route) => route !== 'GET owners')).toEqual([
      'POST objects batch read',
      'POST objects batch update',
      'POST callbacks',
    ]);
    for (const execution of executions) {
      expect(execution).toMatchObject({ state: 'completed', outputs: { outcome: 'ASSIGNED', ownerId: jane.id } });
      expect(flood.ownerOf(execution)).toBe(jane.id);
    }
  });

  it('[Q13] A thousand queued executions in one event each get their owner, with messages of at most a kilobyte', async () => {
    flood.hire();
    const { queue, hubspot } = flood();
    await flood().spendBudget(60_000);
    const executions = Array.from({ length: 1_000 }, () => hubspot.enroll());
    for (const execution of executions) await flood().deliver(execution);
    expect(Math.max(...queue.sent.map(({ body }) => Buffer.byteLength(body)))).toBeLessThanOrEqual(1_024);
    flood().clock.advance(60_000);
    const records = queue.live.receive(1_000);
    expect(records).toHaveLength(1_000);
    const answer = await flood().invokeWorker(records);
    expect(answer).toEqual({ batchItemFailures: [] });
    queue.live.delete(records);
    // What took longer than one portal may keep a worker comes back automatically.
    await flood.processExecutions();
    expect(executions.filter(({ state }) => state !== 'completed')).toEqual([]);
    expect(flood().queue.live.messages).toEqual([]);
  });

  it('[Q12] Queued executions of an account without permits do not delay another account', async () => {
    flood.hire();
    const other = flood.hire({ portalId: 8_200_002 });
    const slow = await flood.queued(...many(5));
    const quick = await flood.queued({ portalId: 8_200_002 });
    await flood().spendBudget(30_000);
    flood().clock.advance(HOLD_BACK_MS);
    const worked = await flood().work();
    expect(worked.records).toHaveLength(6);
    expect(worked.failedIds).toEqual([]);
    expect(only(quick)).toMatchObject({ state: 'completed', outputs: { ownerId: other.id } });
    expect(slow.map(({ state }) => state)).toEqual(Array(5).fill('waiting'));
    expect(flood().queue.live.messages).toHaveLength(5);
  });
});

describe('[Q12] An account that waits inside the worker', () => {
  const waiting: (() => void)[] = [];
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const patient = useFlood({
    world: {
      // A short wait is for the pace of calls, and over at once.
      sleep: (ms) =>
        new Promise((resolve) => {
          if (ms < 1_000) {
            patient().clock.advance(ms);
            return resolve();
          }
          waiting.push(resolve);
          begin();
        }),
    },
  });

  it('An account that waits inside the worker does not delay another account of the same invocation', async () => {
    const jane = patient.hire();
    const other = patient.hire({ portalId: OTHER_PORTAL });
    const slow = only(await patient.queued({}));
    const quick = only(await patient.queued({ portalId: OTHER_PORTAL }));
    patient().clock.advance(HOLD_BACK_MS);
    await patient().spendBudget(2_000);
    const work = patient().work();
    await begun;
    while (quick.state !== 'completed') await setImmediate();
    expect(quick.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: other.id });
    expect(slow.state).toBe('waiting');

    patient().clock.advance(3_000);
    for (const wake of waiting) wake();
    expect((await work).failedIds).toEqual([]);
    expect(slow.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id });
  });
});

describe('[Q1] Messages that are delivered twice', () => {
  it('A message that is delivered twice to one invocation is one execution', async () => {
    flood.hire();
    const execution = only(await flood.queued({}));
    flood().clock.advance(HOLD_BACK_MS);
    const [record] = flood().queue.live.receive(1);
    const twin = { ...record, messageId: 'twin' };
    const calls = await flood.callsOf(() => flood().invokeWorker([record, twin] as never));
    expect(calls.filter((route) => route.startsWith('POST'))).toEqual([
      'POST objects batch read',
      'POST objects batch update',
      'POST callback',
    ]);
    expect(execution.state).toBe('completed');
  });

  it('A message that is delivered again after it was done is not completed again, and nothing is written', async () => {
    const jane = flood.hire();
    const execution = only(await flood.queued({}));
    flood().clock.advance(HOLD_BACK_MS);
    const records = flood().queue.live.receive(1);
    await flood().invokeWorker(records);
    // Somebody changed the record by hand since.
    typeOf().records.get(execution.objectId)?.properties.set('hubspot_owner_id', '');
    flood().restart();
    flood().clock.advance(120_000);
    const calls = await flood.callsOf(() => flood().invokeWorker(records));
    expect(calls).toEqual([]);
    expect(flood.ownerOf(execution)).toBe('');
    expect(execution).toMatchObject({ state: 'completed', outputs: { ownerId: jane.id } });
    expect(flood().queue.live.messages).toHaveLength(1);
  });

  it('[Q7] A message that is delivered during the first delivery sets the same owner, and both deliveries succeed', async () => {
    const jane = flood.hire();
    const executions = await flood.queued(...many(3));
    flood().clock.advance(HOLD_BACK_MS);
    const records = flood().queue.live.receive(10);
    const answers = await Promise.all([flood().invokeWorker(records), flood().invokeWorker(records)]);
    expect(answers).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
    for (const execution of executions) {
      expect(execution).toMatchObject({ state: 'completed', outputs: { ownerId: jane.id } });
      expect(flood.ownerOf(execution)).toBe(jane.id);
    }
  });
});

describe('What the worker reports as failed', () => {
  it('[Q3] Only a poison message is reported as failed and ends in the dead-letter queue, and the rest succeed', async () => {
    flood.hire();
    const executions = await flood.queued(...many(2));
    const { queue, clock } = flood();
    const version2 = { ...JSON.parse(queue.sent[0]?.body ?? '{}'), version: 2 };
    const poison = [
      queue.put('not json'),
      queue.put(JSON.stringify(version2)),
      queue.put('{}'),
      queue.put(JSON.stringify({ ...version2, version: 1, sealedEmail: 'AAAA' })),
    ].map(({ messageId }) => messageId);
    clock.advance(HOLD_BACK_MS);
    const worked = await flood().work();
    expect([...(worked.failedIds ?? [])].sort()).toEqual([...poison].sort());
    expect(executions.map(({ state }) => state)).toEqual(['completed', 'completed']);
    for (let receive = 0; receive < MAX_RECEIVES; receive += 1) {
      clock.advance(360_000);
      await flood().work();
    }
    expect(queue.live.messages).toEqual([]);
    expect(queue.dead.messages.map(({ messageId }) => messageId)).toEqual(poison);
  });

  it('[Q4] An internal error fails every message of its account, and none of another account', async () => {
    flood.hire();
    flood.hire({ portalId: 8_200_002 });
    const executions = await flood.queued(...many(3), { portalId: 8_200_002 });
    flood().clock.advance(HOLD_BACK_MS);
    const { client, tableName: TableName } = flood().table;
    const Key = executionKey({ portalId: toPortalId(PORTAL), executionId: only(executions).callbackId });
    const Item = { ...Key, state: { S: 'DONE' }, result: { S: 'no JSON' } };
    await client.send(new PutItemCommand({ TableName, Item }));
    const worked = await flood().work();
    expect(worked.failedIds).toHaveLength(3);
    expect(executions.map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting', 'completed']);
    await client.send(new DeleteItemCommand({ TableName, Key }));
    flood().clock.advance(360_000);
    await flood().work();
    expect(executions.map(({ state }) => state)).toEqual(Array(4).fill('completed'));
  });

  it('[Q5] The worker reports only IDs of the batch as failed, each once, whatever the batch contains', async () => {
    flood.hire();
    await flood.queued(...many(3));
    flood().clock.advance(HOLD_BACK_MS);
    const good = flood().queue.live.receive(10);
    const messages = fc.oneof(
      fc.nat({ max: 2 }).map((index) => good[index]?.body ?? ''),
      fc.string(),
      fc.json(),
      fc.constant(''),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(messages, { maxLength: 8 }),
        fc.constantFrom('well', 'away', 'refusesFirst'),
        fc.boolean(),
        async (bodies, mood, isSpent) => {
          flood().queue.mood = mood;
          flood().restart();
          if (isSpent) await flood().spendBudget(60_000);
          const records = bodies.map((body, index) => ({ ...good[0], messageId: `m-${index}`, body }));
          const answer = await flood().invokeWorker(records as never);
          if (answer === KILLED) throw new Error('nobody was killed');
          const ids = answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
          expect(new Set(ids).size).toBe(ids.length);
          expect(records.map(({ messageId }) => messageId)).toEqual(expect.arrayContaining(ids));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('[Q6] An execution without a permit is not reported as failed: a copy is queued for later, and no receive is used up', async () => {
    const jane = flood.hire();
    const executions = await flood.queued(...many(3));
    const { queue, clock } = flood();
    for (let round = 0; round < 6; round += 1) {
      clock.advance(Math.max(0, (queue.live.nextAtEpochMs() ?? 0) - clock.now()));
      await flood().spendBudget(30_000);
      const worked = await flood().work();
      expect(worked.records.map(({ attributes }) => attributes.ApproximateReceiveCount)).toEqual(['1', '1', '1']);
      expect(worked.failedIds).toEqual([]);
      expect(queue.live.messages.map(({ receives }) => receives)).toEqual([0, 0, 0]);
    }
    expect(flood.count('ExecutionsRequeued')).toBe(18);
    clock.advance(60_000);
    await flood().work();
    expect(queue.dead.messages).toEqual([]);
    for (const execution of executions) {
      expect(execution).toMatchObject({ state: 'completed', outputs: { ownerId: jane.id } });
    }
  });

  it('A message that could not be queued again is reported as failed and stays', async () => {
    flood.hire();
    const [execution] = await flood.queued({});
    await flood().spendBudget(30_000);
    flood().queue.mood = 'away';
    flood().clock.advance(HOLD_BACK_MS);
    const worked = await flood().work();
    expect(worked.failedIds).toEqual(worked.records.map(({ messageId }) => messageId));
    flood().queue.mood = 'well';
    flood().clock.advance(360_000);
    await flood().work();
    expect(execution?.state).toBe('completed');
  });
});

it('While SQS is away, the worker sends all requeued executions once, so that its time is enough', async () => {
  flood.hire();
  await flood.queued(...many(35));
  await flood().spendBudget(30_000);
  flood().queue.mood = 'away';
  flood().clock.advance(HOLD_BACK_MS);
  steps.length = 0;
  expect((await flood().work()).failedIds).toHaveLength(35);
  // And once more, as every call to AWS.
  expect(steps.filter((step) => step === 'worker SQS')).toHaveLength(2);
});

describe('At the time of writing', () => {
  it('A queued execution does not assign somebody who left since, and the workflow gets the error', async () => {
    const jane = flood.hire();
    await flood.enroll();
    const execution = only(await flood.queued({}));
    deactivateOwner(flood().simulator.state, PORTAL, jane.id);
    // Longer than what is known of an owner is believed.
    flood().clock.advance(27 * 3_600_000);
    flood().restart();
    await flood.processExecutions();
    expect(execution).toMatchObject({
      state: 'completed',
      outputs: { outcome: 'FAILED', errorCode: 'OWNER_DEACTIVATED', ownerId: '', hs_execution_state: 'FAIL_CONTINUE' },
    });
    expect(flood.ownerOf(execution)).toBe('');
  });

  it('A queued execution assigns the successor of somebody who left since', async () => {
    const jane = flood.hire();
    const bob = flood.hire({ email: 'bob@example.com' });
    const execution = only(await flood.queued({}));
    deactivateOwner(flood().simulator.state, PORTAL, jane.id);
    const { table, clock } = flood();
    await createSuccessors(table).setSuccessor(toPortalId(PORTAL), toOwnerId(jane.id), toOwnerId(bob.id), clock.now());
    await flood.processExecutions();
    expect(execution.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: bob.id, substitutedFor: jane.id });
    expect(flood.ownerOf(execution)).toBe(bob.id);
  });

  it('A queued execution of an account that is not connected gets its result after the account is connected again', async () => {
    flood.hire();
    const execution = only(await flood.queued({}));
    const { simulator, clock } = flood();
    revokeToken(simulator.state, PORTAL, tokenOf(PORTAL));
    await flood.processExecutions();
    expect(execution.state).toBe('waiting');
    expect(flood().queue.live.messages).toMatchObject([{ delaySeconds: 900, receives: 0 }]);
    addToken(simulator.state, PORTAL, tokenOf(PORTAL));
    clock.advance(900_000);
    await flood().work();
    expect(execution).toMatchObject({ state: 'completed', outputs: { errorCode: 'PORTAL_NOT_CONNECTED' } });
    expect(flood.ownerOf(execution)).toBe('');
  });

  it('[H2] Two unknown owners in a batch of a hundred are found by halving, and the others are written', async () => {
    const [ann, ben] = [flood.hire({ email: 'ann@example.com' }), flood.hire({ email: 'ben@example.com' })];
    const jane = flood.hire();
    for (const email of ['ann@example.com', 'ben@example.com']) await flood.enroll({ email });
    const executions = await flood.queued(
      ...Array.from({ length: 100 }, (_, index) => ({
        email: index === 20 ? 'ann@example.com' : index === 70 ? 'ben@example.com' : 'jane@example.com',
      })),
    );
    for (const { id } of [ann, ben]) getPortal(flood().simulator.state, PORTAL).owners.delete(id);
    const calls = await flood.callsOf(flood.processExecutions);
    for (const [index, { outputs }] of executions.entries()) {
      if (index === 20 || index === 70) expect(outputs).toMatchObject({ errorCode: 'OWNER_DEACTIVATED' });
      else expect(outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id });
    }
    const updates = calls.filter((route) => /update|PATCH/.test(route));
    expect(updates.length).toBeLessThanOrEqual(1 + 2 * (2 * Math.log2(100) + 2));
  });

  it('An owner whom HubSpot no longer knows is not assigned, and the others are', async () => {
    const jane = flood.hire();
    const bob = flood.hire({ email: 'bob@example.com' });
    await flood.enroll();
    const [gone, good] = (await flood.queued({}, { email: 'bob@example.com' })) as [Execution, Execution];
    getPortal(flood().simulator.state, PORTAL).owners.delete(jane.id);
    await flood.processExecutions();
    expect(gone).toMatchObject({ state: 'completed', outputs: { outcome: 'FAILED', errorCode: 'OWNER_DEACTIVATED' } });
    expect(good).toMatchObject({ state: 'completed', outputs: { outcome: 'ASSIGNED', ownerId: bob.id } });
  });

  it('A queued execution that depends on the current owner reads the record when it is processed', async () => {
    const jane = flood.hire();
    const bob = flood.hire({ email: 'bob@example.com' });
    const guarded = { inputFields: { overwrite: 'IF_UNASSIGNED' } };
    const [kept, taken] = (await flood.queued(guarded, {
      ...guarded,
      properties: { hubspot_owner_id: bob.id },
      omitProperties: true,
    })) as [Execution, Execution];
    typeOf().records.get(kept.objectId)?.properties.set('hubspot_owner_id', bob.id);
    typeOf().records.get(taken.objectId)?.properties.set('hubspot_owner_id', '');
    await flood.processExecutions();
    expect(kept.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', ownerId: bob.id });
    expect(taken.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id });
    expect([flood.ownerOf(kept), flood.ownerOf(taken)]).toEqual([bob.id, jane.id]);
  });

  it('A merged record and a deleted record are reported differently', async () => {
    const jane = flood.hire();
    const { state } = flood().simulator;
    const survivor = addRecord(state, PORTAL, { typeId: '0-1' });
    const [merged, deleted, good] = (await flood.queued({}, {}, {})) as [Execution, Execution, Execution];
    mergeRecords(state, PORTAL, '0-1', merged.objectId, survivor.id);
    typeOf().records.delete(deleted.objectId);
    await flood.processExecutions();
    expect(merged.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id });
    expect(findRecord(typeOf(), merged.objectId)?.properties.get('hubspot_owner_id')).toBe(jane.id);
    expect(deleted.outputs).toMatchObject({ outcome: 'FAILED', errorCode: 'RECORD_NOT_FOUND' });
    expect(good.outputs).toMatchObject({ outcome: 'ASSIGNED' });
  });

  it('[Q15, H3] When two workflows set a record, the one that was queued last wins, and both get the true result', async () => {
    flood.hire();
    const bob = flood.hire({ email: 'bob@example.com' });
    const { id: objectId } = addRecord(flood().simulator.state, PORTAL, { typeId: '0-1' });
    const [first, second] = (await flood.queued({ objectId }, { objectId, email: 'bob@example.com' })) as [
      Execution,
      Execution,
    ];
    const calls = await flood.callsOf(flood.processExecutions);
    expect(calls.filter((route) => route === 'POST objects batch update')).toHaveLength(1);
    expect(first.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', ownerId: bob.id, hs_execution_state: 'SUCCESS' });
    expect(second.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: bob.id });
    expect(flood.ownerOf(second)).toBe(bob.id);
  });

  it('A second owner property of the same records is a batch of its own', async () => {
    const jane = flood.hire();
    const { state } = flood().simulator;
    addProperty(state, PORTAL, '0-1', { name: 'csm_owner', referencedObjectType: 'OWNER' });
    const execution = only(await flood.queued({ inputFields: { ownerProperty: 'csm_owner' } }));
    await flood.processExecutions();
    expect(execution.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id });
    expect(typeOf().records.get(execution.objectId)?.properties.get('csm_owner')).toBe(jane.id);
    expect(flood.ownerOf(execution)).toBe('');
  });
});
