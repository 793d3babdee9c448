import { randomBytes } from 'node:crypto';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { createHandler as createForgetHandler } from '../../functions/forget-portal.ts';
import type { OAuthConfig } from '../../lib/config/connection.ts';
import { createLocalTokenCipher } from '../../lib/crypto/token-cipher-local.ts';
import { fromRefreshMessage } from '../../lib/queue/refresh-messages.ts';
import { createRefreshRuntime } from '../../lib/runtime/refresh-runtime.ts';
import { createPortals } from '../../lib/store/portals.ts';
import { sealGrant } from '../../lib/use-cases/stored-tokens.ts';
import { addApp, installApp, uninstallApp } from '../../local/simulator/seed-apps.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { addRecord } from '../../local/simulator/seed-records.ts';
import { getApp, type SimulatedOwner } from '../../local/simulator/state.ts';
import { toPortalId } from '../builders/ids.ts';
import { makeContext } from '../support/http-events.ts';
import { OTHER_PORTAL, PORTAL, type Service, startService } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const REDIRECT_URI = 'https://owner.example.com/oauth/callback';
const SCOPES = ['oauth', 'crm.objects.owners.read', 'crm.objects.contacts.read', 'crm.objects.contacts.write'];
const oauth: OAuthConfig = {
  clientId: 'client-1',
  clientSecret: 'secret-test-client',
  redirectUri: REDIRECT_URI,
  appBaseUrl: 'https://app.example.com',
  tokenKey: { kind: 'local', key: randomBytes(32).toString('base64') },
};

let service: Service;
let jane: SimulatedOwner;
let granted: { accessToken: string; refreshToken: string };
const portals = () => createPortals(service.table, service.clock.now);

beforeEach(async () => {
  service = await startService({ config: { oauth, staticTokens: new Map() } });
  const { state } = service.simulator;
  addApp(state, {
    clientId: oauth.clientId,
    clientSecret: oauth.clientSecret,
    redirectUris: [REDIRECT_URI],
    requiredScopes: SCOPES,
  });
  jane = addActiveOwner(state, PORTAL, { email: 'jane@example.com', firstName: 'Jane', lastName: 'Doe' });
  granted = await connect(PORTAL);
});

afterEach(async () => {
  await service.close();
  expect(service.simulator.violations).toEqual([]);
});

/** What the install page leaves behind. */
async function connect(portal: number) {
  const tokens = installApp(service.simulator.state, oauth.clientId, portal, SCOPES);
  const { now } = service.clock;
  const key = oauth.tokenKey.kind === 'local' ? oauth.tokenKey.key : '';
  const cipher = createLocalTokenCipher({ current: key }, {});
  const sealed = await sealGrant(cipher, toPortalId(portal), { ...tokens, expiresInSeconds: 1_800 }, now());
  await portals().connect(toPortalId(portal), { scopes: SCOPES, tokens: sealed }, now());
  return tokens;
}

async function execute(container = service, portalId = PORTAL) {
  const { id: objectId } = addRecord(service.simulator.state, portalId, { typeId: '0-1' });
  return container.execute({ objectId, portalId, inputFields: { ownerEmail: 'jane@example.com' } });
}

const tokenCalls = () => service.simulator.calls.all().filter(({ route }) => route === 'POST token').length;

function forget(portalId: number = PORTAL) {
  const { telemetry, operators } = service;
  return createForgetHandler(telemetry, async () => operators)({ portalId }, makeContext(60_000));
}

async function rowsOf(portalId: number) {
  const items = await readAllItems(service.table);
  return items.filter(({ pk, sk }) => pk?.S?.startsWith(`portal#${portalId}#`) || sk?.S === String(portalId));
}

it('[H5] works with the token of the install, and with a refreshed one once that has ended', async () => {
  expect((await execute()).outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id });
  expect(tokenCalls()).toBe(0);
  service.clock.advance(HOUR_MS);
  expect((await execute()).outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id });
  expect((await execute(await service.restart())).outputs).toMatchObject({ outcome: 'ASSIGNED' });
  expect(tokenCalls()).toBe(1);
});

it('[X11] keeps no token readable in the table', async () => {
  service.clock.advance(HOUR_MS);
  await execute();
  const dump = JSON.stringify(await readAllItems(service.table));
  expect(dump.length).toBeGreaterThan(500);
  for (const token of [granted.accessToken, granted.refreshToken]) {
    expect(dump).not.toContain(token);
    expect(dump).not.toContain(Buffer.from(token).toString('base64').slice(0, 40));
  }
});

it('[R5] notices an uninstall, tells executions so without asking again, and leaves the portal out of the nightly run', async () => {
  await connect(OTHER_PORTAL);
  await execute();
  uninstallApp(service.simulator.state, oauth.clientId, PORTAL);
  service.clock.advance(HOUR_MS);

  expect((await execute()).outputs).toMatchObject({ outcome: 'FAILED', errorCode: 'PORTAL_NOT_CONNECTED' });
  const calls = service.simulator.calls.all().length;
  for (let n = 0; n < 5; n += 1) {
    expect((await execute()).outputs).toMatchObject({ errorCode: 'PORTAL_NOT_CONNECTED' });
    expect((await execute(await service.restart())).outputs).toMatchObject({ errorCode: 'PORTAL_NOT_CONNECTED' });
  }
  expect(service.simulator.calls.all().length).toBe(calls);
  expect((await portals().read(toPortalId(PORTAL)))?.disconnectedAtEpochMs).toBe(service.clock.now());
  expect((await Array.fromAsync(portals().listConnected())).flat()).toEqual([String(OTHER_PORTAL)]);
});

