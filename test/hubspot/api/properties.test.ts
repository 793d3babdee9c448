import { toDeadline } from '../../../lib/domain/deadline.ts';
import type { ObjectTypeId } from '../../../lib/domain/ids.ts';
import { parseObjectType } from '../../../lib/domain/ids.ts';
import { createOwnerProperties } from '../../../lib/hubspot/api/properties.ts';
import { createPortalClient, type SendForPortal } from '../../../lib/hubspot/client.ts';
import { createStaticTokens } from '../../../lib/hubspot/static-tokens.ts';
import { createTransport, type HubSpotRequest } from '../../../lib/hubspot/transport.ts';
import { type HubSpotSimulator, startHubSpotSimulator } from '../../../local/simulator/hubspot-simulator.ts';
import { addCustomObjectType, addPortal, addProperty, addToken } from '../../../local/simulator/seed-portals.ts';
import { makeClock } from '../../support/clock.ts';
import { makeOpenPermits } from '../../support/open-permits.ts';
import { makeTelemetry, type RecordingTelemetry } from '../../support/recording-telemetry.ts';
import { portalId, reply } from '../gateway.ts';

const PORTAL = 8_200_001;
const FEW_SCOPES_PORTAL = 8_200_002;
const TOKENS = new Map([PORTAL, FEW_SCOPES_PORTAL].map((id) => [portalId(id), `pat-test-${id}`]));
const OWNER = { referencedObjectType: 'OWNER' } as const;
const typeId = (type: string) => parseObjectType(type) as ObjectTypeId;

describe('Owner properties of an object', () => {
  const clock = makeClock();
  let simulator: HubSpotSimulator;
  let telemetry: RecordingTelemetry;
  const skipped = () => telemetry.counted.filter(({ name }) => name === 'HubSpotRowsSkipped');

  beforeEach(async () => {
    telemetry = makeTelemetry();
    simulator = await startHubSpotSimulator({ now: clock.now });
    addPortal(simulator.state, { portalId: PORTAL, token: `pat-test-${PORTAL}` });
    addPortal(simulator.state, { portalId: FEW_SCOPES_PORTAL });
    addToken(simulator.state, FEW_SCOPES_PORTAL, `pat-test-${FEW_SCOPES_PORTAL}`, ['crm.objects.owners.read']);
  });

  afterEach(async () => {
    await simulator.close();
    expect(simulator.violations).toEqual([]);
  });

  function list(objectType: string, portal = PORTAL) {
    const { log, metrics } = telemetry;
    const tokens = createStaticTokens(TOKENS);
    const { now, sleep } = clock;
    const send = createPortalClient({
      transport: createTransport(),
      tokens,
      rateLimiter: makeOpenPermits(now, sleep),
      now,
      sleep,
      random: () => 0,
      metrics,
      log,
    });
    const { listOwnerProperties } = createOwnerProperties(send, simulator.url, metrics);
    return listOwnerProperties(portalId(portal), typeId(objectType), toDeadline(now() + 8_000));
  }

  it('[T2, T3] The owner properties are those that refer to owners and can be written, read with one call', async () => {
    const { state } = simulator;
    addProperty(state, PORTAL, '0-1', { name: 'advisor', label: 'Advisor', ...OWNER });
    addProperty(state, PORTAL, '0-1', { name: 'hidden_owner', hidden: true, ...OWNER });
    addProperty(state, PORTAL, '0-1', { name: 'old_owner', archived: true, ...OWNER });
    addProperty(state, PORTAL, '0-1', { name: 'first_owner', readOnly: true, ...OWNER });
    addProperty(state, PORTAL, '0-1', { name: 'owner_name', label: 'Owner name' });
    addProperty(state, PORTAL, '0-1', { name: 'last_owner', calculated: true, ...OWNER });
    addProperty(state, PORTAL, '0-1', { name: 'team', several: true, ...OWNER });
    addProperty(state, PORTAL, '0-1', { name: 'hs_all_owner_ids', ...OWNER });
    const mark = simulator.calls.mark();
    expect(await list('0-1')).toEqual([
      { name: 'hubspot_owner_id', label: 'Record owner' },
      { name: 'advisor', label: 'Advisor' },
      { name: 'hidden_owner', label: 'hidden_owner', notOffered: 'hidden' },
      { name: 'team', label: 'team', notOffered: 'several' },
    ]);
    expect(simulator.calls.since(mark)).toMatchObject([{ route: 'GET properties', status: 200 }]);
  });

  it('The owner properties are those of the requested object type, including custom objects', async () => {
    const { state } = simulator;
    addCustomObjectType(state, PORTAL, { typeId: '2-345', name: 'machines' });
    addCustomObjectType(state, PORTAL, { typeId: '2-346', name: 'parts', hasOwner: false });
    addProperty(state, PORTAL, '2-345', { name: 'mechanic', label: 'Mechanic', ...OWNER });
    expect((await list('2-345')).map(({ name }) => name)).toEqual(['hubspot_owner_id', 'mechanic']);
    expect((await list('0-2')).map(({ name }) => name)).toEqual(['hubspot_owner_id']);
    expect(await list('2-346')).toEqual([]);
    expect(await list('2-999')).toEqual([]);
  });

  it('[T1] A property in an unexpected form is counted, and the owner properties around it are read', async () => {
    const { state } = simulator;
    addProperty(state, PORTAL, '0-1', { name: 'advisor', label: 'Advisor', ...OWNER });
    addProperty(state, PORTAL, '0-1', { name: 'odd', oddRow: { name: ['odd'], ...OWNER } });
    expect((await list('0-1')).map(({ name }) => name)).toEqual(['hubspot_owner_id', 'advisor']);
    expect(skipped()).toEqual([{ name: 'HubSpotRowsSkipped', dimensions: { list: 'properties' } }]);
  });

  it('[T4] The owner properties are read from a list of many megabytes', async () => {
    simulator.settings.propertyTextLength = 1_000_000;
    expect((await list('0-1')).map(({ name }) => name)).toEqual(['hubspot_owner_id']);
  });

  it('The owner properties cannot be read without the scope', async () => {
    await expect(list('0-1', FEW_SCOPES_PORTAL)).rejects.toMatchObject({ code: 'MISSING_SCOPES' });
  });
});

