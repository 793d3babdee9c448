import { randomBytes } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { createHandler as createForgetHandler } from '../../functions/forget-portal.ts';
import { createHandler as createRefreshHandler } from '../../functions/refresh-owners.ts';
import type { OAuthConfig } from '../../lib/config/connection.ts';
import { createLocalTokenCipher } from '../../lib/crypto/token-cipher-local.ts';
import { encryptGrant } from '../../lib/domain/portal.ts';
import { type Fetch, nodeFetch } from '../../lib/network/fetch.ts';
import { fromSyncMessage, toPurgeMessage, toSyncMessage } from '../../lib/queue/sync-queue.ts';
import { createSyncRuntime } from '../../lib/runtime/sync-runtime.ts';
import { createPortals } from '../../lib/store/portals.ts';
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
  const grant = { ...tokens, clientId: oauth.clientId, expiresInSeconds: 1_800 };
  const sealed = await encryptGrant(cipher, toPortalId(portal), grant, now());
  await portals().connect(toPortalId(portal), { scopes: SCOPES, tokens: sealed }, now());
  return tokens;
}

async function execute(container = service, portalId = PORTAL) {
  const { id: objectId } = addRecord(service.simulator.state, portalId, { typeId: '0-1' });
  return container.execute({ objectId, portalId, inputFields: { ownerEmail: 'jane@example.com' } });
}

const tokenCalls = () => service.simulator.calls.all().filter(({ route }) => route === 'POST token').length;

function forget(portalId: number = PORTAL, remainingMs = 60_000) {
  const { telemetry, operators } = service;
  return createForgetHandler(telemetry, async () => operators)({ portalId }, makeContext(remainingMs));
}

async function rowsOf(portalId: number) {
  const items = await readAllItems(service.table);
  return items.filter(({ pk, sk }) => pk?.S?.startsWith(`portal#${portalId}#`) || sk?.S === String(portalId));
}

it('[H5] Executions use the token of the install, and a refreshed one once that has expired', async () => {
  expect((await execute()).outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id });
  expect(tokenCalls()).toBe(0);
  service.clock.advance(HOUR_MS);
  expect((await execute()).outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id });
  expect((await execute(await service.restart())).outputs).toMatchObject({ outcome: 'ASSIGNED' });
  expect(tokenCalls()).toBe(1);
});

it('[X11] The table holds no readable token', async () => {
  service.clock.advance(HOUR_MS);
  await execute();
  const dump = JSON.stringify(await readAllItems(service.table));
  expect(dump.length).toBeGreaterThan(500);
  for (const token of [granted.accessToken, granted.refreshToken]) {
    expect(dump).not.toContain(token);
    expect(dump).not.toContain(Buffer.from(token).toString('base64').slice(0, 40));
  }
});

it('[R5] After an uninstall executions fail without another call to HubSpot, and the nightly run skips the account', async () => {
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

it('[R5] An uninstall is noticed at the next renewal of the token if HubSpot still accepts the old one', async () => {
  getApp(service.simulator.state, oauth.clientId).installs.get(PORTAL)?.refreshTokens.clear();
  service.clock.advance(24 * MINUTE_MS);
  expect((await execute()).outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id });
  expect(tokenCalls()).toBe(0);
  service.clock.advance(2 * MINUTE_MS);
  expect((await execute()).outputs).toMatchObject({ outcome: 'FAILED', errorCode: 'PORTAL_NOT_CONNECTED' });
  expect(tokenCalls()).toBe(1);
});

it("[A10] A deployment with another app's client ID and secret disconnects no account, and the right ones work again", async () => {
  const { clientId, clientSecret } = oauth;
  const other = { clientId: 'client-2', clientSecret: 'secret-test-other' };
  addApp(service.simulator.state, { ...other, redirectUris: [REDIRECT_URI], requiredScopes: SCOPES });
  for (const refreshesBefore of [0, 1]) {
    service.clock.advance(HOUR_MS);
    Object.assign(oauth, other);
    const misled = await service.restart();
    expect(await execute(misled)).toMatchObject({ status: 503 });
    expect(misled.telemetry.counted).toContainEqual({ name: 'OAuthClientRefused', dimensions: {} });
    Object.assign(oauth, { clientId, clientSecret });
    expect((await execute(await service.restart())).outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id });
    // No token was sent with the other app's secret.
    expect(tokenCalls()).toBe(refreshesBefore + 1);
  }
});

it('[A13] A reinstall connects the account again and keeps the cache', async () => {
  await execute();
  uninstallApp(service.simulator.state, oauth.clientId, PORTAL);
  service.clock.advance(HOUR_MS);
  await execute();
  await connect(PORTAL);
  const answer = await execute(await service.restart());
  expect(answer.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id, resolvedFrom: 'CACHE' });
});

