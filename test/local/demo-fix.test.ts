import { OPTIONAL_SCOPES, REQUIRED_SCOPES } from '../../lib/domain/scopes.ts';
import { fixUnresolvedEmail, mayFixEmails, NO_BROWSER } from '../../local/demo-fix.ts';
import { findChromium } from '../../local/page/chromium.ts';
import type { Scenario } from '../../local/scenario.ts';
import { COLUMNS, widthOf } from '../../local/wrap.ts';

const nowhere = () => false;
const only = (path: string) => (each: string) => each === path;

it('The demo finds Chromium where systems put it, or only where CHROMIUM_PATH says', () => {
  expect(findChromium(undefined, nowhere)).toBeUndefined();
  expect(findChromium(undefined, only('/usr/bin/google-chrome'))).toBe('/usr/bin/google-chrome');
  expect(findChromium('/opt/chrome', only('/opt/chrome'))).toBe('/opt/chrome');
  expect(findChromium('/opt/chrome', only('/usr/bin/chromium'))).toBeUndefined();
});

it('Without a browser, the demo says in one line that this part did not run, and how to get it', () => {
  expect(NO_BROWSER).toMatch(/^Not run: .*Install Chromium, or set CHROMIUM_PATH$/);
  expect(widthOf(`  ${NO_BROWSER}`)).toBeLessThanOrEqual(COLUMNS);
});

it('The demo leaves the settings page out for an app that may not enroll contacts or look up users', () => {
  const all = new Set([...REQUIRED_SCOPES, ...OPTIONAL_SCOPES]);
  expect(mayFixEmails({ auth: 'oauth', scopes: all })).toBe(true);
  for (const missing of ['settings.users.read', 'crm.objects.contacts.write']) {
    const scopes = new Set([...all].filter((scope) => scope !== missing));
    expect(mayFixEmails({ auth: 'static', scopes })).toBe(false);
  }
});

it('The demo enrolls an email that nobody has, adds its alias in the browser, and enrolls it again', async () => {
  const steps: string[] = [];
  const admin = {
    connect: async () => '',
    addAlias: async (email: string, to: string) => {
      steps.push(`alias ${email} → ${to}`);
      return 'done.';
    },
  };
  const run = async ({ inputs, outcome }: Scenario) => {
    steps.push(`${inputs({} as never).ownerEmail} ${outcome}`);
  };
  await fixUnresolvedEmail(admin, run, (text) => steps.push(text));
  expect(steps).toEqual([
    'jane.deo@example.com FAILED',
    'alias jane.deo@example.com → jane@example.com',
    'In the browser, on the tab Unresolved emails: done.',
    'jane.deo@example.com ASSIGNED',
  ]);
});
