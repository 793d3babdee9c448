import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { addActiveOwner, addArchivedOwner, addQueueOwner } from '../../local/simulator/seed-owners.ts';
import { addUser } from '../../local/simulator/seed-users.ts';
import type { SimulatedOwner } from '../../local/simulator/state.ts';
import { COME_BACK, enroll } from '../support/enrollment.ts';
import { readReport } from '../support/invoke-operators.ts';
import { refreshPortal } from '../support/refresh-portal.ts';
import { OTHER_PORTAL, PORTAL } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';
import { useService } from '../support/use-service.ts';

const HOUR_MS = 3_600_000;
const service = useService();
const state = () => service().simulator.state;
const told = async (portalId = PORTAL) => (await refreshPortal(service(), portalId)).unresolved;
const noted = async () =>
  (await readAllItems(service().table)).filter((item) => item.pk?.S?.endsWith('#unresolved')).length;

let jane: SimulatedOwner;

beforeEach(() => {
  jane = addActiveOwner(state(), PORTAL, { email: 'jane@example.com' });
});

it('Unresolved emails are in the next report with how often, by which workflows, when and the probable cause', async () => {
  addArchivedOwner(state(), PORTAL, { email: 'lena@example.com' });
  addQueueOwner(state(), PORTAL, { email: 'desk@example.com' });
  addUser(state(), PORTAL, { email: 'mia@example.com' });
  const askedAt = new Map<string, number>();
  const ask = async (email: string, workflowId: number) => {
    await enroll(service(), { email, workflowId });
    // Permits are waited for now and then, which takes its time.
    askedAt.set(email, service().clock.now());
  };
  const at = (email: string) => ({ lastSeenAtEpochMs: askedAt.get(email) });
  await ask('jnae@example.com', 71);
  await ask('JNAE@example.com', 72);
  await ask('jnae@example.com', 71);
  await ask('lena@example.com', 71);
  await ask('lena@example.com', 71);
  await ask('desk@example.com', 73);
  await ask('mia@example.com', 71);
  await ask('jane@example.com.invalid', 71);
  await ask('stranger@elsewhere.example', 71);
  service().clock.advance(HOUR_MS);

  const report = await refreshPortal(service());

  const once = (email: string) => ({ email, count: 1, workflowIds: ['71'], ...at(email) });
  expect(report.unresolvedTotal).toBe(6);
  expect(report.unresolved).toEqual([
    {
      email: 'jnae@example.com',
      count: 3,
      workflowIds: ['71', '72'],
      ...at('jnae@example.com'),
      cause: { kind: 'typo', of: 'jane@example.com', ownerIds: [jane.id] },
    },
    {
      email: 'lena@example.com',
      count: 2,
      workflowIds: ['71'],
      ...at('lena@example.com'),
      cause: { kind: 'left', ownerIds: [expect.any(String)] },
    },
    {
      ...once('desk@example.com'),
      workflowIds: ['73'],
      cause: { kind: 'queue', ownerIds: [expect.any(String)] },
    },
    { ...once('jane@example.com.invalid'), cause: { kind: 'sandbox_suffix', ownerIds: [jane.id] } },
    { ...once('mia@example.com'), cause: { kind: 'user_without_owner' } },
    { ...once('stranger@elsewhere.example'), cause: { kind: 'never_seen' } },
  ]);
});

it('Unresolved emails are reported once, and the next report starts again', async () => {
  await enroll(service(), { email: 'nobody@example.com' });
  expect(await told()).toHaveLength(1);
  expect(await noted()).toBe(0);
  service().clock.advance(24 * HOUR_MS);
  await enroll(service(), { email: 'nobody@example.com' });
  expect(await told()).toMatchObject([{ count: 1 }]);
  service().clock.advance(24 * HOUR_MS);
  expect(await told()).toEqual([]);
});

it('Unresolved emails are reported as resolved when somebody got the email in the meantime', async () => {
  await enroll(service(), { email: 'new@example.com' });
  const hired = addActiveOwner(state(), PORTAL, { email: 'new@example.com' });
  expect(await told()).toMatchObject([{ cause: { kind: 'resolved', ownerIds: [hired.id] } }]);
});

it('[M3] Unresolved emails of a sandbox are explained by its users without an owner, whose emails have a suffix', async () => {
  addUser(state(), PORTAL, { email: 'mia@example.com.invalid' });
  for (const email of ['mia@example.com', 'mia@example.com.invalid']) await enroll(service(), { email });
  expect((await told()).map(({ cause }) => cause)).toEqual(Array(2).fill({ kind: 'user_without_owner' }));
});

