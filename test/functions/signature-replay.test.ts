import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { addRecord, readRecordProperty } from '../../local/simulator/seed-records.ts';
import { makeEvent } from '../support/http-events.ts';
import { makeExecution } from '../support/offline-service.ts';
import { PORTAL, type Service, startService } from '../support/service.ts';

const DAY_MS = 86_400_000;
let service: Service;
let ownerId: string;
let objectId: string;

beforeEach(async () => {
  service = await startService();
  ownerId = addActiveOwner(service.simulator.state, PORTAL, { email: 'jane@example.com' }).id;
  objectId = addRecord(service.simulator.state, PORTAL, { typeId: '0-1' }).id;
});

afterEach(async () => {
  expect(service.simulator.violations).toEqual([]);
  await service.close();
});

const bodyOf = (parts: object = {}) =>
  JSON.stringify(
    makeExecution({ object: { objectId, objectType: 'CONTACT', properties: { hubspot_owner_id: '' } }, ...parts }),
  );
const writes = () => service.simulator.calls.count({ route: 'PATCH object' });
const ownerOfRecord = () => readRecordProperty(service.simulator.state, PORTAL, '0-1', objectId, 'hubspot_owner_id');
const countsOf = (name: string) => service.telemetry.counted.filter((metric) => metric.name === name);

describe('Repeated requests', () => {
  it('[S11, E14] A repeated request gets exactly the same answer as the first, and writes nothing', async () => {
    const event = makeEvent({ body: bodyOf(), nowEpochMs: service.clock.now() });
    const first = await service.send(event);
    const mark = service.simulator.calls.mark();
    service.clock.advance(299_000);
    const second = await service.send(event);

    expect(first.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId });
    expect(second).toEqual(first);
    expect(service.simulator.calls.since(mark)).toEqual([]);
    expect(countsOf('ExecutionReplayed')).toHaveLength(1);
  });

  it('[S11, E14] A repeated request gets the same answer from another container too, also for a failure', async () => {
    const failing = makeEvent({
      body: bodyOf({ inputFields: { ownerEmail: 'nobody@example.com' } }),
      nowEpochMs: service.clock.now(),
    });
    const first = await service.send(failing);
    const other = await service.restart();
    const mark = service.simulator.calls.mark();
    const second = await other.send(failing);

    expect(first.outputs).toMatchObject({ errorCode: 'OWNER_NOT_FOUND' });
    expect(second).toEqual(first);
    expect(service.simulator.calls.since(mark)).toEqual([]);
  });

  it('[S11] A repeated request does not undo what people did in between', async () => {
    const event = makeEvent({ body: bodyOf(), nowEpochMs: service.clock.now() });
    await service.send(event);
    const other = addActiveOwner(service.simulator.state, PORTAL, { email: 'joe@example.com' });
    const moved = { object: { objectId, objectType: 'CONTACT' }, inputFields: { ownerEmail: 'joe@example.com' } };
    await service.send(makeEvent({ body: bodyOf(moved), nowEpochMs: service.clock.now() }));
    await service.send(event);
    expect(ownerOfRecord()).toBe(other.id);
  });
});

describe('Captured v2 requests, which contain no time', () => {
  it('[S12] A captured v2 request is answered from the ledger eight days later, without a call', async () => {
    const event = makeEvent({ body: bodyOf(), nowEpochMs: service.clock.now(), signatures: 'v2' });
    const first = await service.send(event);
    const mark = service.simulator.calls.mark();
    service.clock.advance(8 * DAY_MS);
    const replayed = await service.send(event);

    expect(replayed.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId });
    expect(replayed.outputs.previousOwnerId).toBe(first.outputs.previousOwnerId);
    expect(service.simulator.calls.since(mark)).toEqual([]);
  });

  it('[S12] A captured v2 request is remembered for exactly nine days, and after that sets the same owner at worst', async () => {
    const event = makeEvent({ body: bodyOf(), nowEpochMs: service.clock.now(), signatures: 'v2' });
    await service.send(event);
    service.clock.advance(9 * DAY_MS);
    await service.send(event);
    expect(writes()).toBe(1);
    service.clock.advance(1_000);
    const afterwards = await service.send(event);

    expect(afterwards.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId });
    expect(writes()).toBe(2);
    expect(ownerOfRecord()).toBe(ownerId);
  });

  it('[S12] A v3 request is refused after five minutes, whatever the ledger knows', async () => {
    const event = makeEvent({ body: bodyOf(), nowEpochMs: service.clock.now() });
    await service.send(event);
    service.clock.advance(300_000);
    expect((await service.send(event)).status).toBe(200);
    service.clock.advance(1);
    expect((await service.send(event)).status).toBe(401);
  });
});

describe('One callback ID with two payloads', () => {
  it.each([
    ['another email', { inputFields: { ownerEmail: 'joe@example.com' } }],
    ['another option', { inputFields: { ownerEmail: 'jane@example.com', overwrite: 'IF_UNASSIGNED' } }],
    ['another record', { object: { objectId: 999_999, objectType: 'CONTACT' } }],
    ['another type', { object: { objectId: 999_999, objectType: 'DEAL' } }],
  ])(
    '[S13] A second payload with %s under the same callback ID is refused and raises an alarm',
    async (_name, parts) => {
      const callbackId = `ap-${PORTAL}-4-7-0`;
      await service.send(makeEvent({ body: bodyOf({ callbackId }), nowEpochMs: service.clock.now() }));
      const mark = service.simulator.calls.mark();
      const second = await service.send(
        makeEvent({ body: bodyOf({ callbackId, ...parts }), nowEpochMs: service.clock.now() }),
      );

      expect(second.status).toBe(200);
      expect(second.outputs).toMatchObject({ errorCode: 'INPUT_INVALID', hs_execution_state: 'FAIL_CONTINUE' });
      expect(second.outputs.errorMessage).toContain('callbackId');
      expect(countsOf('ExecutionConflict')).toHaveLength(1);
      expect(service.simulator.calls.since(mark)).toEqual([]);
    },
  );

  it('[S13] A changed owner on the record does not count as another payload', async () => {
    const callbackId = `ap-${PORTAL}-4-7-1`;
    const first = await service.send(makeEvent({ body: bodyOf({ callbackId }), nowEpochMs: service.clock.now() }));
    const object = { objectId, objectType: 'CONTACT', properties: { hubspot_owner_id: ownerId } };
    const body = bodyOf({ callbackId, object });
    const second = await service.send(makeEvent({ body, nowEpochMs: service.clock.now() }));
    expect(second.outputs).toEqual(first.outputs);
    expect(countsOf('ExecutionConflict')).toEqual([]);
  });
});
