import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { type Program, startProgram, stopPrograms } from '../local/start-program.ts';
import { findViolations } from '../support/accessibility.ts';
import { describeInBrowser, launchBrowser } from '../support/browser.ts';
import { lowestContrast } from '../support/contrast.ts';

const PATIENCE_MS = 180_000;
const TABS = ['Overview', 'Unresolved emails', 'People', 'Try an email', 'Handovers'];

describeInBrowser('the settings page and the workbench in Chromium, on the local stack', () => {
  let program: Program;
  let browser: Browser;
  let url: string;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    program = startProgram('start.ts', {});
    const found = await program.until(/settings page and the workbench: (\S+)\/\n[\s\S]*Ctrl-C stops everything/);
    url = found[1] ?? '';
    browser = await launchBrowser();
  }, PATIENCE_MS);

  afterAll(async () => {
    await browser?.close();
    await stopPrograms();
  }, PATIENCE_MS);

  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    complaints = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      const isStatus = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isStatus) complaints.push(message.text());
    });
    await page.goto(url);
    await button('Refresh now').or(main().getByText('You can look')).first().waitFor();
    await page.getByRole('button', { name: 'Enroll' }).waitFor();
  }, PATIENCE_MS);

  afterEach(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  }, PATIENCE_MS);

  const main = () => page.getByRole('main');
  const button = (name: string) => main().getByRole('button', { name, exact: true });
  const newest = () => page.getByRole('article').first();
  const openTab = (name: string) => page.getByRole('tab', { name }).click();
  const owners = () => newest().locator('dd').allTextContents();

  /** Enrolls a new contact in the workbench. */
  async function begin(email: string): Promise<Locator> {
    const hasRuns = (await page.getByRole('article').count()) > 0;
    const before = hasRuns ? await newest().getByRole('heading').textContent() : undefined;
    await page.getByLabel('Owner’s email').fill(email);
    await page.getByRole('button', { name: 'Enroll' }).click();
    await newest()
      .filter({ hasNotText: before ?? 'no run yet' })
      .waitFor();
    return newest();
  }

  /** The same, until the workflow has moved on. */
  async function enroll(email: string): Promise<Locator> {
    const run = await begin(email);
    await run.getByText(/^Done/).waitFor();
    return run;
  }

  async function refreshOwners(): Promise<void> {
    const done = page.waitForResponse('**/desk/refresh');
    await page.getByRole('button', { name: 'Refresh the owners' }).click();
    await done;
  }

  it(
    'An unresolved email becomes an alias, and the next enrollment with it is assigned',
    async () => {
      expect(await (await enroll('jane.deo@example.com')).locator('.sentence').textContent()).toContain(
        'Nobody in this',
      );
      await openTab('Unresolved emails');
      await button('Add an alias for jane.deo@example.com').click();
      await main().getByLabel('Leads to').fill('jane@example.com');
      await button('Save').click();
      expect(await main().getByText('Let jane.deo@example.com lead to jane@example.com?').count()).toBe(1);
      await button('Confirm').click();
      await page.getByText('jane.deo@example.com now leads to jane@example.com').waitFor();

      const run = await enroll('jane.deo@example.com');
      expect(await owners()).toEqual(expect.arrayContaining(['nobody', 'Jane Doe (410000001)']));
      await run.getByText(/^Outputs/).click();
      expect(await run.getByText('ASSIGNED', { exact: true }).count()).toBe(1);
      expect(await run.getByText('ALIAS', { exact: true }).count()).toBe(1);

      await openTab('People');
      await main().getByText('jane.deo@example.com was set to lead to Jane Doe').waitFor();
      expect(await main().getByRole('cell', { name: 'You' }).count()).toBe(1);
    },
    PATIENCE_MS,
  );

  it(
    'A person who leaves gets a successor, and the next enrollment goes to the successor',
    async () => {
      await page.getByLabel('Somebody leaves').selectOption({ label: 'Omar Haddad omar@example.com' });
      await page.getByRole('button', { name: 'Deactivate' }).click();
      await refreshOwners();
      const failed = await enroll('omar@example.com');
      expect(await failed.locator('.sentence').textContent()).toContain('belongs to a deactivated user');

      await openTab('Unresolved emails');
      await main().getByRole('row').filter({ hasText: 'omar@example.com' }).getByRole('button').click();
      await main().getByLabel('Successor').fill('desk@example.com');
      await button('Save').click();
      await button('Confirm').click();
      await page.getByText(/desk@example.com now stands in for/).waitFor();

      const run = await enroll('omar@example.com');
      expect(await run.locator('.sentence').textContent()).toContain('desk@example.com was set as the owner');
      expect(await owners()).toEqual(expect.arrayContaining([expect.stringContaining('Lead Desk')]));
    },
    PATIENCE_MS,
  );

  it(
    'The records of a person who left are planned, handed over and given back, and every step is in the list of changes',
    async () => {
      await openTab('Handovers');
      await main().getByLabel('Who left').selectOption({ label: 'lena@example.com (deactivated)' });
      await main().getByLabel('Who gets the records').selectOption({ label: 'Another person' });
      await main().getByLabel('Email of who gets the records').fill('jane@example.com');
      await button('Plan').click();
      await main()
        .getByText(/^Records: \d+\. Calls to HubSpot: \d+\./)
        .waitFor();
      const rowsOf = (name: string) => main().getByRole('row').filter({ hasText: name });
      expect(await rowsOf('Contacts').last().textContent()).toContain('420');
      expect(await main().getByRole('img', { name: 'Records by object type' }).count()).toBe(1);

      await button('Start').click();
      await main()
        .getByText(/^Move the records of lena@example.com \(deactivated\) to Jane Doe \(\d+\)\?$/)
        .waitFor();
      await button('Start').click();
      await main()
        .getByText(/^Records moved: \d+\.$/)
        .waitFor();
      await main()
        .getByText(/^You can undo this until/)
        .waitFor();
      const moved = await main()
        .getByText(/^Records moved: \d+\.$/)
        .textContent();

      await button('Undo').click();
      await main()
        .getByText(/^Give the records back/)
        .waitFor();
      await button('Undo').click();
      await main()
        .getByText((moved ?? '').replace('moved', 'given back'))
        .waitFor();
      await main().getByRole('cell', { name: 'Undone' }).waitFor();

      await main()
        .getByRole('switch', { name: /lena@example.com/ })
        .press('Space');
      await page
        .getByText('From the next night on, the records go to the successor, if an active one is named.')
        .waitFor();
      await main()
        .getByRole('switch', { name: /lena@example.com/, checked: true })
        .press('Space');
      await page.getByText('The records are no longer handed over every night.').waitFor();

      await openTab('People');
      await main().getByText('An undo of the handover of the records of lena@example.com').waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'A person who is not a super admin reads everything, learns why there are no buttons, and changes nothing',
    async () => {
      await page.getByLabel('Viewing as').selectOption({ label: 'Pat Plain (no super admin)' });
      await main().getByText('You can look, but not change anything').waitFor();
      for (const name of ['Unresolved emails', 'People', 'Handovers']) {
        await openTab(name);
        await main().getByText('Only super admins can make changes.').waitFor();
        const names = await main().getByRole('button').allTextContents();
        expect(names.filter((each) => each !== 'Export as CSV' && !each.startsWith('Show '))).toEqual([]);
      }
      const answer = await page.evaluate<{ status: number; code: string }>(`(async () => {
        const users = (await (await fetch('/desk/start', {
          method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}',
        })).json()).users;
        const response = await fetch('/desk/fetch', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            url: 'https://owner.example.com/portal/aliases',
            method: 'PUT',
            body: { changeId: 'change-by-a-plain-user', alias: 'boss@example.com', to: 'jane@example.com' },
            userId: users.find((user) => !user.isSuperAdmin).userId,
          }),
        });
        return { status: response.status, code: (await response.json()).error.code };
      })()`);
      expect(answer).toEqual({ status: 403, code: 'NOT_SUPER_ADMIN' });
      await openTab('People');
      await main().getByRole('heading', { name: 'Aliases' }).waitFor();
      expect(await main().getByText('boss@example.com').count()).toBe(0);
    },
    PATIENCE_MS,
  );

  it(
    'A keyboard alone is enough to find an unresolved email, fill in an alias and confirm it',
    async () => {
      await enroll('lead.desk@example.com');
      const press = async (key: string, times = 1) => {
        for (let count = 0; count < times; count += 1) await page.keyboard.press(key);
      };
      const focused = () =>
        page.evaluate<string>("document.activeElement.getAttribute('name') ?? document.activeElement.textContent");
      /** As somebody does who sees where they are. */
      const tabTo = async (what: string) => {
        for (let count = 0; count < 40 && (await focused()) !== what; count += 1) await press('Tab');
        expect(await focused()).toBe(what);
      };
      await page.reload();
      await button('Refresh now').waitFor();
      await tabTo('Overview');
      await press('ArrowRight');
      expect(await focused()).toBe('Unresolved emails');
      await button('Add an alias for lead.desk@example.com').waitFor();
      await tabTo('Add an alias for lead.desk@example.com');
      await press('Enter');
      await tabTo('to');
      await page.keyboard.type('desk@example.com');
      await press('Enter');
      await button('Confirm').waitFor();
      await tabTo('Confirm');
      await press('Space');
      await page.getByText('lead.desk@example.com now leads to desk@example.com').waitFor();
      await press('Shift+Tab');
      expect(await focused()).not.toBe('');
    },
    PATIENCE_MS,
  );

  it(
    'When HubSpot is down and comes back, the workbench shows the retries, and the record gets its owner',
    async () => {
      await page.getByLabel('is down').check();
      const run = await begin('jane@example.com');
      await run.getByText('Retries').waitFor();
      await page.getByLabel('answers').check();
      await run.getByText('Done, SUCCESS').waitFor();
      expect(await run.locator('.sentence').textContent()).toBe('jane@example.com was set as the owner.');
      await newest()
        .getByText(/^Calls to HubSpot/)
        .click();
      expect(
        await newest()
          .getByRole('listitem')
          .filter({ hasText: / 5\d\d$/ })
          .count(),
      ).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );

  it(
    'When HubSpot’s rate limit is used up, the workbench shows an execution in the queue, which is completed later',
    async () => {
      await page.getByLabel('has no rate limit left').check();
      const run = await begin('jane@example.com');
      await run.getByText('Waiting in the queue').waitFor();
      await page.getByLabel('Queue').getByText('1', { exact: true }).first().waitFor();
      await page.getByLabel('answers').check();
      await run.getByText('Done, SUCCESS').waitFor({ timeout: PATIENCE_MS });
      expect(await run.locator('.sentence').textContent()).toBe('jane@example.com was set as the owner.');
    },
    PATIENCE_MS,
  );

  it(
    'An execution that is delivered twice writes the owner once, and its curl line is a signed request',
    async () => {
      await page.getByLabel('HubSpot delivers').selectOption('Twice, one after the other');
      const run = await enroll('jane@example.com');
      expect(await run.getByText(/^200 after \d+ ms, 200 after \d+ ms$/).count()).toBe(1);
      await run.getByText(/^Calls to HubSpot/).click();
      expect(await run.getByRole('listitem').filter({ hasText: 'PATCH' }).count()).toBe(1);
      await run.getByText('The signed request as curl').click();
      expect(await run.locator('pre').last().textContent()).toMatch(
        /^curl -sS http:\/\/127\.0\.0\.1:\d+\/actions\/.*X-HubSpot-Signature/,
      );
      await run.getByText(/^Log lines \([1-9]/).click();
    },
    PATIENCE_MS,
  );

  it(
    'Every tab has names and roles for a screen reader, fits 320 and 1280 pixels, and can be read in light and dark',
    async () => {
      await enroll('never.seen@example.com');
      for (const name of TABS) {
        await openTab(name);
        await page.getByRole('tabpanel', { name }).waitFor();
        await main().getByText('Loading').first().waitFor({ state: 'detached' });
        if (name === 'Unresolved emails') {
          await button('Add an alias for never.seen@example.com').click();
          await button('Save').click();
          await main().getByText('Enter a value.').waitFor();
        }
        if (name === 'Try an email') {
          await main().getByRole('textbox', { name: 'Email' }).fill('jane@example.com');
          await button('Look up').click();
          await main().getByText('jane@example.com leads to Jane Doe').waitFor();
        }
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          for (const width of [1280, 320]) {
            await page.setViewportSize({ width, height: 800 });
            const shown = await page.evaluate<number>('document.documentElement.scrollWidth');
            expect({ name, width: shown }).toEqual({ name, width });
          }
          await scrollingTablesAreTabStops();
          expect(await lowestContrast(page)).toBeGreaterThanOrEqual(7);
          expect({ name, violations: await findViolations(page) }).toEqual({ name, violations: [] });
        }
      }
    },
    PATIENCE_MS,
  );

  /** The page learns of its new width with one of the next frames. Its policy lets Playwright wait for no function. */
  async function scrollingTablesAreTabStops(): Promise<void> {
    await page.evaluate(`new Promise((done) => {
      const isReached = (frame) => frame.scrollWidth <= frame.clientWidth || frame.tabIndex === 0;
      const look = () =>
        [...document.querySelectorAll('.table-frame')].every(isReached) ? done() : requestAnimationFrame(look);
      look();
    })`);
  }
});
