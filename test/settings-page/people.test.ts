import { EmptyState } from '@hubspot/ui-extensions';
import { en } from '../../hubspot/src/app/settings/texts/en.ts';
import { createFakePortal, errorAnswer, type FakePortal, JANE, LEE } from './fake-portal.ts';
import { openPage } from './render-page.ts';

let portal: FakePortal;

beforeEach(() => {
  portal = createFakePortal();
});

const open = () => openPage(portal, 'people');
const NONE = en.common.none;

describe('the people of the settings page', () => {
  it('The people of the settings page are shown with former addresses, aliases and who stands in for them', async () => {
    const page = await open();
    expect(page.rows()).toContainEqual([
      'Lee Chang (deactivated)',
      `${NONE} | Name a successor for Lee Chang`,
      'lee.chang@example.com',
      NONE,
      NONE,
    ]);
    expect(page.rows()).toContainEqual([
      'Omar Haddad (deactivated)',
      'Jane Doe | Change the successor of Omar Haddad | Remove the successor of Omar Haddad',
      'omar.haddad@example.com',
      NONE,
      NONE,
    ]);
    expect(page.rows()).toContainEqual([
      'Jane Doe',
      NONE,
      'jane.doe@example.com',
      'jane.smith@example.com',
      'j.doe@oldco.example',
    ]);
  });

  it('The people of the settings page are called by their owner ID where HubSpot blanked their name', async () => {
    portal.people = [{ person: { ...LEE, name: '', email: '' }, formerEmails: [], aliases: [] }];
    const page = await open();
    expect(page.rows()).toContainEqual([
      'Owner 103 (deactivated)',
      `${NONE} | Name a successor for 103`,
      NONE,
      NONE,
      NONE,
    ]);
  });

  it('The people of the settings page offer no successor for a queue, which nobody left', async () => {
    portal.people = [{ person: { ...LEE, isQueue: true }, formerEmails: [], aliases: [] }];
    const page = await open();
    expect(page.rows()).toContainEqual(['Lee Chang (queue)', NONE, LEE.email, NONE, NONE]);
  });

  it('The people of the settings page are looked for behind pages that have none, before anybody says that there are none', async () => {
    const pages = [
      { entries: [], after: '1' },
      { entries: [], after: '2' },
      { entries: portal.people, after: '3' },
    ];
    for (const page of [
      ...pages,
      { entries: [], after: '4' },
      { entries: [{ ...portal.people[0], person: { ...LEE, ownerId: '999' } }] },
    ]) {
      portal.failures.push({ path: '/portal/people', answer: async () => Response.json(page) });
    }
    const page = await open();
    expect(page.maybeFind(EmptyState)).toBeNull();
    const before = page.rows().length;
    page.click('Show more');
    await page.until(() => expect(page.rows()).toHaveLength(before + 1));
    expect(page.buttonNames()).not.toContain('Show more');
  });

  it('The people of the settings page are announced as nobody yet in an account where no address leads elsewhere', async () => {
    Object.assign(portal, { people: [], aliases: [], changeLog: [] });
    const page = await open();
    expect(page.find(EmptyState).props.title).toBe(en.people.emptyTitle);
    expect(page.text()).toContain(en.people.aliasesEmpty);
    expect(page.text()).toContain(en.changes.empty);
  });

  it.each(['people', 'aliases', 'changes'])(
    'The people of the settings page can be loaded again when only the list of %s fails',
    async (list) => {
      portal.failures.push({ path: `/portal/${list}`, answer: errorAnswer('STORE_UNAVAILABLE') });
      const page = await open();
      expect(page.text()).toContain('Correlation ID: corr-42');
      page.click('Retry');
      await page.untilLoaded();
      expect(page.text()).not.toContain('Correlation ID');
      expect(page.text()).toContain('j.doe@oldco.example');
    },
  );

  it('The people of the settings page can only be read by somebody who is no super admin', async () => {
    portal.overview = {
      ...portal.overview,
      viewer: { userId: '7002', canChange: false, reason: 'NOT_SUPER_ADMIN' },
    };
    const page = await open();
    expect(page.buttonNames()).toEqual([]);
    expect(page.text()).toContain(en.viewer.NOT_SUPER_ADMIN);
  });
});

