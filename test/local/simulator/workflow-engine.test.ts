import type { ServerResponse } from 'node:http';
import { addCustomObjectType, addProperty } from '../../../local/simulator/seed-portals.ts';
import { addRecord } from '../../../local/simulator/seed-records.ts';
import { signV2, signV3 } from '../../../local/simulator/sign.ts';
import { START_EPOCH_MS } from '../../support/clock.ts';
import { ACTION, ASSIGNED, makeEngine as makeEngineFor, SECRET } from './make-engine.ts';
import { reply, useActionServer } from './use-action-server.ts';
import { PORTAL_ID } from './use-simulator.ts';

const server = useActionServer();
const makeEngine = (options = {}) => makeEngineFor(server().url, options);

it('The workflow engine sends the documented body, signed both ways over the exact bytes', async () => {
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

it('The workflow engine signs with v2 only, over the public address, and omits the properties when set so', async () => {
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

it('The workflow engine sends an execution without an object for an event-based workflow, and names custom objects as it is set', async () => {
  server().answerWith(reply(200, ASSIGNED));
  const { engine, enrollment, state } = makeEngine();
  await engine.execute(ACTION, { ...enrollment, omitObject: true });
  addCustomObjectType(state, PORTAL_ID, { typeId: '2-345', name: 'car' });
  addProperty(state, PORTAL_ID, '2-345', { name: 'email' });
  const car = addRecord(state, PORTAL_ID, { typeId: '2-345', properties: { email: 'driver@example.com' } });
  const objectType = `p${PORTAL_ID}_car`;
  await engine.execute(ACTION, { ...enrollment, objectType, objectId: car.id });
  const [eventBased, custom] = server().received.map(({ body }) => JSON.parse(body));
  expect(eventBased).not.toHaveProperty('object');
  expect(custom.object).toMatchObject({ objectType, properties: { email: 'driver@example.com' } });
});

it('The workflow engine retries a 429 after the milliseconds that it asks for', async () => {
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

it('The workflow engine retries a 5xx with growing, compressed waits, a new signature and the same callback ID', async () => {
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

it('The workflow engine gives up after the last attempt', async () => {
  server().answerWith(reply(500, ''));
  const { engine, enrollment } = makeEngine({ maxAttempts: 3 });
  const report = await engine.execute(ACTION, enrollment);
  expect(report).toMatchObject({ finalState: 'GAVE_UP', historySentence: 'empty response body' });
  expect(report.attempts).toHaveLength(3);
});

it.each([400, 401, 404, 301])('The workflow engine does not retry the status %i', async (status) => {
  server().answerWith(reply(status, { message: 'no' }));
  const { engine, enrollment, waits } = makeEngine();
  const report = await engine.execute(ACTION, enrollment);
  expect(report).toMatchObject({ finalState: 'FAILED', historySentence: 'Action failed', outputFields: {} });
  expect(report.attempts).toHaveLength(1);
  expect(waits).toEqual([]);
});

it('The workflow engine retries after a timeout and after a lost connection', async () => {
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

it('The workflow engine delivers an execution twice, one after the other', async () => {
  server().answerWith(reply(200, ASSIGNED));
  const { engine, enrollment } = makeEngine();
  const report = await engine.execute(ACTION, enrollment, 'after');
  expect(report.repeated).toMatchObject({ finalState: 'SUCCESS', outputFields: ASSIGNED.outputFields });
  expect(server().received.map(({ body }) => body)).toEqual([server().received[0]?.body, server().received[0]?.body]);
  expect(server().mostAtOnce()).toBe(1);
});

it('The workflow engine delivers an execution twice, overlapping', async () => {
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
])('The workflow engine reads the state %s', async (state, historySentence) => {
  const outputFields = { hs_execution_state: state, outcome: 'FAILED', ownerName: '', ownerId: '' };
  server().answerWith(reply(200, { outputFields }));
  const { engine, enrollment } = makeEngine();
  expect(await engine.execute(ACTION, enrollment)).toMatchObject({
    finalState: state,
    historySentence,
    outputFields: { outcome: 'FAILED', ownerName: '', ownerId: '' },
    violations: [],
  });
});

it.each([
  ['a page of HTML', (response: ServerResponse) => void response.end('<html></html>'), 'the answer is not JSON'],
  ['no outputs', reply(200, {}), 'the answer has no outputFields'],
  [
    'a number',
    reply(200, { outputFields: { outcome: 'FAILED', ownerName: 1, ownerId: '' } }),
    'output ownerName is not a string',
  ],
  [
    'a missing output',
    reply(200, { outputFields: { outcome: 'FAILED', ownerId: '' } }),
    'output ownerName is declared but missing',
  ],
  [
    'an undeclared output',
    reply(200, { outputFields: { outcome: 'FAILED', ownerName: '', ownerId: '', extra: '' } }),
    'output extra is not declared',
  ],
  [
    'a stray value',
    reply(200, { outputFields: { outcome: 'MAYBE', ownerName: '', ownerId: '' } }),
    'output outcome has a value outside its options',
  ],
  [
    'a stray state',
    reply(200, { outputFields: { hs_execution_state: 'RETRY', outcome: 'FAILED', ownerName: '', ownerId: '' } }),
    'hs_execution_state has an unknown value',
  ],
])('The workflow engine takes %s for a success, and reports it', async (_, answer, violation) => {
  server().answerWith(answer);
  const { engine, enrollment } = makeEngine();
  const report = await engine.execute(ACTION, enrollment);
  expect(report).toMatchObject({ finalState: 'SUCCESS', violations: [violation] });
});
