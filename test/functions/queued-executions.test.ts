import { createQueuedResults } from '../../lib/store/queued-results.ts';
import { ALL_SCOPES } from '../../local/simulator/object-types.ts';
import { addArchivedOwner } from '../../local/simulator/seed-owners.ts';
import { addToken, revokeToken } from '../../local/simulator/seed-portals.ts';
import { changeRecord } from '../../local/simulator/seed-records.ts';
import { getObjectType } from '../../local/simulator/state.ts';
import { toPortalId } from '../builders/ids.ts';
import type { Execution } from '../support/queued-enrollment.ts';
import { OTHER_PORTAL, PORTAL, tokenOf } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';
import { LATER_MS, useFlood } from '../support/use-flood.ts';

const statusOf = ({ answer }: Execution) => answer?.statusCode;
const bodyOf = ({ answer }: Execution) => JSON.parse(answer?.body ?? '{}');

describe('Executions without a permit', () => {
  const flood = useFlood();

  it('An execution without a permit is answered with BLOCK and an expiry after its message is in the queue', async () => {
    flood.hire();
    await flood().spendBudget(LATER_MS);
    const execution = await flood.enroll();
    expect(statusOf(execution)).toBe(200);
    expect(bodyOf(execution).outputFields).toMatchObject({
      hs_execution_state: 'BLOCK',
      hs_expiration_duration: 'P2D',
      outcome: '',
    });
    expect(flood().queue.sent).toMatchObject([{ groupId: String(PORTAL), delaySeconds: 5 }]);
    expect(flood.count('ExecutionsQueued')).toBe(1);
  });

  it('An execution without a permit is set and completed by the worker', async () => {
    const jane = flood.hire();
    const [execution] = await flood.queued({});
    await flood.processExecutions();
    expect(execution).toMatchObject({
      state: 'completed',
      outputs: { outcome: 'ASSIGNED', ownerId: jane.id, hs_execution_state: 'SUCCESS' },
    });
    expect(flood.ownerOf(execution as Execution)).toBe(jane.id);
    expect(flood().queue.live.messages).toEqual([]);
  });

  it.each(['FAIL', 'FALLBACK', 'CLEAR', 'LEAVE'])(
    '[H27] An execution without a permit waits to ask for its email, which somebody may have got since a leaver had it: %s',
    async (ifNotAssignable) => {
      addArchivedOwner(flood().simulator.state, PORTAL, { email: 'jane@example.com' });
      const enrollment = {
        inputFields: { ifNotAssignable, fallbackOwner: flood.hire({ email: 'bob@example.com' }).id },
      };
      expect((await flood.enroll(enrollment)).outputs).toMatchObject({ errorCode: 'OWNER_DEACTIVATED' });
      const jane = flood.hire();
      flood().clock.advance(120_000);
      const [execution] = await flood.queued(enrollment);
      await flood.processExecutions();
      expect(execution?.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id });
    },
  );

  it('[L2] A person who sets back the owner that the worker had set is newer than an execution from before', async () => {
    const [jane, omar] = [flood.hire(), flood.hire({ email: 'omar@example.com' })];
    flood.hire({ email: 'bob@example.com' });
    const [{ objectId } = { objectId: '' }] = await flood.queued({});
    await flood.processExecutions();
    const { state } = flood().simulator;
    flood().clock.advance(1_000);
    changeRecord(state, PORTAL, '0-1', objectId, { hubspot_owner_id: omar.id });
    flood().clock.advance(1_000);
    const [second] = await flood.queued({ objectId, email: 'bob@example.com' });
    changeRecord(state, PORTAL, '0-1', objectId, { hubspot_owner_id: jane.id });
    await flood.processExecutions();
    expect(second).toMatchObject({ outputs: { outcome: 'KEPT_EXISTING', ownerId: jane.id } });
  });

  it('[H10] A locked record in a batch keeps no other record waiting, and is set once it is free', async () => {
    const jane = flood.hire();
    const executions = await flood.queued({}, {}, {}, {}, {});
    const [locked, ...others] = executions as [Execution, ...Execution[]];
    const record = getObjectType(flood().simulator.state, PORTAL, '0-1').records.get(locked.objectId);
    Object.assign(record ?? {}, { locked: true });
    await flood.processExecutions();
    expect(others.map(({ state }) => state)).toEqual(others.map(() => 'completed'));
    expect(others.map(flood.ownerOf)).toEqual(others.map(() => jane.id));
    expect(locked.state).toBe('waiting');
    Object.assign(record ?? {}, { locked: false });
    await flood.workAll();
    expect(locked).toMatchObject({ state: 'completed', outputs: { outcome: 'ASSIGNED', ownerId: jane.id } });
  });

  it('An execution runs at once while there are permits', async () => {
    const jane = flood.hire();
    const execution = await flood.enroll();
    expect(execution).toMatchObject({ state: 'answered', outputs: { outcome: 'ASSIGNED', ownerId: jane.id } });
    expect(flood().queue.sent).toEqual([]);
  });

  it('An execution without a permit and without a usable callback is returned to HubSpot with a wait in milliseconds', async () => {
    flood.hire();
    await flood().spendBudget(LATER_MS);
    const execution = await flood.enroll({ omitCallbackId: true });
    expect(statusOf(execution)).toBe(429);
    expect(Number(execution.answer?.headers['retry-after'])).toBeGreaterThanOrEqual(LATER_MS);
    expect(Number(execution.answer?.headers['retry-after'])).toBeLessThan(LATER_MS + 1_000);
    expect(flood().queue.sent).toEqual([]);
  });

  it('An execution whose email is too long for a message is not queued', async () => {
    await flood().spendBudget(LATER_MS);
    const execution = await flood.enroll({ email: `${'x'.repeat(2_000)}@example.com` });
    // It is no email at all, so that no permit was needed.
    expect(execution).toMatchObject({ state: 'answered', outputs: { errorCode: 'EMAIL_INVALID' } });
    expect(flood().queue.sent).toEqual([]);
  });

  it('[Q8] An execution is returned to HubSpot while SQS is away, and only the time it was first seen is remembered', async () => {
    const jane = flood.hire();
    const { queue, clock } = flood();
    queue.mood = 'away';
    await flood().spendBudget(LATER_MS);
    const execution = await flood.enroll();
    expect(statusOf(execution)).toBe(503);
    expect(bodyOf(execution)).toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    const items = await readAllItems(flood().table);
    const entries = items.filter(({ sk }) => sk?.S === 'execution');
    expect(entries).toMatchObject([{ state: { S: 'RUNNING' }, leaseEndsAtEpochMs: { N: '0' } }]);

    queue.mood = 'well';
    clock.advance(LATER_MS);
    await flood().deliver(execution);
    expect(execution).toMatchObject({ state: 'answered', outputs: { outcome: 'ASSIGNED', ownerId: jane.id } });
  });

  it('[Q8] An execution is returned to HubSpot when SQS refuses its message', async () => {
    flood.hire();
    flood().queue.mood = 'refusesFirst';
    await flood().spendBudget(LATER_MS);
    expect(statusOf(await flood.enroll())).toBe(503);
  });

  it('[Q9, W4] An execution is not completed before HubSpot knows that it waits, although SQS answered only the second try', async () => {
    flood.hire();
    const { simulator, queue, clock } = flood();
    Object.assign(simulator.settings, { unknownCallback: 'silent', callbackKnownAfterMs: 3_000 });
    const take = queue.answer;
    const slowly = (answer: typeof take) => (body: string) => {
      const reply = take(body);
      clock.advance(1_400);
      queue.answer = answer;
      return reply;
    };
    const lost = slowly(slowly(take));
    queue.answer = (body) => {
      lost(body);
      throw new DOMException('no reply', 'TimeoutError');
    };
    flood().restart();
    await flood().spendBudget(LATER_MS);
    const execution = await flood.enroll();
    await flood.workAll();
    expect(execution.state).toBe('completed');
  });

  it('[Q9] An execution whose BLOCK answer was lost waits again, with one message', async () => {
    flood.hire();
    const { queue, hubspot } = flood();
    await flood().spendBudget(LATER_MS);
    const execution = hubspot.enroll();
    await flood().deliver(execution, { isAnswerLost: true });
    flood().restart();
    await flood().deliver(execution);
    expect(execution.state).toBe('waiting');
    expect(queue.sent).toHaveLength(1);
    expect(flood.count('ExecutionReplayed')).toBe(1);
    flood().clock.advance(LATER_MS);
    await flood.processExecutions();
    expect(execution).toMatchObject({ state: 'completed', outputs: { outcome: 'ASSIGNED' } });
  });

  it.each(['silent', 'byRoute'] as const)(
    '[W4] An execution whose BLOCK answer was lost is completed after HubSpot knows that it waits, if unknown callbacks are answered as "%s"',
    async (unknownCallback) => {
      flood.hire();
      const { simulator, clock, queue, hubspot } = flood();
      Object.assign(simulator.settings, { unknownCallback, callbackKnownAfterMs: 3_000 });
      await flood().spendBudget(LATER_MS);
      const execution = hubspot.enroll();
      await flood().deliver(execution, { isAnswerLost: true });
      // The worker has not come to it when HubSpot sends it again.
      clock.advance(20_000);
      await flood().deliver(execution);
      expect(execution.state).toBe('waiting');
      await flood.workAll();
      expect(execution).toMatchObject({ state: 'completed', outputs: { outcome: 'ASSIGNED' } });
      expect(queue.live.messages).toEqual([]);
    },
  );

  it('A waiting execution that comes again with another payload is refused', async () => {
    flood.hire();
    const [execution] = await flood.queued({});
    const forged = { ...(execution as Execution), body: (execution as Execution).body.replaceAll('jane@', 'joan@') };
    await flood().deliver(forged);
    expect(bodyOf(forged).outputFields).toMatchObject({
      errorCode: 'INPUT_INVALID',
      hs_execution_state: 'FAIL_CONTINUE',
    });
    expect(flood.count('ExecutionConflict')).toBe(1);
    await flood.workAll();
    expect(execution).toMatchObject({ state: 'completed', outputs: { outcome: 'ASSIGNED' } });
  });

  it('An execution gets the result from the queue when the queue was faster than the answer', async () => {
    const jane = flood.hire();
    const { hubspot, clock, queue } = flood();
    await flood().spendBudget(LATER_MS);
    const execution = hubspot.enroll();
    await flood().deliver(execution, { isAnswerLost: true });
    await flood.processExecutions();
    // HubSpot knows of no wait: it may not know yet, so its callback is completed once more.
    expect(queue.live.messages).toMatchObject([{ delaySeconds: 5 }]);
    clock.advance(5_000);
    await flood().work();
    expect(queue.live.messages).toEqual([]);
    await flood().deliver(execution);
    expect(execution).toMatchObject({
      state: 'answered',
      outputs: { outcome: 'ASSIGNED', ownerId: jane.id, hs_execution_state: 'SUCCESS' },
    });
    const results = createQueuedResults(flood().table, { now: clock.now, sleep: clock.sleep, random: () => 0 });
    const standing = await results.find(toPortalId(PORTAL), [execution.callbackId]);
    expect(standing.get(execution.callbackId)?.result).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id });
  });

  it('An execution starts again when its wait is over and HubSpot still sends it', async () => {
    flood.hire();
    const [execution] = await flood.queued({});
    flood().clock.advance(2 * 86_400_000 + 60_000);
    flood().restart();
    await flood().deliver(execution as Execution);
    expect(bodyOf(execution as Execution).outputFields).toMatchObject({ outcome: 'ASSIGNED' });
  });
});

