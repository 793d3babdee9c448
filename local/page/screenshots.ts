import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Locator, type Page } from 'playwright-core';
import { readCommand } from '../command/command-line.ts';
import { readGivenEnvironment } from '../given-environment.ts';
import { print, printError } from '../output.ts';
import { runUntilStopped } from '../shutdown.ts';
import { startLocalStack } from '../stack.ts';
import { startPage } from './start-page.ts';

readCommand({
  script: 'screenshots',
  does: 'Makes the pictures of the guides afresh, in docs/images/, from the settings page on a local stack. Needs Chromium.',
  flags: {},
  examples: ['CHROMIUM_PATH=/opt/chrome/chrome npm run screenshots'],
});

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const FOLDER = 'docs/images';
/** Whoever looks at a guide sees what they would see, and a picture stays small. */
const VIEW = { width: 1440, height: 800 };
/** The service writes the day's counts once a minute. */
const COUNTS_MS = 61_000;

/** What workflows asked for: leads to people, to leavers, to nobody. */
const EMAILS = [
  'jane@example.com',
  'omar@example.com',
  'desk@example.com',
  'jane@example.com',
  'jane.deo@example.com',
  'jnae@example.com',
  'lena@example.com',
  'kim@example.com',
  'queue@example.com',
  'omar@oldco.example',
];

async function takeAll(onStop: (stop: () => Promise<void>) => void): Promise<number> {
  const projectDir = process.cwd();
  const given = readGivenEnvironment(projectDir);
  const stack = await startLocalStack({ projectDir, given, purpose: 'start', onStop });
  await stack.refresh.run();
  const server = await startPage(stack, given);
  if (server === undefined) throw new Error('HUBSPOT_API_BASE_URL: the pictures are made with the simulator; unset it');
  onStop(() => server.close());
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  onStop(() => browser.close());
  const page = await browser.newPage({ viewport: VIEW, colorScheme: 'light', locale: 'en-US', timezoneId: 'UTC' });
  page.setDefaultTimeout(60_000);
  mkdirSync(join(projectDir, FOLDER), { recursive: true });
  await page.goto(server.url);
  const take = async (name: string, element: Locator) => {
    const path = join(FOLDER, `${name}.png`);
    await element.screenshot({ path: join(projectDir, path), animations: 'disabled' });
    print(`${path}: written`);
  };
  const [first = '', ...others] = EMAILS;
  await enroll(page, first);
  await page
    .getByRole('article')
    .getByText(/^Outputs/)
    .click();
  await take('workbench', page.getByRole('complementary'));
  for (const email of others) await enroll(page, email);
  print('Waiting a minute for the counts of the overview …');
  await delay(COUNTS_MS);
  await enroll(page, first);
  await stack.refresh.run();
  for (const [name, arrange] of PICTURES) {
    await arrange(page);
    await take(name, main(page));
  }
  return 0;
}

const main = (page: Page) => page.getByRole('main');

const PICTURES: readonly (readonly [name: string, arrange: (page: Page) => Promise<void>])[] = [
  [
    'settings-unresolved',
    async (page) => {
      await page.getByRole('tab', { name: 'Unresolved emails' }).click();
      await main(page).getByRole('button', { name: 'Add an alias for jane.deo@example.com' }).click();
      await main(page).getByLabel('Leads to').fill('jane@example.com');
    },
  ],
  [
    'settings-people',
    async (page) => {
      await main(page).getByRole('button', { name: 'Save' }).click();
      await main(page).getByRole('button', { name: 'Confirm' }).click();
      await page.getByRole('button', { name: 'Dismiss' }).click();
      await page.getByRole('tab', { name: 'People' }).click();
      await main(page).getByText('was set to lead to Jane Doe').waitFor();
    },
  ],
  [
    'settings-try-email',
    async (page) => {
      await page.getByRole('tab', { name: 'Try an email' }).click();
      await main(page).getByRole('textbox', { name: 'Email' }).fill('lena@example.com');
      await main(page).getByRole('button', { name: 'Look up' }).click();
      await main(page).getByText('leads to nobody').waitFor();
    },
  ],
  [
    'settings-handover-plan',
    async (page) => {
      await page.getByRole('tab', { name: 'Handovers' }).click();
      await main(page).getByLabel('Who left').selectOption({ label: 'lena@example.com (deactivated)' });
      await main(page).getByLabel('Who gets the records').selectOption({ label: 'Another person' });
      await main(page).getByLabel('Email of who gets the records').fill('jane@example.com');
      await main(page).getByRole('button', { name: 'Plan', exact: true }).click();
      await main(page)
        .getByText(/records\. Moving them takes/)
        .waitFor();
      await page.getByRole('button', { name: 'Dismiss' }).first().click();
    },
  ],
  [
    'settings-handover-moved',
    async (page) => {
      await main(page).getByRole('button', { name: 'Start', exact: true }).click();
      await main(page).getByRole('button', { name: 'Start', exact: true }).click();
      await main(page).getByText('You can undo this until').waitFor();
      await page.getByRole('button', { name: 'Dismiss' }).first().click();
    },
  ],
  [
    'settings-overview',
    async (page) => {
      await page.getByRole('tab', { name: 'Overview' }).click();
      await main(page).getByRole('img', { name: 'Outcomes of the last 7 days' }).waitFor();
    },
  ],
];

async function enroll(page: Page, email: string): Promise<void> {
  const runs = page.getByRole('article');
  const before = (await runs.count()) > 0 ? await runs.first().getByRole('heading').textContent() : undefined;
  await page.getByLabel('Owner’s email').fill(email);
  await page.getByRole('button', { name: 'Enroll' }).click();
  await runs
    .first()
    .filter({ hasNotText: before ?? 'no run yet' })
    .waitFor();
  await runs.first().getByText(/^Done/).waitFor();
}

if (existsSync(CHROMIUM)) await runUntilStopped(takeAll);
else {
  printError(`CHROMIUM_PATH: there is no Chromium at ${CHROMIUM}`);
  process.exitCode = 1;
}
