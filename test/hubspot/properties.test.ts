import type { ObjectTypeId } from '../../lib/domain/ids.ts';
import { parseObjectType } from '../../lib/domain/object-type.ts';
import { createPortalClient } from '../../lib/hubspot/portal-client.ts';
import { createOwnerProperties } from '../../lib/hubspot/properties.ts';
import { createStaticTokens } from '../../lib/hubspot/static-tokens.ts';
import { createTransport } from '../../lib/hubspot/transport.ts';
import { type HubSpotSimulator, startHubSpotSimulator } from '../../local/simulator/hubspot-simulator.ts';
import { addCustomObjectType, addPortal, addProperty, addToken } from '../../local/simulator/seed-portals.ts';
import { makeClock } from '../support/clock.ts';
import { makeOpenPermits } from '../support/open-permits.ts';
import { makeTelemetry } from '../support/recording-telemetry.ts';
import { portalId } from './gateway.ts';

const PORTAL = 8_200_001;
const FEW_SCOPES_PORTAL = 8_200_002;
const TOKENS = new Map([PORTAL, FEW_SCOPES_PORTAL].map((id) => [portalId(id), `pat-test-${id}`]));
const OWNER = { referencedObjectType: 'OWNER' } as const;
const typeId = (type: string) => parseObjectType(type) as ObjectTypeId;

describe('the owner properties of an object', () => {
  const clock = makeClock();
  let simulator: HubSpotSimulator;

  beforeEach(async () => {
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
    const { log, metrics } = makeTelemetry();
    const tokens = createStaticTokens(TOKENS);
    const { now, sleep } = clock;
    const send = createPortalClient({
      transport: createTransport(),
      tokens,
      permits: makeOpenPermits(now, sleep),
      now,
      sleep,
      random: () => 0,
      metrics,
      log,
    });
    const { listOwnerProperties } = createOwnerProperties(send, simulator.url);
    return listOwnerProperties(portalId(portal), typeId(objectType), now() + 8_000);
  }

  it('are those that refer to owners and may be written, by one call', async () => {
    const { state } = simulator;
    addProperty(state, PORTAL, '0-1', { name: 'advisor', label: 'Advisor', ...OWNER });
    addProperty(state, PORTAL, '0-1', { name: 'hidden_owner', hidden: true, ...OWNER });
    addProperty(state, PORTAL, '0-1', { name: 'old_owner', archived: true, ...OWNER });
    addProperty(state, PORTAL, '0-1', { name: 'first_owner', readOnly: true, ...OWNER });
    addProperty(state, PORTAL, '0-1', { name: 'owner_name', label: 'Owner name' });
    addProperty(state, PORTAL, '0-1', { name: 'hs_all_owner_ids', ...OWNER });
    const mark = simulator.calls.mark();
    expect(await list('0-1')).toEqual([
      { name: 'hubspot_owner_id', label: 'Record owner' },
      { name: 'advisor', label: 'Advisor' },
    ]);
    expect(simulator.calls.since(mark)).toMatchObject([{ route: 'GET properties', status: 200 }]);
  });

  it('are those of this object type, custom objects included', async () => {
    const { state } = simulator;
    addCustomObjectType(state, PORTAL, { typeId: '2-345', name: 'machines' });
    addCustomObjectType(state, PORTAL, { typeId: '2-346', name: 'parts', hasOwner: false });
    addProperty(state, PORTAL, '2-345', { name: 'mechanic', label: 'Mechanic', ...OWNER });
    expect((await list('2-345')).map(({ name }) => name)).toEqual(['hubspot_owner_id', 'mechanic']);
    expect((await list('0-2')).map(({ name }) => name)).toEqual(['hubspot_owner_id']);
    expect(await list('2-346')).toEqual([]);
    expect(await list('2-999')).toEqual([]);
  });

  it('are refused without the scope', async () => {
    await expect(list('0-1', FEW_SCOPES_PORTAL)).rejects.toMatchObject({ code: 'MISSING_SCOPES' });
  });
});

const ROW = { name: 'advisor', label: 'Advisor', ...OWNER };

function answer(body: unknown, status = 200) {
  const reply = { status, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) };
  const urls: string[] = [];
  const { listOwnerProperties } = createOwnerProperties(async (_portal, { url }) => {
    urls.push(url);
    return reply;
  }, 'https://api.example.com');
  return { urls, list: (type = '0-1') => listOwnerProperties(portalId(PORTAL), type as ObjectTypeId, 1) };
}

