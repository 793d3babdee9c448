import { addActiveOwner } from '../../../local/simulator/seed-owners.ts';
import { addRecord, readRecordProperty } from '../../../local/simulator/seed-records.ts';
import { PORTAL_ID, useSimulator } from './use-simulator.ts';

const OWNERS = '/crm/owners/2026-09';
const slept: number[] = [];
const running = useSimulator({
  sleep: async (ms) => {
    slept.push(ms);
  },
});

beforeEach(() => {
  slept.length = 0;
});

function addContact() {
  const { state } = running().simulator;
  const { id } = addRecord(state, PORTAL_ID, { typeId: '0-1' });
  return {
    path: `/crm/objects/2026-09/0-1/${id}`,
    firstName: () => readRecordProperty(state, PORTAL_ID, '0-1', id, 'firstname'),
  };
}

it('A scripted status is answered with its body and headers', async () => {
  const headers = { 'Retry-After': '7' };
  running().simulator.faults.script({
    route: 'GET owners',
    fault: { kind: 'status', status: 503, body: { status: 'error' }, headers },
  });
  const response = await running().call(OWNERS);
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('7');
  expect(await response.json()).toEqual({ status: 'error' });
});

it('A scripted fault answers with a page of HTML', async () => {
  const body = '<html><body>Bad gateway</body></html>';
  running().simulator.faults.script({ route: 'GET owners', fault: { kind: 'status', status: 502, body } });
  const response = await running().call(OWNERS);
  expect(response.headers.get('content-type')).toContain('text/html');
  expect(await response.text()).toBe(body);
});

it('A scripted fault answers 200 with the wrong shape', async () => {
  running().simulator.faults.script({ route: 'GET owners', fault: { kind: 'json', body: { results: null } } });
  const response = await running().call(OWNERS);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ results: null });
});

it.each([
  ['html', /^<html>/],
  ['empty', /^$/],
] as const)(
  'Every 404 is answered as HubSpot’s edge does when the simulator is set to: %s',
  async (notFoundBody, text) => {
    running().simulator.settings.notFoundBody = notFoundBody;
    const missing = [
      `${OWNERS}/1`,
      '/crm/objects/2026-09/0-1/1',
      '/settings/users/2026-03/no@example.com?idProperty=EMAIL',
    ];
    for (const path of missing) {
      const response = await running().call(path);
      expect([path, response.status]).toEqual([path, 404]);
      expect(await response.text()).toMatch(text);
    }
  },
);

it('A scripted fault redirects the call', async () => {
  running().simulator.faults.script({
    route: 'GET owners',
    fault: { kind: 'redirect', location: 'https://elsewhere.example.com/' },
  });
  const response = await running().call(OWNERS, { redirect: 'manual' });
  expect(response.status).toBe(307);
  expect(response.headers.get('location')).toBe('https://elsewhere.example.com/');
});

it('A scripted fault hangs until the client gives up', async () => {
  running().simulator.faults.script({ route: 'GET owners', fault: { kind: 'hang' } });
  const call = running().call(OWNERS, { signal: AbortSignal.timeout(50) });
  await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(running().simulator.calls.all()).toMatchObject([{ route: 'GET owners', status: undefined }]);
});

it('The simulator ends a hanging call when it closes', async () => {
  const { simulator, call } = running();
  simulator.faults.script({ route: 'GET owners', fault: { kind: 'hang' } });
  const hanging = call(OWNERS);
  const ended = expect(hanging).rejects.toThrow('fetch failed');
  while (simulator.faults.unread().length > 0) await new Promise(setImmediate);
  await simulator.close();
  await ended;
});

it('A scripted fault resets the connection before the effect or after it', async () => {
  const contact = addContact();
  const { faults } = running().simulator;
  faults.script({ route: 'PATCH object', fault: { kind: 'reset' } });
  faults.script({ route: 'PATCH object', fault: { kind: 'resetAfterEffect' } });
  await expect(running().patch(contact.path, { firstname: 'Ada' })).rejects.toThrow('fetch failed');
  expect(contact.firstName()).toBe('');
  await expect(running().patch(contact.path, { firstname: 'Ada' })).rejects.toThrow('fetch failed');
  expect(contact.firstName()).toBe('Ada');
});

it('A scripted fault truncates the body after the effect', async () => {
  const contact = addContact();
  running().simulator.faults.script({ route: 'PATCH object', fault: { kind: 'truncate' } });
  const response = await running().patch(contact.path, { firstname: 'Ada' });
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow('terminated');
  expect(contact.firstName()).toBe('Ada');
});

it('A scripted fault waits before the effect of the call', async () => {
  running().simulator.faults.script({ route: 'GET owners', fault: { kind: 'delay', ms: 3_000 } });
  expect((await running().call(OWNERS)).status).toBe(200);
  expect(slept).toEqual([3_000]);
});

it('The simulator adds latency to every call', async () => {
  running().simulator.settings.latencyMs = 120;
  await running().call(OWNERS);
  await running().call('/account-info/2026-09/details');
  expect(slept).toEqual([120, 120]);
});

it('A scripted fault sends the given number of bytes as well-formed JSON', async () => {
  running().simulator.faults.script({ route: 'GET owners', fault: { kind: 'huge', bytes: 300_000 } });
  const text = await (await running().call(OWNERS)).text();
  expect(text).toHaveLength(300_000);
  expect(JSON.parse(text)).toMatchObject({ results: [] });
});

it('Scripted faults hit their calls in order, and the rest is reported', async () => {
  const { simulator, call } = running();
  const { faults } = simulator;
  const owner = addActiveOwner(simulator.state, PORTAL_ID);
  const status = (code: number) => ({ kind: 'status', status: code }) as const;
  faults.script({ route: 'GET owners', nth: 2, times: 2, fault: status(500) });
  faults.script({ route: 'GET owners', fault: status(502) });
  faults.script({ route: 'GET owners', portalId: 1, fault: status(504) });
  const statuses: number[] = [];
  for (let count = 0; count < 4; count += 1) statuses.push((await call(OWNERS)).status);
  expect(statuses).toEqual([502, 500, 500, 200]);
  expect((await call(`${OWNERS}/${owner.id}`)).status).toBe(200);
  expect(faults.unread()).toMatchObject([{ portalId: 1 }]);
  faults.clear();
  expect(faults.unread()).toEqual([]);
});
