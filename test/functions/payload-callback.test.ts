import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { addRecord } from '../../local/simulator/seed-records.ts';
import { makeEvent } from '../support/http-events.ts';
import { makeExecution } from '../support/offline-service.ts';
import { PORTAL, type Service, startService } from '../support/service.ts';

const EMAIL = 'jane@example.com';
let service: Service;
let objectId: string;

beforeAll(async () => {
  service = await startService();
  addActiveOwner(service.simulator.state, PORTAL, { email: EMAIL });
});

beforeEach(() => {
  objectId = addRecord(service.simulator.state, PORTAL, { typeId: '0-1' }).id;
});

afterAll(async () => {
  expect(service.simulator.violations).toEqual([]);
  await service.close();
});

const writes = () => service.simulator.calls.count({ route: 'PATCH object' });

async function execute(parts: object) {
  const object = { objectId, objectType: 'CONTACT', properties: { hubspot_owner_id: '' } };
  const body = JSON.stringify(makeExecution({ object, inputFields: { ownerEmail: EMAIL }, ...parts }));
  return service.send(makeEvent({ body, nowEpochMs: service.clock.now() }));
}

const originOf = (enrollmentId: number, actionExecutionIndex: number) => ({
  portalId: PORTAL,
  actionExecutionIndexIdentifier: { enrollmentId, actionExecutionIndex },
});
const ORIGIN = originOf(4, 0);

describe('Unusable callback IDs', () => {
  it.each([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['a number', 17],
    ['a list', ['ap-1']],
    ['an object', { id: 'ap-1' }],
    ['with a slash', 'ap/1'],
    ['with white space', 'ap 1'],
    ['with a line break behind', 'ap-1\n'],
    ['not ASCII', 'ap-é'],
    ['of 201 characters', 'a'.repeat(201)],
    ['of 100,000 characters', 'a'.repeat(100_000)],
  ])('[P14] With a callback ID that is %s, each execution still runs exactly once', async (_name, callbackId) => {
    const before = writes();
    const first = await execute({ callbackId, origin: ORIGIN });
    const second = await execute({ callbackId, origin: ORIGIN });
    expect(first.outputs).toMatchObject({ outcome: 'ASSIGNED' });
    expect(second.outputs).toEqual(first.outputs);
    expect(writes() - before).toBe(1);
    await execute({ callbackId, origin: originOf(5, 0) });
    expect(writes() - before).toBe(2);
  });

  it.each([
    ['ap/1', 'ap/2'],
    [17, 18],
  ])(
    '[P14] Callback IDs of a form that we do not know distinguish executions, without an enrollment, too: %j and %j',
    async (one, other) => {
      const before = writes();
      const same = { origin: { portalId: PORTAL } };
      for (const callbackId of [one, other, one]) await execute({ ...same, callbackId });
      expect(writes() - before).toBe(2);
    },
  );

  it.each([
    ['another workflow', { context: { workflowId: 63, actionId: 7 } }],
    ['another action of the workflow', { context: { workflowId: 62, actionId: 8 } }],
    ['another enrollment', { origin: originOf(5, 0) }],
    ['another round of the enrollment', { origin: originOf(4, 1) }],
    ['another input', { inputFields: { ownerEmail: EMAIL, overwrite: 'ALWAYS' } }],
  ])('[P14] Without a usable callback ID, executions are distinguished by %s', async (_name, parts) => {
    const before = writes();
    const same = { callbackId: undefined, origin: ORIGIN, context: { workflowId: 62, actionId: 7 } };
    await execute(same);
    await execute({ ...same, ...parts });
    expect(writes() - before).toBe(2);
  });
});

describe('Usable callback IDs', () => {
  it.each([
    ['as HubSpot writes it', `ap-${PORTAL}-4-7-0`],
    ['of 200 characters', 'a'.repeat(200)],
    ['that is a member of every object', '__proto__'],
  ])('[P14] A callback ID (%s) alone distinguishes executions', async (_name, callbackId) => {
    const before = writes();
    const first = await execute({ callbackId, context: { workflowId: 62 } });
    const second = await execute({ callbackId, context: { workflowId: 63 } });
    expect(first.outputs).toMatchObject({ outcome: 'ASSIGNED' });
    expect(second.outputs).toEqual(first.outputs);
    expect(writes() - before).toBe(1);
  });
});