describe('shapes of the properties listing', () => {
  it.each<[unknown, string]>([
    [{}, 'nothing in it'],
    [null, 'null'],
    ['<html>', 'a page of a proxy'],
    [{ results: null }, 'no list'],
    [{ results: 5 }, 'a number for a list, which the SDK iterates'],
    [{ results: [null] }, 'a row that is null'],
    [{ results: [{ ...ROW, name: 7 }] }, 'a number for a name'],
    [{ results: [{ ...ROW, name: undefined }] }, 'no name'],
    [{ results: [{ ...ROW, hidden: 'false' }] }, 'a text for a flag'],
    [{ results: [{ ...ROW, modificationMetadata: 1 }] }, 'a number for metadata'],
    [{ results: [ROW, { ...ROW, label: 7 }] }, 'one bad row beside a good one'],
  ])('%j breaks the contract: %s', async (body) => {
    await expect(answer(body).list()).rejects.toMatchObject({ code: 'HUBSPOT_CONTRACT_BROKEN' });
  });

  it.each<[object, string]>([
    [{}, 'the least a row has'],
    [{ hidden: null, archived: null, calculated: null, modificationMetadata: null }, 'nulls'],
    [{ modificationMetadata: {} }, 'empty metadata'],
    [{ createdAt: 'never', options: [], somethingNew: { a: 1 } }, 'fields that we do not know or use'],
  ])('%j is read: %s', async (fields) => {
    expect(await answer({ results: [{ ...ROW, ...fields }] }).list()).toEqual([{ name: 'advisor', label: 'Advisor' }]);
  });

  it.each<[string | null | undefined, string]>([
    [null, 'null'],
    [undefined, 'missing'],
    [' ', 'blank'],
  ])('a label that is %j gives way to the name: %s', async (label) => {
    expect(await answer({ results: [{ ...ROW, label }] }).list()).toEqual([{ name: 'advisor', label: 'advisor' }]);
  });

  it.each<[object, string]>([
    [{ referencedObjectType: undefined }, 'refers to nothing'],
    [{ referencedObjectType: 'USER' }, 'refers to something else'],
    [{ hidden: true }, 'is hidden'],
    [{ archived: true }, 'is archived'],
    [{ calculated: true }, 'is calculated'],
    [{ modificationMetadata: { readOnlyValue: true } }, 'is read-only'],
    [{ name: 'hs_all_owner_ids' }, 'is calculated from all owner properties'],
  ])('%j is not offered: it %s', async (fields) => {
    expect(await answer({ results: [{ ...ROW, ...fields }] }).list()).toEqual([]);
  });

  it.each([
    [400, 'a type that HubSpot cannot infer'],
    [404, 'a type that is not there'],
  ])('%d means that there is nothing to choose: %s', async (status) => {
    expect(await answer({ status: 'error' }, status).list()).toEqual([]);
  });

  it('another status breaks the contract', async () => {
    await expect(answer({}, 405).list()).rejects.toMatchObject({ code: 'HUBSPOT_CONTRACT_BROKEN' });
  });

  it('[X4] puts the type into one segment of the path, whatever it is', async () => {
    const { list, urls } = answer({ results: [] });
    await list('../../owners?x=1#');
    expect(urls).toEqual(['https://api.example.com/crm/properties/2026-09/..%2F..%2Fowners%3Fx%3D1%23?archived=false']);
  });
});
