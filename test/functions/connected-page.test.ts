import { createHandler as createFinishHandler } from '../../functions/finish-install.ts';
import { createHandler as createStartHandler } from '../../functions/start-install.ts';
import { LOCALES } from '../../lib/action/labels.ts';
import { loadInstallConfig } from '../../lib/config/load-config.ts';
import { REQUIRED_SCOPES } from '../../lib/domain/scopes.ts';
import { textsIn } from '../../lib/http/install/texts.ts';
import { createPortals } from '../../lib/store/portals.ts';
import { PORTAL_A } from '../builders/ids.ts';
import { makeContext } from '../support/http-events.ts';
import {
  begin,
  COOKIE_NAME,
  decide,
  INSTALL_PORTAL,
  type InstallService,
  makeGet,
  SMALL_PORTAL,
  startInstallService,
} from '../support/install-service.ts';
import { makeTelemetry } from '../support/recording-telemetry.ts';

let service: InstallService;

beforeEach(async () => {
  service = await startInstallService();
});

afterEach(async () => {
  await service.close();
  expect(service.simulator.violations).toEqual([]);
});

const portals = () => createPortals(service.table, service.clock.now);

/** Connects an account and answers the query of its page. */
async function connect(portalId?: number): Promise<string> {
  const begun = await begin(service);
  const query = await decide(service, begun, 'connect', portalId);
  const { headers } = await service.comeBack(makeGet('/oauth/callback', query, [begun.cookie]));
  return headers.location?.split('?')[1] ?? '';
}

const show = (query: string, language = 'en') =>
  service.show(makeGet('/oauth/connected', query, [], { 'accept-language': language }));

describe('The page of a connected account', () => {
  it('The page of a connected account stays the same however often it is opened, and calls nothing at HubSpot', async () => {
    const query = await connect();
    const calls = service.simulator.calls.all().length;
    const first = await show(query);
    expect(await show(query)).toEqual(first);
    expect([first.statusCode, service.simulator.calls.all().length]).toEqual([200, calls]);
    expect(service.queued).toHaveLength(1);
  });

  it('The page of a connected account links to the workflows of the account', async () => {
    const { body } = await show(await connect());
    const url = `${service.simulator.url}/workflows/8200001`;
    expect(body).toContain(`<a class="main button" href="${url}">Open workflows</a>`);
  });

  it('The page of a connected account shows what the account grants now, not what it granted before', async () => {
    const query = await connect(SMALL_PORTAL);
    expect((await show(query)).body).toContain('Deals cannot be assigned');
    const scopes = [...REQUIRED_SCOPES, 'crm.objects.deals.read', 'crm.objects.deals.write'];
    await service.regrant(SMALL_PORTAL, scopes);
    const { body } = await show(query);
    expect(body).not.toContain('Deals cannot be assigned');
    expect(body).toContain('Contacts cannot be assigned');
  });

  it.each<[string, readonly string[]]>([
    ['nothing', []],
    ['nothing that an owner can be found with', ['oauth', 'crm.objects.contacts.read', 'crm.objects.contacts.write']],
  ])('The page of a connected account says what to do first when %s was granted', async (_what, scopes) => {
    const query = await connect();
    await service.regrant(INSTALL_PORTAL, scopes);
    const { statusCode, body } = await show(query);
    expect(statusCode).toBe(200);
    expect(body).toContain('<h1>HubSpot account 8200001 is connected, but a required permission is missing</h1>');
    expect(body).toContain('<h2>Do this first</h2>\n<p>No owner can be found');
    expect(body).toContain('<a class="main button" href="install">Connect again</a>');
    expect(body).not.toMatch(/Open workflows|right away/);
    expect(body.includes('the account granted no permission')).toBe(scopes.length === 0);
  });

  it('The page of a connected account says so when the account is no longer connected', async () => {
    const query = await connect();
    const portal = await portals().read(PORTAL_A);
    await portals().disconnect(PORTAL_A, portal ?? { installationId: '', version: 0 }, service.clock.now());
    const { statusCode, body } = await show(query);
    expect([statusCode, body.includes('HubSpot account 8200001 is no longer connected')]).toEqual([200, true]);
    expect(body).not.toMatch(/Open workflows|What the account allows/);
  });

  it('The page of a connected account expires after an hour, and then contains no account', async () => {
    const query = await connect();
    service.clock.advance(3_600_000);
    const { statusCode, body } = await show(query);
    expect([statusCode, body.includes('This page has expired')]).toEqual([410, true]);
    expect(body).not.toContain('8200001');
  });

  it.each([
    ['nothing', () => ''],
    ['an account ID', () => 'view=8200001&portalId=8200001'],
    ['another key', () => `view=${'A'.repeat(80)}`],
    ['the right token twice', (query: string) => `${query}&${query}`],
    ['the right token and one character more', (query: string) => `${query}A`],
  ])('The page of a connected account shows nothing of any account to somebody with %s', async (_what, change) => {
    const query = await connect();
    const rowsRead = service.telemetry.counted.length;
    const { statusCode, body } = await show(change(query));
    expect([statusCode, body.includes('This link is incomplete or invalid')]).toEqual([400, true]);
    expect(body).not.toContain('8200001');
    expect(service.telemetry.counted.length).toBe(rowsRead);
  });

  it('The page of a connected account does not touch the cookie of an install in another tab', async () => {
    const query = await connect();
    for (const { headers } of [await show(query), await show(''), await show('', 'de')]) {
      expect(headers).not.toHaveProperty('set-cookie');
    }
    expect(COOKIE_NAME).toMatch(/^__Host-/);
  });
});

