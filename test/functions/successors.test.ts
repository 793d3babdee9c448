import { addActiveOwner, addArchivedOwner, deactivateOwner } from '../../local/simulator/seed-owners.ts';
import { getPortal, type SimulatedOwner } from '../../local/simulator/state.ts';
import { COME_BACK } from '../support/enrollment.ts';
import { invokeSetSuccessor } from '../support/invoke-set-successor.ts';
import { CAPTURED_LINES } from '../support/log-guard.ts';
import { PORTAL, type Service } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';
import { expectAnswered, outputs, useService } from '../support/use-service.ts';

const service = useService();
const { addContact, ownerOf, callsOf } = service;
const GUARD_MS = 26 * 3_600_000;
const LEFT = 'left@example.com';
const OUTAGE = { kind: 'status', status: 503 } as const;
const state = () => service().simulator.state;

let left: SimulatedOwner;
let jane: SimulatedOwner;
let bob: SimulatedOwner;

beforeEach(() => {
  left = addArchivedOwner(state(), PORTAL, { email: LEFT });
  jane = addActiveOwner(state(), PORTAL, { email: 'jane@example.com', firstName: 'Jane', lastName: 'Doe' });
  bob = addActiveOwner(state(), PORTAL, { email: 'bob@example.com', firstName: 'Bob', lastName: 'Ray' });
});

const say = (data: unknown, container: Service = service()) => invokeSetSuccessor(container, data);
const name = (leaver: SimulatedOwner, successor: SimulatedOwner) =>
  say({ portalId: String(PORTAL), leaver: leaver.id, successor: successor.id });

async function set(inputFields: Readonly<Record<string, string>> = { ownerEmail: LEFT }, properties = {}) {
  const objectId = addContact(properties);
  const answer = await service().execute({ objectId, inputFields });
  return { ...answer, written: ownerOf(objectId) };
}

/** How often `work` reads the successor map, and how often it reads the table at all. */
async function readsOf(container: Service, work: () => Promise<unknown>) {
  const send = jest.spyOn(container.table.client, 'send');
  await work();
  const keys = send.mock.calls.flatMap(([command]) =>
    command.constructor.name === 'GetItemCommand' ? [JSON.stringify(command.input)] : [],
  );
  send.mockRestore();
  return { all: keys.length, successors: keys.filter((key) => key.includes('#successor#')).length };
}

