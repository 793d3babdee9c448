import type { Page } from 'playwright-core';
import { type BrowserAdmin, brokenBrowser, NO_BROWSER, type NotRun } from './demo-fix.ts';
import { printStep } from './demo-stack.ts';
import { readGivenEnvironment } from './given-environment.ts';
import { CHROMIUM_ARGS, findChromium } from './page/chromium.ts';
import { startPage } from './page/start-page.ts';
import type { LocalStack } from './stack.ts';

const PATIENCE_MS = 60_000;

/**
 * If no Chromium is installed, or the found one does not start, the demo continues without it and says so.
 * @throws if the Chromium in CHROMIUM_PATH does not start
 */
export async function openBrowserAdmin(
  stack: LocalStack,
  onStop: (stop: () => Promise<void>) => void,
): Promise<BrowserAdmin | NotRun> {
  const { CHROMIUM_PATH: given } = process.env;
  const executablePath = findChromium(given);
  if (executablePath === undefined) return { notRun: NO_BROWSER };
  printStep('Starting Chromium …');
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_ARGS] }).catch((error: unknown) => {
    if (given) throw error;
  });
  if (browser === undefined) return { notRun: brokenBrowser(executablePath) };
  onStop(() => browser.close());
  const server = await startPage(stack, readGivenEnvironment(process.cwd()));
  if (server === undefined) throw new Error('the settings page is served over the simulator only');
  onStop(() => server.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
  page.setDefaultTimeout(PATIENCE_MS);
  return useSettingsPage(page, server.url);
}

function useSettingsPage(page: Page, url: string): BrowserAdmin {
  const settings = page.getByRole('main');
  const button = (name: string) => settings.getByRole('button', { name, exact: true });
  return {
    async connect(portalId) {
      await page.goto(url);
      await settings.getByRole('heading', { name: 'This account is not connected' }).waitFor();
      const opened = page.waitForEvent('popup');
      await settings.getByRole('link', { name: 'Connect the app' }).click();
      const consent = await opened;
      await consent.getByLabel(`Account ${portalId}`).check();
      await consent.getByRole('button', { name: 'Connect app' }).click();
      const heading = consent.getByRole('heading', { name: `HubSpot account ${portalId} is connected` });
      await heading.waitFor();
      const text = await heading.innerText();
      await consent.close();
      return text;
    },
    async addAlias(email, to) {
      await page.goto(url);
      await page.getByRole('tab', { name: 'Unresolved emails' }).click();
      await button(`Add an alias for ${email}`).click();
      await settings.getByLabel('Leads to').fill(to);
      await button('Save').click();
      await button('Confirm').click();
      const notice = page.getByRole('status').getByText(`${email} now leads to`);
      await notice.waitFor();
      return (await notice.innerText()).replace('Dismiss', '').trim();
    },
  };
}
