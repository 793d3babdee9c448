import { toDeadline } from '../../../lib/domain/deadline.ts';
import {
  PortalNotConnectedError,
  StoreUnavailableError,
  TokenCipherError,
  UpstreamUnavailableError,
} from '../../../lib/domain/errors.ts';
import { encryptGrant, type PortalToken } from '../../../lib/domain/portal.ts';
import type { Purged } from '../../../lib/ports/portals.ts';
import { createDeletePortal } from '../../../lib/use-cases/portals/delete-portal.ts';
import { PORTAL_A } from '../../builders/ids.ts';
import { createFakePortals } from '../../fakes/portals.ts';
import { createFakeTelemetry } from '../../fakes/telemetry.ts';
import { makeClock, START_EPOCH_MS } from '../../support/clock.ts';
import { makeGrant, testCipher } from '../../support/token-runtimes.ts';

const DEADLINE = toDeadline(START_EPOCH_MS + 30_000);

describe('Forgetting an account', () => {
  async function setUp({ isConnected = true } = {}) {
    const clock = makeClock();
    const portals = createFakePortals(clock.now);
    const telemetry = createFakeTelemetry();
    const steps: string[] = [];
    const connect = async (generation = 0) => {
      const tokens = await encryptGrant(testCipher, PORTAL_A, makeGrant(generation), clock.now());
      await portals.connect(PORTAL_A, { scopes: [], tokens }, clock.now());
    };
    if (isConnected) await connect();
    const will = {
      getToken: async () => {},
      uninstall: async (): Promise<'tokenRejected' | undefined> => undefined,
      refreshToken: (): Promise<PortalToken> => Promise.reject(new Error('nothing was rejected')),
      revoke: async () => {},
      purge: { deleted: 7, isDone: true } as Purged,
    };
    const deps = {
      purge: async (_portalId: unknown, mayGoOn: () => boolean) => {
        steps.push(`purge ${mayGoOn()}`);
        return will.purge;
      },
      now: clock.now,
      log: telemetry.log,
    };
    const forget = createDeletePortal({
      ...deps,
      installs: {
        portals: {
          read: portals.read,
          async forget(...mark) {
            steps.push('mark');
            return portals.forget(...mark);
          },
        },
        cipher: testCipher,
        oauth: {
          async uninstall(accessToken) {
            steps.push(`uninstall by ${accessToken}`);
            return will.uninstall();
          },
          async revoke(refreshToken) {
            steps.push(`revoke ${refreshToken}`);
            return will.revoke();
          },
        },
        tokens: {
          refreshToken: () => will.refreshToken(),
          async getToken() {
            await will.getToken();
            return { value: 'pat-test-access-0', issuedAtEpochMs: undefined };
          },
        },
      },
    });
    const run = () => forget(PORTAL_A, DEADLINE);
    return { run, will, steps, portals, telemetry, connect, clock, deps };
  }

  it('Forgetting an account uninstalls the app, revokes the grant, sets the mark and deletes the rows, in this order', async () => {
    const { run, steps, portals } = await setUp();
    expect(await run()).toEqual({ status: 'forgotten', deletedRows: 7, uninstalled: 'yes' });
    expect(steps).toEqual(['uninstall by pat-test-access-0', 'revoke pat-test-refresh-0', 'mark', 'purge true']);
    expect(await portals.read(PORTAL_A)).toMatchObject({ forgottenAtEpochMs: START_EPOCH_MS, scopes: [] });
  });

  it('Forgetting an unknown account sets the mark without a call to HubSpot', async () => {
    const { run, steps, portals } = await setUp({ isConnected: false });
    expect(await run()).toEqual({ status: 'forgotten', deletedRows: 7, uninstalled: 'not_connected' });
    expect(steps).toEqual(['mark', 'purge true']);
    expect(await portals.read(PORTAL_A)).toMatchObject({ forgottenAtEpochMs: START_EPOCH_MS });
  });

  it('Forgetting a disconnected account makes no call to HubSpot', async () => {
    const { run, steps, portals, clock } = await setUp();
    const seen = (await portals.read(PORTAL_A)) ?? { installationId: '', version: 0 };
    await portals.disconnect(PORTAL_A, seen, clock.now());
    expect(await run()).toMatchObject({ status: 'forgotten', uninstalled: 'not_connected' });
    expect(steps).toEqual(['mark', 'purge true']);
  });

  it('Forgetting an account again sets no second mark', async () => {
    const { run, steps, portals, clock } = await setUp();
    await run();
    steps.length = 0;
    clock.advance(1_000);
    expect(await run()).toMatchObject({ status: 'forgotten', uninstalled: 'not_connected' });
    expect(steps).toEqual(['purge true']);
    expect(await portals.read(PORTAL_A)).toMatchObject({ forgottenAtEpochMs: START_EPOCH_MS });
  });

  it.each([
    ['there is no token any more', new PortalNotConnectedError('gone'), 'not_connected', []],
    [
      'HubSpot is away',
      new UpstreamUnavailableError('http_503'),
      'failed',
      ['warn the app could not be uninstalled from a forgotten portal'],
    ],
    [
      'the tokens cannot be decrypted',
      new TokenCipherError('no key'),
      'failed',
      ['warn the app could not be uninstalled from a forgotten portal'],
    ],
  ] as const)(
    'Forgetting an account deletes the rows even if the app was not uninstalled because %s',
    async (_why, error, uninstalled, warnings) => {
      const { run, will, telemetry } = await setUp();
      will.getToken = () => Promise.reject(error);
      expect(await run()).toEqual({ status: 'forgotten', deletedRows: 7, uninstalled });
      expect(telemetry.lines.slice(0, -1)).toEqual(warnings);
    },
  );

  it('Forgetting an account keeps the tokens while the table fails before the app is uninstalled', async () => {
    const { run, will, steps } = await setUp();
    const getToken = will.getToken;
    will.getToken = () => Promise.reject(new StoreUnavailableError('away'));
    await expect(run()).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(steps).toEqual([]);
    will.getToken = getToken;
    expect(await run()).toMatchObject({ status: 'forgotten', uninstalled: 'yes' });
  });

  it('Forgetting an account that installed the app again meanwhile does nothing and says so', async () => {
    const { run, will, steps, portals, connect } = await setUp();
    will.getToken = () => connect(1);
    expect(await run()).toMatchObject({ status: 'installed_again', uninstalled: 'failed' });
    expect(steps).toEqual(['mark', 'purge true']);
    expect(await portals.read(PORTAL_A)).not.toHaveProperty('forgottenAtEpochMs');
  });

  it('Forgetting an account never uninstalls the app that was installed again while its old token was rejected', async () => {
    const { run, will, steps, connect } = await setUp();
    will.uninstall = async () => 'tokenRejected';
    will.refreshToken = async () => {
      await connect(1);
      return { value: 'pat-test-access-1', issuedAtEpochMs: undefined };
    };
    expect(await run()).toMatchObject({ status: 'installed_again', uninstalled: 'failed' });
    expect(steps).toEqual(['uninstall by pat-test-access-0', 'mark', 'purge true']);
  });

  const renewed = { value: 'pat-test-access-1', issuedAtEpochMs: undefined };
  it.each([
    ['HubSpot renews it and takes the new one', async () => renewed, [undefined], 'yes'],
    ['HubSpot renews it and rejects the new one', async () => renewed, ['tokenRejected'], 'failed'],
    ['HubSpot no longer renews it', () => Promise.reject(new PortalNotConnectedError('gone')), [], 'yes'],
    ['HubSpot is away then', () => Promise.reject(new UpstreamUnavailableError('http_503')), [], 'failed'],
  ] as const)(
    'Forgetting an account whose token HubSpot rejects tries a new one once: %s',
    async (_what, refreshToken, answers, uninstalled) => {
      const { run, will, steps } = await setUp();
      const all = ['tokenRejected' as const, ...answers];
      will.uninstall = async () => all.shift();
      will.refreshToken = refreshToken;
      expect(await run()).toMatchObject({ status: 'forgotten', uninstalled });
      expect(all).toEqual([]);
      expect(steps.includes('revoke pat-test-refresh-0')).toBe(uninstalled === 'yes');
    },
  );

  it('Forgetting an account counts as done although its grant could not be revoked', async () => {
    const { run, will } = await setUp();
    will.revoke = () => Promise.reject(new UpstreamUnavailableError('http_503'));
    expect(await run()).toEqual({ status: 'forgotten', deletedRows: 7, uninstalled: 'yes' });
  });

  it('Forgetting an account with a static token deletes the tokens of a time when it installed the app', async () => {
    const { portals, deps } = await setUp();
    await createDeletePortal({ ...deps, leftovers: portals })(PORTAL_A, DEADLINE);
    expect(await portals.read(PORTAL_A)).toBeUndefined();
  });

  it('Forgetting an account is not done while rows are left', async () => {
    const { run, will } = await setUp();
    will.purge = { deleted: 3, isDone: false };
    expect(await run()).toMatchObject({ status: 'incomplete', deletedRows: 3 });
  });

  it('Forgetting an account deletes rows until the deadline and not after it', async () => {
    const { run, will, clock, steps } = await setUp();
    will.uninstall = async () => {
      clock.advance(30_000);
      return undefined;
    };
    await run();
    expect(steps.at(-1)).toBe('purge false');
  });

  it('Forgetting an account stops at a programming mistake before anything is deleted', async () => {
    const { run, will, steps } = await setUp();
    will.uninstall = () => Promise.reject(new TypeError('a mistake'));
    await expect(run()).rejects.toThrow('a mistake');
    expect(steps).toEqual(['uninstall by pat-test-access-0']);
  });

  it('Forgetting an account with a static token only deletes rows', async () => {
    const { steps, deps } = await setUp();
    const forget = createDeletePortal(deps);
    expect(await forget(PORTAL_A, DEADLINE)).toMatchObject({ status: 'forgotten', uninstalled: 'not_connected' });
    expect(steps).toEqual(['purge true']);
  });
});
