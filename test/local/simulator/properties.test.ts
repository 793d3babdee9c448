import { startHubSpotSimulator } from '../../../local/simulator/hubspot-simulator.ts';
import { ALL_SCOPES } from '../../../local/simulator/object-types.ts';
import { addActiveOwner } from '../../../local/simulator/seed-owners.ts';
import { addCustomObjectType, addPortal, addProperty, addToken } from '../../../local/simulator/seed-portals.ts';
import { addRecord } from '../../../local/simulator/seed-records.ts';
import { PORTAL_ID, useSimulator } from './use-simulator.ts';

const PROPERTIES = '/crm/properties/2026-09';
const running = useSimulator();

type Property = Readonly<Record<string, unknown>> & { readonly name: string };

async function listProperties(path: string): Promise<ReadonlyMap<string, Property>> {
  const response = await running().call(`${PROPERTIES}/${path}`);
  expect(response.status).toBe(200);
  const { results, ...others } = (await response.json()) as { results: Property[] };
  expect(others).toEqual({});
  return new Map(results.map((property) => [property.name, property]));
}

it('The list of properties marks those that refer to owners, HubSpot’s and the account’s own', async () => {
  const { state } = running().simulator;
  addProperty(state, PORTAL_ID, '0-1', { name: 'advisor', label: 'Advisor', referencedObjectType: 'OWNER' });
  const properties = await listProperties('contacts');
  const owners = { type: 'enumeration', fieldType: 'select', options: [], externalOptions: true };
  expect(properties.get('hubspot_owner_id')).toMatchObject({ ...owners, referencedObjectType: 'OWNER' });
  expect(properties.get('advisor')).toMatchObject({ ...owners, referencedObjectType: 'OWNER', label: 'Advisor' });
  const marked = [...properties.values()].filter((property) => property.referencedObjectType === 'OWNER');
  expect(marked.map(({ name }) => name)).toEqual(['hubspot_owner_id', 'advisor']);
});

it('The list of properties describes an ordinary property and a calculated one', async () => {
  const properties = await listProperties('0-1');
  expect(properties.get('email')).toEqual({
    name: 'email',
    label: 'email',
    type: 'string',
    fieldType: 'text',
    description: '',
    groupName: 'contactinformation',
    options: [],
    displayOrder: -1,
    calculated: false,
    externalOptions: false,
    hasUniqueValue: true,
    hidden: false,
    archived: false,
    formField: false,
    modificationMetadata: { archivable: false, readOnlyDefinition: true, readOnlyValue: false },
  });
  expect(properties.get('hs_all_owner_ids')).toMatchObject({
    calculated: true,
    hidden: true,
    modificationMetadata: { readOnlyValue: true },
  });
});

it('The list of properties shows options with their labels', async () => {
  const status = (await listProperties('users')).get('hs_availability_status');
  expect(status).toMatchObject({
    type: 'enumeration',
    fieldType: 'select',
    externalOptions: false,
    options: [
      { value: 'available', label: 'Available', displayOrder: 0, hidden: false },
      { value: 'away', label: 'Away', displayOrder: 1, hidden: false },
    ],
  });
});

it('An archived property is listed only among the archived ones, and accepts no value', async () => {
  const { state } = running().simulator;
  const record = addRecord(state, PORTAL_ID, { typeId: '0-1', properties: { firstname: 'Eve' } });
  addProperty(state, PORTAL_ID, '0-1', { name: 'firstname', archived: true });
  expect([...(await listProperties('contacts?archived=true')).keys()]).toEqual(['firstname']);
  expect((await listProperties('contacts')).has('firstname')).toBe(false);
  const path = `/crm/objects/2026-09/0-1/${record.id}`;
  const refused = await running().patch(path, { firstname: 'Ada' });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain('PROPERTY_DOESNT_EXIST');
  expect(await (await running().call(`${path}?properties=firstname`)).text()).not.toContain('firstname');
});

it('The simulator knows a custom object without ownership', async () => {
  addCustomObjectType(running().simulator.state, PORTAL_ID, { typeId: '2-901', name: 'machines', hasOwner: false });
  const properties = await listProperties('2-901');
  expect(properties.has('name')).toBe(true);
  expect(properties.has('hubspot_owner_id')).toBe(false);
});

it.each(['machines', '2-902', '0-999'])('The list of properties refuses the unknown type %s', async (type) => {
  expect((await running().call(`${PROPERTIES}/${type}`)).status).toBe(400);
});

