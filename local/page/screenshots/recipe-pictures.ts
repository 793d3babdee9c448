import type { Page } from 'playwright-core';
import en from '../../../lib/action/labels/en.json' with { type: 'json' };
import { invokeLocally } from '../../local-refresh.ts';
import { LOCAL_PORTAL_ID } from '../../seed.ts';
import type { LocalStack } from '../../stack.ts';
import type { Camera } from './camera.ts';
import { enroll } from './enroll.ts';

const { overwrite: OVERWRITE, ifNotAssignable: IF_NOT_ASSIGNABLE } = en.inputFieldOptionLabels;

/** The workbench alone: the settings of the step on the left, the newest enrollments on the right. */
function besides(enrollments: number): string {
  return `
    body > * :not(:has(aside), aside, aside *) { display: none !important; }
    .columns { display: block !important; width: 780px; }
    aside { display: grid; grid-template-columns: 330px 1fr; gap: 0 1.5rem; }
    aside > h2, aside > .microcopy, [aria-label="Faults and queue"] { display: none; }
    article:nth-of-type(n + ${enrollments + 1}), article details:not([open]) { display: none; }
  `;
}

/** Each recipe of docs/recipes.md, set in the workbench as the recipe says, with what became of the records. */
export async function takeRecipePictures(camera: Camera, page: Page, stack: LocalStack): Promise<void> {
  const take = (name: string, enrollments: number) =>
    camera.take(name, page.getByRole('complementary'), besides(enrollments));
  const owned = await enroll(page, { email: 'omar@example.com', record: '' });

  const fromForm = {
    record: '',
    overwrite: OVERWRITE.ALWAYS,
    ifNotAssignable: IF_NOT_ASSIGNABLE.FALLBACK,
    fallbackOwner: 'Lead Desk',
  };
  await enroll(page, { email: 'jnae@example.com', ...fromForm });
  await enroll(page, { email: 'Jane Doe <JANE@Example.com>', ...fromForm });
  await take('recipe-form', 2);

  const keep = { overwrite: OVERWRITE.IF_UNASSIGNED, ifNotAssignable: IF_NOT_ASSIGNABLE.FAIL };
  await enroll(page, { email: 'jane@example.com', record: owned, ...keep });
  await take('recipe-keep', 1);

  await enroll(page, { email: 'jnae@example.com', record: '', overwrite: OVERWRITE.ALWAYS });
  await page
    .getByRole('article')
    .first()
    .getByText(/^Outputs/)
    .click();
  await take('recipe-errors', 1);

  await nameSuccessor(stack);
  await enroll(page, { email: 'lena@example.com', record: '' });
  await take('recipe-successor', 1);
}

async function nameSuccessor({ lambdaUrl }: LocalStack): Promise<void> {
  const successor = { portalId: String(LOCAL_PORTAL_ID), leaver: 'lena@example.com', successor: 'jane@example.com' };
  const answer = JSON.stringify(await invokeLocally(lambdaUrl, 'setSuccessor')(successor));
  if (!answer.includes('"status":"set"')) throw new Error(`the successor was not set: ${answer}`);
}
