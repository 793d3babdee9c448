import axe from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';

type Violation = { readonly id: string; readonly nodes: readonly { readonly html: string }[] };

/** Gives each page of the context the checker as it opens, whatever its policy. To send it into an open page takes four times as long. */
export async function checkPages(context: BrowserContext): Promise<void> {
  await context.addInitScript({ content: axe.source });
}

/** What axe-core finds wrong with a page as it is now: rules, each with the first element that breaks it. */
export async function findViolations(page: Page): Promise<readonly (readonly [string, string | undefined])[]> {
  // Half a megabyte of script, which stays until the page is left.
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe.source);
  const violations = await page.evaluate<readonly Violation[]>('axe.run().then(({ violations }) => violations)');
  return violations.map(({ id, nodes }) => [id, nodes[0]?.html]);
}
