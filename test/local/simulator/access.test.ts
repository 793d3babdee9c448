import { ALL_SCOPES } from '../../../local/simulator/object-types.ts';
import { addActiveOwner } from '../../../local/simulator/seed-owners.ts';
import { addPortal, addToken, revokeToken } from '../../../local/simulator/seed-portals.ts';
import { addRecord } from '../../../local/simulator/seed-records.ts';
import { getPortal } from '../../../local/simulator/state.ts';
import { PORTAL_ID, TOKEN, useSimulator } from './use-simulator.ts';

const running = useSimulator();

it.each([
  ['none', ''],
  ['an unknown token', 'Bearer nobody'],
  ['another scheme', `Basic ${TOKEN}`],
])('The simulator answers 401 to %s', async (_, authorization) => {
  const headers: Record<string, string> = authorization === '' ? {} : { Authorization: authorization };
  const response = await fetch(`${running().simulator.url}/crm/owners/2026-09`, { headers });
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ category: 'INVALID_AUTHENTICATION' });
});

it('The simulator answers 401 after a token was revoked', async () => {
  revokeToken(running().simulator.state, PORTAL_ID, TOKEN);
  expect((await running().call('/crm/owners/2026-09')).status).toBe(401);
});

it.each([
  ['GET', '/crm/owners/2026-09', 'crm.objects.owners.read'],
  ['GET', '/crm/owners/2026-09/1', 'crm.objects.owners.read'],
  ['GET', '/account-info/2026-09/details', 'oauth'],
  ['GET', '/crm/objects/2026-09/contacts/1', 'crm.objects.contacts.read'],
  ['PATCH', '/crm/objects/2026-09/0-1/1', 'crm.objects.contacts.write'],
  ['PATCH', '/crm/objects/2026-09/0-2/1', 'crm.objects.companies.write'],
  ['PATCH', '/crm/objects/2026-09/0-3/1', 'crm.objects.deals.write'],
  ['PATCH', '/crm/objects/2026-09/0-5/1', 'tickets'],
  ['PATCH', '/crm/objects/2026-09/0-136/1', 'crm.objects.leads.write'],
  ['POST', '/crm/objects/2026-09/contacts/batch/update', 'crm.objects.contacts.write'],
  ['POST', '/crm/objects/2026-09/0-5/batch/update', 'tickets'],
  ['POST', '/crm/objects/2026-09/contacts/batch/read', 'crm.objects.contacts.read'],
  ['POST', '/automation/actions/callbacks/2026-09/ap-1/complete', 'automation'],
  ['POST', '/automation/actions/callbacks/2026-09/complete', 'automation'],
  ['GET', '/crm/objects/2026-09/contacts', 'crm.objects.contacts.read'],
  ['GET', '/crm/objects/2026-09/users', 'crm.objects.users.read'],
  ['GET', '/crm/objects/2026-09/0-115/1', 'crm.objects.users.read'],
  ['PATCH', '/crm/objects/2026-09/0-115/1', 'crm.objects.users.write'],
])('%s %s needs the scope %s', async (method, path, scope) => {
  const others = ALL_SCOPES.filter((other) => other !== scope);
  addToken(running().simulator.state, PORTAL_ID, 'narrow', others);
  const response = await running().call(path, { method, token: 'narrow' });
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({
    status: 'error',
    category: 'MISSING_SCOPES',
    errors: [{ context: { requiredGranularScopes: [scope] } }],
  });
});

it.each(['settings.users.read', 'crm.objects.users.read'])(
  'The scope %s alone is enough to read a user’s settings',
  async (scope) => {
    const path = '/settings/users/2026-03/1';
    addToken(running().simulator.state, PORTAL_ID, 'narrow', [scope]);
    expect((await running().call(path, { token: 'narrow' })).status).toBe(404);
    addToken(running().simulator.state, PORTAL_ID, 'none', ['oauth']);
    expect((await running().call(path, { token: 'none' })).status).toBe(403);
  },
);

it('The simulator answers 403 when the creator of the app lost their permissions', async () => {
  addToken(running().simulator.state, PORTAL_ID, 'orphan').creatorLostPermissions = true;
  const response = await running().call('/crm/owners/2026-09', { token: 'orphan' });
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ category: 'USER_DOES_NOT_HAVE_PERMISSIONS' });
});

it('A token opens only its own account', async () => {
  const { simulator, call } = running();
  const owner = addActiveOwner(simulator.state, PORTAL_ID, { email: 'ada@example.com' });
  const record = addRecord(simulator.state, PORTAL_ID, { typeId: '0-1' });
  const other = addPortal(simulator.state, { token: 'other' });
  const list = await call('/crm/owners/2026-09', { token: 'other' });
  expect(await list.json()).toEqual({ results: [] });
  expect((await call(`/crm/owners/2026-09/${owner.id}`, { token: 'other' })).status).toBe(404);
  expect((await call(`/crm/objects/2026-09/0-1/${record.id}`, { token: 'other' })).status).toBe(404);
  const details = await call('/account-info/2026-09/details', { token: 'other' });
  expect(await details.json()).toMatchObject({ portalId: other.portalId, timeZone: 'Europe/Berlin' });
});

it('The simulator refuses one token for two accounts', () => {
  const { state } = running().simulator;
  expect(() => addPortal(state, { token: TOKEN })).toThrow('in use');
});

it('The simulator answers 477 with a wait in seconds while the account is moved', async () => {
  getPortal(running().simulator.state, PORTAL_ID).migrationRetryAfterSeconds = 3_600;
  const response = await running().call('/crm/owners/2026-09');
  expect(response.status).toBe(477);
  expect(response.headers.get('retry-after')).toBe('3600');
});