describe('Delivery modes', () => {
  const settings = {
    config: {
      inlinePortals: new Set([toPortalId(PORTAL)]),
      queuedPortals: new Set([toPortalId(OTHER_PORTAL)]),
    },
  };
  const flood = useFlood(settings);

  it('An execution of an account that is never queued is returned to HubSpot', async () => {
    flood.hire();
    await flood().spendBudget(LATER_MS);
    const execution = await flood.enroll();
    expect(statusOf(execution)).toBe(429);
    expect(Number(execution.answer?.headers['retry-after'])).toBeGreaterThanOrEqual(LATER_MS);
    expect(flood().queue.sent).toEqual([]);
  });

  it('An execution of an account that is always queued waits without a look at its budget, and without a call', async () => {
    const jane = flood.hire({ portalId: OTHER_PORTAL });
    let execution: Execution | undefined;
    const calls = await flood.callsOf(async () => {
      execution = await flood.enroll({ portalId: OTHER_PORTAL });
    });
    expect(calls).toEqual([]);
    expect(execution?.state).toBe('waiting');
    await flood.processExecutions();
    expect(execution).toMatchObject({ state: 'completed', outputs: { outcome: 'ASSIGNED', ownerId: jane.id } });
  });

  it('An execution without a callback runs at once even when its account is always queued', async () => {
    flood.hire({ portalId: OTHER_PORTAL });
    const execution = await flood.enroll({ portalId: OTHER_PORTAL, omitCallbackId: true });
    expect(execution).toMatchObject({ state: 'answered', outputs: { outcome: 'ASSIGNED' } });
  });
});

