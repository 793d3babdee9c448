import type { ServerResponse } from 'node:http';
import { addPortal } from '../../../local/simulator/seed-portals.ts';
import { addRecord } from '../../../local/simulator/seed-records.ts';
import { signV2, signV3 } from '../../../local/simulator/sign.ts';
import { createSimulatorState } from '../../../local/simulator/state.ts';
import type { WorkflowAction } from '../../../local/simulator/workflow-action.ts';
import { createWorkflowEngine, type WorkflowEngineOptions } from '../../../local/simulator/workflow-engine.ts';
import { makeClock, START_EPOCH_MS } from '../../support/clock.ts';
import { reply, useActionServer } from './use-action-server.ts';
import { PORTAL_ID } from './use-simulator.ts';

const SECRET = 'a-client-secret';
const ACTION: WorkflowAction = {
  uid: 'an_action',
  route: '/actions/an-action',
  outputFields: [{ name: 'outcome', options: ['ASSIGNED', 'FAILED'] }, { name: 'ownerName' }],
  executionRules: [{ labelName: 'ASSIGNED', conditions: { outcome: ['ASSIGNED'] } }],
  requestedProperties: ['hubspot_owner_id', 'email'],
};
const LABELS = { [ACTION.uid]: { en: { executionRules: { ASSIGNED: 'Assigned to {{ ownerName }}.' } } } };
const ASSIGNED = { outputFields: { outcome: 'ASSIGNED', ownerName: 'Ada Example' } };

const server = useActionServer();

function makeEngine(options: Partial<WorkflowEngineOptions> = {}) {
  const clock = makeClock();
  const waits: number[] = [];
  const state = createSimulatorState(clock.now);
  addPortal(state, { portalId: PORTAL_ID });
  const record = addRecord(state, PORTAL_ID, { typeId: '0-1', properties: { email: 'lead@example.com' } });
  const engine = createWorkflowEngine({
    state,
    clientSecret: SECRET,
    actionBaseUrl: server().url,
    labels: LABELS,
    now: clock.now,
    sleep: async (ms) => {
      waits.push(ms);
      clock.advance(ms);
    },
    ...options,
  });
  const enrollment = {
    portalId: PORTAL_ID,
    objectType: 'CONTACT',
    objectId: record.id,
    inputFields: { ownerEmail: 'ada@example.com' },
  };
  return { engine, enrollment, waits, record };
}

it('sends the documented body, signed both ways over the exact bytes', async () => {
  server().answerWith(reply(200, ASSIGNED));
  const { engine, enrollment, record } = makeEngine();
  const report = await engine.execute(ACTION, { ...enrollment, enrollmentId: 4, workflowId: 5, actionId: 6 });
  const [request] = server().received;
  const body = request?.body ?? '';
  expect(JSON.parse(body)).toEqual({
    callbackId: `ap-${PORTAL_ID}-4-6-0`,
    origin: {
      portalId: PORTAL_ID,
      actionDefinitionId: expect.any(Number),
      actionDefinitionVersion: expect.any(Number),
      actionExecutionIndexIdentifier: { enrollmentId: 4, actionExecutionIndex: 0 },
      extensionDefinitionId: expect.any(Number),
      extensionDefinitionVersionId: expect.any(Number),
    },
    context: { source: 'WORKFLOWS', workflowId: 5, actionId: 6 },
    object: {
      objectId: Number(record.id),
      objectType: 'CONTACT',
      properties: { hubspot_owner_id: '', email: 'lead@example.com' },
    },
    fields: { ownerEmail: 'ada@example.com' },
    inputFields: { ownerEmail: 'ada@example.com' },
    typedInputs: { ownerEmail: { value: 'ada@example.com', type: 'STRING' } },
  });
  const parts = { method: 'POST', uri: `${server().url}/actions/an-action`, body };
  expect(request?.headers).toMatchObject({
    'content-type': 'application/json',
    'x-hubspot-signature': signV2(SECRET, parts),
    'x-hubspot-signature-version': 'v2',
    'x-hubspot-signature-v3': signV3(SECRET, parts, START_EPOCH_MS),
    'x-hubspot-request-timestamp': String(START_EPOCH_MS),
  });
  expect(report).toMatchObject({
    callbackId: `ap-${PORTAL_ID}-4-6-0`,
    finalState: 'SUCCESS',
    outputFields: ASSIGNED.outputFields,
    historySentence: 'Assigned to Ada Example.',
    violations: [],
    repeated: undefined,
  });
});

it('signs v2 alone, over the public address, and leaves the properties out when told to', async () => {
  server().answerWith(reply(200, ASSIGNED));
  const { engine, enrollment } = makeEngine({ signatures: 'v2', signedBaseUrl: 'https://owner.example.com' });
  await engine.execute(ACTION, { ...enrollment, omitProperties: true });
  const [request] = server().received;
  const body = request?.body ?? '';
  expect(JSON.parse(body).object).not.toHaveProperty('properties');
  const uri = 'https://owner.example.com/actions/an-action';
  expect(request?.headers['x-hubspot-signature']).toBe(signV2(SECRET, { method: 'POST', uri, body }));
  expect(request?.headers).not.toHaveProperty('x-hubspot-signature-v3');
});

