import { OPTIONAL_SCOPES, REQUIRED_SCOPES } from '../../../lib/domain/scopes.ts';
import { createOAuthApp } from '../../../lib/hubspot/oauth.ts';
import { createTransport } from '../../../lib/hubspot/transport.ts';
import { createPortals } from '../../../lib/store/portals.ts';
import { checkOAuthClient, checkPortals, checkStaticToken, describeScopes } from '../../../local/doctor/hubspot.ts';
import { addApp } from '../../../local/simulator/seed-apps.ts';
import { addToken } from '../../../local/simulator/seed-portals.ts';
import {
  begin,
  decide,
  INSTALL_PORTAL,
  makeGet,
  SMALL_PORTAL,
  startInstallService,
} from '../../support/install-service.ts';
import { PORTAL_ID, TOKEN, useSimulator } from '../simulator/use-simulator.ts';

const running = useSimulator();
const ALL = [...REQUIRED_SCOPES, ...OPTIONAL_SCOPES];

describe('a static token', () => {
  const check = (token = TOKEN, portalId = PORTAL_ID) =>
    checkStaticToken(
      {
        HUBSPOT_API_BASE_URL: running().simulator.url,
        HUBSPOT_ACCESS_TOKEN: token,
        HUBSPOT_PORTAL_ID: String(portalId),
      },
      { transport: createTransport(), required: undefined },
    );

  it('A static token is good when it opens the account', async () => {
    expect((await check())[0]).toMatchObject({ verdict: 'good', detail: 'the token opens it' });
  });

  it.each([
    {
      why: 'HubSpot does not know it',
      token: 'pat-test-unknown',
      portalId: PORTAL_ID,
      wrong: /does not know this token/,
    },
    { why: 'it is another portal’s', token: TOKEN, portalId: 8_200_009, wrong: /belongs to account 8200001/ },
  ])('A static token is wrong when $why, and is not printed', async ({ token, portalId, wrong }) => {
    const findings = await check(token, portalId);

    expect(findings).toMatchObject([{ verdict: 'wrong', detail: expect.stringMatching(wrong) }]);
    expect(JSON.stringify(findings)).not.toContain(token);
  });

  it('A static token without the scope oauth is reported, because nothing else can be read about its account', async () => {
    addToken(running().simulator.state, PORTAL_ID, 'pat-test-small', ['tickets']);

    expect(await check('pat-test-small')).toMatchObject([
      { verdict: 'wrong', detail: expect.stringContaining('needs the scope oauth') },
    ]);
  });
});

it.each([
  { why: 'everything', granted: ALL, verdicts: ['good'] },
  { why: 'all but leads', granted: ALL.filter((scope) => !scope.includes('leads')), verdicts: ['skipped', 'skipped'] },
  { why: 'all but owners', granted: ALL.filter((scope) => !scope.includes('owners')), verdicts: ['wrong'] },
])(
  'A missing optional scope counts as a choice and a missing required one as wrong: granted $why',
  ({ granted, verdicts }) => {
    expect(describeScopes('portal 1', granted).map(({ verdict }) => verdict)).toEqual(verdicts);
  },
);

it.each([
  { clientSecret: 'secret-test-right', verdict: 'good' },
  { clientSecret: 'secret-test-wrong', verdict: 'wrong' },
])(
  'The doctor asks HubSpot whether it accepts the client ID and secret: $verdict',
  async ({ clientSecret, verdict }) => {
    const { simulator, clock } = running();
    const redirectUri = 'https://owner.example.com/oauth/callback';
    const app = { clientId: 'client-1', redirectUris: [redirectUri], requiredScopes: REQUIRED_SCOPES };
    addApp(simulator.state, { ...app, clientSecret: 'secret-test-right' });
    const oauth = createOAuthApp({
      apiBaseUrl: simulator.url,
      clientId: 'client-1',
      clientSecret,
      redirectUri,
      transport: createTransport(),
      now: clock.now,
      sleep: clock.sleep,
      random: () => 0.5,
    });

    const finding = await checkOAuthClient(oauth, clock.now);

    expect(finding.verdict).toBe(verdict);
    expect(finding.detail).not.toContain('secret-test');
  },
);

describe('portals that installed the app', () => {
  it('Accounts that installed the app are reported with the scopes that each did not grant', async () => {
    const service = await startInstallService();
    const portals = createPortals(service.table, service.clock.now);
    const none = await checkPortals(portals, 'https://owner.example.com/oauth/install');
    for (const portalId of [INSTALL_PORTAL, SMALL_PORTAL]) {
      const begun = await begin(service);
      await service.finish(
        makeGet('/oauth/callback', await decide(service, begun, 'connect', portalId), [begun.cookie]),
      );
    }

    const { findings, portalIds } = await checkPortals(portals, 'https://owner.example.com/oauth/install');
    await service.close();

    expect(none.findings).toMatchObject([{ verdict: 'skipped', detail: expect.stringContaining('/oauth/install') }]);
    expect([...portalIds].sort()).toEqual([String(INSTALL_PORTAL), String(SMALL_PORTAL)]);
    expect(findings[0]).toMatchObject({ verdict: 'good', detail: expect.stringContaining('2 are connected') });
    expect(findings.filter(({ verdict }) => verdict === 'wrong')).toEqual([]);
    expect(findings.filter(({ subject }) => subject.startsWith(`account ${SMALL_PORTAL}`)).length).toBeGreaterThan(3);
  });
});
