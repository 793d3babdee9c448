import { createHash, randomBytes } from 'node:crypto';
import { createLocalTokenCipher } from '../../../lib/crypto/token-cipher-local.ts';
import { decryptTokens, encryptGrant } from '../../../lib/domain/portal.ts';
import type { Portals } from '../../../lib/ports/portals.ts';
import { createPortals } from '../../../lib/store/portals.ts';
import { LEASE_MS } from '../../../lib/use-cases/portals/refresh-tokens.ts';
import { type HubSpotSimulator, startHubSpotSimulator } from '../../../local/simulator/hubspot-simulator.ts';
import { addApp, type InstallTokens, installApp } from '../../../local/simulator/seed-apps.ts';
import { addPortal } from '../../../local/simulator/seed-portals.ts';
import { getApp } from '../../../local/simulator/state.ts';
import { PORTAL_A } from '../../builders/ids.ts';
import { ENGINES } from '../../support/dynamodb-engines.ts';
import { tellFigures } from '../../support/figures.ts';
import type { CallerOrder } from '../../support/token-caller.ts';
import { endTokenProcesses, startTokenProcess } from '../../support/token-process.ts';

const PORTAL = Number(PORTAL_A);
const CLIENT = { clientId: 'client-1', clientSecret: 'secret-test-1', redirectUri: 'http://localhost:3000/callback' };
const CIPHER_KEY = randomBytes(32).toString('base64');
const cipher = createLocalTokenCipher({ current: CIPHER_KEY }, {});
/** How long before the lease ends the next process comes: it must wait, and the test need not for long. */
const BEFORE_THE_END_MS = 300;

let simulator: HubSpotSimulator;
let installed: InstallTokens;

beforeEach(async () => {
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

const tokenCalls = () => simulator.calls.count({ route: 'POST token' });
const digestOf = (token: string) => createHash('sha256').update(token).digest('hex');

describe.each(ENGINES)('A process that is killed while it refreshes a token, on $name', ({ name, makeTable }) => {
  let portals: Portals;
  let order: CallerOrder;

  beforeEach(async () => {
    const table = await makeTable();
    portals = createPortals(table, Date.now);
    const halfAnHourAgo = Date.now() - 1_800_000;
    const tokens = await encryptGrant(cipher, PORTAL_A, { ...installed, expiresInSeconds: 1_800 }, halfAnHourAgo);
    await portals.connect(PORTAL_A, { scopes: ['oauth'], tokens }, halfAnHourAgo);
    const at = await table.client.config.endpoint?.();
    order = {
      endpoint: `http://${at?.hostname}:${at?.port}`,
      tableName: table.tableName,
      apiBaseUrl: simulator.url,
      portalId: PORTAL_A,
      cipherKey: CIPHER_KEY,
      callers: 3,
      client: CLIENT,
    };
  });

  const stored = async () => {
    const portal = await portals.read(PORTAL_A);
    if (portal === undefined) throw new Error('the portal is not there');
    return { ...(await decryptTokens(cipher, PORTAL_A, portal.tokens)), version: portal.version };
  };
  const isKnownToHubSpot = (refreshToken: string) =>
    getApp(simulator.state, CLIENT.clientId).installs.get(PORTAL)?.refreshTokens.has(refreshToken);

  /** What the first process leaves behind when it is killed at this point, and a second one that is ready to come. */
  async function killAt(stopAt: 'leased' | 'answered' | 'saved') {
    const [first, second] = await Promise.all([startTokenProcess({ ...order, stopAt }), startTokenProcess(order)]);
    const report = await first.go();
    if (report.kind !== 'stopped') throw new Error('the process was not stopped');
    expect([report.at, await first.kill()]).toEqual([stopAt, 'SIGKILL']);
    return { second, leasedAtEpochMs: report.leaseAskedForAtEpochMs };
  }

  it.each([
    ['holding the lease', 'leased', 0],
    ['holding the lease, and HubSpot had answered', 'answered', 1],
  ] as const)(
    '[A6] After a process was killed during a token refresh, another one takes over when its lease ends: killed %s',
    async (_what, stopAt, callsBefore) => {
      const { second, leasedAtEpochMs } = await killAt(stopAt);
      expect([await stored(), tokenCalls()]).toEqual([{ ...installed, version: 1 }, callsBefore]);

      const report = await second.go(leasedAtEpochMs + LEASE_MS - BEFORE_THE_END_MS - Date.now());
      if (report.kind !== 'got') throw new Error('the second process got nothing');
      const tookMs = report.atEpochMs - leasedAtEpochMs;
      expect(tookMs).toBeGreaterThanOrEqual(LEASE_MS);

      const after = await stored();
      expect(new Set(report.digests)).toEqual(new Set([digestOf(after.accessToken)]));
      expect([after.version, tokenCalls()]).toEqual([2, callsBefore + 1]);
      expect(after.accessToken).not.toBe(installed.accessToken);
      expect(isKnownToHubSpot(after.refreshToken)).toBe(true);
      tellFigures(`taking over from a process killed ${stopAt}, on ${name}`, { ms: tookMs });
    },
  );

  it.each([false, true])(
    '[A6, A7] A token that a killed process had stored is used by another process at once (rotated: %s)',
    async (isRotated) => {
      simulator.settings.rotateRefreshTokens = isRotated;
      const { second } = await killAt('saved');
      const left = await stored();
      expect([left.version, left.refreshToken === installed.refreshToken]).toEqual([2, !isRotated]);

      const report = await second.go();
      expect(report).toMatchObject({ kind: 'got', digests: Array(3).fill(digestOf(left.accessToken)) });
      expect([await stored(), tokenCalls()]).toEqual([left, 1]);
      expect(isKnownToHubSpot(left.refreshToken)).toBe(true);
    },
  );
});
