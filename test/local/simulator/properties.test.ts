import { ALL_SCOPES } from '../../../local/simulator/object-types.ts';
import { addCustomObjectType, addProperty, addToken } from '../../../local/simulator/seed-portals.ts';
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

it('marks what refers to owners, HubSpot’s property and the account’s own', async () => {
  const { state } = running().simulator;
  addProperty(state, PORTAL_ID, '0-1', { name: 'advisor', label: 'Advisor', referencedObjectType: 'OWNER' });
  const properties = await listProperties('contacts');
  const owners = { type: 'enumeration', fieldType: 'select', options: [], externalOptions: true };
  expect(properties.get('hubspot_owner_id')).toMatchObject({ ...owners, referencedObjectType: 'OWNER' });
  expect(properties.get('advisor')).toMatchObject({ ...owners, referencedObjectType: 'OWNER', label: 'Advisor' });
  const marked = [...properties.values()].filter((property) => property.referencedObjectType === 'OWNER');
  expect(marked.map(({ name }) => name)).toEqual(['hubspot_owner_id', 'advisor']);
});

it('describes a property of the ordinary kind and a calculated one', async () => {
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

it('shows options with their labels', async () => {
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

it('shows an archived property only among the archived ones, and takes no value for it', async () => {
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

it('knows a custom object without ownership', async () => {
  addCustomObjectType(running().simulator.state, PORTAL_ID, { typeId: '2-901', name: 'machines', hasOwner: false });
  const properties = await listProperties('2-901');
  expect(properties.has('name')).toBe(true);
  expect(properties.has('hubspot_owner_id')).toBe(false);
});

it.each(['machines', '2-902', '0-999'])('refuses the unknown type %s', async (type) => {
  expect((await running().call(`${PROPERTIES}/${type}`)).status).toBe(400);
});

it.each([
  ['contacts', ['crm.schemas.contacts.read', 'crm.objects.contacts.read']],
  ['0-136', ['crm.schemas.leads.read', 'crm.objects.leads.read']],
  ['tickets', ['tickets']],
  ['users', ['crm.objects.users.read']],
])('of %s takes any one of %j', async (type, scopes) => {
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