describe('a successor', () => {
  it('A successor can be changed, beginning with the present one', async () => {
    const page = await open();
    page.click('Change the successor of Omar Haddad');
    expect(page.field('successor').value).toBe(JANE.email);
    page.type('successor', '104');
    page.submit();
    page.click('Confirm');
    await page.until(() => expect(page.announced()).toEqual(['104 now stands in for Omar Haddad (deactivated).']));
    expect(portal.changes()).toEqual([
      { method: 'PUT', path: '/portal/successors/102', body: { successor: '104', changeId: expect.any(String) } },
    ]);
  });

  it('A successor must be given', async () => {
    const page = await open();
    page.click('Name a successor for Lee Chang');
    page.submit();
    expect(page.field('successor')).toMatchObject({ error: true, validationMessage: en.successor.required });
  });

  it.each(['SUCCESSOR_LOOP', 'SUCCESSOR_CHAIN_TOO_LONG', 'SUCCESSOR_NOT_ACTIVE'] as const)(
    'A successor is refused with the reason %s',
    async (code) => {
      const page = await open();
      page.click('Name a successor for Lee Chang');
      page.type('successor', '101');
      page.submit();
      portal.changeAnswers.push({ status: 'refused', code });
      page.click('Confirm');
      await page.until(() => expect(page.text()).toContain(en.refusals[code]));
    },
  );

  it('A successor is removed after a question, and all lists are loaded again', async () => {
    const page = await open();
    page.click('Remove the successor of Omar Haddad');
    expect(page.alerts()).toEqual([
      { title: 'Remove the successor of Omar Haddad (deactivated)?', variant: 'warning' },
    ]);
    const before = portal.calls.length;
    page.click('Remove');
    await page.until(() => expect(page.announced()).toEqual(['Omar Haddad (deactivated) has no successor any more.']));
    const [removal, ...reads] = portal.calls.slice(before);
    expect(removal).toMatchObject({ method: 'DELETE' });
    expect(removal?.path).toMatch(/^\/portal\/successors\/102\?changeId=[a-z0-9-]{16,64}$/);
    expect(reads.map(({ path }) => path).sort()).toEqual(['/portal/aliases', '/portal/changes', '/portal/people']);
  });
});

describe('the aliases of the settings page', () => {
  it('The aliases of the settings page are shown with whom, or which domain, they lead to', async () => {
    const page = await open();
    expect(page.rows()).toContainEqual([
      'j.doe@oldco.example',
      'Jane Doe | Remove the alias j.doe@oldco.example',
      'Nov 20, 2026, 9:00 AM',
    ]);
    expect(page.rows()).toContainEqual([
      '@oldco.example',
      '@example.com | Remove the alias @oldco.example',
      'Nov 21, 2026, 9:00 AM',
    ]);
  });

  it('The aliases of the settings page can be added, a whole former domain as well', async () => {
    const page = await open();
    page.click('Add an alias');
    page.type('alias', '@oldco.example');
    page.type('to', '@example.com');
    page.submit();
    page.click('Confirm');
    await page.until(() => expect(page.announced()).toEqual(['@oldco.example now leads to @example.com.']));
    expect(portal.changes()[0]?.body).toMatchObject({ alias: '@oldco.example', to: '@example.com' });
    expect(page.buttonNames()).toContain('Add an alias');
  });

  it('The aliases of the settings page are removed after a question', async () => {
    const page = await open();
    page.click('Remove the alias j.doe@oldco.example');
    page.click('Cancel');
    expect(portal.changes()).toEqual([]);
    page.click('Remove the alias j.doe@oldco.example');
    page.click('Remove');
    await page.until(() => expect(page.announced()).toEqual(['The alias j.doe@oldco.example was removed.']));
    expect(portal.changes()[0]?.path).toMatch(/^\/portal\/aliases\/YS5iQGV4YW1wbGU\?changeId=/);
  });

  it('The aliases of the settings page keep the change ID of a removal over a retry', async () => {
    const page = await open();
    page.click('Remove the alias @oldco.example');
    portal.failures.push({ path: '/portal/aliases', answer: () => Promise.reject(new Error('timeout')) });
    page.click('Remove');
    await page.until(() => expect(page.text()).toContain(en.failure.NO_ANSWER));
    page.click('Remove');
    await page.until(() => expect(page.announced()).toHaveLength(1));
    expect(new Set(portal.changes().map(({ path }) => path)).size).toBe(1);
  });
});

describe('who changed what', () => {
  it('Who changed what is shown with the time, the newest first', async () => {
    const page = await open();
    expect(page.rows().slice(-2)).toEqual([
      ['Nov 21, 2026, 9:00 AM', 'You', '@oldco.example was set to lead to @example.com'],
      ['Nov 20, 2026, 9:00 AM', 'User 7002', 'Jane Doe became the successor of Omar Haddad (deactivated)'],
    ]);
  });

  it('Who changed what names whoever the service knows by their user ID', async () => {
    portal.changeLog = portal.changeLog.map((entry) => ({ ...entry, user: LEE }));
    const page = await open();
    expect(
      page
        .rows()
        .slice(-2)
        .map(([, who]) => who),
    ).toEqual(['You', 'Lee Chang (deactivated)']);
  });

  it.each([
    ['removeSuccessor', { leaver: LEE }, 'The successor of Lee Chang (deactivated) was removed'],
    ['setAlias', { alias: 'j@old.example', person: JANE }, 'j@old.example was set to lead to Jane Doe'],
    ['removeAlias', { alias: 'j@old.example' }, 'The alias j@old.example was removed'],
    ['refresh', {}, 'A refresh of the owners was requested'],
  ] as const)('The list of changes says what %s did', async (action, details, sentence) => {
    const entry = { changeId: 'change-0000000009', at: '2026-11-27T10:00:00.000Z', userId: '7003', action, ...details };
    portal.changeLog = [entry];
    const page = await open();
    expect(page.rows().at(-1)).toEqual(['Nov 27, 2026, 10:00 AM', 'User 7003', sentence]);
  });
});
