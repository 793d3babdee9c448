import {
  addActiveOwner,
  addArchivedOwner,
  deactivateOwner,
  renameOwner,
  spoilOwnerRow,
} from '../../local/simulator/seed-owners.ts';
import { addProperty, addToken, revokeToken } from '../../local/simulator/seed-portals.ts';
import { addRecord, changeRecord, readRecordProperty } from '../../local/simulator/seed-records.ts';
import type { SimulatedOwner } from '../../local/simulator/state.ts';
import { enrol } from '../support/enrolment.ts';
import { invokeSetSuccessor } from '../support/invoke-set-successor.ts';
import { refreshPortal } from '../support/refresh-portal.ts';
import { OTHER_PORTAL, PORTAL, tokenOf } from '../support/service.ts';
import { useFlood } from '../support/use-flood.ts';
import { useService } from '../support/use-service.ts';

/** Small inputs from public reports, each for a whole kind, with what is right for them. */
type Input = {
  readonly row: string;
  readonly input: string;
  readonly right: unknown;
  readonly act: () => Promise<unknown>;
};

const DAY_MS = 86_400_000;
const OWNER = 'hubspot_owner_id';
const service = useService();
const state = () => service().simulator.state;

let jane: SimulatedOwner;
let omar: SimulatedOwner;

beforeEach(() => {
  jane = addActiveOwner(state(), PORTAL, {
    id: '75001',
    email: 'jane@example.com',
    firstName: 'Jane',
    lastName: 'Doe',
  });
  omar = addActiveOwner(state(), PORTAL, { id: '75002', email: 'omar@example.com', firstName: 'Omar' });
});

/** In a container that remembers nothing: what the workflow gets, and the record's owner. */
async function ask(
  email: string,
  inputs: Readonly<Record<string, string>> = {},
  properties = {},
): Promise<Readonly<Record<string, string | number>>> {
  const { id: objectId } = addRecord(state(), PORTAL, { typeId: '0-1', properties });
  const inputFields = { ownerEmail: email, ...inputs };
  const { status, outputs } = await enrol(await service().restart(), { objectId, inputFields });
  const property = inputs.ownerProperty ?? OWNER;
  const held = readRecordProperty(state(), PORTAL, '0-1', objectId, property);
  return { status, held, ...outputs };
}

const refresh = async () => {
  service().clock.advance(DAY_MS);
  return refreshPortal(service());
};
const later = (ms: number) => service().clock.advance(ms);
/** Each value of a list on its own. */
const heldFor = async (...emails: readonly string[]) => {
  const held: string[] = [];
  for (const email of emails) held.push(String((await ask(email)).held));
  return held;
};

