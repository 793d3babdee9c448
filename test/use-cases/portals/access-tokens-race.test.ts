import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createLocalTokenCipher } from '../../../lib/crypto/token-cipher-local.ts';
import { toDeadline } from '../../../lib/domain/deadline.ts';
import { decryptTokens, encryptGrant } from '../../../lib/domain/portal.ts';
import { createOAuthApp } from '../../../lib/hubspot/oauth.ts';
import { createTransport } from '../../../lib/hubspot/transport.ts';
import type { OAuthApp, Portals, PortalTokens } from '../../../lib/ports/portals.ts';
import { createPortals } from '../../../lib/store/portals.ts';
import type { Table } from '../../../lib/store/table.ts';
import { createAccessTokens } from '../../../lib/use-cases/portals/access-tokens.ts';
import { type HubSpotSimulator, startHubSpotSimulator } from '../../../local/simulator/hubspot-simulator.ts';
import { addApp, type InstallTokens, installApp, uninstallApp } from '../../../local/simulator/seed-apps.ts';
import { addPortal } from '../../../local/simulator/seed-portals.ts';
import { PORTAL_A } from '../../builders/ids.ts';
import { ENGINES } from '../../support/dynamodb-engines.ts';
import { tellFigures } from '../../support/figures.ts';
import type { CallerOrder } from '../../support/token-caller.ts';
import { endTokenProcesses, startTokenProcess } from '../../support/token-process.ts';

const CONTAINERS = 5;
const CALLERS_EACH = 10;
const PORTAL = Number(PORTAL_A);
const CLIENT = { clientId: 'client-1', clientSecret: 'secret-test-1', redirectUri: 'http://localhost:3000/callback' };
const CIPHER_KEY = randomBytes(32).toString('base64');
const cipher = createLocalTokenCipher({ current: CIPHER_KEY }, {});

let simulator: HubSpotSimulator;
let installed: InstallTokens;
let skewMs: number;

beforeEach(async () => {
  skewMs = 0;
  simulator = await startHubSpotSimulator();
  addPortal(simulator.state, { portalId: PORTAL });
  const { clientId, clientSecret, redirectUri } = CLIENT;
  addApp(simulator.state, { clientId, clientSecret, redirectUris: [redirectUri], requiredScopes: ['oauth'] });
  installed = installApp(simulator.state, clientId, PORTAL);
});

afterEach(async () => {
  await endTokenProcesses();
  await simulator.close();
  expect(simulator.violations).toEqual([]);
});

const now = () => Date.now() + skewMs;
const deadline = () => toDeadline(now() + 20_000);
const tokenCalls = () => simulator.calls.count({ route: 'POST token' });

/** As long as HubSpot takes, so that the containers meet. */
const slowDown = () => simulator.faults.script({ route: 'POST token', fault: { kind: 'delay', ms: 150 } });

/** Half an hour ago, so that the access token is over. */
async function connectLongAgo(portals: Portals): Promise<void> {
  const tokens = await encryptGrant(cipher, PORTAL_A, { ...installed, expiresInSeconds: 1_800 }, now() - 1_800_000);
  await portals.connect(PORTAL_A, { scopes: ['oauth'], tokens }, now());
}

function startContainer(portals: Portals, oauth: Pick<OAuthApp, 'refresh'> = makeOAuth()): PortalTokens {
  const nothing = () => {};
  return createAccessTokens({
    portals,
    cipher,
    oauth,
    now,
    sleep: () => delay(5),
    newId: randomUUID,
    metrics: { count: nothing, measure: nothing },
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  });
}

function makeOAuth(): OAuthApp {
  const sleep = () => delay(5);
  return createOAuthApp({
    ...CLIENT,
    transport: createTransport(),
    apiBaseUrl: simulator.url,
    now,
    sleep,
    random: () => 0,
  });
}

