import type { ErrorBody, Overview } from '../../hubspot/src/app/settings/portal-api.ts';
import { addUser } from '../../local/simulator/seed-users.ts';
import { type OAuthPortal, startOAuthPortal } from '../support/oauth-portal.ts';
import { newChangeId, openPage, type PageSite } from '../support/page-site.ts';
import { PORTAL } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';

const SCOPES = ['oauth', 'crm.objects.owners.read', 'settings.users.read'];
let portal: OAuthPortal;
let page: PageSite;

beforeEach(async () => {
  portal = await startOAuthPortal(fetch);
  const { state } = portal.service.simulator;
  const [admin, user] = [true, false].map((superAdmin) => addUser(state, PORTAL, { superAdmin }).userId);
  page = openPage(portal.service, { admin: admin ?? 0, user: user ?? 0 });
});
afterEach(() => portal.service.close());

const readOverview = () => page.fetch<Overview>({ path: '/portal/overview' });
const saveAlias = () =>
  page.fetch<ErrorBody>({
    method: 'PUT',
    path: '/portal/aliases',
    body: { changeId: newChangeId(), alias: 'j.doe@example.com', to: 'jane@example.com' },
  });

it('The settings page tells an account that never installed the app where to install it, and changes nothing', async () => {
  const { status, body } = await readOverview();
  expect(status).toBe(200);
  expect(body).toMatchObject({
    portal: { auth: 'oauth', status: 'notConnected', installUrl: 'https://owner.example.com/oauth/install' },
    scopes: { isKnown: false, missing: [] },
    viewer: { canChange: false, reason: 'PORTAL_NOT_CONNECTED' },
  });
  expect(await saveAlias()).toMatchObject({ status: 409, body: { error: { code: 'PORTAL_NOT_CONNECTED' } } });
  expect((await readAllItems(portal.service.table)).map(({ pk }) => pk?.S)).toEqual([]);
});

it('The settings page shows which permissions were granted, and what does not work without each missing one', async () => {
  await portal.install(['oauth', 'crm.objects.owners.read']);
  const { body } = await readOverview();
  expect(body.scopes).toMatchObject({ isKnown: true, granted: ['oauth', 'crm.objects.owners.read'] });
  expect(body.scopes.missing).toContainEqual({
    scope: 'settings.users.read',
    purpose: 'Know roles and seats, and who is a super admin',
    cost: expect.stringContaining('nobody can change anything on the settings page'),
  });
});

it('The settings page changes nothing without the permission to see who is a super admin, and says so', async () => {
  await portal.install(['oauth', 'crm.objects.owners.read']);
  expect((await readOverview()).body.viewer).toMatchObject({ canChange: false, reason: 'MISSING_SCOPES' });
  expect(await saveAlias()).toMatchObject({ status: 403, body: { error: { code: 'CANNOT_BE_PROVED' } } });
});

it('The settings page takes 5 reads of the table at most, in a new container', async () => {
  await portal.install(SCOPES);
  const sent = jest.spyOn(portal.service.table.client, 'send');
  const { body } = await readOverview();
  const reads = sent.mock.calls.filter(([command]) => /Get|Query|Scan/.test(command.constructor.name));
  sent.mockRestore();
  expect(body.viewer).toMatchObject({ canChange: true });
  expect(reads.length).toBeLessThanOrEqual(5);
});

it('The settings page changes nothing of an account that uninstalled the app, and writes nothing of a forgotten one', async () => {
  await portal.install(SCOPES);
  expect(await saveAlias()).toMatchObject({ status: 200, body: { status: 'set' } });
  await portal.forget();
  expect((await readOverview()).body.portal).toMatchObject({ status: 'notConnected' });
  expect(await saveAlias()).toMatchObject({ status: 409, body: { error: { code: 'PORTAL_NOT_CONNECTED' } } });
  const rows = (await readAllItems(portal.service.table)).map(({ pk }) => pk?.S ?? '');
  expect(rows.filter((key) => /#(alias|change|outcomes|unresolved)/.test(key))).toEqual([]);
});
