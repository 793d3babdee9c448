import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { print } from '../../output.ts';
import type { LocalStack } from '../../stack.ts';
import type { Camera } from './camera.ts';
import { enroll } from './enroll.ts';

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

/** The workbench after one enrollment, and each tab of the settings page. */
export async function takeSettingsPictures(camera: Camera, page: Page, stack: LocalStack): Promise<void> {
  const [first = '', ...others] = EMAILS;
  await enroll(page, { email: first });
  await page
    .getByRole('article')
    .getByText(/^Outputs/)
    .click();
  await camera.take('workbench', page.getByRole('complementary'));
  for (const email of others) await enroll(page, { email });
  print('Waiting a minute for the counts of the overview …');
  await delay(COUNTS_MS);
  await enroll(page, { email: first });
  await stack.refresh.run();
  for (const [name, arrange] of PICTURES) {
    await arrange(page);
    await camera.take(name, main(page));
  }
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
        .getByText(/Calls to HubSpot: /)
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
