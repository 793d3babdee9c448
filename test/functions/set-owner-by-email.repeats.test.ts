import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { addRecord, readRecordProperty } from '../../local/simulator/seed-records.ts';
import { PORTAL, type Service, startService } from '../support/service.ts';
import { useService } from '../support/use-service.ts';

const EMAIL = { ownerEmail: 'jane@example.com' };

/** A line to HubSpot that holds every write back until it is let through, and tells when one has gone through. */
function makeGatedLine() {
  const arrived = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const gatedFetch: typeof fetch = async (input, init) => {
    if (init?.method !== 'PATCH') return fetch(input, init);
    arrived.resolve();
    await gate.promise;
    const response = await fetch(input, init);
    done.resolve();
    return response;
  };
  return { arrived: arrived.promise, open: gate.resolve, done: done.promise, fetch: gatedFetch };
}

describe('Overlapping deliveries of one execution', () => {
  let service: Service;
  let line: ReturnType<typeof makeGatedLine>;
  let objectId: string;

  beforeEach(async () => {
    line = makeGatedLine();
    const sleep = async () => {
      line.open();
      await line.done;
    };
    service = await startService({ world: { fetch: line.fetch, sleep } });
    addActiveOwner(service.simulator.state, PORTAL, { email: 'jane@example.com' });
    objectId = addRecord(service.simulator.state, PORTAL, { typeId: '0-1' }).id;
  });

  afterEach(async () => {
    await service.close();
    expect(service.simulator.violations).toEqual([]);
  });

  const deliver = (container: Service) =>
    container.execute({ objectId, inputFields: EMAIL, callbackId: 'ap-8200001-1-7-0' });

  it('Overlapping deliveries in two containers make one write, and the second gets the same answer as the first', async () => {
    const other = await service.restart();
    const first = deliver(service);
    await line.arrived;
    const answers = await Promise.all([first, deliver(other)]);
    expect(answers[0].outputs).toMatchObject({ outcome: 'ASSIGNED', previousOwnerId: '' });
    expect(answers[1]).toEqual(answers[0]);
    expect(service.simulator.calls.count({ route: 'PATCH object' })).toBe(1);
    expect([...service.telemetry.counted, ...other.telemetry.counted].map(({ name }) => name)).toContain(
      'ExecutionReplayed',
    );
  });

  it('Eight simultaneous deliveries make one write', async () => {
    const containers = await Promise.all(Array.from({ length: 3 }, () => service.restart()));
    const deliveries = Array.from({ length: 8 }, (_, index) => deliver(containers[index % 3] ?? service));
    await line.arrived;
    line.open();
    const answers = await Promise.all(deliveries);
    expect(new Set(answers.map(({ outputs }) => JSON.stringify(outputs))).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(service.simulator.calls.count({ route: 'PATCH object' })).toBe(1);
  });
});

describe('Repeated deliveries', () => {
  const service = useService();
  const { addContact, ownerOf, callsOf } = service;

  it('[S11, E14] A repeated delivery gets the same answer as the first without a call, whatever changed in between', async () => {
    const { state } = service().simulator;
    const jane = addActiveOwner(state, PORTAL, { email: 'jane@example.com' });
    const objectId = addContact();
    const full = { objectId, inputFields: EMAIL, callbackId: 'ap-1' };
    const first = await service().execute(full);
    service().clock.advance(3 * 86_400_000);
    const container = await service().restart();
    const calls = await callsOf(async () => {
      expect((await container.execute(full)).outputs).toEqual(first.outputs);
    });
    expect(calls).toEqual([]);
    expect(ownerOf(objectId)).toBe(jane.id);
  });

  it('A repeated delivery starts again after HubSpot was away', async () => {
    const jane = addActiveOwner(service().simulator.state, PORTAL, { email: 'jane@example.com' });
    const objectId = addContact();
    const fault = { kind: 'status', status: 502 } as const;
    service().simulator.faults.script({ route: 'PATCH object', times: 3, fault });
    const full = { objectId, inputFields: EMAIL, callbackId: 'ap-1' };
    const failed = await service().execute(full);
    const again = await service().execute(full);
    expect([failed.status, again.status]).toEqual([503, 200]);
    expect(JSON.stringify(failed.body)).not.toContain('@');
    expect(again.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id });
  });

  it('[S13] A repeated delivery that asks for something else under the same ID is refused', async () => {
    const { state } = service().simulator;
    addActiveOwner(state, PORTAL, { email: 'bob@example.com' });
    const jane = addActiveOwner(state, PORTAL, { email: 'jane@example.com' });
    const objectId = addContact();
    await service().execute({ objectId, inputFields: EMAIL, callbackId: 'ap-1' });
    const conflict = { objectId, inputFields: { ownerEmail: 'bob@example.com' }, callbackId: 'ap-1' };
    expect((await service().execute(conflict)).outputs).toMatchObject({
      outcome: 'FAILED',
      errorCode: 'INPUT_INVALID',
    });
    expect(readRecordProperty(state, PORTAL, '0-1', objectId, 'hubspot_owner_id')).toBe(jane.id);
  });
});
