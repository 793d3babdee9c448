import type { Page } from 'playwright-core';

/** What a person chooses in the workbench. What is not given stays as it was chosen before. */
export type Choices = {
  readonly email: string;
  /** The ID of a record that the newest enrollment did not enroll; empty for a new record. */
  readonly record?: string;
  readonly overwrite?: string;
  readonly ifNotAssignable?: string;
  readonly fallbackOwner?: string;
};

/** Enrolls a record in the workbench, waits until HubSpot has the result, and returns the record's ID. */
export async function enroll(page: Page, choices: Choices): Promise<string> {
  const runs = page.getByRole('article');
  const before = (await runs.count()) > 0 ? await runs.first().getByRole('heading').textContent() : undefined;
  const field = (label: string) => page.getByLabel(label, { exact: true });
  await field('Owner’s email').fill(choices.email);
  if (choices.record !== undefined) await field('Record').selectOption(choices.record);
  const { overwrite, ifNotAssignable, fallbackOwner } = choices;
  if (overwrite !== undefined) await field('If the record already has an owner').selectOption({ label: overwrite });
  if (ifNotAssignable !== undefined) {
    await field('If no active owner matches this email').selectOption({ label: ifNotAssignable });
  }
  if (fallbackOwner !== undefined) await field('Fallback owner').selectOption({ label: fallbackOwner });
  await page.getByRole('button', { name: 'Enroll' }).click();
  await runs
    .first()
    .filter({ hasNotText: before ?? 'no run yet' })
    .waitFor();
  await runs.first().getByText(/^Done/).waitFor();
  const heading = await runs.first().getByRole('heading').textContent();
  return heading?.split(' ').at(-1) ?? '';
}