describe.each(ENGINES)('on $name', ({ name, makeTable }) => {
  let table: Table;
  let portals: Portals;

  beforeEach(async () => {
    table = await makeTable();
    portals = createPortals(table, now);
    await connectLongAgo(portals);
  });

  it.each([false, true])(
    '[A5, A7] 50 callers in 5 containers with an expired token make 1 token call and get 1 token (rotated: %s)',
    async (isRotated) => {
      simulator.settings.rotateRefreshTokens = isRotated;
      slowDown();
      const startedAt = performance.now();
      const containers = Array.from({ length: CONTAINERS }, () => startContainer(portals));
      const got = await Promise.all(
        containers.flatMap((tokens) =>
          Array.from({ length: CALLERS_EACH }, () => tokens.getToken(PORTAL_A, deadline())),
        ),
      );
      const values = new Set(got.map(({ value }) => value));
      expect([got.length, values.size, tokenCalls()]).toEqual([50, 1, 1]);
      expect(values).not.toContain(installed.accessToken);
      const stored = await openStored();
      expect(values).toContain(stored.accessToken);
      expect(stored.refreshToken === installed.refreshToken).toBe(!isRotated);
      tellFigures(`50 callers, 5 containers on ${name}`, { ms: Math.round(performance.now() - startedAt) });
    },
  );

  it('[H5, R16] 50 callers whose token was rejected make 1 forced refresh and get 1 token', async () => {
    await startContainer(portals).getToken(PORTAL_A, deadline());
    const containers = Array.from({ length: CONTAINERS }, () => startContainer(portals));
    const rejected = await Promise.all(containers.map((tokens) => tokens.getToken(PORTAL_A, deadline())));
    skewMs = 60_000;
    slowDown();
    const got = await Promise.all(
      containers.flatMap((tokens, index) =>
        Array.from({ length: CALLERS_EACH }, () =>
          tokens.refreshToken(PORTAL_A, rejected[index] ?? fail(), deadline()),
        ),
      ),
    );
    const values = new Set(got.map(({ value }) => value));
    expect([values.size, tokenCalls()]).toEqual([1, 2]);
    expect(values).not.toContain(rejected[0]?.value);
  });

  it('[A6] A token refresh continues after a container was killed that HubSpot had already answered', async () => {
    const killed = Promise.withResolvers<never>();
    const reached = Promise.withResolvers<void>();
    const oauth = makeOAuth();
    const dying = startContainer(portals, {
      refresh: async (...args) => {
        await oauth.refresh(...args);
        reached.resolve();
        return killed.promise;
      },
    });
    dying.getToken(PORTAL_A, deadline()).catch(() => undefined);
    await reached.promise;
    const waiting = startContainer(portals).getToken(PORTAL_A, deadline());
    await delay(30);
    expect(tokenCalls()).toBe(1);
    skewMs = 10_001;
    const { value } = await waiting;
    expect(tokenCalls()).toBe(2);
    expect((await openStored()).accessToken).toBe(value);
  });

  it('[A9] An account that uninstalled the app is disconnected once, whichever of 50 callers asks first', async () => {
    uninstallApp(simulator.state, CLIENT.clientId, PORTAL);
    slowDown();
    const containers = Array.from({ length: CONTAINERS }, () => startContainer(portals));
    const got = await Promise.allSettled(
      containers.flatMap((tokens) => Array.from({ length: CALLERS_EACH }, () => tokens.getToken(PORTAL_A, deadline()))),
    );
    const codes = got.map((each) => each.status === 'rejected' && each.reason.code);
    expect(new Set(codes)).toEqual(new Set(['PORTAL_NOT_CONNECTED']));
    expect(tokenCalls()).toBe(1);
  });

  async function openStored() {
    const portal = await portals.read(PORTAL_A);
    if (portal === undefined) throw new Error('the portal is not there');
    return decryptTokens(cipher, PORTAL_A, portal.tokens);
  }
});

it('[A5] 50 callers in 5 processes with an expired token make 1 token call and get 1 token', async () => {
  const [engine] = ENGINES;
  const table = (await engine?.makeTable()) ?? fail();
  await connectLongAgo(createPortals(table, now));
  slowDown();
  const at = await table.client.config.endpoint?.();
  const order: CallerOrder = {
    endpoint: `http://${at?.hostname}:${at?.port}`,
    tableName: table.tableName,
    apiBaseUrl: simulator.url,
    portalId: PORTAL_A,
    cipherKey: CIPHER_KEY,
    callers: CALLERS_EACH,
    client: CLIENT,
  };
  const processes = await Promise.all(Array.from({ length: CONTAINERS }, () => startTokenProcess(order)));
  const reports = await Promise.all(processes.map((each) => each.go()));
  const digests = reports.flatMap((report) => (report.kind === 'got' ? report.digests : []));
  expect([digests.length, new Set(digests).size, tokenCalls()]).toEqual([50, 1, 1]);
  expect(digests).not.toContain(createHash('sha256').update(installed.accessToken).digest('hex'));
});

function fail(): never {
  throw new Error('a fixture is missing');
}
