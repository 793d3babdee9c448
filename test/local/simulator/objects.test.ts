import { addActiveOwner, addArchivedOwner } from '../../../local/simulator/seed-owners.ts';
import { addCustomObjectType, addPortal, addProperty } from '../../../local/simulator/seed-portals.ts';
import { addRecord, mergeRecords, readRecordProperty } from '../../../local/simulator/seed-records.ts';
import { PORTAL_ID, useSimulator } from './use-simulator.ts';

const OBJECTS = '/crm/objects/2026-09';
const OWNER = 'hubspot_owner_id';
const running = useSimulator();

function addContact() {
  const { state } = running().simulator;
  const record = addRecord(state, PORTAL_ID, { typeId: '0-1', properties: { email: 'lead@example.com' } });
  const stored = (name: string): string => readRecordProperty(state, PORTAL_ID, '0-1', record.id, name);
  return { record, stored, path: `${OBJECTS}/0-1/${record.id}` };
}

describe('an owner property', () => {
  it('An owner property accepts an owner ID and is answered with the stored object', async () => {
    const contact = addContact();
    const owner = addActiveOwner(running().simulator.state, PORTAL_ID);
    running().clock.advance(1_000);
    const response = await running().patch(contact.path, { [OWNER]: owner.id });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      id: contact.record.id,
      properties: { [OWNER]: owner.id, hs_object_id: contact.record.id },
      createdAt: '2026-11-23T09:00:00.000Z',
      updatedAt: '2026-11-23T09:00:01.000Z',
      archived: false,
    });
    expect(contact.stored(OWNER)).toBe(owner.id);
  });

  it('An owner property accepts the ID of a deactivated owner without a message', async () => {
    const contact = addContact();
    const leaver = addArchivedOwner(running().simulator.state, PORTAL_ID);
    expect((await running().patch(contact.path, { [OWNER]: leaver.id })).status).toBe(200);
    expect(contact.stored(OWNER)).toBe(leaver.id);
  });

  it('An owner property is cleared by an empty string', async () => {
    const contact = addContact();
    const owner = addActiveOwner(running().simulator.state, PORTAL_ID);
    await running().patch(contact.path, { [OWNER]: owner.id });
    expect((await running().patch(contact.path, { [OWNER]: '' })).status).toBe(200);
    expect(contact.stored(OWNER)).toBe('');
  });

  it('An owner property refuses a user ID with the JSON inside the message, as HubSpot was seen to do', async () => {
    const contact = addContact();
    const { userId } = addActiveOwner(running().simulator.state, PORTAL_ID);
    const response = await running().patch(contact.path, { [OWNER]: String(userId) });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      status: 'error',
      message: `Property values were not valid: [{"isValid":false,"message":"${userId} was not a valid owner ID","error":"INVALID_OWNER_ID","name":"hubspot_owner_id","localizedErrorMessage":"${userId} was not a valid owner ID"}]`,
      correlationId: expect.any(String),
      category: 'VALIDATION_ERROR',
    });
    expect(contact.stored(OWNER)).toBe('');
  });

  it('An owner property refuses a user ID with structured errors when switched to them', async () => {
    const contact = addContact();
    const { userId } = addActiveOwner(running().simulator.state, PORTAL_ID);
    running().simulator.settings.errorShape = 'structured';
    const response = await running().patch(contact.path, { [OWNER]: String(userId) });
    expect(await response.json()).toEqual({
      status: 'error',
      message: expect.any(String),
      correlationId: expect.any(String),
      category: 'VALIDATION_ERROR',
      errors: [
        {
          message: `${userId} was not a valid owner ID`,
          code: 'INVALID_OWNER_ID',
          context: { propertyName: [OWNER] },
        },
      ],
    });
  });

  it('An owner property refuses an owner of another account', async () => {
    const contact = addContact();
    const { state } = running().simulator;
    const stranger = addActiveOwner(state, addPortal(state).portalId);
    const response = await running().patch(contact.path, { [OWNER]: stranger.id });
    expect(await response.text()).toContain('INVALID_OWNER_ID');
  });

  it('An owner property may be one of an account’s own', async () => {
    const contact = addContact();
    const { state } = running().simulator;
    addProperty(state, PORTAL_ID, '0-1', { name: 'account_manager', referencedObjectType: 'OWNER' });
    const owner = addActiveOwner(state, PORTAL_ID);
    expect((await running().patch(contact.path, { account_manager: owner.id })).status).toBe(200);
    expect((await running().patch(contact.path, { account_manager: '1' })).status).toBe(400);
  });
});