const INPUTS: readonly Input[] = [
  {
    row: 'M1',
    input: 'somebody with a successor is deactivated, and HubSpot blanks their email',
    right: { held: '75001', substitutedFor: '75003', matchedBy: 'FORMER_EMAIL' },
    async act() {
      const lena = addActiveOwner(state(), PORTAL, { id: '75003', email: 'lena@example.com' });
      await refresh();
      await invokeSetSuccessor(service(), { portalId: String(PORTAL), leaver: lena.id, successor: jane.id });
      deactivateOwner(state(), PORTAL, lena.id, 'blanksEmail');
      await refresh();
      return ask('lena@example.com');
    },
  },
  {
    row: 'M1',
    input: 'somebody without a successor is deactivated, and HubSpot blanks their email',
    right: { held: '', errorCode: 'OWNER_DEACTIVATED' },
    async act() {
      const lena = addActiveOwner(state(), PORTAL, { id: '75003', email: 'lena@example.com' });
      await refresh();
      deactivateOwner(state(), PORTAL, lena.id, 'blanksEmail');
      await refresh();
      return ask('lena@example.com');
    },
  },
  {
    row: 'M2',
    input: 'mara@oldco.example.com becomes mara@newco.example.com',
    right: { held: '75003', matchedBy: 'FORMER_EMAIL' },
    async act() {
      const mara = addActiveOwner(state(), PORTAL, { id: '75003', email: 'mara@oldco.example.com' });
      await refresh();
      renameOwner(state(), PORTAL, mara.id, 'mara@newco.example.com');
      await refresh();
      return ask('mara@oldco.example.com');
    },
  },
  {
    row: 'M3',
    input: 'in a sandbox, lena@example.com.invalid is archived',
    right: ['OWNER_DEACTIVATED', 'OWNER_DEACTIVATED'],
    async act() {
      addArchivedOwner(state(), PORTAL, { email: 'lena@example.com.invalid' });
      await refresh();
      later(31_000);
      const soon = await ask('lena@example.com');
      later(40_000);
      return [soon.errorCode, (await ask('lena@example.com')).errorCode];
    },
  },
  {
    row: 'M9',
    input: 'the token is of another account',
    right: { status: 503, held: '' },
    async act() {
      for (const portal of [PORTAL, OTHER_PORTAL]) revokeToken(state(), portal, tokenOf(portal));
      addToken(state(), OTHER_PORTAL, tokenOf(PORTAL));
      return ask('jane@example.com');
    },
  },
  {
    row: 'T1',
    input: 'one row of the owners is of the type AGENT',
    right: { oddRows: 1, active: 2 },
    async act() {
      const bot = addActiveOwner(state(), PORTAL, { email: 'bot@example.com' });
      spoilOwnerRow(state(), PORTAL, bot.id, { type: 'AGENT' });
      return refresh();
    },
  },
  {
    row: 'T2',
    input: 'the owner property is a first name',
    right: { held: 'Ada', errorCode: 'PROPERTY_NOT_FOUND' },
    act: () => ask('jane@example.com', { ownerProperty: 'firstname' }, { firstname: 'Ada' }),
  },
  {
    row: 'T3',
    input: 'the owner property holds several people',
    right: { held: '75002;75009', errorCode: 'PROPERTY_HOLDS_SEVERAL' },
    async act() {
      addProperty(state(), PORTAL, '0-1', { name: 'team', referencedObjectType: 'OWNER', several: true });
      return ask('jane@example.com', { ownerProperty: 'team' }, { team: '75002;75009' });
    },
  },
  {
    row: 'T5',
    input: 'an owner in punycode, and a value in Unicode',
    right: { held: '75003' },
    async act() {
      addActiveOwner(state(), PORTAL, { id: '75003', email: 'zoe@xn--bcher-kva.example.com' });
      return ask('zoe@bücher.example.com');
    },
  },
  {
    row: 'T6',
    input: 'forms that mail programs write',
    right: ['75001', '75001', '75001', '75004'],
    async act() {
      addActiveOwner(state(), PORTAL, { id: '75004', email: 'jane+sales@example.com' });
      return heldFor(
        'jane@example.com;',
        'Jane Doe <jane@example.com>;',
        '"jane@example.com" <jane@example.com>',
        'mailto:jane%2Bsales@example.com',
      );
    },
  },
  {
    row: 'T7',
    input: 'characters that nobody sees behind the address',
    right: ['75001', '75001'],
    act: () => heldFor('jane@example.com\ufe0f', 'jane@example.com\u0000'),
  },
  {
    row: 'T8',
    input: 'a page instead of an answer when the present owner is looked up',
    right: { status: 503, held: '75002' },
    async act() {
      await ask('jane@example.com');
      later(2 * DAY_MS);
      const fault = { kind: 'status', status: 404, body: '<html/>', contentType: 'text/html' } as const;
      service().simulator.faults.script({ route: 'GET owner', fault });
      return ask('jane@example.com', { overwrite: 'IF_OWNER_INACTIVE' }, { [OWNER]: omar.id });
    },
  },
];

