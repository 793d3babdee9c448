import { addActiveOwner, addArchivedOwner, deactivateOwner } from '../../local/simulator/seed-owners.ts';
import type { SimulatedOwner } from '../../local/simulator/state.ts';
import { enroll } from '../support/enrollment.ts';
import { invokeSetSuccessor } from '../support/invoke-set-successor.ts';
import { refreshPortal } from '../support/refresh-portal.ts';
import { OTHER_PORTAL, PORTAL, type Service } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
const OUTAGE = { kind: 'status', status: 503 } as const;

let left: SimulatedOwner;
let jane: SimulatedOwner;
let bob: SimulatedOwner;

beforeEach(() => {
  const { state } = service().simulator;
  left = addArchivedOwner(state, PORTAL, { email: 'left@example.com' });
  jane = addActiveOwner(state, PORTAL, { email: 'jane@example.com' });
  bob = addActiveOwner(state, PORTAL, { email: 'bob@example.com' });
});

const say = (data: unknown, container: Service = service()) => invokeSetSuccessor(container, data);
const name = (leaver: SimulatedOwner, successor: SimulatedOwner) =>
  say({ portalId: PORTAL, leaver: leaver.id, successor: successor.id });

it('[M1] A successor is named by ID for a leaver whom HubSpot no longer lists, also long after the refresh', async () => {
  const { simulator, clock } = service();
  await refreshPortal(service());
  deactivateOwner(simulator.state, PORTAL, jane.id, 'vanishes');
  clock.advance(86_400_000);
  await refreshPortal(service());
  clock.advance(3_600_000);
  expect(await name(jane, bob)).toEqual({
    status: 'set',
    leaverOwnerId: jane.id,
    successorOwnerId: bob.id,
    successorEmail: 'bob@example.com',
  });
  const { outputs } = await enroll(service(), { email: 'jane@example.com' });
  expect(outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: bob.id, substitutedFor: jane.id });
});

describe('Inputs of the operator', () => {
  it('[M4] People are found by their email as HubSpot spells it, before the first refresh', async () => {
    const zoe = addActiveOwner(service().simulator.state, PORTAL, { email: 'Zoe.Day@Example.com' });
    const named = await say({ portalId: PORTAL, leaver: left.id, successor: 'Zoe.Day@Example.com' });
    expect(named).toMatchObject({ status: 'set', successorOwnerId: zoe.id });
  });

  it('A successor that would close a loop is refused, and nothing is stored', async () => {
    await name(left, jane);
    await name(jane, bob);
    const before = await readAllItems(service().table);
    expect(await name(bob, left)).toMatchObject({ status: 'refused', reason: 'SUCCESSOR_LOOP' });
    expect(await name(bob, bob)).toMatchObject({ status: 'refused', reason: 'SUCCESSOR_LOOP' });
    const kinds = (items: typeof before) => items.filter((item) => item.sk?.S === 'successor');
    expect(kinds(await readAllItems(service().table))).toEqual(kinds(before));
  });

  it('A successor is refused for an account that is not connected or has no such owner', async () => {
    const command = { leaver: left.id, successor: jane.id };
    expect(await say({ portalId: 8_299_999, ...command })).toMatchObject({ reason: 'PORTAL_NOT_CONNECTED' });
    expect(await say({ portalId: OTHER_PORTAL, ...command })).toMatchObject({ reason: 'OWNER_NOT_FOUND' });
    expect((await readAllItems(service().table)).filter((item) => item.sk?.S === 'successor')).toEqual([]);
  });

  it('The metrics of setting a successor are written at the end, whatever the result', async () => {
    const flush = jest.spyOn(service().telemetry, 'flush');
    await name(left, jane);
    expect(flush).toHaveBeenCalledTimes(1);
    service().clock.advance(60_001);
    service().simulator.faults.script({ route: 'GET owner', times: 3, fault: OUTAGE });
    await expect(name(left, jane)).rejects.toMatchObject({ retryable: true });
    expect(flush).toHaveBeenCalledTimes(2);
  });

  it('Setting a successor fails while HubSpot is away, and can be repeated', async () => {
    const container = await service().restart();
    service().simulator.faults.script({ route: 'GET owner', times: 3, fault: OUTAGE });
    const command = { portalId: PORTAL, leaver: left.id, successor: jane.id };
    await expect(say(command, container)).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE' });
    expect(await say(command, container)).toMatchObject({ status: 'set' });
    expect(await say(command, container)).toMatchObject({ status: 'set' });
  });

  const REST = { portalId: PORTAL, leaver: '1', successor: '2' };
  it.each<[unknown, string[]]>([
    [{ ...REST, portalId: 'eu1' }, ['portalId: must be a portal ID']],
    [{ ...REST, leaver: 'jane' }, ['leaver: must be one owner ID or one email']],
    [{ ...REST, successor: 'a@example.com, b@example.com' }, ['successor: must be one owner ID or one email']],
    [{ ...REST, successor: undefined }, ['successor: must be given']],
    [{ ...REST, remove: true }, ['successor: must be given, or "remove", and not both']],
    [{ ...REST, remove: 'yes' }, ['remove: must be true or left out']],
    [{ ...REST, form: '3' }, ['form: unknown; the event may hold portalId, leaver, successor and remove only']],
    [{}, ['portalId: ', 'leaver: ', 'successor: ']],
    [null, ['the event may hold']],
    ['{"portalId":1}', ['the event may hold']],
  ])('The invalid request %j is an error that says what is wrong: %j', async (data, problems) => {
    const error = await say(data).catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    for (const problem of problems) expect(error).toHaveProperty('message', expect.stringContaining(problem));
    expect(error).not.toHaveProperty('message', expect.stringContaining('@'));
  });
});