describe('Records of a leaver', () => {
  it('Records of a leaver go to the successor, and both actions report whom the successor replaces', async () => {
    const command = { portalId: PORTAL, leaver: 'Left <LEFT@example.com>', successor: 'jane@example.com' };
    expect(await say(command)).toEqual({
      status: 'set',
      leaverOwnerId: left.id,
      leaverEmail: LEFT,
      successorOwnerId: jane.id,
      successorEmail: 'jane@example.com',
    });
    const told = {
      ownerId: jane.id,
      ownerEmail: 'jane@example.com',
      ownerName: 'Jane Doe',
      userId: String(jane.userId),
      substitutedFor: left.id,
      substitutedForName: LEFT,
      matchedBy: 'EMAIL',
      matchedEmail: LEFT,
      reason: 'SUCCESSOR',
      ownerDataAgeSeconds: '0',
    };
    const found = await service().execute({ action: 'find', objectId: '1', inputFields: { ownerEmail: LEFT } });
    expectAnswered(found, outputs({ outcome: 'FOUND', resolvedFrom: 'CACHE', ...told }));
    const answer = await set();
    expectAnswered(answer, outputs({ outcome: 'ASSIGNED', resolvedFrom: 'CACHE', ...told }));
    expect(answer.written).toBe(jane.id);
  });

  it('Records of a leaver are unchanged when the successor has them already', async () => {
    await name(left, jane);
    const has = { hubspot_owner_id: jane.id };
    expect((await set(undefined, has)).outputs).toMatchObject({
      outcome: 'ALREADY_ASSIGNED',
      substitutedFor: left.id,
      previousOwnerId: jane.id,
      errorCode: '',
    });
    const kept = await set({ ownerEmail: LEFT, overwrite: 'IF_UNASSIGNED' }, { hubspot_owner_id: bob.id });
    expect(kept.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', ownerId: bob.id, substitutedFor: '' });
  });

  it('Records of a leaver do not go to the fallback owner, who is for leavers without a successor', async () => {
    const fallback = { ownerEmail: LEFT, ifNotAssignable: 'FALLBACK', fallbackOwner: bob.id };
    expect(await set(fallback)).toMatchObject({ written: bob.id, outputs: { errorCode: 'OWNER_DEACTIVATED' } });
    await name(left, jane);
    expect(await set(fallback)).toMatchObject({ written: jane.id, outputs: { outcome: 'ASSIGNED', errorCode: '' } });
  });

  it('Records of a leaver follow a chain to the first active successor', async () => {
    const second = addArchivedOwner(state(), PORTAL, { email: 'second@example.com' });
    await name(second, bob);
    expect(await name(left, second)).toMatchObject({ status: 'set', successorEmail: 'second@example.com' });
    expect(await set()).toMatchObject({ written: bob.id, outputs: { substitutedFor: left.id, ownerName: 'Bob Ray' } });
  });

  it('[O4] Records of a leaver go to nobody after the last of the chain left, and to the next when one is set', async () => {
    await name(left, jane);
    deactivateOwner(state(), PORTAL, jane.id);
    service().clock.advance(GUARD_MS + 1);
    expect(await set()).toMatchObject({
      written: '',
      outputs: { outcome: 'FAILED', errorCode: 'OWNER_DEACTIVATED', substitutedFor: '', ownerId: '' },
    });
    await name(jane, bob);
    expect((await set()).written).toBe(bob.id);
  });

  it('Records stay with an owner who has a successor but has not left yet', async () => {
    expect(await name(jane, bob)).toMatchObject({ status: 'set' });
    const ofJane = { ownerEmail: 'jane@example.com' };
    expect(await set(ofJane)).toMatchObject({ written: jane.id, outputs: { substitutedFor: '' } });
    deactivateOwner(state(), PORTAL, jane.id);
    service().clock.advance(GUARD_MS + 1);
    expect(await set(ofJane)).toMatchObject({ written: bob.id, outputs: { substitutedFor: jane.id } });
  });

  it('Records of a leaver go to nobody again after the successor is removed', async () => {
    await name(left, jane);
    expect((await set()).written).toBe(jane.id);
    const command = { portalId: PORTAL, leaver: LEFT, remove: true };
    expect(await say(command)).toMatchObject({ status: 'removed', leaverOwnerId: left.id, successorOwnerId: jane.id });
    expect(await set()).toMatchObject({ written: '', outputs: { errorCode: 'OWNER_DEACTIVATED' } });
  });

  it('A successor takes effect at once, in every container', async () => {
    const other = await service().restart();
    expect((await set()).outputs.errorCode).toBe('OWNER_DEACTIVATED');
    await say({ portalId: PORTAL, leaver: left.id, successor: jane.id }, other);
    expect((await set()).written).toBe(jane.id);
  });
});

describe('The leaver guard for successors', () => {
  it('[O5] A successor with only an old row is confirmed by HubSpot', async () => {
    await name(left, jane);
    service().clock.advance(GUARD_MS + 1);
    const calls = await callsOf(async () => expect((await set()).written).toBe(jane.id));
    expect(calls.filter((route) => route === 'GET owner')).toHaveLength(1);
    service().clock.advance(60_000);
    expect(await callsOf(() => set())).toEqual(['PATCH object']);
  });

  it('[O5] An execution is returned to HubSpot while a successor cannot be confirmed', async () => {
    await name(left, jane);
    service().clock.advance(GUARD_MS + 1);
    service().simulator.faults.script({ route: 'GET owner', times: 3, fault: OUTAGE });
    expect(await set()).toMatchObject({ ...COME_BACK, written: '' });
    service().clock.advance(60_001);
    expect((await set()).written).toBe(jane.id);
  });

  it('[O6, H1] The next in the chain is assigned when HubSpot refuses the ID of a successor', async () => {
    await name(jane, bob);
    await name(left, jane);
    await set();
    getPortal(state(), PORTAL).owners.delete(jane.id);
    expect(await set()).toMatchObject({
      written: bob.id,
      outputs: { outcome: 'ASSIGNED', ownerId: bob.id, substitutedFor: left.id },
    });
  });
});

it('[S11, E14] A second delivery gets the same answer, whichever successor was set meanwhile', async () => {
  await name(left, jane);
  const enrollment = { objectId: addContact(), inputFields: { ownerEmail: LEFT }, callbackId: 'ap-8200001-9-9-0' };
  const first = await service().execute(enrollment);
  await name(left, bob);
  const container = await service().restart();
  const second = await container.execute(enrollment);
  expect(first.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerName: 'Jane Doe', substitutedFor: left.id });
  expect(second.outputs).toEqual(first.outputs);
  expect(ownerOf(enrollment.objectId)).toBe(jane.id);
});

it('An assignable owner takes no read of the successors, and a leaver takes one for each hop', async () => {
  await name(left, jane);
  const ofJane = { ownerEmail: 'jane@example.com' };
  await set(ofJane);
  // Otherwise the permits of the first one stand in the way, and the engine is read to see by how much.
  service().clock.advance(1_000);
  expect(await readsOf(service(), () => set(ofJane))).toEqual({ all: 0, successors: 0 });
  expect(await readsOf(service(), () => set({ ownerEmail: 'nobody@example.com' }))).toMatchObject({ successors: 0 });
  await set();
  service().clock.advance(1_000);
  // The other read asks whether the address has an alias.
  expect(await readsOf(service(), () => set())).toEqual({ all: 2, successors: 1 });
});

it('[O11] Successor items and logs contain only IDs', async () => {
  const before = CAPTURED_LINES.length;
  await say({ portalId: PORTAL, leaver: LEFT, successor: 'jane@example.com' });
  await say({ portalId: PORTAL, leaver: LEFT, successor: 'nobody@example.com' });
  await set();
  const items = (await readAllItems(service().table)).filter((item) =>
    ['successor', 'execution'].includes(item.sk?.S ?? ''),
  );
  expect(items.map((item) => item.sk?.S).sort()).toEqual(['execution', 'successor']);
  const personal = /@|example\.com|jane|doe/i;
  expect(items.filter((item) => personal.test(JSON.stringify(item)))).toEqual([]);
  const lines = CAPTURED_LINES.slice(before);
  expect(lines.filter((line) => line.includes('successor answered'))).toHaveLength(2);
  expect(lines.filter((line) => personal.test(line))).toEqual([]);
});
