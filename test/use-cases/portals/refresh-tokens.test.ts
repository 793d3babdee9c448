import { toDeadline } from '../../../lib/domain/deadline.ts';
import {
  type AppError,
  GrantRevokedError,
  OAuthClientError,
  RateLimitedError,
  StoreUnavailableError,
  UpstreamContractError,
  UpstreamUnavailableError,
} from '../../../lib/domain/errors.ts';
import type { Grant, HeldTokens } from '../../../lib/domain/portal.ts';
import type { GrantToSave, SaveOutcome } from '../../../lib/ports/steps.ts';
import { createRefreshTokens } from '../../../lib/use-cases/portals/refresh-tokens.ts';
import { PORTAL_A, PORTAL_B } from '../../builders/ids.ts';
import { createFakePortals } from '../../fakes/portals.ts';
import { createFakeTelemetry } from '../../fakes/telemetry.ts';
import { makeClock, START_EPOCH_MS } from '../../support/clock.ts';
import { LIFETIME_MS, makeGrant, makeRenewal } from '../../support/token-runtimes.ts';

const HOLDER = 'holder';

async function setUp({ save = 'saved' as SaveOutcome, installs = 1 } = {}) {
  const clock = makeClock();
  const portals = createFakePortals(clock.now);
  const telemetry = createFakeTelemetry();
  const tokens = { ciphertext: '', issuedAtEpochMs: 0, expiresAtEpochMs: 0 };
  await portals.connect(PORTAL_A, { scopes: [], tokens }, clock.now());
  const row = await portals.read(PORTAL_A);
  for (let again = 1; again < installs; again += 1) {
    await portals.connect(PORTAL_A, { scopes: [], tokens }, clock.now());
  }
  const current: HeldTokens = {
    ...makeGrant(0),
    installationId: row?.installationId ?? '',
    version: row?.version ?? 0,
    issuedAtEpochMs: 0,
    expiresAtEpochMs: 0,
  };
  const asked: [string, number][] = [];
  const saves: GrantToSave[] = [];
  const world = { answer: async (): Promise<Grant> => makeGrant(1) };
  const refreshTokens = createRefreshTokens({
    portals,
    oauth: {
      async refresh(refreshToken, deadline) {
        asked.push([refreshToken, deadline - clock.now()]);
        return world.answer();
      },
    },
    saveGrant: async (order) => {
      saves.push(order);
      return save;
    },
    now: clock.now,
    ...telemetry,
  });
  const refresh = (budgetMs = 20_000) => refreshTokens(PORTAL_A, current, HOLDER, toDeadline(clock.now() + budgetMs));
  const calls = () => portals.calls.filter((call) => call !== 'connect' && call !== 'read');
  return { world, refresh, portals, telemetry, asked, saves, current, calls, clock };
}

const AS_GRANTED = {
  accessToken: 'pat-test-access-1',
  refreshToken: 'pat-test-refresh-0',
  issuedAtEpochMs: START_EPOCH_MS,
  expiresAtEpochMs: START_EPOCH_MS + LIFETIME_MS,
};

it('A token refresh stores what HubSpot granted in place of the old tokens before anybody gets it', async () => {
  const { refresh, saves, current, telemetry } = await setUp();
  const { installationId } = current;
  expect(await refresh()).toEqual({ kind: 'refreshed', tokens: { ...AS_GRANTED, installationId, version: 2 } });
  expect(saves).toEqual([
    {
      portalId: PORTAL_A,
      holderId: HOLDER,
      seen: current,
      grant: makeRenewal(1),
      issuedAtEpochMs: START_EPOCH_MS,
      deadline: START_EPOCH_MS + 20_000,
    },
  ]);
  expect(telemetry.counts).toEqual(['TokenRefreshes refreshed ×1']);
});

it.each([
  [20_000, 6_000],
  [6_250, 6_000],
  [6_249, 5_999],
  [1_000, 750],
])(
  'A token refresh with %i ms left gives HubSpot %i ms, at most six seconds, so that there is time left to store',
  async (budgetMs, callMs) => {
    const { refresh, asked } = await setUp();
    await refresh(budgetMs);
    expect(asked).toEqual([['pat-test-refresh-0', callMs]]);
  },
);

it('A token refresh whose tokens were replaced meanwhile returns its result to nobody', async () => {
  const { refresh, calls } = await setUp({ save: 'replaced' });
  expect(await refresh()).toEqual({ kind: 'rowChanged' });
  expect(calls()).toEqual([]);
});

