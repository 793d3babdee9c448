import type { ServerResponse } from 'node:http';
import type { FloodProgress } from '../../../local/simulator/flood.ts';
import { ACTION, ASSIGNED, FAILED, makeEngine as makeEngineFor } from './make-engine.ts';
import { reply, useActionServer } from './use-action-server.ts';

const OWNER_ID = '410000001';
const server = useActionServer();
const makeEngine = (options = {}) => makeEngineFor(server().url, options);
type Made = ReturnType<typeof makeEngine>;

const fast = { perSecond: Number.POSITIVE_INFINITY, maxInFlight: 8 };
const assigned = (ownerId: string) => ({ ...ASSIGNED.outputFields, ownerId });
const block = reply(200, { outputFields: { hs_execution_state: 'BLOCK', hs_expiration_duration: 'PT20M' } });

/** Floods with executions that are all blocked, and answers once they wait. */
async function floodBlocked(made: Made, enrollments = made.enrollments(3, OWNER_ID)) {
  server().answerWith(block);
  const flood = made.engine.flood({ action: ACTION, enrollments, ...fast });
  while (made.state.blocked.waiting() < enrollments.length) await new Promise(setImmediate);
  const ids = server().received.map(({ body }) => String(JSON.parse(body).callbackId));
  return { flood, ids };
}

it('A flood counts the executions that were answered inline, by how they ended', async () => {
  const { engine, enrollments } = makeEngine({ maxAttempts: 1 });
  const answers = [
    reply(200, { outputFields: assigned(OWNER_ID) }),
    reply(200, { outputFields: { ...FAILED, hs_execution_state: 'FAIL_CONTINUE' } }),
    reply(400, { message: 'no' }),
    reply(500, { message: 'down' }),
  ];
  server().answerWith(...answers);
  const flood = engine.flood({ action: ACTION, enrollments: enrollments(4, OWNER_ID), ...fast });
  expect(await flood.settled()).toMatchObject({
    enrolled: 4,
    answeredInline: 2,
    blocked: 0,
    completed: 0,
    failed: 1,
    refused: 1,
    gaveUp: 1,
    expired: 0,
    pending: 0,
    lost: 0,
    wrong: 0,
    violations: {},
    requests: 4,
    answered5xx: 1,
    latencyMs: { p50: 0, max: 0 },
  });
});

it('A flood waits as long as a 429 asks, backs off from a 5xx, and enrolls others meanwhile', async () => {
  const ok = reply(200, { outputFields: assigned(OWNER_ID) });
  server().answerWith(reply(429, {}, { 'Retry-After': '2500' }), reply(503, {}), ok);
  const { engine, enrollments, waits } = makeEngine();
  const flood = engine.flood({ action: ACTION, enrollments: enrollments(3, OWNER_ID), ...fast, maxInFlight: 1 });
  const report = await flood.settled();
  expect(report).toMatchObject({ answeredInline: 3, requests: 5, answered429: 1, answered5xx: 1 });
  expect(waits).toEqual([2_500, 20]);
  expect(server().mostAtOnce()).toBe(1);
});

it('A flood enrolls at the given rate', async () => {
  server().answerWith(reply(200, { outputFields: assigned(OWNER_ID) }));
  const { engine, enrollments, clock } = makeEngine();
  const startedAt = clock.now();
  const flood = engine.flood({
    action: ACTION,
    enrollments: enrollments(31, OWNER_ID),
    perSecond: 100,
    maxInFlight: 50,
  });
  await flood.settled();
  expect(clock.now() - startedAt).toBe(300);
});

it('A flood keeps to the given number of open requests', async () => {
  const waiting: ServerResponse[] = [];
  server().answerWith((response) => void waiting.push(response));
  const { engine, enrollments } = makeEngine();
  const flood = engine.flood({ action: ACTION, enrollments: enrollments(7, OWNER_ID), ...fast, maxInFlight: 3 });
  while (server().received.length < 3) await new Promise(setImmediate);
  expect(flood.report()).toMatchObject({ enrolled: 3, pending: 3 });
  const answer = reply(200, { outputFields: assigned(OWNER_ID) });
  server().answerWith(answer);
  for (const response of waiting) answer(response);
  expect(await flood.settled()).toMatchObject({ answeredInline: 7 });
  expect(server().mostAtOnce()).toBe(3);
});

it('A flood follows blocked executions to their end', async () => {
  const made = makeEngine();
  const { flood, ids } = await floodBlocked(made);
  expect(flood.report()).toMatchObject({ blocked: 3, pending: 3, completed: 0, latencyMs: undefined });
  made.clock.advance(1_000);
  const [first = '', second = '', third = ''] = ids;
  made.complete(first, { ...assigned(OWNER_ID), hs_execution_state: 'SUCCESS' });
  made.complete(second, { ...FAILED, hs_execution_state: 'FAIL_CONTINUE' });
  made.complete(second, { ...FAILED, hs_execution_state: 'FAIL_CONTINUE' });
  made.complete('nobody', { ...FAILED, hs_execution_state: 'SUCCESS' });
  made.clock.advance(20 * 60_000);
  made.complete(third, { ...FAILED, hs_execution_state: 'SUCCESS' });
  expect(await flood.settled()).toMatchObject({
    blocked: 3,
    answeredInline: 0,
    completed: 2,
    failed: 1,
    expired: 1,
    late: 1,
    doubled: 1,
    unknownCompletions: 1,
    distinctCompletions: 2,
    wrong: 0,
    lost: 0,
    latencyMs: { p50: 1_000, max: 1_000 },
  });
});

