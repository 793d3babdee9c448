import { randomBytes, randomUUID } from 'node:crypto';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { createHandler as createForgetHandler } from '../../functions/forget-portal.ts';
import { createHandler as createHandOverHandler } from '../../functions/hand-over.ts';
import { createHandler as createListHandler } from '../../functions/list-owner-properties.ts';
import { createHandler as createRefreshHandler } from '../../functions/refresh-owners.ts';
import { createHandler as createScheduleHandler } from '../../functions/schedule-owner-refresh.ts';
import { createHandler as createSetAliasHandler } from '../../functions/set-alias.ts';
import type { AliasPage } from '../../hubspot/src/app/settings/portal-api.ts';
import { OWNER_PROPERTIES_ROUTE } from '../../lib/action/definition.ts';
import type { OAuthConfig } from '../../lib/config/connection.ts';
import { createLocalTokenCipher } from '../../lib/crypto/token-cipher-local.ts';
import { encryptGrant } from '../../lib/domain/portal.ts';
import { nodeFetch } from '../../lib/network/fetch.ts';
import { toPurgeMessage, toSyncMessage } from '../../lib/queue/sync-queue.ts';
import { createHandoverRuntime } from '../../lib/runtime/handover-runtime.ts';
import { createOptionsRuntime } from '../../lib/runtime/options-runtime.ts';
import { createSyncRuntime } from '../../lib/runtime/sync-runtime.ts';
import { createPortals } from '../../lib/store/portals.ts';
import { addApp, installApp } from '../../local/simulator/seed-apps.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { addRecord, changeRecord } from '../../local/simulator/seed-records.ts';
import { getPortal } from '../../local/simulator/state.ts';
import { toPortalId } from '../builders/ids.ts';
import { enroll } from '../support/enrollment.ts';
import { makeContext, makeEvent } from '../support/http-events.ts';
import { begin, decide, makeGet, startInstallService } from '../support/install-service.ts';
import { explain, invokeResolveOwners } from '../support/invoke-operators.ts';
import { invokeSetSuccessor } from '../support/invoke-set-successor.ts';
import { newChangeId, openPage } from '../support/page-site.ts';
import { OTHER_PORTAL, PORTAL, type Service, startService } from '../support/service.ts';
import { createRoleGuard, type RoleGuard } from './role-guard.ts';

const HOUR_MS = 3_600_000;
const SCOPES = [
  'oauth',
  'settings.users.read',
  'crm.objects.owners.read',
  'crm.objects.contacts.read',
  'crm.objects.contacts.write',
];
const key = randomBytes(32).toString('base64');
const oauth: OAuthConfig = {
  clientId: 'client-1',
  clientSecret: 'secret-test-client',
  redirectUri: 'https://owner.example.com/oauth/callback',
  appBaseUrl: 'https://app.example.com',
  tokenKey: { kind: 'local', key },
};
const sqs = mockClient(SQSClient);

let service: Service;
let guard: RoleGuard;

beforeEach(async () => {
  sqs.reset();
  sqs.on(SendMessageBatchCommand).resolves({});
  guard = createRoleGuard();
  service = await startService({ config: { oauth, staticTokens: new Map() } });
  guard.watch(service.table);
  const { clientId, clientSecret, redirectUri } = oauth;
  addApp(service.simulator.state, { clientId, clientSecret, redirectUris: [redirectUri], requiredScopes: SCOPES });
  await connect(PORTAL);
  add('jane');
});

afterEach(() => service.close());

const add = (person: string) => addActiveOwner(service.simulator.state, PORTAL, { email: `${person}@example.com` });

async function connect(portal: number): Promise<void> {
  const { now } = service.clock;
  const tokens = installApp(service.simulator.state, oauth.clientId, portal, SCOPES);
  const cipher = createLocalTokenCipher({ current: key }, {});
  const sealed = await encryptGrant(cipher, toPortalId(portal), { ...tokens, expiresInSeconds: 1_800 }, now());
  await createPortals(service.table, now).connect(toPortalId(portal), { scopes: SCOPES, tokens: sealed }, now());
}