it('[H6] The workflow learns which scope is missing and where to install the app again', async () => {
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
  const MARK = ['disconnectedAtEpochMs', 'forgottenAtEpochMs', 'pk', 'sk', 'version'];
  const shapesOf = async (portalId: number) =>
    (await rowsOf(portalId)).map((item) => Object.keys(item).sort()).sort((one, other) => other.length - one.length);
  const EMPTY = [MARK, ['listedAtEpochMs', 'pk', 'sk', 'step']];

  it('[X15, X12, M7] Forgetting an account uninstalls the app, revokes the grant and leaves a mark without scopes and tokens', async () => {
    await connect(OTHER_PORTAL);
    await execute();
    expect((await rowsOf(PORTAL)).length).toBeGreaterThan(5);

    expect(await forget()).toMatchObject({ status: 'forgotten', uninstalled: 'yes' });

    expect(await shapesOf(PORTAL)).toEqual(EMPTY);
    expect((await rowsOf(OTHER_PORTAL)).length).toBeGreaterThan(0);
    const routes = service.simulator.calls.all().map(({ route }) => route);
    expect(routes).toEqual(expect.arrayContaining(['DELETE external install']));
    expect((await execute(await service.restart())).outputs.errorCode).toBe('PORTAL_NOT_CONNECTED');
    expect(await forget()).toMatchObject({ status: 'forgotten', uninstalled: 'not_connected' });
    expect(await shapesOf(PORTAL)).toEqual(EMPTY);
  });

  it('Forgetting an account deletes its rows even if HubSpot does not answer', async () => {
    await execute();
    service.simulator.faults.script({
      route: 'DELETE external install',
      times: 3,
      fault: { kind: 'status', status: 503 },
    });
    expect(await forget()).toMatchObject({ status: 'forgotten', uninstalled: 'failed' });
    expect(await shapesOf(PORTAL)).toEqual(EMPTY);
  });

  it('Forgetting an account says that the app was uninstalled, even if the grant could not be revoked after it', async () => {
    await execute();
    const fault = { kind: 'status', status: 503 } as const;
    service.simulator.faults.script({ route: 'POST token revoke', times: 3, fault });
    expect(await forget()).toMatchObject({ status: 'forgotten', uninstalled: 'yes' });
  });

  it.each([
    { rejections: 1, uninstalled: 'yes', isInstalled: false },
    { rejections: 2, uninstalled: 'failed', isInstalled: true },
  ])(
    'Forgetting an account whose token HubSpot rejects $rejections time(s) does not take the app for uninstalled by that',
    async ({ rejections, uninstalled, isInstalled }) => {
      await execute();
      const body = { status: 'error', category: 'INVALID_AUTHENTICATION', correlationId: 'any' };
      const fault = { kind: 'status', status: 401, body } as const;
      service.simulator.faults.script({ route: 'DELETE external install', times: rejections, fault });
      expect(await forget()).toMatchObject({ status: 'forgotten', uninstalled });
      expect(service.simulator.calls.count({ route: 'DELETE external install', status: 204 })).toBe(
        isInstalled ? 0 : 1,
      );
    },
  );

  it('Forgetting an account that uninstalled the app a moment ago says that it is uninstalled', async () => {
    await execute();
    uninstallApp(service.simulator.state, oauth.clientId, PORTAL);
    expect(await forget()).toMatchObject({ status: 'forgotten', uninstalled: 'yes' });
  });

  it('Forgetting an account refuses an event that names no account, or anything else', async () => {
    const { telemetry, operators } = service;
    const invoke = createForgetHandler(telemetry, async () => operators);
    await expect(invoke({}, makeContext())).rejects.toThrow('portalId: must be a portal ID');
    await expect(invoke({ portalId: 1, all: true }, makeContext())).rejects.toThrow('the event may hold portalId only');
  });

  it('[M7] Forgetting an account repeats every night until no message can be left, and then deletes the mark and its entry', async () => {
    await execute();
    await forget();
    const forgottenAt = service.clock.now();
    const night = makeNight();
    for (let day = 0; day < 16; day += 1) {
      // What a late message leaves.
      await leaveLateRow();
      await night.run();
      expect([day, await shapesOf(PORTAL)]).toEqual([day, EMPTY]);
      service.clock.advance(DAY_MS);
    }
    expect(service.clock.now()).toBe(forgottenAt + 16 * DAY_MS);
    await night.run();
    expect(await rowsOf(PORTAL)).toEqual([]);
    expect(await night.schedule()).toEqual([]);
  });

  it('[M7] The nightly run finds a forgotten account even if nothing was kept of it', async () => {
    await forget(OTHER_PORTAL);
    await leaveLateRow(OTHER_PORTAL);
    await makeNight().run();
    expect(await shapesOf(OTHER_PORTAL)).toEqual(EMPTY);
  });

  it('[M7] A refresh that starts late leaves no row of a forgotten account, even if it has no time to begin', async () => {
    await forget();
    const night = makeNight();
    for (const remainingMs of [300_000, 30_000]) {
      expect(await night.handle([refreshOrder()], remainingMs)).toEqual({ batchItemFailures: [] });
    }
    expect(await shapesOf(PORTAL)).toEqual(EMPTY);
    expect(night.queued()).toEqual([]);
  });

  it('[M7] Forgetting an account deletes again what a refresh wrote meanwhile', async () => {
    const night = makeNight(async () => {
      await forget();
    });
    expect(await night.handle([refreshOrder()])).toEqual({ batchItemFailures: [] });
    const queued = night.queued();
    expect(queued).toMatchObject([{ DelaySeconds: 60 }]);
    await night.handle(queued.map(({ MessageBody = '' }) => MessageBody));
    expect(await shapesOf(PORTAL)).toEqual(EMPTY);
  });

  it('[M7] An install ends the forgetting of an account, and its rows stay', async () => {
    await forget();
    await connect(PORTAL);
    expect((await execute()).outputs.outcome).toBe('ASSIGNED');
    const before = await rowsOf(PORTAL);
    await makeNight().handle([toPurgeMessage(toPortalId(PORTAL))]);
    expect(await rowsOf(PORTAL)).toEqual(before);
  });

  it.each(['before it begins', 'while it reads'])(
    '[M7] A late deletion leaves the rows of an account that installed the app and uninstalled it again %s',
    async (when) => {
      const { installationId = '' } = (await portals().read(toPortalId(PORTAL))) ?? {};
      await portals().forget(toPortalId(PORTAL), installationId, service.clock.now());
      await leaveLateRow();
      let left: unknown[] = [];
      const comeAndGo = async () => {
        await connect(PORTAL);
        expect((await execute()).outputs.outcome).toBe('ASSIGNED');
        uninstallApp(service.simulator.state, oauth.clientId, PORTAL);
        expect((await execute()).outputs.errorCode).toBe('PORTAL_NOT_CONNECTED');
        left = await rowsOf(PORTAL);
      };
      if (when === 'while it reads') afterNextScan(comeAndGo);
      else await comeAndGo();
      const night = makeNight();
      await night.handle([toPurgeMessage(toPortalId(PORTAL))]);
      await night.handle(night.queued().map(({ MessageBody = '' }) => MessageBody));
      expect(left.length).toBeGreaterThan(5);
      expect(await rowsOf(PORTAL)).toEqual(left);
    },
  );

  it('[M8] Forgetting an account continues where it stopped, with the next invocation or a minute later with the next message', async () => {
    for (let n = 0; n < 300; n += 1) await leaveLateRow(PORTAL, n);
    for (let n = 0; n < 300; n += 1) await leaveLateRow(OTHER_PORTAL, n);
    limitScans(50);
    let invocations = 1;
    // Enough for the call to HubSpot and for a few pages, by the time that a scan takes here.
    for (; (await forget(PORTAL, 5_000 + 300)).status === 'incomplete'; invocations += 1) {
      expect(invocations).toBeLessThan(30);
    }
    expect(invocations).toBeGreaterThan(2);
    expect(await shapesOf(PORTAL)).toEqual(EMPTY);
    expect(await rowsOf(OTHER_PORTAL)).toHaveLength(300);

    await leaveLateRow();
    const night = makeNight();
    let messages = [toPurgeMessage(toPortalId(PORTAL))];
    for (let count = 0; messages.length > 0; count += 1) {
      expect(count).toBeLessThan(30);
      await night.handle(messages, 30_000 + 300);
      const queued = night.queued();
      expect(queued.every(({ DelaySeconds }) => DelaySeconds === 60)).toBe(true);
      messages = queued.map(({ MessageBody = '' }) => MessageBody);
    }
    expect(await shapesOf(PORTAL)).toEqual(EMPTY);
  });

  it('[M6, M8] Forgetting an account ends if it installs the app again meanwhile: nothing that it writes from then on is deleted', async () => {
    for (let n = 0; n < 200; n += 1) await leaveLateRow(OTHER_PORTAL, n);
    await leaveLateRow(PORTAL, 1);
    limitScans(20);
    let scans = 0;
    service.table.client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === 'ScanCommand') scans += 1;
          const isMeanwhile = commandName === 'ScanCommand' && scans === 3;
          const reply = await next(args);
          if (isMeanwhile) {
            await connect(PORTAL);
            for (let n = 10; n < 60; n += 1) await leaveLateRow(PORTAL, n);
          }
          return reply;
        },
      { step: 'initialize', name: 'comeBack' },
    );
    expect(await forget(PORTAL, 900_000)).toMatchObject({ status: 'installed_again' });
    expect(scans).toBe(3);
    const kept = (await rowsOf(PORTAL)).filter(({ pk }) => /late-[1-5]\d@/.test(pk?.S ?? ''));
    expect(kept).toHaveLength(50);
    expect((await execute()).outputs.outcome).toBe('ASSIGNED');
  });

  it('[M8] Forgetting an account starts from the beginning if it came back and is forgotten again', async () => {
    for (let n = 0; n < 100; n += 1) await leaveLateRow(PORTAL, n);
    limitScans(50);
    expect((await forget(PORTAL, 5_000 + 200)).status).toBe('incomplete');
    await connect(PORTAL);
    service.clock.advance(1_000);
    for (let n = 0; n < 100; n += 1) await leaveLateRow(PORTAL, n);
    let status = 'incomplete';
    for (let n = 0; n < 30 && status === 'incomplete'; n += 1) status = (await forget(PORTAL, 5_000 + 200)).status;
    expect(await shapesOf(PORTAL)).toEqual(EMPTY);
  });

  /** Pages of so many rows, each of which takes 100 ms. */
  function limitScans(Limit: number): void {
    service.table.client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          if (commandName !== 'ScanCommand') return next(args);
          service.clock.advance(100);
          return next({ ...args, input: { ...args.input, Limit } });
        },
      { step: 'initialize', name: 'limitScans', override: true },
    );
  }

  function afterNextScan(happens: () => Promise<void>): void {
    let isOver = false;
    service.table.client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const reply = await next(args);
          const isNow = commandName === 'ScanCommand' && !isOver;
          isOver ||= isNow;
          if (isNow) await happens();
          return reply;
        },
      { step: 'initialize', name: 'afterNextScan' },
    );
  }

  async function leaveLateRow(portalId = PORTAL, n = 0): Promise<void> {
    const Item = { pk: { S: `portal#${portalId}#email#late-${n}@example.com` }, sk: { S: 'email' } };
    await service.table.client.send(new PutItemCommand({ TableName: service.table.tableName, Item }));
  }
});