it('[R5] works on while HubSpot takes the token of a grant that is gone, and notices when it is to be renewed', async () => {
  getApp(service.simulator.state, oauth.clientId).installs.get(PORTAL)?.refreshTokens.clear();
  service.clock.advance(24 * MINUTE_MS);
  expect((await execute()).outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id });
  expect(tokenCalls()).toBe(0);
  service.clock.advance(2 * MINUTE_MS);
  expect((await execute()).outputs).toMatchObject({ outcome: 'FAILED', errorCode: 'PORTAL_NOT_CONNECTED' });
  expect(tokenCalls()).toBe(1);
});

it('[A13] is connected again by a reinstall, which keeps what the cache knew', async () => {
  await execute();
  uninstallApp(service.simulator.state, oauth.clientId, PORTAL);
  service.clock.advance(HOUR_MS);
  await execute();
  await connect(PORTAL);
  const answer = await execute(await service.restart());
  expect(answer.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id, resolvedFrom: 'CACHE' });
});

it('[H6] tells the workflow which scope is missing, and where the app is installed again', async () => {
  const { id: objectId } = addRecord(service.simulator.state, PORTAL, { typeId: '0-3' });
  const answer = await service.execute({
    objectId,
    objectType: 'DEAL',
    inputFields: { ownerEmail: 'jane@example.com' },
  });
  expect(answer.outputs.errorCode).toBe('MISSING_SCOPES');
  expect(answer.outputs.errorMessage).toContain('crm.objects.deals.write');
  expect(answer.outputs.errorMessage).toContain(`${service.config.publicBaseUrl}/oauth/install `);
});

describe('forgetting a portal', () => {
  it('[X15, X12] uninstalls the app, revokes the grant and leaves no row', async () => {
    await connect(OTHER_PORTAL);
    await execute();
    expect((await rowsOf(PORTAL)).length).toBeGreaterThan(5);

    expect(await forget()).toMatchObject({ status: 'forgotten', uninstalled: 'yes' });

    expect(await rowsOf(PORTAL)).toEqual([]);
    expect((await rowsOf(OTHER_PORTAL)).length).toBeGreaterThan(0);
    const routes = service.simulator.calls.all().map(({ route }) => route);
    expect(routes).toEqual(expect.arrayContaining(['DELETE external install']));
    expect((await execute(await service.restart())).outputs.errorCode).toBe('PORTAL_NOT_CONNECTED');
    expect(await forget()).toMatchObject({ status: 'forgotten', uninstalled: 'not_connected' });
  });

  it('deletes the rows also when HubSpot cannot be told', async () => {
    await execute();
    service.simulator.faults.script({
      route: 'DELETE external install',
      times: 3,
      fault: { kind: 'status', status: 503 },
    });
    expect(await forget()).toMatchObject({ status: 'forgotten', uninstalled: 'failed' });
    expect(await rowsOf(PORTAL)).toEqual([]);
  });

  it('refuses an event that names no portal or anything else', async () => {
    const { telemetry, operators } = service;
    const invoke = createForgetHandler(telemetry, async () => operators);
    await expect(invoke({}, makeContext())).rejects.toThrow('portalId: must be a portal id');
    await expect(invoke({ portalId: 1, all: true }, makeContext())).rejects.toThrow('the event may hold portalId only');
  });
});

it('[X15] queues the deletion of a portal that left three weeks ago, which spares one that came back', async () => {
  const { state } = service.simulator;
  await connect(OTHER_PORTAL);
  await execute();
  for (const portal of [PORTAL, OTHER_PORTAL]) uninstallApp(state, oauth.clientId, portal);
  service.clock.advance(HOUR_MS);
  await execute();
  await execute(service, OTHER_PORTAL);
  service.clock.advance(22 * DAY_MS);
  const sqs = mockClient(SQSClient);
  sqs.on(SendMessageBatchCommand).resolves({});
  const { telemetry, config, clock, table } = service;
  const world = { now: clock.now, sleep: clock.sleep, random: () => 0, newId: () => 'id', table: table.client, fetch };
  const refreshConfig = { ...config, refreshQueueUrl: 'https://sqs.example.com/refresh' };
  const runtime = createRefreshRuntime(refreshConfig, telemetry, world, new SQSClient({}));
  expect(await runtime.scheduleRefreshes()).toEqual({ portals: 0 });
  const messages = sqs.commandCalls(SendMessageBatchCommand).flatMap(({ args }) => args[0].input.Entries ?? []);
  const orders = messages.map(({ MessageBody = '' }) => fromRefreshMessage(MessageBody));
  expect(orders.map(({ kind }) => kind)).toEqual(['purge', 'purge']);

  await connect(OTHER_PORTAL);
  await runtime.purgePortal(toPortalId(PORTAL), () => true);
  await runtime.purgePortal(toPortalId(OTHER_PORTAL), () => true);
  expect(await rowsOf(PORTAL)).toEqual([]);
  expect((await portals().read(toPortalId(OTHER_PORTAL)))?.disconnectedAtEpochMs).toBeUndefined();
});