describe.each(['legacy', 'structured'] as const)('in the %s error shape', (errorShape) => {
  it.each([
    [OWNER, 'ada@example.com', 'INVALID_INTEGER'],
    [OWNER, '2147483648', 'INVALID_INTEGER'],
    [OWNER, '2147483647', 'INVALID_OWNER_ID'],
    ['no_such_property', 'x', 'PROPERTY_DOESNT_EXIST'],
    ['hs_object_id', '1', 'READ_ONLY_VALUE'],
    ['hs_all_owner_ids', '1', 'READ_ONLY_VALUE'],
    ['firstname', 'x', 'TOO_SHORT'],
  ])('%s=%s is refused with %s and nothing is stored', async (name, value, code) => {
    const contact = addContact();
    const { simulator } = running();
    simulator.settings.errorShape = errorShape;
    addProperty(simulator.state, PORTAL_ID, '0-1', {
      name: 'firstname',
      validationRule: { code: 'TOO_SHORT', message: 'Two letters at least', accepts: (text) => text.length > 1 },
    });
    const response = await running().patch(contact.path, { lastname: 'Example', [name]: value });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(code);
    expect(contact.stored('lastname')).toBe('');
  });
});

describe('the object type', () => {
  it.each(['0-1', 'contacts'])('%s is contacts', async (segment) => {
    const { record } = addContact();
    expect((await running().call(`${OBJECTS}/${segment}/${record.id}`)).status).toBe(200);
  });

  it('The type of a custom object is its ID or fully qualified name, not its bare name', async () => {
    const { state } = running().simulator;
    addCustomObjectType(state, PORTAL_ID, { typeId: '2-1234', name: 'boats' });
    const { id } = addRecord(state, PORTAL_ID, { typeId: '2-1234' });
    const statuses = await Promise.all(
      ['2-1234', `p${PORTAL_ID}_boats`, 'boats'].map(
        async (segment) => (await running().call(`${OBJECTS}/${segment}/${id}`)).status,
      ),
    );
    expect(statuses).toEqual([200, 200, 400]);
    const response = await running().call(`${OBJECTS}/boats/${id}`);
    expect(await response.json()).toMatchObject({ message: 'Unable to infer object type from: boats' });
  });

  it('An object type may be without an owner property', async () => {
    const { state } = running().simulator;
    addCustomObjectType(state, PORTAL_ID, { typeId: '2-5', name: 'logs', hasOwner: false });
    const { id } = addRecord(state, PORTAL_ID, { typeId: '2-5' });
    const response = await running().patch(`${OBJECTS}/2-5/${id}`, { [OWNER]: '' });
    expect(await response.text()).toContain('PROPERTY_DOESNT_EXIST');
  });
});

describe('a record', () => {
  const NOT_FOUND = { status: 'error', message: 'resource not found', category: 'OBJECT_NOT_FOUND' };

  it('A record that is missing or archived is answered with 404', async () => {
    const { record, path } = addContact();
    record.archived = true;
    for (const missing of [path, `${OBJECTS}/0-1/1`]) {
      const response = await running().patch(missing, { firstname: 'Ada' });
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject(NOT_FOUND);
    }
    expect((await running().call(`${path}?archived=true`)).status).toBe(200);
  });

  it('A record is still reached by the ID of a record that was merged into it', async () => {
    const old = addContact();
    const survivor = addContact();
    mergeRecords(running().simulator.state, PORTAL_ID, '0-1', old.record.id, survivor.record.id);
    const response = await running().patch(old.path, { firstname: 'Grace' });
    expect(await response.json()).toMatchObject({ id: survivor.record.id });
    expect(survivor.stored('firstname')).toBe('Grace');
  });

  it('A record is read with the requested properties: unset ones are null, unknown ones are left out', async () => {
    const { path } = addContact();
    const response = await running().call(`${path}?properties=email,${OWNER},no_such_property`);
    const { properties } = (await response.json()) as { properties: Record<string, unknown> };
    expect(properties).toMatchObject({ email: 'lead@example.com', [OWNER]: null });
    expect(properties).not.toHaveProperty('no_such_property');
  });

  it('A record is found by a unique property only', async () => {
    const { record } = addContact();
    const found = await running().call(`${OBJECTS}/contacts/lead%40example.com?idProperty=email`);
    expect(await found.json()).toMatchObject({ id: record.id });
    expect((await running().call(`${OBJECTS}/contacts/Ada?idProperty=firstname`)).status).toBe(400);
  });

  it('A locked record is answered with 423', async () => {
    const { record, path } = addContact();
    record.locked = true;
    expect((await running().patch(path, { firstname: 'Ada' })).status).toBe(423);
  });
});

describe('the body of an update', () => {
  it.each([
    ['text', 'text/plain', '{"properties":{"firstname":"Ada"}}', 415],
    ['broken JSON', 'application/json', '{"properties":', 400],
    ['no properties', 'application/json', '{}', 400],
    ['an empty map', 'application/json', '{"properties":{}}', 400],
    ['a number', 'application/json', '{"properties":{"firstname":1}}', 400],
    ['an unknown member', 'application/json', '{"properties":{"firstname":"Ada"},"id":"1"}', 400],
    ['too much', 'application/json', JSON.stringify({ properties: { firstname: 'x'.repeat(300_000) } }), 413],
  ])('An update whose body has %s is refused', async (_, contentType, body, status) => {
    const { path } = addContact();
    const response = await running().call(path, { method: 'PATCH', body, headers: { 'Content-Type': contentType } });
    expect(response.status).toBe(status);
  });
});
