import {
  checkForgery,
  checkHealth,
  checkInstallPage,
  checkSignature,
  signedRoutes,
} from '../../../local/doctor/endpoint.ts';
import { CLIENT_SECRET } from '../../support/http-events.ts';
import { CLIENT_ID, type InstallService, makeGet, startInstallService } from '../../support/install-service.ts';
import { type ServedActions, serveActions } from './serve-actions.ts';

const SET_OWNER = '/actions/set-owner-by-email';
let served: ServedActions;
const open: ServedActions[] = [];

/** Closed after the test, whatever became of it. */
async function serve(options?: { readonly secret: string }): Promise<void> {
  served = await serveActions(options);
  open.push(served);
}

afterEach(() => Promise.all(open.splice(0).map((actions) => actions.close())));

const check = (parts: { readonly secret?: string; readonly route?: string; readonly base?: string } = {}) =>
  checkSignature(
    {
      publicBaseUrl: `${served.url}${parts.base ?? ''}`,
      clientSecret: parts.secret ?? CLIENT_SECRET,
      now: served.service.clock.now,
    },
    parts.route ?? SET_OWNER,
  );

it('The doctor asks every address that HubSpot is given, and no other', () => {
  expect([...signedRoutes()].sort()).toEqual([
    '/actions/find-owner-by-email',
    '/actions/set-owner-by-email',
    '/options/owner-properties',
  ]);
});

describe('playing HubSpot', () => {
  it('[C10] The doctor finds an action that accepts its signature and refuses a bad one, and raises no alarm', async () => {
    await serve();

    expect(await check()).toMatchObject({ verdict: 'good', subject: SET_OWNER });
    expect(served.service.requests).toEqual([]);
    expect(served.service.keys).toEqual([]);
    const counted = served.service.telemetry.counted.map(
      ({ name, dimensions }) => `${name} ${dimensions?.reason ?? ''}`,
    );
    expect(counted).toEqual(['SignatureRejected timestamp_outside_window', 'SignatureAccepted ']);
  });

  it('[C10] The doctor reports a function that has another secret or address than it should', async () => {
    await serve({ secret: 'secret-test-of-another-app' });

    expect(await check()).toMatchObject({
      verdict: 'wrong',
      detail: expect.stringContaining('another PUBLIC_BASE_URL or client secret'),
    });
  });

  it('The doctor knows an address that refuses a wrong secret from one that accepts anything', async () => {
    await serve();
    const endpoint = { publicBaseUrl: served.url, clientSecret: CLIENT_SECRET, now: served.service.clock.now };

    expect(await checkForgery(endpoint, SET_OWNER)).toMatchObject({ verdict: 'good' });
    expect(await checkForgery(endpoint, '/health')).toMatchObject({ verdict: 'wrong' });
  });

  it('[C10] The doctor reports a domain that has no base path or another one', async () => {
    await serve();

    expect(await check({ base: '/prod' })).toMatchObject({
      verdict: 'wrong',
      detail: expect.stringContaining('base path'),
    });
  });

  it('The doctor does not take an address that accepts anything for the service', async () => {
    await serve();

    expect(await check({ route: '/health' })).toMatchObject({
      verdict: 'wrong',
      detail: expect.stringContaining('something else is at this address'),
    });
  });

  it('The doctor reports an address that does not answer', async () => {
    await serve();
    await served.close();

    expect(await check()).toEqual({
      verdict: 'wrong',
      subject: SET_OWNER,
      detail: 'cannot be reached: nothing listens there (ECONNREFUSED)',
    });
    expect(await checkHealth(served.url)).toMatchObject({
      verdict: 'wrong',
      detail: expect.stringContaining('cannot be reached'),
    });
  });
});

it('The doctor knows the service’s own answer to /health from another 200', async () => {
  await serve();

  expect(await checkHealth(served.url)).toMatchObject({ verdict: 'good' });
  expect(await checkHealth(`${served.url}/elsewhere`)).toMatchObject({
    verdict: 'wrong',
    detail: expect.stringContaining('status 404'),
  });
});

describe('the install page', () => {
  let installs: InstallService;

  beforeEach(async () => {
    await serve();
    installs = await startInstallService();
  });
  afterEach(() => installs.close());

  it.each([
    { clientId: CLIENT_ID, verdict: 'good', why: 'it leads to the consent page for our client id' },
    { clientId: 'another-client', verdict: 'wrong', why: 'the function was deployed with another client id' },
  ])('The doctor calls the install page $verdict when $why', async ({ clientId, verdict }) => {
    const { headers } = await installs.start(makeGet('/oauth/install'));
    jest
      .spyOn(globalThis, 'fetch')
      .mockResolvedValueOnce(new Response(null, { status: 302, headers: { location: headers.location ?? '' } }));

    const finding = await checkInstallPage('https://owner.example.com', clientId, installs.simulator.url);

    expect(finding.verdict).toBe(verdict);
  });
});
