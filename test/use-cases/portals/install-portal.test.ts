import { toDeadline } from '../../../lib/domain/deadline.ts';
import {
  AuthorizationCodeError,
  OAuthClientError,
  StoreUnavailableError,
  TokenCipherError,
  UpstreamContractError,
  UpstreamUnavailableError,
} from '../../../lib/domain/errors.ts';
import type { Grant } from '../../../lib/domain/portal.ts';
import { decryptTokens } from '../../../lib/domain/portal.ts';
import { OPTIONAL_SCOPES, REQUIRED_SCOPES } from '../../../lib/domain/scopes.ts';
import type { OAuthApp } from '../../../lib/ports/portals.ts';
import type { SyncQueue } from '../../../lib/ports/queue.ts';
import { createInstallPortal, type InstallPortalDeps } from '../../../lib/use-cases/portals/install-portal.ts';
import { PORTAL_A, PORTAL_B } from '../../builders/ids.ts';
import { createFakeUsedStates } from '../../fakes/oauth-states.ts';
import { createFakePortals } from '../../fakes/portals.ts';
import { makeClock, START_EPOCH_MS } from '../../support/clock.ts';
import { makeTelemetry } from '../../support/recording-telemetry.ts';
import { makeGrant, testCipher } from '../../support/token-runtimes.ts';

const ALL_SCOPES = [...REQUIRED_SCOPES, ...OPTIONAL_SCOPES];
const FULL = { portalId: PORTAL_A, scopes: ALL_SCOPES };
const { portalId: _, ...NAMELESS } = FULL;

type Sent = Parameters<SyncQueue['send']>[0];

/** HubSpot grants `granted`; the rest is what it is made of. */
function makeInstall(granted: Partial<Grant> = FULL, changes: Partial<InstallPortalDeps> = {}) {
  const clock = makeClock();
  const portals = createFakePortals(clock.now);
  const usedStates = createFakeUsedStates();
  const telemetry = makeTelemetry();
  const queued: Sent[number][] = [];
  const oauth = {
    exchangeCode: jest.fn<Promise<Grant>, Parameters<OAuthApp['exchangeCode']>>(async () => makeGrant(1, granted)),
    introspect: jest.fn<ReturnType<OAuthApp['introspect']>, Parameters<OAuthApp['introspect']>>(async () => FULL),
    findAccount: jest.fn<ReturnType<OAuthApp['findAccount']>, Parameters<OAuthApp['findAccount']>>(
      async () => PORTAL_B,
    ),
  };
  let nonces = 0;
  const installPortal = createInstallPortal({
    oauth,
    portals,
    cipher: testCipher,
    usedStates,
    refreshQueue: { send: async (orders) => void queued.push(...orders) },
    now: clock.now,
    newId: () => 'run-1',
    log: telemetry.log,
    metrics: telemetry.metrics,
    ...changes,
  });
  const install = (nonce = `nonce-${nonces++}`, code = 'code-1') =>
    installPortal({ nonce, expiresAtEpochMs: clock.now() + 600_000, code }, toDeadline(clock.now() + 9_000));
  const storedTokens = async (portalId = PORTAL_A) => {
    const row = await portals.read(portalId);
    return row && decryptTokens(testCipher, portalId, row.tokens);
  };
  return { clock, portals, usedStates, telemetry, queued, oauth, install, storedTokens };
}

it('An install connects the account that HubSpot names: tokens encrypted, scopes stored, first refresh queued', async () => {
  const { portals, queued, oauth, install, storedTokens, clock } = makeInstall();
  const { accessToken, refreshToken } = makeGrant(1);
  expect(await install()).toEqual({
    kind: 'connected',
    portalId: PORTAL_A,
    granted: ALL_SCOPES,
    missing: [],
    firstRefresh: 'queued',
  });
  const row = await portals.read(PORTAL_A);
  expect(row).toMatchObject({
    scopes: ALL_SCOPES,
    connectedAtEpochMs: START_EPOCH_MS,
    tokens: { issuedAtEpochMs: START_EPOCH_MS, expiresAtEpochMs: START_EPOCH_MS + 1_800_000 },
  });
  expect(JSON.stringify(row)).not.toContain(accessToken);
  expect(await storedTokens()).toEqual({ accessToken, refreshToken });
  const order = { portalId: PORTAL_A, runId: 'run-1', requestedAtEpochMs: START_EPOCH_MS, force: false };
  expect(queued).toEqual([{ job: { ...order, continuations: 0 }, delaySeconds: 0 }]);
  expect(oauth.exchangeCode).toHaveBeenCalledWith('code-1', clock.now() + 9_000);
});