it.each([
  ['FALLBACK', 'FALLBACK_ASSIGNED'],
  ['CLEAR', 'CLEARED'],
  ['LEAVE', 'LEFT_UNCHANGED'],
  ['FAIL', 'FAILED'],
])(
  'Unresolved emails are counted whatever was done instead: ifNotAssignable %s, outcome %s',
  async (ifNotAssignable, outcome) => {
    const inputFields = { ownerEmail: 'nobody@example.com', ifNotAssignable, fallbackOwner: jane.id };
    expect((await enroll(service(), { inputFields })).outputs.outcome).toBe(outcome);
    expect(await told()).toMatchObject([{ email: 'nobody@example.com', count: 1 }]);
  },
);

it('Unresolved emails are counted when the fallback owner cannot be used either', async () => {
  const left = addArchivedOwner(state(), PORTAL, { email: 'lena@example.com' });
  const inputFields = { ownerEmail: 'nobody@example.com', ifNotAssignable: 'FALLBACK', fallbackOwner: left.id };
  expect((await enroll(service(), { inputFields })).outputs.errorCode).toBe('FALLBACK_OWNER_INVALID');
  const empty = { ...inputFields, ownerEmail: ' ' };
  expect((await enroll(service(), { inputFields: empty })).outputs.errorCode).toBe('FALLBACK_OWNER_INVALID');
  expect(await told()).toMatchObject([{ email: 'nobody@example.com', count: 1 }]);
});

it('Unresolved emails of the find action are counted too', async () => {
  await enroll(service(), { action: 'find', email: 'nobody@example.com', workflowId: 74 });
  expect(await told()).toMatchObject([{ email: 'nobody@example.com', workflowIds: ['74'] }]);
});

it('Unresolved emails do not include invalid emails, found emails, and emails that were not looked up', async () => {
  await enroll(service());
  for (const email of ['', 'no email', jane.id, String(jane.userId)]) await enroll(service(), { email });
  await enroll(service(), {
    inputFields: { ownerEmail: 'nobody@example.com', overwrite: 'IF_UNASSIGNED' },
    objectId: (await enroll(service())).objectId,
  });
  expect(await noted()).toBe(0);
});

it('[S11, E14] Unresolved emails are counted once for an execution that is delivered twice', async () => {
  const delivered = { email: 'nobody@example.com', callbackId: `ap-${PORTAL}-1-2-3`, objectId: service.addContact() };
  const first = await enroll(service(), delivered);
  const second = await enroll(await service().restart(), delivered);
  expect(second.outputs).toEqual(first.outputs);
  expect(await told()).toMatchObject([{ count: 1 }]);
});

it('Unresolved emails are not counted for an execution that HubSpot could not answer, which is retried', async () => {
  service().simulator.faults.script({ route: 'GET owners', times: 3, fault: { kind: 'status', status: 503 } });
  expect(await enroll(service(), { email: 'nobody@example.com' })).toMatchObject(COME_BACK);
  expect(await noted()).toBe(0);
});

it('A failure to count unresolved emails changes no answer', async () => {
  const { client } = service().table;
  const send = client.send.bind(client) as (command: unknown) => Promise<unknown>;
  const isNote = (command: unknown) =>
    command instanceof UpdateItemCommand && command.input.Key?.pk?.S?.endsWith('#unresolved');
  let refused = 0;
  jest.spyOn(client, 'send').mockImplementation(((command: unknown) => {
    if (!isNote(command)) return send(command);
    refused += 1;
    return Promise.reject(new Error('throttled'));
  }) as never);
  const answer = await enroll(service(), { email: 'nobody@example.com' });
  expect(refused).toBe(1);
  expect(answer).toMatchObject({ status: 200, outputs: { errorCode: 'OWNER_NOT_FOUND' } });
});

it('Unresolved emails are not lost when they are noted while a refresh makes its report', async () => {
  await enroll(service(), { email: 'nobody@example.com' });
  const { client } = service().table;
  const send = client.send.bind(client) as (command: unknown) => Promise<unknown>;
  const isRecording = (command: unknown) =>
    command instanceof UpdateItemCommand && command.input.UpdateExpression?.includes('report = :report');
  const spy = jest.spyOn(client, 'send').mockImplementation((async (command: unknown) => {
    if (isRecording(command)) await enroll(service(), { email: 'nobody@example.com', workflowId: 75 });
    return send(command);
  }) as never);
  expect(await told()).toMatchObject([{ count: 1 }]);
  spy.mockRestore();
  service().clock.advance(24 * HOUR_MS);
  expect(await told()).toMatchObject([{ count: 1, workflowIds: expect.arrayContaining(['75']) }]);
});

it('Unresolved emails of different accounts are separate', async () => {
  addActiveOwner(state(), OTHER_PORTAL, { email: 'omar@example.com' });
  await enroll(service(), { email: 'nobody@example.com', portalId: OTHER_PORTAL });
  expect(await told()).toEqual([]);
  expect(await told(OTHER_PORTAL)).toHaveLength(1);
  expect((await readReport(service(), PORTAL))?.unresolvedTotal).toBe(0);
});
