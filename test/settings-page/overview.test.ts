import { BarChart, EmptyState, ErrorState, Link, StatisticsItem } from '@hubspot/ui-extensions';
import type { ErrorCode, Overview } from '../../hubspot/src/app/settings/portal-api.ts';
import { en } from '../../hubspot/src/app/settings/texts/en.ts';
import { createFakePortal, errorAnswer, type FakePortal, NO_CAUSES, NO_OUTCOMES } from './fake-portal.ts';
import { openPage, startPage } from './render-page.ts';

let portal: FakePortal;

beforeEach(() => {
  portal = createFakePortal();
});

function change(overview: Partial<Overview>): void {
  portal.overview = { ...portal.overview, ...overview };
}

describe('the overview of the settings page', () => {
  it('The overview of the settings page says that it is loading until the service has answered', async () => {
    const release = portal.delay('/portal/overview');
    const page = startPage(portal);
    expect(page.isLoading()).toBe(true);
    expect(page.text()).toBe('Loading');
    release();
    await page.untilLoaded();
    expect(page.text()).toContain('Connected');
  });

  it('The overview of the settings page needs one request', async () => {
    await openPage(portal);
    expect(portal.calls).toEqual([{ method: 'PATCH', path: '/portal/overview', body: {} }]);
  });

  it('The overview of the settings page is loaded again when somebody comes back from another tab', async () => {
    const page = await openPage(portal, 'people');
    change({ unresolved: { ...portal.overview.unresolved, total: 77 } });
    await page.openTab('overview');
    await page.until(() => expect(page.text()).toContain('Unresolved emails | 77'));
  });

  it('The overview of the settings page shows the refreshes in the time zone of the account, and how many owners there are', async () => {
    const page = await openPage(portal);
    expect(page.text()).toContain('Last refresh | Nov 27, 2026, 2:15 AM | Next refresh | Nov 28, 2026, 2:15 AM');
    expect(page.findAll(StatisticsItem).map(({ props: { label, number } }) => [label, number])).toEqual([
      ['Active owners', '1,234'],
      ['Deactivated owners', '56'],
      ['Unresolved emails', '3'],
    ]);
  });

  it('The overview of the settings page says when no refresh has run yet, and when more emails are unresolved than were counted', async () => {
    const { lastRefreshAt: _, ...owners } = portal.overview.owners;
    change({ owners, unresolved: { ...portal.overview.unresolved, total: 10_000, isAtLeast: true } });
    const page = await openPage(portal);
    expect(page.text()).toContain('Last refresh | Not yet');
    expect(page.text()).toContain('10,000 or more');
  });

  it('The overview of the settings page draws the outcomes that occurred, a bar a day, in the words of the workflow editor', async () => {
    const page = await openPage(portal);
    const [outcomes] = page.findAll(BarChart);
    const rows = outcomes?.props.data as readonly Record<string, unknown>[];
    expect(new Set(rows.map(({ category }) => category)).size).toBe(7);
    expect(rows.slice(-2)).toEqual([
      { category: 'Nov 27', group: 'Owner assigned', count: 27 },
      { category: 'Nov 27', group: 'Failed', count: 7 },
    ]);
    expect(page.rows()).toContainEqual(['Nov 27', 'Owner assigned', '27']);
  });

  it('The overview of the settings page draws the unresolved emails by cause, the most frequent first', async () => {
    change({ unresolved: { total: 9, isAtLeast: false, byCause: { ...NO_CAUSES, typo: 2, left: 7 } } });
    const page = await openPage(portal);
    expect(page.findAll(BarChart).at(-1)?.props.data).toEqual([
      { category: 'This person was deactivated', count: 7 },
      { category: 'Probably misspelled', count: 2 },
    ]);
  });

  it('The overview of the settings page says so in words where there is nothing to draw', async () => {
    change({
      outcomes: portal.overview.outcomes.map(({ day }) => ({ day, counts: NO_OUTCOMES })),
      unresolved: { total: 0, isAtLeast: false, byCause: NO_CAUSES },
    });
    const page = await openPage(portal);
    expect(page.findAll(BarChart)).toEqual([]);
    expect(page.text()).toContain(en.outcomes.empty);
    expect(page.text()).toContain(en.unresolved.emptyText);
  });

  it('The overview of the settings page names each missing permission with what does not work without it', async () => {
    const missing = [{ scope: 'tickets', purpose: 'Setting the owner of tickets', cost: 'Tickets cannot be assigned' }];
    change({ scopes: { isKnown: true, granted: [], missing } });
    const page = await openPage(portal);
    expect(page.alerts()).toContainEqual({ title: 'Missing permissions', variant: 'warning' });
    expect(page.rows()).toContainEqual(['tickets', 'Setting the owner of tickets', 'Tickets cannot be assigned']);
  });

  it('The overview of the settings page sums up the handovers of the last night, where there are any', async () => {
    expect((await openPage(portal)).text()).not.toContain(en.lastNight.title);
    change({ lastNight: { moved: 1_190, leftAlone: 10, leavers: 2, toCheck: 1 } });
    expect((await openPage(portal)).text()).toContain('Records moved: 1,190, left alone: 10. Handovers to check: 1.');
  });

  it('The overview of the settings page claims no permissions where HubSpot does not list them', async () => {
    change({ scopes: { isKnown: false, granted: [], missing: [] } });
    const page = await openPage(portal);
    expect(page.text()).toContain(en.permissions.unknown);
    expect(page.text()).not.toContain(en.permissions.granted);
  });
});

