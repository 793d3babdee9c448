import {
  addActiveOwner,
  addArchivedOwner,
  addOwnersSharingEmail,
  addQueueOwner,
} from '../../local/simulator/seed-owners.ts';
import { CAPTURED_LINES } from '../support/log-guard.ts';
import { PORTAL } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
const { addContact } = service;
const PERSONAL = /zanzibar|quillfeather|@|example\.com/i;

/** Every kind of ending, with people whose names would be recognized anywhere. */
async function runEverything(): Promise<void> {
  const { state, faults } = service().simulator;
  const named = { firstName: 'Zanzibar', lastName: 'Quillfeather' };
  const owner = addActiveOwner(state, PORTAL, { email: 'zanzibar@example.com', ...named });
  addArchivedOwner(state, PORTAL, { email: 'left@example.com', ...named });
  addOwnersSharingEmail(state, PORTAL, 'twins@example.com', 2);
  addQueueOwner(state, PORTAL, { email: 'queue@example.com', firstName: 'Quillfeather' });
  const fallback = { ifNotAssignable: 'FALLBACK', fallbackOwner: owner.id };
  const inputs = [
    { ownerEmail: 'Zanzibar Quillfeather <zanzibar@example.com>' },
    { ownerEmail: 'zanzibar@example.com', overwrite: 'IF_UNASSIGNED' },
    { ownerEmail: 'left@example.com', ...fallback },
    { ownerEmail: 'twins@example.com', ifNotAssignable: 'CLEAR' },
    { ownerEmail: 'queue@example.com', ifNotAssignable: 'LEAVE' },
    { ownerEmail: 'nobody@example.com' },
    { ownerEmail: 'a@example.com; b@example.com' },
    { ownerEmail: String(owner.userId) },
    { ownerEmail: 'zanzibar@example.com', ownerProperty: 'no_such_owner' },
  ];
  for (const inputFields of inputs) await service().execute({ objectId: addContact(), inputFields });
  await service().execute({ objectId: '9999999999', inputFields: { ownerEmail: 'zanzibar@example.com' } });
  await service().execute({ action: 'find', objectId: '1', inputFields: { ownerEmail: 'zanzibar@example.com' } });
  for (const status of [400, 429, 502]) {
    const body = { message: 'Zanzibar Quillfeather <zanzibar@example.com>', category: 'VALIDATION_ERROR' };
    faults.script({ route: 'PATCH object', times: 1, fault: { kind: 'status', status, body } });
    await service().execute({ objectId: addContact(), inputFields: { ownerEmail: 'zanzibar@example.com' } });
    service().clock.advance(60_000);
  }
}

it('[O11] Names and emails are stored in owner rows, and emails without an owner in rows of their own', async () => {
  await runEverything();
  const all = await readAllItems(service().table);
  const items = all.filter((item) => !item.pk?.S?.endsWith('#unresolved'));
  const kinds = items.map((item) => item.sk?.S ?? '');
  expect(new Set(kinds)).toEqual(new Set(['email', 'owner', 'user', 'execution', 'budget', 'signature', '2026-11-23']));
  const executions = items.filter((item) => item.sk?.S === 'execution');
  expect(executions.length).toBeGreaterThan(10);
  expect(executions.filter((item) => PERSONAL.test(JSON.stringify(item)))).toEqual([]);
  expect(items.filter((item) => item.sk?.S === 'budget' && PERSONAL.test(JSON.stringify(item)))).toEqual([]);
  const owners = items.filter((item) => item.sk?.S === 'owner');
  expect(owners.some((item) => PERSONAL.test(JSON.stringify(item)))).toBe(true);
});

it('[O11] Logs and metrics contain no names or emails', async () => {
  const before = CAPTURED_LINES.length;
  await runEverything();
  const lines = CAPTURED_LINES.slice(before);
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.filter((line) => PERSONAL.test(line))).toEqual([]);
  expect(service().telemetry.counted.filter((metric) => PERSONAL.test(JSON.stringify(metric)))).toEqual([]);
});

it('[O11] An error answer contains no names or emails', async () => {
  const owner = { email: 'zanzibar@example.com', firstName: 'Zanzibar', lastName: 'Quillfeather' };
  addActiveOwner(service().simulator.state, PORTAL, owner);
  const body = { message: 'zanzibar@example.com' };
  for (const status of [429, 502, 500]) {
    service().simulator.faults.script({
      route: 'PATCH object',
      times: status === 429 ? 1 : 3,
      fault: { kind: 'status', status, body },
    });
    const answer = await service().execute({ objectId: addContact(), inputFields: { ownerEmail: owner.email } });
    expect(answer.status).toBeGreaterThanOrEqual(429);
    expect(JSON.stringify([answer.body, answer.headers])).not.toMatch(PERSONAL);
    service().clock.advance(60_000);
  }
});
