import type { Browser, BrowserContext, Page } from 'playwright-core';
import en from '../../lib/action/labels/en.json' with { type: 'json' };
import { LOCALES } from '../../lib/action/labels.ts';
import { textsIn } from '../../lib/http/install/texts.ts';
import { checkPages, findViolations } from '../support/accessibility.ts';
import { describeInBrowser, launchBrowser } from '../support/browser.ts';
import { lowestContrast } from '../support/contrast.ts';
import { COOKIE_NAME, decide, INSTALL_PORTAL, SMALL_PORTAL } from '../support/install-service.ts';
import { type InstallSite, startInstallSite } from '../support/install-site.ts';

const PATIENCE_MS = 180_000;

describeInBrowser('the install pages in Chromium', () => {
  let browser: Browser;
  let context: BrowserContext;
  let site: InstallSite;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    browser = await launchBrowser();
  }, PATIENCE_MS);

  afterAll(async () => {
    await browser.close();
  }, PATIENCE_MS);

  beforeEach(async () => {
    site = await startInstallSite();
  }, PATIENCE_MS);

  afterEach(async () => {
    await site.close();
    expect(complaints).toEqual([]);
    expect(site.service.simulator.violations).toEqual([]);
  }, PATIENCE_MS);

  /** A page that notes what the browser complains of: a policy that was broken, a script that failed, a dialog. */
  async function open(where: BrowserContext): Promise<Page> {
    const opened = await where.newPage();
    complaints = [];
    opened.on('pageerror', ({ message }) => complaints.push(message));
    opened.on('dialog', (dialog) => {
      complaints.push(`dialog ${dialog.message()}`);
      dialog.dismiss().catch(() => {});
    });
    opened.on('console', (message) => {
      // The browser reports a page with a status of 400 or more as a failed resource.
      const isStatus = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isStatus) complaints.push(message.text());
    });
    return opened;
  }

  const heading = () => page.getByRole('heading', { level: 1 }).textContent();

  async function connect(portalId: number): Promise<void> {
    await page.goto(`${site.url}/oauth/install`);
    await page.getByLabel(`Account ${portalId}`).check();
    await page.getByRole('button', { name: 'Connect app' }).click();
    await page.waitForURL('**/oauth/connected?**');
  }

  /** In light and dark, wide and narrow. */
  async function expectReadable(): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of [1280, 320]) {
        await page.setViewportSize({ width, height: 800 });
        const shown = await page.evaluate<number>('document.documentElement.scrollWidth');
        expect(shown).toBeLessThanOrEqual(width);
      }
      expect(await lowestContrast(page)).toBeGreaterThanOrEqual(7);
    }
  }

  /** By the rules of axe-core, without scrolling to the side, and with contrast for everybody. */
  async function expectAccessible(): Promise<void> {
    for (const [colorScheme, width] of [
      ['light', 320],
      ['dark', 1280],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await lowestContrast(page)).toBeGreaterThanOrEqual(7);
      expect(await findViolations(page)).toEqual([]);
    }
  }

  describe('as they are', () => {
    beforeEach(async () => {
      context = await browser.newContext();
      page = await open(context);
    }, PATIENCE_MS);

    afterEach(() => context.close(), PATIENCE_MS);

    it(
      'The install pages connect the account that a person chooses on HubSpot’s page, and say what comes next',
      async () => {
        await connect(INSTALL_PORTAL);
        expect(await heading()).toBe(`HubSpot account ${INSTALL_PORTAL} is connected`);
        for (const { actionName } of [en.setOwner, en.findOwner]) {
          expect(await page.getByText(actionName, { exact: true }).count()).toBe(1);
        }
        expect(await page.evaluate('document.documentElement.lang')).toBe('en');
        expect(await page.title()).toBe(await heading());
        // The one style of the page is let through by its hash.
        expect(await page.evaluate('getComputedStyle(document.querySelector("main")).maxWidth')).toBe('640px');
        expect(await context.cookies()).toEqual([]);
        expect(site.service.queued).toHaveLength(1);
        await expectReadable();
      },
      PATIENCE_MS,
    );

    it(
      '[A13] The install pages say what does not work in an account without the hubs for it',
      async () => {
        await connect(SMALL_PORTAL);
        expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toContain('What does not work yet');
        expect(await page.getByRole('listitem').filter({ hasText: 'Deals cannot be assigned' }).count()).toBe(1);
        expect(await page.getByRole('link', { name: 'Open workflows' }).count()).toBe(1);
        await expectReadable();
      },
      PATIENCE_MS,
    );

    it(
      '[A3] The install pages lead a person who canceled back to the beginning',
      async () => {
        await page.goto(`${site.url}/oauth/install`);
        await page.getByRole('button', { name: 'Cancel' }).click();
        await page.waitForURL('**/oauth/callback?**');
        expect(await heading()).toBe('The account was not connected');
        await expectReadable();
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await page.waitForURL('**/oauth/authorize?**');
        expect(await page.getByRole('button', { name: 'Connect app' }).count()).toBe(1);
      },
      PATIENCE_MS,
    );

    it(
      '[A3] The install pages run no script that comes with the address or got into the page',
      async () => {
        await page.goto(`${site.url}/oauth/install`);
        const state = new URL(page.url()).searchParams.get('state') ?? '';
        const text = '</title><script>alert(1)</script><img src=x onerror=alert(2)>';
        const query = new URLSearchParams({ error: 'access_denied', error_description: text, state });
        await page.goto(`${site.url}/oauth/callback?${query}`);
        expect(await page.locator('q').textContent()).toBe(text);
        expect(await page.locator('script, img').count()).toBe(0);
        expect(complaints).toEqual([]);
        const takeOver = 'const script = document.createElement("script"); script.textContent = "document.title = 1"';
        await page.evaluate(`{ ${takeOver}; document.head.append(script); }`);
        expect(await page.title()).toBe('The account was not connected');
        expect(complaints.splice(0)).toEqual([expect.stringContaining('Content Security Policy')]);
      },
      PATIENCE_MS,
    );

    it(
      '[A1] The install pages connect nothing in a browser that did not begin the installation',
      async () => {
        const cookies: (string | boolean)[] = [];
        await page.goto(`${site.url}/oauth/install`);
        for (const { name, httpOnly, secure, sameSite, path } of await context.cookies(site.url)) {
          cookies.push(name, httpOnly, secure, sameSite, path);
        }
        expect(cookies).toEqual([COOKIE_NAME, true, true, 'Lax', '/']);
        const begun = { location: new URL(page.url()), state: '', cookie: '' };
        const query = await decide(site.service, begun, 'connect');
        const victim = await browser.newContext();
        page = await open(victim);
        await page.goto(`${site.url}/oauth/callback?${query}`);
        expect(await heading()).toBe('This link does not work here');
        await expectReadable();
        await victim.close();
        expect(site.service.queued).toEqual([]);
      },
      PATIENCE_MS,
    );

    it(
      '[A1] The install pages say that the account is connected after a reload, and after going back and forward',
      async () => {
        await connect(INSTALL_PORTAL);
        const shown = await page.locator('main').innerHTML();
        await page.reload();
        expect(await page.locator('main').innerHTML()).toBe(shown);
        await page.goBack();
        expect(new URL(page.url()).pathname).toBe('/oauth/authorize');
        await page.goForward();
        expect(await page.locator('main').innerHTML()).toBe(shown);
        expect(site.service.queued).toHaveLength(1);
      },
      PATIENCE_MS,
    );

    it(
      '[A1] A person who goes back and connects with the same link again reads what is true',
      async () => {
        await connect(INSTALL_PORTAL);
        await page.goBack();
        await page.getByLabel(`Account ${INSTALL_PORTAL}`).check();
        await page.getByRole('button', { name: 'Connect app' }).click();
        await page.waitForURL('**/oauth/callback?**');
        expect(await heading()).toBe('This link does not work here');
        const text = await page.locator('main').textContent();
        expect(text).toContain('Each link works once');
        expect(text).toContain('If an earlier page said that the account is connected, it still is.');
        expect(site.service.queued).toHaveLength(1);
      },
      PATIENCE_MS,
    );

    it(
      'Each tab shows its own account when one browser connects two',
      async () => {
        await connect(INSTALL_PORTAL);
        const first = page;
        page = await open(context);
        await connect(SMALL_PORTAL);
        await first.reload();
        const headings = [await first.locator('h1').textContent(), await heading()];
        expect(headings).toEqual([INSTALL_PORTAL, SMALL_PORTAL].map((id) => `HubSpot account ${id} is connected`));
      },
      PATIENCE_MS,
    );

    it(
      'The install pages work by keyboard alone: the workflows, the codes and connecting again come in the order of the page',
      async () => {
        await connect(SMALL_PORTAL);
        // Without the empty icon the browser may request one of the simulator while the page is being closed.
        const body = '<!doctype html><link rel="icon" href="data:,"><title>workflows</title>';
        const fulfilled = { contentType: 'text/html', body };
        await page.route(`${site.service.simulator.url}/workflows/*`, (route) => route.fulfill(fulfilled));
        const focused = () => page.evaluate<string>('document.activeElement.textContent.trim()');
        const outline = () => page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
        const order: string[] = [];
        for (let stop = 0; stop < 3; stop += 1) {
          await page.keyboard.press('Tab');
          order.push(await focused());
          expect(await outline()).toBe('solid');
        }
        expect(order).toEqual(['Open workflows', 'Connect again', 'Show permission codes']);
        const code = page.getByText('crm.objects.deals.write');
        expect(await code.isVisible()).toBe(false);
        await page.keyboard.press('Enter');
        expect(await code.isVisible()).toBe(true);
        await page.keyboard.press('Shift+Tab');
        await page.keyboard.press('Shift+Tab');
        await page.keyboard.press('Enter');
        await page.waitForURL(`**/workflows/${SMALL_PORTAL}`);
      },
      PATIENCE_MS,
    );
  });

  describe('with a checker in them', () => {
    beforeAll(async () => {
      // The policy of the pages lets no script in, so that the checker needs it off.
      context = await browser.newContext({ bypassCSP: true });
      await checkPages(context);
      page = await open(context);
    }, PATIENCE_MS);

    beforeEach(() => context.clearCookies());
    afterAll(() => context.close(), PATIENCE_MS);

    it.each(LOCALES)(
      'The install pages are readable and accessible in %s, narrow and wide, light and dark',
      async (locale) => {
        await page.setExtraHTTPHeaders({ 'accept-language': locale });
        const texts = textsIn(locale);
        const title = (text: string) => text.replace('{account}', String(SMALL_PORTAL));

        await connect(SMALL_PORTAL);
        const connected = page.url();
        expect(await heading()).toBe(title(texts.connected.title));
        await page.locator('summary').click();
        await expectAccessible();

        await site.service.regrant(SMALL_PORTAL, []);
        await page.reload();
        expect(await heading()).toBe(title(texts.connected.titleBlocked));
        await expectAccessible();

        for (const [address, expected] of [
          [`${site.url}/oauth/callback?error=access_denied`, texts.denied.title],
          [`${site.url}/oauth/callback`, texts.links.invalid.title],
          [`${connected}x`, texts.closed.invalid.title],
          [`${site.url}/oauth/install/more`, texts.errors.nothingHere.title],
        ] as const) {
          await page.goto(address);
          expect(await heading()).toBe(expected);
          await expectAccessible();
        }
      },
      PATIENCE_MS,
    );
  });
});
