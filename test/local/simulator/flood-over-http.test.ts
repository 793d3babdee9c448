import { addActiveOwner } from '../../../local/simulator/seed-owners.ts';
import { addRecords } from '../../../local/simulator/seed-records.ts';
import { createWorkflowEngine } from '../../../local/simulator/workflow-engine.ts';
import { ACTION, ASSIGNED, LABELS, SECRET } from './make-engine.ts';
import { reply, useActionServer } from './use-action-server.ts';
import { PORTAL_ID, useSimulator } from './use-simulator.ts';

const CALLBACKS = '/automation/actions/callbacks/2026-09/complete';
const UPDATE = '/crm/objects/2026-09/contacts/batch/update';
const server = useActionServer();
const running = useSimulator();

type Waiting = { readonly callbackId: string; readonly id: string };

/** What a worker does with executions that wait: one write and one completion for a hundred of them. */
async function processExecutions(waiting: readonly Waiting[], ownerId: string): Promise<void> {
  for (let start = 0; start < waiting.length; start += 100) {
    const chunk = waiting.slice(start, start + 100);
    const properties = { hubspot_owner_id: ownerId };
    await running().post(UPDATE, { inputs: chunk.map(({ id }) => ({ id, properties })) });
    const outputFields = { ...ASSIGNED.outputFields, ownerId, hs_execution_state: 'SUCCESS' };
    const inputs = chunk.map(({ callbackId }) => ({ callbackId, outputFields, typedOutputs: {} }));
    expect((await running().post(CALLBACKS, { inputs })).status).toBe(204);
  }
}

/** Floods the action, which blocks every execution, with as many contacts. */
async function flood(count: number) {
  const { state } = running().simulator;
  const engine = createWorkflowEngine({ state, clientSecret: SECRET, actionBaseUrl: server().url, labels: LABELS });
  server().answerWith(reply(200, { outputFields: { hs_execution_state: 'BLOCK' } }));
  const enrollments = addRecords(state, PORTAL_ID, '0-1', count).map(({ id }) => ({
    portalId: PORTAL_ID,
    objectType: 'CONTACT',
    objectId: id,
    inputFields: { ownerEmail: 'ada@example.com' },
  }));
  const started = engine.flood({ action: ACTION, enrollments, perSecond: Number.POSITIVE_INFINITY, maxInFlight: 20 });
  while (state.blocked.waiting() < count) await new Promise(setImmediate);
  const waiting = server().received.map(({ body }): Waiting => {
    const { callbackId, object } = JSON.parse(body);
    return { callbackId, id: String(object.objectId) };
  });
  return { started, waiting };
}

it('A flood is followed through writes and completions, in six calls for 250 records', async () => {
  const owner = addActiveOwner(running().simulator.state, PORTAL_ID);
  const { started, waiting } = await flood(250);
  await processExecutions(waiting, owner.id);
  expect(await started.settled()).toMatchObject({
    enrolled: 250,
    blocked: 250,
    completed: 250,
    distinctCompletions: 250,
    doubled: 0,
    wrong: 0,
    violations: {},
  });
  const { calls, violations } = running().simulator;
  expect(calls.count({ route: 'POST objects batch update', status: 200 })).toBe(3);
  expect(calls.count({ route: 'POST callbacks', status: 204 })).toBe(3);
  expect(calls.count()).toBe(6);
  expect(violations).toEqual([]);
});

it('A completion whose write never reached the CRM is wrong', async () => {
  const owner = addActiveOwner(running().simulator.state, PORTAL_ID);
  const { started, waiting } = await flood(3);
  running().simulator.faults.script({ route: 'POST objects batch update', fault: { kind: 'status', status: 503 } });
  await processExecutions(waiting, owner.id);
  expect(await started.settled()).toMatchObject({ completed: 3, wrong: 3 });
});
