import { addActiveOwner } from '../../../local/simulator/seed-owners.ts';
import { addRecord, changeRecord } from '../../../local/simulator/seed-records.ts';
import { PORTAL_ID, useSimulator } from './use-simulator.ts';

const CONTACTS = '/crm/objects/2026-09/contacts';
const OWNER = 'hubspot_owner_id';
const ASSIGNED = 'hubspot_owner_assigneddate';
const START = '2026-11-23T09:00:00.000Z';
const LATER = '2026-11-23T09:01:00.000Z';
const running = useSimulator();

type Row = { properties: Record<string, string | null>; propertiesWithHistory: Record<string, object[]> };

async function readContact(id: string): Promise<Row> {
  const query = `properties=${OWNER},${ASSIGNED}&propertiesWithHistory=${OWNER}`;
  return (await (await running().call(`${CONTACTS}/${id}?${query}`)).json()) as Row;
}

function addOwned() {
  const { state } = running().simulator;
  const [ada, omar] = [addActiveOwner(state, PORTAL_ID), addActiveOwner(state, PORTAL_ID)];
  const { id } = addRecord(state, PORTAL_ID, { typeId: '0-1', properties: { [OWNER]: ada.id } });
  running().clock.advance(60_000);
  return { id, ada, omar };
}

it('The history of a record says when the owner was assigned, and which owners it had, the newest first', async () => {
  const { id, ada, omar } = addOwned();
  await running().patch(`${CONTACTS}/${id}`, { [OWNER]: omar.id });
  expect(await readContact(id)).toMatchObject({
    properties: { [OWNER]: omar.id, [ASSIGNED]: LATER },
    propertiesWithHistory: {
      [OWNER]: [
        { value: omar.id, timestamp: LATER, sourceType: 'API' },
        { value: ada.id, timestamp: START, sourceType: 'API' },
      ],
    },
  });
});

it('The history of a record distinguishes a person’s change from an app’s', async () => {
  const { id, omar } = addOwned();
  changeRecord(running().simulator.state, PORTAL_ID, '0-1', id, { [OWNER]: omar.id });
  const { propertiesWithHistory } = await readContact(id);
  expect(propertiesWithHistory[OWNER]?.[0]).toMatchObject({ value: omar.id, sourceType: 'CRM_UI' });
});

it.each([
  ['emptied', ''],
  ['kept', START],
] as const)(
  'The assigned date of a record is %s when the owner is cleared, as the simulator is set',
  async (onClear, expected) => {
    running().simulator.settings.assignedDate = { onClear };
    const { id } = addOwned();
    await running().patch(`${CONTACTS}/${id}`, { [OWNER]: '' });
    const { properties, propertiesWithHistory } = await readContact(id);
    expect(properties[ASSIGNED]).toBe(expected);
    expect(propertiesWithHistory[OWNER]?.[0]).toMatchObject({ value: '', timestamp: LATER });
  },
);

it.each([
  ['kept', START],
  ['moved', LATER],
] as const)(
  'The assigned date of a record is %s when the same owner is written again, as the simulator is set',
  async (onSameOwner, expected) => {
    running().simulator.settings.assignedDate = { onSameOwner };
    const { id, ada } = addOwned();
    await running().patch(`${CONTACTS}/${id}`, { [OWNER]: ada.id });
    const { properties, propertiesWithHistory } = await readContact(id);
    expect(properties[ASSIGNED]).toBe(expected);
    expect(propertiesWithHistory[OWNER]).toHaveLength(1);
  },
);

it('The assigned date of a record cannot be written', async () => {
  const { id } = addOwned();
  expect((await running().patch(`${CONTACTS}/${id}`, { [ASSIGNED]: START })).status).toBe(400);
});

it('A batch read has the histories of up to fifty records', async () => {
  const { id, ada } = addOwned();
  const read = { inputs: [{ id }], properties: [OWNER], propertiesWithHistory: [OWNER] };
  const { results } = (await (await running().post(`${CONTACTS}/batch/read`, read)).json()) as { results: Row[] };
  expect(results[0]?.propertiesWithHistory[OWNER]).toMatchObject([{ value: ada.id, timestamp: START }]);
});
