import type { DemoApp } from './demo-choice.ts';
import type { Scenario } from './scenario.ts';

/** A super admin in a browser, who uses the settings page as a person does. */
export type BrowserAdmin = {
  /** Follows the page of an account that is not connected through HubSpot's consent page. Answers the last heading. */
  connect(portalId: number): Promise<string>;
  /** Returns the page's message at the end. */
  addAlias(email: string, to: string): Promise<string>;
};

/** Why there is no such browser. */
export type NotRun = { readonly notRun: string };

export const NO_BROWSER = 'Not run: it needs a browser. Install Chromium, or set CHROMIUM_PATH';
export const brokenBrowser = (path: string) =>
  `Not run: ${path} does not start. Set CHROMIUM_PATH to a Chromium that does`;

/** To enroll a contact, and to prove that a user is a super admin. */
const SCOPES = ['crm.objects.contacts.read', 'crm.objects.contacts.write', 'settings.users.read'];
const EMAIL = 'jane.deo@example.com';

export function mayFixEmails({ scopes }: DemoApp): boolean {
  return SCOPES.every((scope) => scopes.has(scope));
}

/** An unresolved email, the admin's alias for it, and the same email again. */
export async function fixUnresolvedEmail(
  admin: BrowserAdmin,
  run: (scenario: Scenario) => Promise<void>,
  printStep: (text: string) => void,
): Promise<void> {
  const inputs = () => ({ ownerEmail: EMAIL });
  await run({
    shows: 'Nobody has this email',
    inputs,
    outcome: 'FAILED',
    errorCode: 'OWNER_NOT_FOUND',
    ownerAfter: 'unchanged',
  });
  printStep(`In the browser, on the tab Unresolved emails: ${await admin.addAlias(EMAIL, 'jane@example.com')}`);
  await run({ shows: 'The same email, now an alias', inputs, outcome: 'ASSIGNED', ownerAfter: 'jane' });
}
