import { installApp, uninstallApp } from '../../../local/simulator/seed-apps.ts';
import { addPortal } from '../../../local/simulator/seed-portals.ts';
import { CLIENT_ID, useApp } from './use-app.ts';
import { PORTAL_ID, TOKEN, useSimulator } from './use-simulator.ts';

const UNINSTALL = '/appinstalls/2026-09/external-install';
const running = useSimulator();
const app = useApp(running);

const install = (portalId = PORTAL_ID) => installApp(running().simulator.state, CLIENT_ID, portalId);
const uninstallFromOurSide = (token: string): Promise<Response> =>
  running().call(UNINSTALL, { method: 'DELETE', token });

it.each(['ours', 'theirs'])(
  'An uninstall from %s side ends every token of that account, and no other',
  async (side) => {
    const other = addPortal(running().simulator.state).portalId;
    const [first, second, elsewhere] = [install(), install(), install(other)];
    if (side === 'theirs') uninstallApp(running().simulator.state, CLIENT_ID, PORTAL_ID);
    else expect((await uninstallFromOurSide(first.accessToken)).status).toBe(204);

    for (const { accessToken, refreshToken } of [first, second]) {
      const response = await running().call('/crm/owners/2026-09', { token: accessToken });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ category: 'INVALID_AUTHENTICATION' });
      expect(await (await app.refresh(refreshToken)).json()).toMatchObject({ status: 'BAD_REFRESH_TOKEN' });
    }
    expect(await app.statusWith(elsewhere.accessToken)).toBe(200);
    expect((await app.refresh(elsewhere.refreshToken)).status).toBe(200);
    expect(await app.statusWith(TOKEN)).toBe(200);

    const again = install();
    expect(await app.statusWith(again.accessToken)).toBe(200);
    expect((await app.refresh(again.refreshToken)).status).toBe(200);
  },
);

it('The app’s uninstall has an empty answer, and a second one is answered with 401', async () => {
  const { accessToken } = install();
  const response = await uninstallFromOurSide(accessToken);
  expect(await response.text()).toBe('');
  expect(response.headers.get('content-length')).toBeNull();
  expect((await uninstallFromOurSide(accessToken)).status).toBe(401);
});

it('A static token has no installation to uninstall', async () => {
  expect((await uninstallFromOurSide(TOKEN)).status).toBe(403);
  expect(await app.statusWith(TOKEN)).toBe(200);
});

it('An uninstall with a query or another method is refused', async () => {
  const { accessToken } = install();
  expect((await running().call(`${UNINSTALL}?portalId=1`, { method: 'DELETE', token: accessToken })).status).toBe(400);
  expect((await running().call(UNINSTALL, { method: 'POST', token: accessToken })).status).toBe(404);
  expect((await running().call(UNINSTALL, { method: 'DELETE', token: accessToken, body: '{}' })).status).toBe(400);
  expect(running().simulator.violations).toHaveLength(3);
  expect(await app.statusWith(accessToken)).toBe(200);
});

it('An app that is not installed cannot be uninstalled by hand', () => {
  expect(() => uninstallApp(running().simulator.state, CLIENT_ID, PORTAL_ID)).toThrow('does not have this app');
});