it('retries a 429 after the milliseconds it asks for', async () => {
  server().answerWith(reply(429, { message: 'later' }, { 'Retry-After': '2500' }), reply(200, ASSIGNED));
  const { engine, enrollment, waits } = makeEngine();
  const report = await engine.execute(ACTION, enrollment);
  expect(waits).toEqual([2_500]);
  expect(report.attempts).toMatchObject([
    { status: 429, waitMs: 2_500 },
    { status: 200, waitMs: undefined },
  ]);
  expect(report.finalState).toBe('SUCCESS');
});

it('retries 5xx with growing, compressed waits, signs anew, and keeps the callback id', async () => {
  const fail = reply(503, { message: 'down' });
  server().answerWith(fail, fail, reply(200, ASSIGNED));
  const { engine, enrollment, waits } = makeEngine({ compression: 3_000 });
  const report = await engine.execute(ACTION, enrollment);
  expect(waits).toEqual([20, 40]);
  expect(report.attempts.map(({ waitMs }) => waitMs)).toEqual([60_000, 120_000, undefined]);
  const { received } = server();
  expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  expect(new Set(received.map(({ headers }) => headers['x-hubspot-request-timestamp'])).size).toBe(3);
});

it('gives up after the last attempt', async () => {
  server().answerWith(reply(500, ''));
  const { engine, enrollment } = makeEngine({ maxAttempts: 3 });
  const report = await engine.execute(ACTION, enrollment);
  expect(report).toMatchObject({ finalState: 'GAVE_UP', historySentence: 'empty response body' });
  expect(report.attempts).toHaveLength(3);
});

it.each([400, 401, 404, 301])('takes %i for the end', async (status) => {
  server().answerWith(reply(status, { message: 'no' }));
  const { engine, enrollment, waits } = makeEngine();
  const report = await engine.execute(ACTION, enrollment);
  expect(report).toMatchObject({ finalState: 'FAILED', historySentence: 'Action failed', outputFields: {} });
  expect(report.attempts).toHaveLength(1);
  expect(waits).toEqual([]);
});

it('retries after a time-out and after a lost connection', async () => {
  const hang = (): void => undefined;
  const drop = (response: ServerResponse): void => void response.socket?.destroy();
  server().answerWith(hang, drop, reply(200, ASSIGNED));
  const { engine, enrollment } = makeEngine({ timeoutMs: 200 });
  const report = await engine.execute(ACTION, enrollment);
  expect(report.attempts).toMatchObject([
    { status: undefined, failure: 'timeout' },
    { status: undefined, failure: 'network' },
    { status: 200 },
  ]);
});

it('delivers twice, one after the other', async () => {
  server().answerWith(reply(200, ASSIGNED));
  const { engine, enrollment } = makeEngine();
  const report = await engine.execute(ACTION, enrollment, 'after');
  expect(report.repeated).toMatchObject({ finalState: 'SUCCESS', outputFields: ASSIGNED.outputFields });
  expect(server().received.map(({ body }) => body)).toEqual([server().received[0]?.body, server().received[0]?.body]);
  expect(server().mostAtOnce()).toBe(1);
});

it('delivers twice, overlapping', async () => {
  const waiting: ServerResponse[] = [];
  const answerBoth = (response: ServerResponse): void => {
    waiting.push(response);
    if (waiting.length === 2) for (const each of waiting) reply(200, ASSIGNED)(each);
  };
  server().answerWith(answerBoth);
  const { engine, enrollment } = makeEngine();
  const report = await engine.execute(ACTION, enrollment, 'overlapping');
  expect(server().mostAtOnce()).toBe(2);
  expect(report.repeated?.finalState).toBe('SUCCESS');
});

it.each([
  ['FAIL_CONTINUE', 'Action failed'],
  ['BLOCK', 'Action succeeded'],
])('reads the state %s', async (state, historySentence) => {
  const outputFields = { hs_execution_state: state, outcome: 'FAILED', ownerName: '' };
  server().answerWith(reply(200, { outputFields }));
  const { engine, enrollment } = makeEngine();
  expect(await engine.execute(ACTION, enrollment)).toMatchObject({
    finalState: state,
    historySentence,
    outputFields: { outcome: 'FAILED', ownerName: '' },
    violations: [],
  });
});

it.each([
  ['a page of HTML', (response: ServerResponse) => void response.end('<html></html>'), 'the answer is not JSON'],
  ['no outputs', reply(200, {}), 'the answer has no outputFields'],
  ['a number', reply(200, { outputFields: { outcome: 'FAILED', ownerName: 1 } }), 'output ownerName is not a string'],
  ['a missing output', reply(200, { outputFields: { outcome: 'FAILED' } }), 'output ownerName is declared but missing'],
  [
    'an undeclared output',
    reply(200, { outputFields: { outcome: 'FAILED', ownerName: '', extra: '' } }),
    'output extra is not declared',
  ],
  [
    'a stray value',
    reply(200, { outputFields: { outcome: 'MAYBE', ownerName: '' } }),
    'output outcome has a value outside its options',
  ],
  [
    'a stray state',
    reply(200, { outputFields: { hs_execution_state: 'RETRY', outcome: 'FAILED', ownerName: '' } }),
    'hs_execution_state has an unknown value',
  ],
])('takes %s for a success, and reports it', async (_, answer, violation) => {
  server().answerWith(answer);
  const { engine, enrollment } = makeEngine();
  const report = await engine.execute(ACTION, enrollment);
  expect(report).toMatchObject({ finalState: 'SUCCESS', violations: [violation] });
});