describe('The state of an install', () => {
  it('[A1] A state that was used before connects nothing, and its code is not sent to HubSpot', async () => {
    const { oauth, portals, install } = makeInstall();
    await install('nonce-1');
    expect(await install('nonce-1')).toEqual({ kind: 'stateUsed' });
    expect(oauth.exchangeCode).toHaveBeenCalledTimes(1);
    expect(portals.calls).toEqual(['connect']);
  });

  it('[A1] A state is not used while nobody can say whether it was used before', async () => {
    const { oauth, usedStates, install } = makeInstall();
    usedStates.outage.fail(new StoreUnavailableError('away'));
    await expect(install()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(oauth.exchangeCode).not.toHaveBeenCalled();
  });
});

describe('The code of an install', () => {
  it('[A2] A code that HubSpot refuses stores no token and queues nothing', async () => {
    const { oauth, portals, queued, install } = makeInstall();
    oauth.exchangeCode.mockRejectedValue(new AuthorizationCodeError('used or expired'));
    expect(await install()).toEqual({ kind: 'codeRefused' });
    expect([portals.calls, queued]).toEqual([[], []]);
  });

  it('[A2] A code is exchanged once, whatever the result', async () => {
    const { oauth, portals, install } = makeInstall();
    oauth.exchangeCode.mockRejectedValue(new UpstreamUnavailableError('timeout'));
    await expect(install('nonce-1')).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE' });
    expect(await install('nonce-1')).toEqual({ kind: 'stateUsed' });
    expect(oauth.exchangeCode).toHaveBeenCalledTimes(1);
    expect(portals.calls).toEqual([]);
  });

  it('[A10] A valid code connects nothing while our client secret is wrong, which is reported as our fault', async () => {
    const { oauth, portals, telemetry, install } = makeInstall();
    oauth.exchangeCode.mockRejectedValue(new OAuthClientError('refused'));
    await expect(install()).rejects.toMatchObject({ code: 'OAUTH_CLIENT_REFUSED' });
    expect(telemetry.counted).toEqual([{ name: 'OAuthClientRefused', dimensions: {} }]);
    expect(portals.calls).toEqual([]);
  });
});

describe('The account of the tokens', () => {
  it('[A4] HubSpot is asked for the account of the tokens when its reply does not contain it', async () => {
    const { oauth, install, storedTokens } = makeInstall(NAMELESS);
    oauth.introspect.mockResolvedValue({ portalId: PORTAL_B, scopes: ['not asked for'] });
    expect(await install()).toMatchObject({ portalId: PORTAL_B, granted: ALL_SCOPES });
    expect(oauth.introspect).toHaveBeenCalledWith(makeGrant(1).accessToken, START_EPOCH_MS + 9_000);
    expect(await storedTokens(PORTAL_B)).toMatchObject({ accessToken: makeGrant(1).accessToken });
    expect(await storedTokens(PORTAL_A)).toBeUndefined();
  });

  it.each([
    new UpstreamContractError('no account'),
    new UpstreamUnavailableError('http_503'),
    new OAuthClientError('refused'),
  ])('[A4] The account itself is asked when HubSpot’s words about the token do not name it: %p', async (error) => {
    const { oauth, install, portals } = makeInstall(NAMELESS);
    oauth.introspect.mockRejectedValue(error);
    expect(await install()).toMatchObject({ portalId: PORTAL_B, granted: ALL_SCOPES });
    expect(oauth.findAccount).toHaveBeenCalledWith(makeGrant(1).accessToken, START_EPOCH_MS + 9_000);
    oauth.findAccount.mockRejectedValue(new UpstreamContractError('nor does the account'));
    const calls = portals.calls.length;
    await expect(install()).rejects.toMatchObject({ code: 'HUBSPOT_CONTRACT_BROKEN' });
    expect(portals.calls).toHaveLength(calls);
  });

  it('[A4] HubSpot is not asked for the account of the tokens when its reply contains everything', async () => {
    const { oauth, install } = makeInstall();
    await install();
    expect(oauth.introspect).not.toHaveBeenCalled();
  });

  it.each<[string, Partial<Grant>, typeof FULL | undefined]>([
    ['HubSpot names two portals', { portalId: PORTAL_A }, { portalId: PORTAL_B, scopes: ALL_SCOPES }],
    ['HubSpot does not know its own token', { scopes: ALL_SCOPES }, undefined],
  ])('[A4] An install stores nothing when %s, because the account is unknown', async (_why, granted, told) => {
    const { oauth, portals, install } = makeInstall(granted);
    oauth.introspect.mockResolvedValue(told);
    await expect(install()).rejects.toMatchObject({ code: 'HUBSPOT_CONTRACT_BROKEN' });
    expect(portals.calls).toEqual([]);
  });
});

describe('Granted scopes', () => {
  it('[A13] HubSpot is asked for the granted scopes when its reply does not contain them', async () => {
    const { oauth, portals, install } = makeInstall({ portalId: PORTAL_A });
    oauth.introspect.mockResolvedValue({ portalId: PORTAL_A, scopes: ['oauth'] });
    expect(await install()).toMatchObject({ granted: ['oauth'] });
    expect(await portals.read(PORTAL_A)).toMatchObject({ scopes: ['oauth'] });
  });

  it.each([new UpstreamContractError('no account'), new UpstreamUnavailableError('http_503')])(
    '[A13] An account that HubSpot names is connected with the required scopes when it does not say which were granted: %p',
    async (error) => {
      const { oauth, portals, install } = makeInstall({ portalId: PORTAL_A });
      oauth.introspect.mockRejectedValue(error);
      expect(await install()).toMatchObject({ kind: 'connected', granted: REQUIRED_SCOPES });
      expect(await portals.read(PORTAL_A)).toMatchObject({ scopes: REQUIRED_SCOPES });
    },
  );

  it('[A13] An account that HubSpot names is connected although HubSpot does not know the token of a moment ago yet', async () => {
    const { oauth, portals, install } = makeInstall({ portalId: PORTAL_A });
    oauth.introspect.mockResolvedValue(undefined);
    expect(await install()).toMatchObject({ kind: 'connected', granted: REQUIRED_SCOPES });
    expect(await portals.read(PORTAL_A)).toMatchObject({ scopes: REQUIRED_SCOPES });
  });

  it('[A13] A new install may grant less than before: tokens and scopes are replaced, and the result lists what is missing', async () => {
    const { oauth, portals, install, storedTokens } = makeInstall();
    await install();
    const fewer = ALL_SCOPES.filter((scope) => !scope.includes('deals'));
    oauth.exchangeCode.mockResolvedValue(makeGrant(2, { ...FULL, scopes: fewer, refreshToken: 'pat-test-refresh-2' }));
    expect(await install()).toMatchObject({
      granted: fewer,
      missing: [
        { scopes: ['crm.objects.deals.read', 'crm.objects.deals.write'], cost: expect.stringMatching(/^Deals cannot/) },
        { scopes: ['crm.schemas.deals.read'] },
      ],
    });
    expect(await portals.read(PORTAL_A)).toMatchObject({ scopes: fewer, version: 2 });
    expect(await storedTokens()).toEqual({
      accessToken: 'pat-test-access-2',
      refreshToken: 'pat-test-refresh-2',
    });
  });
});

describe('The end of an install', () => {
  it('An install is valid when its first refresh cannot be queued, and says that the refresh comes tonight', async () => {
    const { portals, telemetry, install } = makeInstall(FULL, {
      refreshQueue: { send: () => Promise.reject(new TypeError('no queue at pat-test-url')) },
    });
    const warn = jest.spyOn(telemetry.log, 'warn');
    expect(await install()).toMatchObject({ kind: 'connected', firstRefresh: 'tonight' });
    expect(await portals.read(PORTAL_A)).toMatchObject({ version: 1 });
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('first refresh'), {
      portalId: PORTAL_A,
      code: 'UNEXPECTED',
      reason: 'TypeError',
      stack: expect.stringContaining('queueFirstRefresh ('),
    });
  });

  it('An install queues no refresh for an account that could not be stored', async () => {
    const { portals, queued, install } = makeInstall();
    portals.outage.fail(new StoreUnavailableError('away'));
    await expect(install()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(queued).toEqual([]);
  });

  it('[A14] An install stores nothing when the tokens cannot be encrypted, which is reported as our fault', async () => {
    const cipher = { ...testCipher, encrypt: () => Promise.reject(new TokenCipherError('KMS refused')) };
    const { portals, telemetry, install } = makeInstall(FULL, { cipher });
    await expect(install()).rejects.toMatchObject({ code: 'TOKEN_CIPHER_FAILED' });
    expect(telemetry.counted).toEqual([{ name: 'TokenCipherFailed', dimensions: {} }]);
    expect(portals.calls).toEqual([]);
  });
});
