import { request } from 'node:http';
import { startHubSpotSimulator } from '../../../local/simulator/hubspot-simulator.ts';
import { addActiveOwner } from '../../../local/simulator/seed-owners.ts';
import { PORTAL_ID, TOKEN, useSimulator } from './use-simulator.ts';

const running = useSimulator();

it.each([
  '/crm/v3/owners',
  '/crm/v3/objects/contacts/1',
  '/owners/v2/owners',
  '/oauth/v1/token',
  '/automation/v4/actions/1',
  '/settings/v3/users',
])('A call to the legacy path %s is recorded as a violation, with the end of that path', async (path) => {
  const response = await running().call(path);
  expect(response.status).toBe(410);
  expect(await response.text()).toContain('path ends in 2027');
  expect(running().simulator.violations).toEqual([`legacy path: GET ${path}`]);
});

it.each([
  ['an unknown path', 'GET', '/crm/teams/2026-09', 404],
  ['another train', 'GET', '/crm/owners/2026-03', 404],
  ['a path that goes on too long', 'GET', '/crm/owners/2026-09/1/2', 404],
  ['the batch create', 'POST', '/crm/objects/2026-09/contacts/batch/create', 404],
  ['a completion with the app id in its path', 'POST', '/automation/actions/callbacks/2026-09/1/2/complete', 404],
  ['a completion with its version first', 'POST', '/automation/actions/2026-09/callbacks/complete', 404],
  ['an unknown method', 'DELETE', '/crm/objects/2026-09/contacts/1', 404],
  ['a trailing slash', 'GET', '/crm/owners/2026-09/', 400],
  ['an empty segment', 'GET', '/crm//owners/2026-09', 400],
  ['an encoded slash', 'GET', '/crm/owners/2026-09/1%2F2', 400],
  ['a broken escape', 'GET', '/crm/owners/2026-09/%zz', 400],
  ['a parameter given twice', 'GET', '/crm/owners/2026-09?limit=1&limit=2', 400],
  ['an unknown parameter', 'GET', '/crm/owners/2026-09?includeInactive=true', 400],
])('The simulator records as a violation %s', async (_, method, path, status) => {
  expect((await running().call(path, { method })).status).toBe(status);
  expect(running().simulator.violations).toHaveLength(1);
});

it('The simulator records a body on a GET as a violation', async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Length': 2 };
    const call = request(`${running().simulator.url}/crm/owners/2026-09`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.on('error', reject);
    call.end('{}');
  });
  expect(status).toBe(400);
  expect(running().simulator.violations).toEqual(['body on a GET: GET /crm/owners/2026-09']);
});

it('The simulator records no emails', async () => {
  await running().call('/crm/owners/2026-09?email=ada%40example.com&email=bob%40example.com');
  await running().call('/crm/owners/2026-09?email=ada%40example.com');
  const { violations, calls } = running().simulator;
  expect(JSON.stringify([violations, calls.all()])).not.toContain('example.com');
});

it('The simulator counts calls by route, account and status, and since a given moment', async () => {
  const { simulator, call } = running();
  const owner = addActiveOwner(simulator.state, PORTAL_ID);
  await call('/crm/owners/2026-09');
  const mark = simulator.calls.mark();
  await call(`/crm/owners/2026-09/${owner.id}`);
  await call('/crm/owners/2026-09/1');
  expect(simulator.calls.since(mark)).toMatchObject([
    { method: 'GET', route: 'GET owner', portalId: PORTAL_ID, status: 200 },
    { method: 'GET', route: 'GET owner', portalId: PORTAL_ID, status: 404 },
  ]);
  expect(simulator.calls.count()).toBe(3);
  expect(simulator.calls.count({ route: 'GET owners' })).toBe(1);
  expect(simulator.calls.count({ status: 404, portalId: PORTAL_ID })).toBe(1);
});

it('The simulator names the port when it is in use', async () => {
  const port = Number(new URL(running().simulator.url).port);
  await expect(startHubSpotSimulator({ port })).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use`);
});