it.each([
  ['contacts', ['crm.schemas.contacts.read', 'crm.objects.contacts.read']],
  ['0-136', ['crm.schemas.leads.read', 'crm.objects.leads.read']],
  ['tickets', ['tickets']],
  ['users', ['crm.objects.users.read']],
])('A property of %s accepts any one of %j', async (type, scopes) => {
  const { state } = running().simulator;
  addToken(
    state,
    PORTAL_ID,
    'without',
    ALL_SCOPES.filter((scope) => !scopes.includes(scope)),
  );
  const refused = await running().call(`${PROPERTIES}/${type}`, { token: 'without' });
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({
    category: 'MISSING_SCOPES',
    errors: [{ context: { requiredGranularScopes: scopes } }],
  });
  for (const scope of scopes) {
    addToken(state, PORTAL_ID, scope, [scope]);
    expect((await running().call(`${PROPERTIES}/${type}`, { token: scope })).status).toBe(200);
  }
});

describe('properties of every kind', () => {
  const OWNER = { referencedObjectType: 'OWNER' } as const;

  it('Properties of every kind are described by their flags and their field type', async () => {
    const { state } = running().simulator;
    addProperty(state, PORTAL_ID, '0-1', { name: 'team', several: true, ...OWNER });
    addProperty(state, PORTAL_ID, '0-1', { name: 'first_owner', readOnly: true, ...OWNER });
    addProperty(state, PORTAL_ID, '0-1', { name: 'last_owner', calculated: true, ...OWNER });
    const properties = await listProperties('contacts');
    expect(properties.get('team')).toMatchObject({ type: 'enumeration', fieldType: 'checkbox', ...OWNER });
    expect(properties.get('first_owner')).toMatchObject({
      calculated: false,
      modificationMetadata: { readOnlyValue: true },
    });
    expect(properties.get('last_owner')).toMatchObject({ calculated: true, ...OWNER });
  });

  it('Properties that hold several people accept several owners, and the others one', async () => {
    const { state } = running().simulator;
    addProperty(state, PORTAL_ID, '0-1', { name: 'team', several: true, ...OWNER });
    addProperty(state, PORTAL_ID, '0-1', { name: 'advisor', ...OWNER });
    const [omar, desk] = ['omar', 'desk'].map((name) =>
      addActiveOwner(state, PORTAL_ID, { email: `${name}@example.com` }),
    );
    const { id } = addRecord(state, PORTAL_ID, { typeId: '0-1' });
    const path = `/crm/objects/2026-09/0-1/${id}`;
    const people = `${omar?.id};${desk?.id}`;
    expect((await running().patch(path, { team: people })).status).toBe(200);
    expect(await (await running().call(`${path}?properties=team,hs_all_owner_ids`)).json()).toMatchObject({
      properties: { team: people, hs_all_owner_ids: people },
    });
    expect((await running().patch(path, { team: `${omar?.id};7` })).status).toBe(400);
    expect((await running().patch(path, { advisor: people })).status).toBe(400);
  });

  it('Properties that are read-only or calculated cannot be set', async () => {
    const { state } = running().simulator;
    addProperty(state, PORTAL_ID, '0-1', { name: 'first_owner', readOnly: true, ...OWNER });
    addProperty(state, PORTAL_ID, '0-1', { name: 'last_owner', calculated: true, ...OWNER });
    const owner = addActiveOwner(state, PORTAL_ID);
    const { id } = addRecord(state, PORTAL_ID, { typeId: '0-1' });
    for (const name of ['first_owner', 'last_owner']) {
      const refused = await running().patch(`/crm/objects/2026-09/0-1/${id}`, { [name]: owner.id });
      expect(refused.status).toBe(400);
      expect(await refused.text()).toContain('READ_ONLY_VALUE');
    }
  });

  it('Properties are listed as rows of any shape, and are on records as they are', async () => {
    const { state } = running().simulator;
    addProperty(state, PORTAL_ID, '0-2', { name: 'odd', oddRow: null });
    const { results } = (await (await running().call(`${PROPERTIES}/0-2`)).json()) as { results: unknown[] };
    expect(results.at(-1)).toBeNull();
    const { id } = addRecord(state, PORTAL_ID, { typeId: '0-2' });
    expect((await running().patch(`/crm/objects/2026-09/0-2/${id}`, { odd: 'x' })).status).toBe(200);
  });
});

describe('a list', () => {
  it('A list of properties has megabytes when its properties have much text', async () => {
    running().simulator.settings.propertyTextLength = 1_000_000;
    expect((await (await running().call(`${PROPERTIES}/0-1`)).text()).length).toBeGreaterThan(6_000_000);
  });

  it('A list of properties takes the given time, and other calls do not', async () => {
    const slept: number[] = [];
    const sleep = async (ms: number) => void slept.push(ms);
    const slow = await startHubSpotSimulator({ propertiesLatencyMs: 1_200, latencyMs: 5, sleep });
    addPortal(slow.state, { portalId: PORTAL_ID, token: 'slow' });
    const call = (path: string) => fetch(`${slow.url}${path}`, { headers: { Authorization: 'Bearer slow' } });
    expect((await call(`${PROPERTIES}/0-1`)).status).toBe(200);
    expect((await call('/crm/owners/2026-09')).status).toBe(200);
    await slow.close();
    expect(slept).toEqual([1_205, 5]);
  });
});