it('A token refresh that cannot be stored releases its lease when HubSpot kept the refresh token', async () => {
  const { refresh, calls, current } = await setUp({ save: 'failed' });
  const { installationId } = current;
  const tokens = { ...AS_GRANTED, installationId, version: 1, unsaved: makeRenewal(1) };
  expect(await refresh()).toEqual({ kind: 'refreshed', tokens });
  expect(calls()).toEqual(['releaseTokenLease']);
});

it('A token refresh that cannot be stored keeps its lease when HubSpot gave a new refresh token', async () => {
  const { refresh, calls, world } = await setUp({ save: 'failed' });
  world.answer = async () => makeGrant(1, { refreshToken: 'pat-test-refresh-new' });
  expect(await refresh()).toMatchObject({ kind: 'refreshed', tokens: { refreshToken: 'pat-test-refresh-new' } });
  expect(calls()).toEqual([]);
});

it('A revoked grant disconnects the account and is reported to the operator', async () => {
  const { refresh, world, portals, telemetry } = await setUp();
  world.answer = () => Promise.reject(new GrantRevokedError('gone'));
  expect(await refresh()).toEqual({ kind: 'rowChanged' });
  expect(await portals.read(PORTAL_A)).toMatchObject({ disconnectedAtEpochMs: START_EPOCH_MS });
  expect(telemetry.counts).toEqual(['TokenRefreshes revoked ×1', 'PortalDisconnected ×1']);
});

it('A revoked grant leaves an account connected that was installed again meanwhile', async () => {
  const { refresh, world, portals, telemetry } = await setUp({ installs: 2 });
  world.answer = () => Promise.reject(new GrantRevokedError('gone'));
  expect(await refresh()).toEqual({ kind: 'rowChanged' });
  expect(await portals.read(PORTAL_A)).not.toHaveProperty('disconnectedAtEpochMs');
  expect(telemetry.counts).toEqual(['TokenRefreshes revoked ×1']);
});

it.each<[string, AppError, string, string[]]>([
  ['HubSpot is away', new UpstreamUnavailableError('http_502'), 'HUBSPOT_UNAVAILABLE', []],
  ['the limit is spent', new RateLimitedError(1), 'RATE_LIMITED', []],
  [
    'HubSpot answers something else',
    new UpstreamContractError('odd'),
    'HUBSPOT_CONTRACT_BROKEN',
    ['HubSpotContractBroken ×1'],
  ],
  ['our own secret is wrong', new OAuthClientError('secret'), 'HUBSPOT_UNAVAILABLE', ['OAuthClientRefused ×1']],
])(
  'A token refresh that fails because %s releases its lease, and the error is temporary',
  async (_why, error, code, counts) => {
    const { refresh, world, calls, telemetry } = await setUp();
    world.answer = () => Promise.reject(error);
    expect(await refresh()).toMatchObject({ kind: 'failed', error: { code, retryable: true } });
    expect(calls()).toEqual(['releaseTokenLease']);
    expect(telemetry.counts).toEqual(['TokenRefreshes failed ×1', ...counts]);
  },
);

it('Tokens that HubSpot grants for another account are not stored', async () => {
  const { refresh, world, saves } = await setUp();
  world.answer = async () => makeGrant(1, { portalId: PORTAL_B });
  expect(await refresh()).toMatchObject({ kind: 'failed', error: { code: 'HUBSPOT_CONTRACT_BROKEN' } });
  expect(saves).toEqual([]);
  world.answer = async () => makeGrant(1, { portalId: PORTAL_A });
  expect(await refresh()).toMatchObject({ kind: 'refreshed' });
});

it('A lease that cannot be released does not change the result of a token refresh', async () => {
  const { refresh, world, portals, telemetry } = await setUp();
  world.answer = () => Promise.reject(new UpstreamUnavailableError('timeout'));
  portals.outage.fail(new StoreUnavailableError('away'));
  expect(await refresh()).toMatchObject({ kind: 'failed', error: { fault: 'timeout' } });
  expect(telemetry.lines.at(-1)).toBe('warn a token lease could not be released');
});

it('A programming mistake in a token refresh is thrown and keeps the lease until it ends', async () => {
  const { refresh, world, calls } = await setUp();
  world.answer = () => Promise.reject(new TypeError('a mistake'));
  await expect(refresh()).rejects.toThrow('a mistake');
  expect(calls()).toEqual([]);
});
