import { addActiveOwner, addArchivedOwner } from '../../../local/simulator/seed-owners.ts';
import { addPortal, addProperty } from '../../../local/simulator/seed-portals.ts';
import { addRecord, mergeRecords, readRecordProperty } from '../../../local/simulator/seed-records.ts';
import { PORTAL_ID, useSimulator } from './use-simulator.ts';

const UPDATE = '/crm/objects/2026-09/contacts/batch/update';
const READ = '/crm/objects/2026-09/contacts/batch/read';
const OWNER = 'hubspot_owner_id';
const GONE = 'Could not get some objects, they may be deleted or not exist. Check that ids are valid.';
const running = useSimulator();

const addContact = (properties = {}) => addRecord(running().simulator.state, PORTAL_ID, { typeId: '0-1', properties });
const addContacts = (count: number) => Array.from({ length: count }, () => addContact().id);
const ownerId = () => addActiveOwner(running().simulator.state, PORTAL_ID).id;
const stored = (id: string, name = OWNER) => readRecordProperty(running().simulator.state, PORTAL_ID, '0-1', id, name);
const toInputs = (ids: readonly string[], properties: object) => ids.map((id) => ({ id, properties }));
const update = (inputs: unknown) => running().post(UPDATE, { inputs });

describe('a batch update', () => {
  it('A batch update writes a hundred records and answers with the stored objects', async () => {
    const ids = addContacts(100);
    const owner = ownerId();
    running().clock.advance(1_000);
    const response = await update(toInputs(ids, { [OWNER]: owner }));
    expect(response.status).toBe(200);
    const body = (await response.json()) as { results: object[] };
    expect(body).toEqual({
      status: 'COMPLETE',
      results: expect.any(Array),
      startedAt: '2026-11-23T09:00:01.000Z',
      completedAt: '2026-11-23T09:00:01.000Z',
    });
    expect(body.results).toHaveLength(100);
    expect(body.results[99]).toMatchObject({ id: ids[99], properties: { [OWNER]: owner }, archived: false });
    expect(ids.filter((id) => stored(id) !== owner)).toEqual([]);
  });

  it('A batch update gives each record its own value, including a deactivated owner’s ID', async () => {
    const [first = '', second = '', third = ''] = addContacts(3);
    const owner = ownerId();
    const leaver = addArchivedOwner(running().simulator.state, PORTAL_ID).id;
    await update([...toInputs([first], { [OWNER]: owner }), ...toInputs([second], { [OWNER]: leaver })]);
    expect([first, second, third].map((id) => stored(id))).toEqual([owner, leaver, '']);
  });

  it('A batch update accepts the trace ID of a write, and a unique property instead of an ID', async () => {
    const { id } = addContact({ email: 'lead@example.com' });
    const properties = { firstname: 'Ada' };
    const response = await update([
      { id: 'lead@example.com', idProperty: 'email', objectWriteTraceId: '1', properties },
    ]);
    expect(await response.json()).toMatchObject({ results: [{ id }] });
    expect(stored(id, 'firstname')).toBe('Ada');
    expect((await update([{ id: 'Ada', idProperty: 'firstname', properties }])).status).toBe(400);
  });

  it('A batch update is answered with 423 when one record is locked, and writes none', async () => {
    const free = addContact();
    const locked = addContact();
    locked.locked = true;
    expect((await update(toInputs([free.id, locked.id], { firstname: 'Ada' }))).status).toBe(423);
    expect(stored(free.id, 'firstname')).toBe('');
  });
});

describe.each(['legacy', 'structured'] as const)('in the %s error shape', (errorShape) => {
  it.each([
    [OWNER, 'ada@example.com', 'INVALID_INTEGER'],
    [OWNER, '2147483647', 'INVALID_OWNER_ID'],
    ['no_such_property', 'x', 'PROPERTY_DOESNT_EXIST'],
    ['hs_object_id', '1', 'READ_ONLY_VALUE'],
    ['lastname', 'x', 'TOO_SHORT'],
  ])('One input with %s=%s fails the whole batch with %s', async (name, value, code) => {
    const { simulator } = running();
    simulator.settings.errorShape = errorShape;
    addProperty(simulator.state, PORTAL_ID, '0-1', {
      name: 'lastname',
      validationRule: { code: 'TOO_SHORT', message: 'Two letters at least', accepts: (text) => text.length > 1 },
    });
    const [good = '', bad = ''] = addContacts(2);
    const body = [...toInputs([good], { firstname: 'Ada' }), ...toInputs([bad], { [name]: value })];
    const response = await update(body);
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text).toContain(code);
    expect(Object.hasOwn(JSON.parse(text), 'errors')).toBe(errorShape === 'structured');
    expect(stored(good, 'firstname')).toBe('');
  });
});