const ROW = { name: 'advisor', label: 'Advisor', ...OWNER };

function answer(body: unknown, status = 200) {
  const sent: HubSpotRequest[] = [];
  const { metrics, counted } = makeTelemetry();
  const send: SendForPortal = async (_portal, request) => {
    sent.push(request);
    return reply(status, body).reply;
  };
  const { listOwnerProperties } = createOwnerProperties(send, 'https://api.example.com', metrics);
  return {
    sent,
    list: (type = '0-1') => listOwnerProperties(portalId(PORTAL), type as ObjectTypeId, toDeadline(1)),
    skipped: () => counted.filter(({ name }) => name === 'HubSpotRowsSkipped').length,
  };
}

const BROKEN = { code: 'HUBSPOT_CONTRACT_BROKEN', retryable: true };
const ADVISOR = { name: 'advisor', label: 'Advisor' };
const ODD_ROWS: readonly [unknown, string][] = [
  [null, 'null'],
  [7, 'a number'],
  ['advisor', 'a text'],
  [[], 'a list'],
  [{}, 'an empty object'],
  [{ ...ROW, name: 7 }, 'a number for a name'],
  [{ ...ROW, name: null }, 'null for a name'],
  [{ ...ROW, name: undefined }, 'no name'],
  [{ name: 'city', label: 7 }, 'a number for a label'],
  [{ name: 'city', fieldType: ['text'] }, 'a list for a field type'],
  [{ name: 'city', hidden: 'false' }, 'a text for a flag'],
  [{ name: 'city', archived: 0 }, 'a number for a flag'],
  [{ name: 'city', modificationMetadata: 1 }, 'a number for metadata'],
  [{ name: 'city', modificationMetadata: { readOnlyValue: 'no' } }, 'a text for a flag of the metadata'],
];

