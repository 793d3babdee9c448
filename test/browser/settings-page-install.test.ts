import type { Browser } from 'playwright-core';
import { installApp } from '../../local/install-app.ts';
import { LOCAL_PORTAL_ID } from '../../local/seed.ts';
import { type Program, runProgram, startProgram, stopPrograms } from '../local/start-program.ts';
import { describeInBrowser, launchBrowser } from '../support/browser.ts';

const PATIENCE_MS = 180_000;

let program: Program;
let pageUrl: string;

beforeAll(async () => {
  program = startProgram('start.ts', { HUBSPOT_CLIENT_ID: 'local-app' });
  [, pageUrl = ''] = await program.until(/workbench: (\S+)\/\n[\s\S]*Ctrl-C stops everything/);
}, PATIENCE_MS);

afterAll(stopPrograms, PATIENCE_MS);

describeInBrowser('the settings page of an account that installs the app, in Chromium', () => {
  let browser: Browser;

  afterEach(() => browser?.close(), PATIENCE_MS);

  it(
    'An account that is not connected is led to the installation, and then the page shows what was granted',
    async () => {
      browser = await launchBrowser();
      const context = await browser.newContext();
      const page = await context.newPage();
      page.setDefaultTimeout(30_000);
      await page.goto(pageUrl);
      await page.getByRole('heading', { name: 'This account is not connected' }).waitFor();

      const opened = context.waitForEvent('page');
      await page.getByRole('link', { name: 'Connect the app' }).click();
      const consent = await opened;
      await consent.getByLabel('Account 4000001').check();
      await consent.getByRole('button', { name: 'Connect app' }).click();
      await consent.getByRole('heading', { name: 'HubSpot account 4000001 is connected' }).waitFor();

      await page.getByRole('tab', { name: 'People' }).click();
      await page.getByRole('tab', { name: 'Overview' }).click();
      await page.getByText('The app has every permission it can use.').waitFor();
      expect(await page.getByRole('button', { name: 'Refresh now' }).count()).toBe(1);
      await page.getByRole('button', { name: 'Enroll' }).click();
      await page.getByText('jane@example.com was set as the owner.').waitFor();
    },
    PATIENCE_MS,
  );
});

it(
  'The line that sends an execution also works in a stack where the app is installed',
  async () => {
    const [, url = ''] = await program.until(/served at (\S+)/);
    const [, hubspotUrl = ''] = await program.until(/asked at\s+(\S+)/);
    await installApp({ url, hubspotUrl, redirectUri: `${url}/oauth/callback`, portalId: LOCAL_PORTAL_ID });

    const sent = await runProgram('send.ts', ['--email', 'jane@example.com']);

    expect(sent).toEqual({ code: 0, output: expect.stringContaining('ASSIGNED') });
    expect(await program.interrupt()).toBe(0);
  },
  PATIENCE_MS,
);