describe('an account that is not connected', () => {
  it('An account that is not connected is offered the installation', async () => {
    change({
      portal: { portalId: '1', auth: 'oauth', status: 'notConnected', installUrl: 'https://owner.example.com/i' },
    });
    const page = await openPage(portal);
    expect(page.find(EmptyState).props.title).toBe('This account is not connected');
    expect(page.find(Link).props.href).toEqual({ url: 'https://owner.example.com/i', external: true });
    expect(page.findAll(BarChart)).toEqual([]);
  });

  it('An account that is not connected learns whom to ask when it has a static token', async () => {
    change({ portal: { portalId: '1', auth: 'static', status: 'notConnected' } });
    const page = await openPage(portal);
    expect(page.text()).toContain(en.connection.token);
    expect(page.maybeFind(Link)).toBeNull();
  });
});

describe('a page that cannot be loaded', () => {
  const codes: readonly (readonly [ErrorCode, number, string])[] = [
    ['SIGNATURE_INVALID', 401, en.failure.SIGNATURE_INVALID],
    ['MISSING_SCOPES', 403, en.failure.MISSING_SCOPES],
    ['PORTAL_NOT_CONNECTED', 409, en.failure.PORTAL_NOT_CONNECTED],
    ['HUBSPOT_UNAVAILABLE', 503, en.failure.HUBSPOT_UNAVAILABLE],
    ['HUBSPOT_CONTRACT_BROKEN', 503, en.failure.SERVICE_FAULT],
    ['STORE_UNAVAILABLE', 503, en.failure.SERVICE_FAULT],
    ['SECRETS_UNAVAILABLE', 503, en.failure.SERVICE_FAULT],
    ['CONFIG_INVALID', 503, en.failure.SERVICE_FAULT],
    ['INTERNAL_ERROR', 500, en.failure.SERVICE_FAULT],
  ];

  it.each(codes)(
    'A page that cannot be loaded says what to do about %s, with the correlation ID',
    async (code, status, text) => {
      portal.failures.push({ path: '/portal/overview', answer: errorAnswer(code, status) });
      const page = await openPage(portal);
      expect(page.text()).toContain(`This could not be loaded | ${text} | Correlation ID: corr-42`);
    },
  );

  it('A page that cannot be loaded says how long HubSpot’s rate limit lasts', async () => {
    portal.failures.push({ path: '/portal/overview', answer: errorAnswer('RATE_LIMITED', 429, 7_200) });
    expect((await openPage(portal)).text()).toContain('Retry in 8 s.');
  });

  it.each([
    ['HubSpot did not reach it', () => Promise.reject(new Error('timeout'))],
    ['a page of HTML came back', async () => new Response('<html>', { status: 502 })],
    ['its answer breaks off', async () => new Response('{"portal":', { status: 200 })],
    ['HubSpot refused the request', async () => Response.json({ status: 'error' }, { status: 429 })],
  ])('A page that cannot be loaded says that the service did not answer when %s', async (_, answer) => {
    portal.failures.push({ path: '/portal/overview', answer });
    const page = await openPage(portal);
    expect(page.text()).toContain(en.failure.NO_ANSWER);
    expect(page.text()).not.toContain('Correlation ID');
  });

  it('A page that cannot be loaded loads on a retry', async () => {
    portal.failures.push({ path: '/portal/overview', answer: errorAnswer('STORE_UNAVAILABLE') });
    const page = await openPage(portal);
    page.click('Retry');
    expect(page.isLoading()).toBe(true);
    await page.untilLoaded();
    expect(page.maybeFind(ErrorState)).toBeNull();
    expect(page.text()).toContain('Connected');
  });
});

describe('a refresh of the owners', () => {
  it('A refresh of the owners is confirmed, then requested, then announced', async () => {
    const page = await openPage(portal);
    page.click('Refresh now');
    expect(page.alerts()).toEqual([{ title: en.owners.confirmTitle, variant: 'info' }]);
    expect(portal.changes()).toEqual([]);
    page.click('Refresh now');
    await page.until(() => expect(page.announced()).toEqual([en.owners.queued]));
    expect(portal.changes()).toEqual([
      { method: 'PUT', path: '/portal/refresh', body: { changeId: expect.stringMatching(/^[a-z0-9-]{16,64}$/) } },
    ]);
  });

  it('A refresh of the owners can be canceled', async () => {
    const page = await openPage(portal);
    page.click('Refresh now');
    page.click('Cancel');
    expect(page.alerts()).toEqual([]);
    expect(portal.changes()).toEqual([]);
  });

  it('A refresh of the owners is not offered to somebody who may only read', async () => {
    change({ viewer: { userId: '7002', canChange: false, reason: 'NOT_SUPER_ADMIN' } });
    const page = await openPage(portal);
    expect(page.buttonNames()).not.toContain('Refresh now');
    expect(page.text()).toContain(`${en.viewer.title} | ${en.viewer.NOT_SUPER_ADMIN}`);
  });
});
