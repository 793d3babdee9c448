import { en } from '../../hubspot/src/app/settings/texts/en.ts';
import { createFakePortal, errorAnswer, type FakePortal, JANE, LEE } from './fake-portal.ts';
import { openPage } from './render-page.ts';

let portal: FakePortal;

beforeEach(() => {
  portal = createFakePortal();
});

async function tryEmail(email: string) {
  const page = await openPage(portal, 'try-email');
  page.type('email', email);
  page.submit();
  await page.until(() => expect(page.isBusy('Look up')).toMatchObject({ loading: false }));
  return page;
}

describe('trying an email', () => {
  it('Trying an email shows whom it leads to, why, and every output of the step that has a value', async () => {
    const page = await tryEmail('jane.doe@example.com');
    expect(page.alerts()).toEqual([{ title: 'jane.doe@example.com leads to Jane Doe', variant: 'success' }]);
    expect(page.text()).toContain('Matched by | Current email | Source | Stored owner data');
    expect(page.text()).toContain('Age of the data | 90 s');
    expect(page.rows()).toContainEqual(['Outcome', 'FOUND']);
    expect(page.rows()).toContainEqual(['Owner ID', '101']);
  });

  it('Trying an email sends the value as it was typed', async () => {
    await tryEmail(' Jane Doe <jane.doe@example.com>');
    expect(portal.calls.at(-1)).toEqual({
      method: 'PUT',
      path: '/portal/lookup',
      body: { email: ' Jane Doe <jane.doe@example.com>' },
    });
  });

  it('Trying an email names the leaver whom somebody stands in for', async () => {
    portal.lookup = { ...portal.lookup, email: LEE.email, substitutedFor: LEE };
    const page = await tryEmail(LEE.email);
    expect(page.alerts()[0]?.title).toBe('lee.chang@example.com leads to Jane Doe');
    expect(page.text()).toContain('Stands in for | Lee Chang (deactivated)');
  });

  it('Trying an email says why an email leads to nobody, and whom that is about', async () => {
    portal.lookup = {
      email: LEE.email,
      outcome: 'FAILED',
      errorCode: 'OWNER_DEACTIVATED',
      about: [LEE],
      outputs: { outcome: 'FAILED', errorCode: 'OWNER_DEACTIVATED' },
    };
    const page = await tryEmail(LEE.email);
    expect(page.alerts()).toEqual([{ title: 'lee.chang@example.com leads to nobody', variant: 'warning' }]);
    expect(page.text()).toContain('Reason | Owner deactivated | Concerns | Lee Chang (deactivated)');
  });

  it('Trying an email says when the value is no email', async () => {
    portal.lookup = { outcome: 'FAILED', errorCode: 'EMAIL_INVALID', about: [], outputs: {} };
    const page = await tryEmail('not an email');
    expect(page.alerts()).toEqual([{ title: en.lookup.noEmail, variant: 'warning' }]);
    expect(page.text()).toContain('Reason | Invalid email');
  });

  it.each([
    ['OWNER_AMBIGUOUS', 'Email leads to several owners'],
    ['OWNER_IS_QUEUE', 'Email belongs to a queue'],
    ['MISSING_SCOPES', 'Missing permissions'],
    ['PORTAL_NOT_CONNECTED', 'App not connected'],
  ])(
    'Trying an email does not say that it leads to nobody where nobody knows or that is not so: %s',
    async (errorCode, title) => {
      portal.lookup = { outcome: 'FAILED', errorCode, about: [], outputs: {} };
      const page = await tryEmail('lee@example.com');
      expect(page.alerts()).toEqual([{ title, variant: 'warning' }]);
    },
  );

  it('Trying an email shows a code that it has no text for as it is', async () => {
    portal.lookup = { outcome: 'FAILED', errorCode: 'NEWER_CODE', about: [], outputs: {} };
    const page = await tryEmail(' lee@example.com');
    expect(page.alerts()).toEqual([{ title: 'lee@example.com leads to nobody', variant: 'warning' }]);
    expect(page.text()).toContain('Reason | NEWER_CODE');
  });

  it('Trying an email asks for a value before it asks the service', async () => {
    const page = await openPage(portal, 'try-email');
    page.type('email', '   ');
    page.submit();
    expect(page.field('email')).toMatchObject({ error: true, validationMessage: en.lookup.required });
    expect(portal.calls).toHaveLength(1);
  });

  it('Trying an email shows a failure with its correlation ID, and the answer on the next try', async () => {
    const page = await openPage(portal, 'try-email');
    portal.failures.push({ path: '/portal/lookup', answer: errorAnswer('RATE_LIMITED', 429, 3_000) });
    page.type('email', JANE.email);
    page.submit();
    await page.until(() => expect(page.text()).toContain('Correlation ID: corr-42'));
    expect(page.text()).toContain('Retry in 3 s.');
    page.submit();
    await page.until(() => expect(page.alerts()[0]?.variant).toBe('success'));
  });
});