describe('records that are missing', () => {
  function addMissing() {
    const { state } = running().simulator;
    const archived = addContact();
    archived.archived = true;
    const old = addContact();
    mergeRecords(state, PORTAL_ID, '0-1', old.id, addContact().id);
    const stranger = addRecord(state, addPortal(state).portalId, { typeId: '0-1' });
    return [archived.id, old.id, stranger.id, '1'];
  }

  it.each([207, 200] as const)(
    'Missing records are an error in a %d and fail no other record',
    async (batchErrorStatus) => {
      running().simulator.settings.batchErrorStatus = batchErrorStatus;
      const missing = addMissing();
      const { id } = addContact();
      const response = await update(toInputs([...missing, id], { firstname: 'Ada' }));
      expect(response.status).toBe(batchErrorStatus);
      expect(await response.json()).toMatchObject({
        status: 'COMPLETE',
        results: [{ id }],
        numErrors: 1,
        errors: [{ status: 'error', category: 'OBJECT_NOT_FOUND', message: GONE, context: { ids: missing } }],
      });
      expect(stored(id, 'firstname')).toBe('Ada');
    },
  );

  it('Missing records are not named when the IDs are switched off', async () => {
    running().simulator.settings.batchErrorIds = 'omitted';
    const response = await update(toInputs(['1', addContact().id], { firstname: 'Ada' }));
    expect(response.status).toBe(207);
    const { errors } = (await response.json()) as { errors: unknown };
    expect(errors).toEqual([{ status: 'error', category: 'OBJECT_NOT_FOUND', message: GONE }]);
  });

  it('An invalid value fails the whole batch, with missing records or without', async () => {
    expect((await update(toInputs(['1'], { [OWNER]: 'x' }))).status).toBe(400);
  });

  it('All records of a batch may be missing', async () => {
    const response = await update(toInputs(['1', '2'], { firstname: 'Ada' }));
    expect(await response.json()).toMatchObject({ results: [], errors: [{ context: { ids: ['1', '2'] } }] });
  });
});

describe('the body of a batch update', () => {
  const input = { id: '1', properties: { firstname: 'Ada' } };
  it.each([
    ['no inputs', {}],
    ['an empty list', { inputs: [] }],
    ['a list of texts', { inputs: ['1'] }],
    ['101 inputs', { inputs: Array.from({ length: 101 }, (_, index) => ({ ...input, id: String(index + 1) })) }],
    ['an id twice', { inputs: [input, input] }],
    ['a number for an id', { inputs: [{ ...input, id: 1 }] }],
    ['no id', { inputs: [{ properties: { firstname: 'Ada' } }] }],
    ['no properties', { inputs: [{ id: '1' }] }],
    ['an empty map of properties', { inputs: [{ id: '1', properties: {} }] }],
    ['a number for a value', { inputs: [{ id: '1', properties: { [OWNER]: 1 } }] }],
    ['an unknown member of an input', { inputs: [{ ...input, archived: false }] }],
    ['an unknown member', { inputs: [input], properties: {} }],
  ])('A batch update whose body has %s is refused', async (_, body) => {
    expect((await running().post(UPDATE, body)).status).toBe(400);
  });

  it('A batch update must be JSON, and say so', async () => {
    const statuses = [
      await running().call(UPDATE, {
        method: 'POST',
        body: '{"inputs":[]}',
        headers: { 'Content-Type': 'text/plain' },
      }),
      await running().call(UPDATE, { method: 'POST', body: '{', headers: { 'Content-Type': 'application/json' } }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([415, 400]);
  });

  it('A batch update with doubled IDs is refused by their names, and stores nothing', async () => {
    const { id } = addContact();
    const response = await update(toInputs([id, id], { firstname: 'Ada' }));
    expect(await response.text()).toContain(`[${id}]`);
    expect(stored(id, 'firstname')).toBe('');
  });

  it('A batch update must not reach one record in two ways', async () => {
    const { id } = addContact({ email: 'lead@example.com' });
    const properties = { firstname: 'Ada' };
    const response = await update([
      { id, properties },
      { id: 'lead@example.com', idProperty: 'email', properties },
    ]);
    expect(response.status).toBe(400);
    expect(stored(id, 'firstname')).toBe('');
  });
});

describe('a batch read', () => {
  const read = (body: object, path = READ) => running().post(path, { propertiesWithHistory: [], ...body });

  it('A batch read answers with the requested properties, in the order of the IDs', async () => {
    const owner = ownerId();
    const ids = [addContact({ [OWNER]: owner }).id, addContact().id].reverse();
    const response = await read({ inputs: ids.map((id) => ({ id })), properties: [OWNER] });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      results: [
        { id: ids[0], properties: { [OWNER]: null } },
        { id: ids[1], properties: { [OWNER]: owner } },
      ],
    });
  });

  it('A batch read reports missing, archived and merged IDs in a 207', async () => {
    const present = addContact();
    const archived = addContact();
    archived.archived = true;
    const old = addContact();
    mergeRecords(running().simulator.state, PORTAL_ID, '0-1', old.id, present.id);
    const ids = [archived.id, old.id, '1', present.id];
    const response = await read({ inputs: ids.map((id) => ({ id })), properties: [] });
    expect(response.status).toBe(207);
    expect(await response.json()).toMatchObject({
      results: [{ id: present.id }],
      numErrors: 1,
      errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: ids.slice(0, 3) } }],
    });
    const alone = await read({ inputs: [{ id: archived.id }], properties: [] }, `${READ}?archived=true`);
    expect(await alone.json()).toMatchObject({ results: [{ id: archived.id, archived: true }] });
  });

  it.each([
    ['101 ids', { inputs: Array.from({ length: 101 }, (_, index) => ({ id: String(index + 1) })), properties: [] }],
    ['an id twice', { inputs: [{ id: '1' }, { id: '1' }], properties: [] }],
    ['more than an id', { inputs: [{ id: '1', properties: {} }], properties: [] }],
    ['a text for the properties', { inputs: [{ id: '1' }], properties: OWNER }],
    [
      'a history of 51',
      {
        inputs: Array.from({ length: 51 }, (_, index) => ({ id: String(index + 1) })),
        properties: [],
        propertiesWithHistory: [OWNER],
      },
    ],
    ['an unknown member', { inputs: [{ id: '1' }], properties: [], after: '1' }],
  ])('A batch read with %s is refused', async (_, body) => {
    expect((await read(body)).status).toBe(400);
  });
});