it.each(INPUTS)('[$row] $input', async ({ right, act }) => {
  const found = await act();
  if (Array.isArray(right)) expect(found).toEqual(right);
  else expect(found).toMatchObject(right as object);
});

describe('in floods and outages', () => {
  const flood = useFlood();
  const count = (name: string) => flood().telemetry.counted.filter((metric) => metric.name === name).length;

  it('[L1] a person sets the owner between a delivery that failed and the same one three hours later', async () => {
    flood.hire();
    const other = flood.hire({ email: 'omar@example.com' });
    flood().simulator.faults.script({ route: 'PATCH object', times: 3, fault: { kind: 'status', status: 503 } });
    const execution = await flood.enrol({ inputFields: { overwrite: 'IF_UNASSIGNED' } });
    expect(execution.answer?.statusCode).toBe(503);
    flood().clock.advance(3_600_000);
    changeRecord(flood().simulator.state, PORTAL, '0-1', execution.objectId, { [OWNER]: other.id });
    flood().clock.advance(2 * 3_600_000);
    await flood().deliver(execution);
    expect(execution.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', ownerId: other.id });
    expect(flood.ownerOf(execution)).toBe(other.id);
  });

  it('[L3] the older of two executions is put back after a 503, and the younger is done at once', async () => {
    flood.hire();
    const joe = flood.hire({ email: 'joe@example.com' });
    const [older] = await flood.queued({});
    const fault = { kind: 'status', status: 503 } as const;
    flood().simulator.faults.script({ route: 'POST objects batch update', times: 3, fault });
    await flood().work();
    const younger = await flood.enrol({ email: 'joe@example.com', objectId: older?.objectId ?? '' });
    expect(younger.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: joe.id });
    flood().clock.advance(600_000);
    await flood.workOff();
    expect(older?.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', ownerId: joe.id });
    expect(flood.ownerOf(younger)).toBe(joe.id);
  });

  it.each(['207', '200error'] as const)(
    '[W1] half of the callbacks are unknown, and HubSpot answers %s: the others are completed',
    async (completionReply) => {
      flood.hire();
      const executions = await flood.queued(...Array.from({ length: 6 }, () => ({})));
      Object.assign(flood().simulator.settings, { completionReply, completionPolicy: 'each' });
      const left = executions.slice(0, 3).map(({ callbackId }) => callbackId);
      flood().simulator.state.blocked.unenroll(left);
      await flood.workOff();
      expect(executions.map(({ state: each }) => each)).toEqual([
        ...Array(3).fill('unenrolled'),
        ...Array(3).fill('completed'),
      ]);
    },
  );

  it('[W2] a completion is refused for something else: an alarm is raised, and it is tried again', async () => {
    flood.hire();
    const [execution] = await flood.queued({});
    const body = { status: 'error', category: 'VALIDATION_ERROR', message: 'Invalid input JSON' };
    flood().simulator.faults.script({ route: 'POST callback', fault: { kind: 'status', status: 400, body } });
    await flood.workOff();
    expect([execution?.state, count('HubSpotContractBroken')]).toEqual(['waiting', 1]);
    flood().clock.advance(60_000);
    await flood.workOff();
    expect(execution?.state).toBe('completed');
  });

  it('[L6] the reply to a sending is lost, so that a callback is in two messages, and the workers die until both are dead', async () => {
    flood.hire();
    const [execution] = await flood.queued({});
    const { queue, clock } = flood();
    queue.put(queue.sent[0]?.body ?? '', String(PORTAL));
    clock.advance(46 * 3_600_000);
    const records = queue.live.receive(10);
    expect(records).toHaveLength(2);
    expect(await flood().invokeDead(records)).toEqual({ batchItemFailures: [] });
    expect(execution).toMatchObject({ state: 'completed', outputs: { errorCode: 'EXPIRED_IN_QUEUE' } });
    expect(count('ExecutionsStranded')).toBe(1);
  });
});