describe.each(LOCALES)('The install pages in %s', (locale) => {
  const texts = textsIn(locale);
  const tag = locale === 'pt-br' ? 'pt-BR' : locale;
  const escaped = (text: string) => text.replaceAll("'", '&#39;');
  const inLanguage = (path: string, query = '') => makeGet(path, query, [], { 'accept-language': `${tag},en;q=0.1` });

  it('The install pages show a connected account, an invalid link, a denial and an unknown address', async () => {
    const view = await connect();
    const pages = [
      [await show(view, tag), texts.connected.title.replace('{account}', '8200001')],
      [await service.comeBack(inLanguage('/oauth/callback')), texts.links.invalid.title],
      [await service.comeBack(inLanguage('/oauth/callback', 'error=access_denied')), texts.denied.title],
      [await service.comeBack(inLanguage('/oauth/callback/more')), texts.errors.nothingHere.title],
      [await service.show(inLanguage('/oauth/connected')), texts.closed.invalid.title],
    ] as const;
    for (const [{ body }, title] of pages) {
      expect(body).toContain(`<html lang="${tag}">`);
      expect(body).toContain(`<h1>${escaped(title)}</h1>`);
      expect(body).not.toMatch(/\{\w+\}/);
    }
  });
});

describe('Accounts with a static token', () => {
  const ENVIRONMENT = {
    PUBLIC_BASE_URL: 'https://owner.example.com',
    HUBSPOT_CLIENT_SECRET: 'secret-test-app',
    HUBSPOT_PORTAL_ID: '8200001',
    HUBSPOT_ACCESS_TOKEN: 'pat-test',
    TABLE_NAME: 'owners',
    REFRESH_QUEUE_URL: 'https://queue.example.com/refresh',
  };

  it('With a static token, every install page says that there is nothing to install, and names no account', async () => {
    expect(await loadInstallConfig(ENVIRONMENT, async () => ({}))).toBeUndefined();
    const telemetry = makeTelemetry();
    const start = createStartHandler(telemetry, async () => undefined);
    const finish = createFinishHandler(telemetry, async () => undefined);
    const results = [
      await start(makeGet('/oauth/install'), makeContext(29_000)),
      await finish(makeGet('/oauth/callback', 'code=x&state=y'), makeContext(29_000)),
      await finish(makeGet('/oauth/connected'), makeContext(29_000)),
    ];
    for (const { statusCode, body } of results) {
      expect(statusCode).toBe(404);
      expect(body).toContain('<h1>There is nothing to install here</h1>');
      expect(body).toContain('<strong>Distribution</strong>');
      expect(body).not.toMatch(/8200001|href=/);
    }
    expect(telemetry.counted).toEqual([]);
  });
});