describe('An account that no token is for', () => {
  const flood = useFlood({
    config: {
      staticTokens: new Map([[toPortalId(PORTAL), tokenOf(PORTAL)]]),
      queuedPortals: new Set([toPortalId(OTHER_PORTAL)]),
    },
  });

  it('An execution of an account without a token is answered at once, although its account is always queued', async () => {
    const execution = await flood.enroll({ portalId: OTHER_PORTAL });
    expect(execution).toMatchObject({ state: 'answered', outputs: { errorCode: 'PORTAL_NOT_CONNECTED' } });
    expect(flood().queue.sent).toEqual([]);
  });
});

describe('Missing permission to complete callbacks', () => {
  const flood = useFlood();

  it('When HubSpot refuses callbacks, executions are returned from then on, and waiting ones end after it allows them', async () => {
    flood.hire();
    const [execution] = await flood.queued({});
    const { state } = flood().simulator;
    revokeToken(state, PORTAL, tokenOf(PORTAL));
    addToken(
      state,
      PORTAL,
      tokenOf(PORTAL),
      ALL_SCOPES.filter((scope) => scope !== 'automation'),
    );
    await flood.processExecutions();
    expect(execution?.state).toBe('waiting');
    expect(flood().queue.live.messages).toMatchObject([{ delaySeconds: 900 }]);

    flood().restart();
    await flood().spendBudget(LATER_MS);
    expect(statusOf(await flood.enroll())).toBe(429);

    revokeToken(state, PORTAL, tokenOf(PORTAL));
    addToken(state, PORTAL, tokenOf(PORTAL));
    flood().clock.advance(900_000);
    await flood().work();
    expect(execution).toMatchObject({ state: 'completed', outputs: { outcome: 'ASSIGNED' } });
  });
});