describe('The list of properties', () => {
  it.each<[unknown, string]>([
    [{}, 'nothing in it'],
    [null, 'null'],
    [[], 'a list'],
    ['<html>', 'a page of a proxy'],
    ['', 'no body'],
    [{ results: null }, 'no list'],
    [{ results: 5 }, 'a number for a list'],
    [{ results: 'rows' }, 'a text for a list'],
    [{ results: { 0: ROW } }, 'an object for a list'],
  ])('The property list %j breaks the contract: %s', async (body) => {
    await expect(answer(body).list()).rejects.toMatchObject(BROKEN);
  });

  it.each(ODD_ROWS)(
    '[T1] A property list leaves out the row %j and counts it, and reads the others: %s',
    async (row) => {
      const { list, skipped } = answer({ results: [row, ROW, row] });
      expect(await list()).toEqual([ADVISOR]);
      expect(skipped()).toBe(2);
    },
  );

  it.each(ODD_ROWS)('[T1] A property list in which every row is like %j breaks the contract: %s', async (row) => {
    const { list, skipped } = answer({ results: [row, row] });
    await expect(list()).rejects.toMatchObject(BROKEN);
    expect(skipped()).toBe(2);
  });

  it.each<[object, string]>([
    [{ label: 7 }, 'its label'],
    [{ fieldType: {} }, 'its field type'],
    [{ hidden: 'false' }, 'a flag'],
    [{ calculated: 'yes' }, 'another flag'],
    [{ referencedObjectType: ['OWNER'] }, 'what it refers to'],
    [{ referencedObjectType: { name: 'OWNER' } }, 'what it refers to, in another way'],
  ])(
    '[T1] A row that may be an owner property counts as unclear, neither present nor absent: %j in %s',
    async (odd) => {
      expect(await answer({ results: [{ name: 'firstname' }, { ...ROW, ...odd }] }).list()).toEqual([
        { name: 'advisor', label: 'advisor', notOffered: 'unclear' },
      ]);
    },
  );

  it('A property list may be empty', async () => {
    expect(await answer({ results: [] }).list()).toEqual([]);
  });

  it.each<[object, string]>([
    [{}, 'the least a row has'],
    [{ hidden: null, archived: null, calculated: null, modificationMetadata: null, fieldType: null }, 'nulls'],
    [{ modificationMetadata: {} }, 'empty metadata'],
    [{ createdAt: 'never', options: [], somethingNew: { a: 1 } }, 'fields that we do not know or use'],
    [{ type: 'enumeration', fieldType: 'select', externalOptions: true }, 'what HubSpot’s own has'],
  ])('A property list is read with %j in a row: %s', async (fields) => {
    expect(await answer({ results: [{ ...ROW, ...fields }] }).list()).toEqual([ADVISOR]);
  });

  it.each<[string | null | undefined, string]>([
    [null, 'null'],
    [undefined, 'missing'],
    [' ', 'blank'],
  ])('A property with the label %j is shown by its name: %s', async (label) => {
    expect(await answer({ results: [{ ...ROW, label }] }).list()).toEqual([{ name: 'advisor', label: 'advisor' }]);
  });

  it.each<[object, string]>([
    [{ referencedObjectType: undefined }, 'refers to nothing'],
    [{ referencedObjectType: null }, 'refers to null'],
    [{ referencedObjectType: 'USER' }, 'refers to something else'],
    [{ referencedObjectType: 'owner' }, 'refers to something of a like name'],
    [{ archived: true }, 'is archived'],
    [{ calculated: true }, 'is calculated'],
    [{ calculated: true, fieldType: 'checkbox' }, 'is calculated and holds several'],
    [{ modificationMetadata: { readOnlyValue: true } }, 'is read-only'],
    [{ name: 'hs_all_owner_ids' }, 'is calculated from all owner properties'],
  ])('[T2] A property with %j is not an owner property: it %s', async (fields) => {
    expect(await answer({ results: [{ ...ROW, ...fields }] }).list()).toEqual([]);
  });

  it('[T2] A hidden owner property is reported as hidden', async () => {
    const hidden = { ...ADVISOR, notOffered: 'hidden' };
    expect(await answer({ results: [{ ...ROW, hidden: true }] }).list()).toEqual([hidden]);
  });

  it('[T3] An owner property with checkboxes is reported as holding several owners', async () => {
    const several = { ...ADVISOR, notOffered: 'several' };
    expect(await answer({ results: [{ ...ROW, fieldType: 'checkbox' }] }).list()).toEqual([several]);
  });

  it.each([
    [400, 'a type that HubSpot cannot infer'],
    [404, 'a type that is not there'],
  ])('A property list is empty when HubSpot returns %d: %s', async (status) => {
    expect(await answer({ status: 'error' }, status).list()).toEqual([]);
    expect(await answer({ message: 'gone', category: 'OBJECT_NOT_FOUND' }, status).list()).toEqual([]);
    expect(await answer({ message: 'gone', correlationId: 'c-1' }, status).list()).toEqual([]);
  });

  it.each([
    ['a page', '<html><h1>Not Found</h1></html>'],
    ['nothing', ''],
    ['JSON of somebody else', '{"message":"no Route matched with those values"}'],
    ['null', 'null'],
  ])('[T2] A 404 or 400 with %s as its body does not count as an empty property list', async (_name, body) => {
    for (const status of [400, 404]) await expect(answer(body, status).list()).rejects.toMatchObject(BROKEN);
  });

  it('Any other status breaks the contract of the property list', async () => {
    await expect(answer({}, 405).list()).rejects.toMatchObject(BROKEN);
  });

  it('[T4] A property list may have 30 MB and take a long time', async () => {
    const { list, sent } = answer({ results: [] });
    await list();
    expect(sent).toMatchObject([{ maxBodyBytes: 30 * 1024 * 1024, mayTakeLong: true }]);
  });

  it('[X4, T10] A request for properties puts any object type into one segment of the path', async () => {
    const { list, sent } = answer({ results: [] });
    await list('../../owners?x=1#');
    await list('p8200001_car');
    expect(sent.map(({ url }) => url)).toEqual([
      'https://api.example.com/crm/properties/2026-09/..%2F..%2Fowners%3Fx%3D1%23?archived=false',
      'https://api.example.com/crm/properties/2026-09/p8200001_car?archived=false',
    ]);
  });
});