it('An execution without an end is lost when the time of the flood is over, until it has one', async () => {
  const made = makeEngine();
  const { flood, ids } = await floodBlocked(made);
  const untilEpochMs = made.clock.now() + 60_000;
  expect(await flood.settled({ untilEpochMs })).toMatchObject({ blocked: 3, pending: 0, lost: 3, expired: 0 });
  made.complete(ids[0] ?? '', { ...assigned(OWNER_ID), hs_execution_state: 'SUCCESS' });
  await new Promise(setImmediate);
  expect(flood.report()).toMatchObject({ completed: 1, lost: 2 });
});

it('A flood counts executions that expire while they wait', async () => {
  const made = makeEngine();
  const { flood } = await floodBlocked(made);
  const untilEpochMs = made.clock.now() + 20 * 60_000;
  expect(await flood.settled({ untilEpochMs })).toMatchObject({ expired: 3, lost: 0, late: 0 });
});

it.each([
  ['names whom the record has', OWNER_ID, OWNER_ID, OWNER_ID, 0],
  ['names somebody else', '410000002', OWNER_ID, undefined, 1],
  ['names an owner though the record has none', OWNER_ID, '', undefined, 1],
  ['names whom the record has, who is not the one expected', OWNER_ID, OWNER_ID, '410000002', 1],
  ['names nobody, as expected', '', OWNER_ID, '', 0],
  ['names nobody though somebody was expected', '', OWNER_ID, OWNER_ID, 1],
])('A flood checks a success that %s, inline and in a completion', async (_, named, inCrm, expectedOwnerId, wrong) => {
  const made = makeEngine();
  const given = made
    .enrollments(1, inCrm)
    .map((each) => (expectedOwnerId === undefined ? each : { ...each, expectedOwnerId }));
  const { flood, ids } = await floodBlocked(made, given);
  made.complete(ids[0] ?? '', { ...assigned(named), hs_execution_state: 'SUCCESS' });
  expect(await flood.settled()).toMatchObject({ wrong, failed: 0 });
  server().answerWith(reply(200, { outputFields: assigned(named) }));
  expect(await made.engine.flood({ action: ACTION, enrollments: given, ...fast }).settled()).toMatchObject({ wrong });
});

it('A flood checks the owner property that the step sets', async () => {
  const made = makeEngine();
  const [enrollment] = made.enrollments(1, OWNER_ID);
  if (enrollment === undefined) throw new Error('no enrollment');
  const enrollments = [{ ...enrollment, inputFields: { ...enrollment.inputFields, ownerProperty: 'lastname' } }];
  server().answerWith(reply(200, { outputFields: assigned(OWNER_ID) }));
  expect(await made.engine.flood({ action: ACTION, enrollments, ...fast }).settled()).toMatchObject({ wrong: 1 });
});

it('A flood counts mistakes by their text', async () => {
  server().answerWith(reply(200, { outputFields: { outcome: 'ASSIGNED', ownerName: 'Ada' } }));
  const { engine, enrollments } = makeEngine();
  const report = await engine.flood({ action: ACTION, enrollments: enrollments(2), ...fast }).settled();
  expect(report.violations).toEqual({ 'output ownerId is declared but missing': 2 });
});

it('A flood reports a part of the enrollments', async () => {
  server().answerWith(reply(200, { outputFields: assigned(OWNER_ID) }));
  const { engine, enrollments } = makeEngine();
  const all = enrollments(5, OWNER_ID);
  const flood = engine.flood({ action: ACTION, enrollments: all, ...fast });
  await flood.settled();
  expect(flood.report(({ objectId }) => objectId === all[0]?.objectId)).toMatchObject({ enrolled: 1, requests: 1 });
});

it('A flood reports its progress', async () => {
  server().answerWith(reply(200, { outputFields: assigned(OWNER_ID) }));
  const { engine, enrollments } = makeEngine();
  const told: FloodProgress[] = [];
  const onProgress = (progress: FloodProgress) => void told.push(progress);
  await engine.flood({ action: ACTION, enrollments: enrollments(200, OWNER_ID), ...fast, onProgress }).settled();
  expect(told).toHaveLength(40);
  expect(told.at(-1)).toEqual({ enrolled: 200, ended: 200, total: 200 });
});

it('A flood without enrollments is over at once', async () => {
  const { engine } = makeEngine();
  expect(await engine.flood({ action: ACTION, enrollments: [], ...fast }).settled()).toMatchObject({ enrolled: 0 });
});

it('A flood enrolls each record under an ID of its own', async () => {
  server().answerWith(reply(200, { outputFields: assigned(OWNER_ID) }));
  const made = makeEngine();
  const enrollments = made.enrollments(50, OWNER_ID);
  await made.engine.flood({ action: ACTION, enrollments, ...fast }).settled();
  const bodies = server().received.map(({ body }) => JSON.parse(body));
  expect(new Set(bodies.map(({ callbackId }) => callbackId)).size).toBe(50);
  const sent = bodies.map(({ object }) => String(object.objectId));
  expect(sent.sort()).toEqual(enrollments.map(({ objectId }) => objectId).sort());
});