async function forget(portal: number): Promise<void> {
  const portals = createPortals(service.table, service.clock.now);
  const { installationId = '' } = (await portals.read(toPortalId(portal))) ?? {};
  await portals.forget(toPortalId(portal), installationId, service.clock.now());
}

function makeRefreshHandlers() {
  const { config, clock, simulator, table, telemetry } = service;
  const world = {
    now: clock.now,
    sleep: clock.sleep,
    random: () => 0,
    newId: () => 'id',
    table: table.client,
    fetch: nodeFetch,
  };
  const refreshConfig = { ...config, hubspotApiBaseUrl: simulator.url, refreshQueueUrl: 'https://sqs.example.com/any' };
  const runtime = createSyncRuntime(refreshConfig, telemetry, world, new SQSClient({}));
  // Its patience does not end before HubSpot has answered.
  const options = createOptionsRuntime(config, telemetry, { ...world, sleep: () => new Promise(() => undefined) });
  return {
    schedule: createScheduleHandler(telemetry, async () => runtime),
    refresh: createRefreshHandler(telemetry, async () => runtime),
    list: createListHandler(telemetry, async () => options),
  };
}

const messages = (...bodies: readonly string[]) =>
  ({ Records: bodies.map((body, index) => ({ messageId: `m${index}`, body })) }) as SQSEvent;
const context = { getRemainingTimeInMillis: () => 300_000 } as Context;

it('[C2] The role of setOwnerByEmail allows everything that it does', async () => {
  await guard.inRoleOf('setOwnerByEmail', async () => {
    expect((await enroll(service)).outputs.outcome).toBe('ASSIGNED');
    expect((await enroll(service, { email: 'nobody@example.com' })).outputs.errorCode).toBe('OWNER_NOT_FOUND');
    service.clock.advance(HOUR_MS);
    service.simulator.faults.script({ route: 'GET owners', times: 3, fault: { kind: 'status', status: 503 } });
    // Given back, so that it is run anew; by then somebody else may have the record.
    const callbackId = `ap-${PORTAL}-1-7-0`;
    const { status, objectId } = await enroll(service, { email: 'new@example.com', callbackId });
    expect(status).toBe(503);
    add('new');
    service.clock.advance(HOUR_MS);
    changeRecord(service.simulator.state, PORTAL, '0-1', objectId, { hubspot_owner_id: add('bob').id });
    const late = await enroll(service, { email: 'new@example.com', callbackId, objectId });
    expect(late).toMatchObject({ status: 200, outputs: { outcome: 'KEPT_EXISTING', reason: 'CHANGED_SINCE' } });
    await forget(PORTAL);
    expect((await enroll(service)).outputs.errorCode).toBe('PORTAL_NOT_CONNECTED');
  });
  guard.expectNoneLeft('setOwnerByEmail');
});

it('[C2] The role of findOwnerByEmail allows everything that it does', async () => {
  await guard.inRoleOf('findOwnerByEmail', async () => {
    expect((await enroll(service, { action: 'find' })).outputs.outcome).toBe('FOUND');
    const nobody = await enroll(service, { action: 'find', email: 'nobody@example.com' });
    expect(nobody.outputs.errorCode).toBe('OWNER_NOT_FOUND');
  });
  guard.expectNoneLeft('findOwnerByEmail');
});

it('[C2] The role of listOwnerProperties allows everything that it does', async () => {
  service.clock.advance(HOUR_MS);
  const body = JSON.stringify({ origin: { portalId: PORTAL }, objectTypeId: '0-1', fetchOptions: {} });
  const event = makeEvent({ route: OWNER_PROPERTIES_ROUTE, body, nowEpochMs: service.clock.now() });
  const { list } = makeRefreshHandlers();
  expect(await guard.inRoleOf('listOwnerProperties', async () => list(event, makeContext()))).toMatchObject({
    statusCode: 200,
  });
  guard.expectNoneLeft('listOwnerProperties');
});