const refreshOrder = () =>
  toSyncMessage({
    portalId: toPortalId(PORTAL),
    runId: 'run-1',
    requestedAtEpochMs: service.clock.now(),
    force: false,
    continuations: 0,
  });

/** The functions of the night over a queue in the test's hand. `afterPage`: what happens once HubSpot has answered a page. */
function makeNight(afterPage: () => Promise<void> = async () => undefined) {
  const sqs = mockClient(SQSClient);
  sqs.on(SendMessageBatchCommand).resolves({});
  const { telemetry, config, clock, table } = service;
  const listening: Fetch = async (...call) => {
    const reply = await nodeFetch(...call);
    await afterPage();
    return reply;
  };
  const runtime = createSyncRuntime(
    { ...config, refreshQueueUrl: 'https://sqs.example.com/refresh' },
    telemetry,
    {
      now: clock.now,
      sleep: clock.sleep,
      random: () => 0,
      newId: () => 'id',
      table: table.client,
      fetch: listening,
    },
    new SQSClient({}),
  );
  const handler = createRefreshHandler(telemetry, async () => runtime);
  const night = {
    queued() {
      const entries = sqs.commandCalls(SendMessageBatchCommand).flatMap(({ args }) => args[0].input.Entries ?? []);
      sqs.resetHistory();
      return entries;
    },
    handle(bodies: readonly string[], remainingMs = 300_000) {
      const endsAt = clock.now() + remainingMs;
      const Records = bodies.map((body, index) => ({ messageId: `m${index}`, body }));
      const context = { getRemainingTimeInMillis: () => endsAt - clock.now() } as Context;
      return handler({ Records } as SQSEvent, context);
    },
    async schedule() {
      await runtime.scheduleSync();
      return night.queued().map(({ MessageBody = '' }) => MessageBody);
    },
    async run() {
      await night.handle(await night.schedule());
    },
  };
  return night;
}

it('[X15] The nightly run queues the deletion of an account that left three weeks ago, unless it came back', async () => {
  const { state } = service.simulator;
  await connect(OTHER_PORTAL);
  await execute();
  for (const portal of [PORTAL, OTHER_PORTAL]) uninstallApp(state, oauth.clientId, portal);
  service.clock.advance(HOUR_MS);
  await execute();
  await execute(service, OTHER_PORTAL);
  service.clock.advance(22 * DAY_MS);
  const night = makeNight();
  const purges = await night.schedule();
  expect(purges.map((body) => fromSyncMessage(body).kind)).toEqual(['purge', 'purge']);

  await connect(OTHER_PORTAL);
  await night.handle(purges);
  expect(await rowsOf(PORTAL)).toEqual([]);
  expect((await portals().read(toPortalId(OTHER_PORTAL)))?.disconnectedAtEpochMs).toBeUndefined();
});