it('[C2] The roles of the nightly functions allow everything that they do', async () => {
  const { schedule, refresh } = makeRefreshHandlers();
  await connect(OTHER_PORTAL);
  expect(await guard.inRoleOf('scheduleOwnerRefresh', () => schedule(null))).toEqual({ portals: 2 });
  guard.expectNoneLeft('scheduleOwnerRefresh');

  const order = (runId: string) =>
    toSyncMessage({
      portalId: toPortalId(PORTAL),
      runId,
      requestedAtEpochMs: service.clock.now(),
      force: true,
      continuations: 0,
    });
  await guard.inRoleOf('refreshOwners', async () => {
    expect(await refresh(messages(order('run-1')), context)).toEqual({ batchItemFailures: [] });
    for (const { id } of [...getPortal(service.simulator.state, PORTAL).owners.values()]) {
      getPortal(service.simulator.state, PORTAL).owners.delete(id);
    }
    add('omar');
    service.clock.advance(HOUR_MS);
    expect(await refresh(messages(order('run-2')), context)).toEqual({ batchItemFailures: [] });
  });
  const portals = createPortals(service.table, service.clock.now);
  const seen = (await portals.read(toPortalId(PORTAL))) ?? { installationId: '', version: 0 };
  await portals.disconnect(toPortalId(PORTAL), seen, service.clock.now() - 22 * 24 * HOUR_MS);
  const purge = messages(toPurgeMessage(toPortalId(PORTAL)));
  expect(await guard.inRoleOf('refreshOwners', () => refresh(purge, context))).toEqual({ batchItemFailures: [] });
  guard.expectNoneLeft('refreshOwners');
});

it('[C2] The roles of the operator functions allow everything that they do', async () => {
  const omar = add('omar');
  await connect(OTHER_PORTAL);
  service.clock.advance(HOUR_MS);
  const data = { portalId: PORTAL, leaver: 'jane@example.com' };
  await guard.inRoleOf('setSuccessor', async () => {
    expect(await invokeSetSuccessor(service, { ...data, successor: omar.id })).toMatchObject({ status: 'set' });
    expect(await invokeSetSuccessor(service, { ...data, remove: true })).toMatchObject({ status: 'removed' });
  });
  guard.expectNoneLeft('setSuccessor');

  service.clock.advance(HOUR_MS);
  await guard.inRoleOf('setAlias', async () => {
    const { telemetry, operators } = service;
    const say = createSetAliasHandler(telemetry, async () => operators);
    const alias = { portalId: PORTAL, alias: 'j.doe@example.com' };
    expect(await say({ ...alias, to: omar.id }, makeContext(30_000))).toMatchObject({ status: 'set' });
    expect(await say({ ...alias, remove: true }, makeContext(30_000))).toMatchObject({ status: 'removed' });
  });
  guard.expectNoneLeft('setAlias');

  add('ann');
  service.clock.advance(HOUR_MS);
  const emails = ['ann@example.com', 'nobody@example.com'];
  expect(
    await guard.inRoleOf('resolveOwners', () => invokeResolveOwners(service, { portalId: PORTAL, emails })),
  ).toMatchObject({ results: [{ outcome: 'FOUND' }, { errorCode: 'OWNER_NOT_FOUND' }] });
  guard.expectNoneLeft('resolveOwners');

  add('bea');
  service.clock.advance(HOUR_MS);
  await guard.inRoleOf('explainOwner', async () => {
    expect((await explain(service, { portalId: PORTAL, value: 'bea@example.com' })).matches).toHaveLength(1);
    expect((await explain(service, { portalId: PORTAL, value: '987654321' })).elsewhere).toEqual([]);
  });
  guard.expectNoneLeft('explainOwner');

  service.clock.advance(HOUR_MS);
  const { telemetry, operators } = service;
  const forget = createForgetHandler(telemetry, async () => operators);
  const forgotten = await guard.inRoleOf('forgetPortal', () => forget({ portalId: PORTAL }, makeContext(60_000)));
  expect(forgotten).toMatchObject({ status: 'forgotten', uninstalled: 'yes' });
  guard.expectNoneLeft('forgetPortal');
});

it('[C2] The role of the settings page is enough for it', async () => {
  const page = openPage(service);
  const send = (method: string, path: string, more: object = {}) => page.fetch({ method, path, ...more });
  const change = (body: object) => ({ body: { changeId: newChangeId(), ...body } });
  await enroll(service, { email: 'nobody@example.com' });
  await guard.inRoleOf('portalPage', async () => {
    const answers = [
      await send('PATCH', '/portal/overview'),
      await send('PATCH', '/portal/unresolved'),
      await send('PATCH', '/portal/people'),
      await send('PUT', '/portal/aliases', change({ alias: 'j.doe@example.com', to: 'jane@example.com' })),
      await send('PUT', '/portal/lookup', { body: { email: 'j.doe@example.com' } }),
      await send('PUT', '/portal/refresh', change({})),
      await send('PATCH', '/portal/changes'),
      await send('PUT', '/portal/handovers', change({ leaver: 'jane@example.com', clear: true })),
      await send('PATCH', '/portal/handovers'),
    ];
    expect(answers.map(({ status }) => status)).toEqual(Array(9).fill(200));
    const [planned] = answers.slice(-2);
    expect(planned?.body).toMatchObject({ status: 'queued' });
    const { body } = await page.fetch<AliasPage>({ path: '/portal/aliases' });
    const path = `/portal/aliases/${body.entries[0]?.aliasId}`;
    expect((await send('DELETE', path, { query: { changeId: newChangeId() } })).status).toBe(200);
  });
  guard.expectNoneLeft('portalPage');
});

it('[C2] The roles are enough for a handover from its plan to its undo', async () => {
  const omar = add('omar');
  addRecord(service.simulator.state, PORTAL, { typeId: '0-1', properties: { hubspot_owner_id: omar.id } });
  service.clock.advance(HOUR_MS);
  const config = { ...service.config, refreshQueueUrl: 'https://sqs.example.com/refresh' };
  const { clock, table, telemetry } = service;
  const world = {
    now: clock.now,
    sleep: clock.sleep,
    random: () => 0.5,
    newId: randomUUID,
    table: table.client,
    fetch: nodeFetch,
  };
  const control = createHandOverHandler(telemetry, async () =>
    createHandoverRuntime(config, telemetry, world, new SQSClient({})),
  );
  const work = createRefreshHandler(telemetry, async () =>
    createSyncRuntime(config, telemetry, world, new SQSClient({})),
  );
  const context = { getRemainingTimeInMillis: () => 300_000 } as Context;
  const ask = async (data: object) => {
    const answer = await guard.inRoleOf('handOver', () => control({ portalId: PORTAL, ...data }, makeContext(30_000)));
    const bodies = sqs.commandCalls(SendMessageBatchCommand).flatMap(({ args }) => args[0].input.Entries ?? []);
    sqs.resetHistory();
    for (const { MessageBody = '' } of bodies) {
      const event = { Records: [{ messageId: 'm1', body: MessageBody }] } as SQSEvent;
      expect(await guard.inRoleOf('refreshOwners', () => work(event, context))).toEqual({ batchItemFailures: [] });
    }
    return answer as { readonly handoverId: string; readonly status: string };
  };
  const list = async () => (await ask({})) as unknown as { handovers: readonly { digest: string; status: string }[] };
  const { handoverId } = await ask({ leaver: omar.id, target: 'jane@example.com' });
  const [plan] = (await list()).handovers;
  await ask({ start: plan?.digest });
  await ask({ undo: handoverId });
  expect((await list()).handovers).toMatchObject([{ status: 'undone' }]);
  for (const nightly of [true, false]) expect(await ask({ leaver: omar.id, nightly })).toMatchObject({ status: 'set' });
  guard.expectNoneLeft('handOver');
});

it('[C2] The roles of the install pages allow everything that they do', async () => {
  const install = await startInstallService();
  guard.watch(install.table);
  const begun = await guard.inRoleOf('startInstall', () => begin(install));
  guard.expectNoneLeft('startInstall');
  const query = await decide(install, begun, 'connect');
  const comeBack = () => install.finish(makeGet('/oauth/callback', query, [begun.cookie]));
  await guard.inRoleOf('finishInstall', async () => {
    // The page that it leads to is the same function's.
    expect((await comeBack()).statusCode).toBe(200);
    // A state is good once: whether it was used is read.
    expect((await comeBack()).statusCode).toBe(400);
  });
  guard.expectNoneLeft('finishInstall');
  await install.close();
});
