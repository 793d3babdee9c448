import { EmptyState, TextArea } from '@hubspot/ui-extensions';
import type { Person, RefusalCode, Viewer } from '../../hubspot/src/app/settings/portal-api.ts';
import { en } from '../../hubspot/src/app/settings/texts/en.ts';
import { createFakePortal, errorAnswer, type FakePortal, JANE } from './fake-portal.ts';
import { openPage } from './render-page.ts';

let portal: FakePortal;

beforeEach(() => {
  portal = createFakePortal();
});

const open = () => openPage(portal, 'unresolved');
const changeIds = () => portal.changes().map(({ body }) => (body as { changeId: string }).changeId);

describe('the unresolved emails', () => {
  it('The unresolved emails are listed with their cause, how often, which workflows and when', async () => {
    const page = await open();
    expect(page.rows().slice(1)).toEqual([
      [
        'jane.deo@example.com',
        'Probably misspelled | Jane Doe | Probably meant: jane.doe@example.com | Add an alias for jane.deo@example.com',
        '12',
        '501, 502',
        'Nov 26, 2026, 3:00 PM',
      ],
      [
        'lee.chang@example.com',
        'This person was deactivated | Lee Chang (deactivated) | Name a successor for Lee Chang',
        '4',
        '501',
        'Nov 26, 2026, 3:00 PM',
      ],
      [
        'nobody@example.com',
        'Never seen in this account | Add an alias for nobody@example.com',
        '1',
        '501',
        'Nov 26, 2026, 3:00 PM',
      ],
    ]);
  });

  it('The unresolved emails call a queue a queue, and not deactivated', async () => {
    const queue: Person = {
      ownerId: '104',
      name: 'Inbound',
      email: 'inbound@example.com',
      isActive: false,
      isQueue: true,
    };
    const [entry] = portal.unresolved;
    portal.unresolved =
      entry === undefined ? [] : [{ ...entry, cause: { kind: 'queue', ownerIds: ['104'] }, people: [queue] }];
    const page = await open();
    expect(page.rows()[1]?.[1]).toContain('Belongs to a queue | Inbound (queue) | ');
  });

  it('The unresolved emails tell two people of one name apart by their owner IDs, which a change can name', async () => {
    const twins = ['104', '105'].map((ownerId) => ({ ...JANE, ownerId }));
    portal.unresolved = portal.unresolved
      .slice(0, 1)
      .map((entry) => ({ ...entry, cause: { kind: 'shared', ownerIds: ['104', '105'] }, people: twins }));
    const page = await open();
    expect(page.rows()[1]?.[1]).toBe('Leads to several active owners | Jane Doe (Owner 104), Jane Doe (Owner 105)');
  });

  it('The unresolved emails stay loaded as far as they were after a change, so that nobody loses their place', async () => {
    portal.pageSize = 1;
    const page = await open();
    for (const rows of [3, 4]) {
      page.click('Show more');
      await page.until(() => expect(page.rows()).toHaveLength(rows));
    }
    const before = portal.calls.length;
    page.click('Add an alias for nobody@example.com');
    page.type('to', JANE.email);
    page.submit();
    page.click('Confirm');
    await page.until(() => expect(page.announced()).toHaveLength(1));
    await page.until(() => expect(portal.calls.slice(before + 1)).toHaveLength(3));
    expect(portal.calls.slice(before + 1).map(({ path }) => path)).toEqual([
      '/portal/unresolved',
      '/portal/unresolved?after=1',
      '/portal/unresolved?after=2',
    ]);
    expect(page.rows()).toHaveLength(4);
  });

  it.each(['shared', 'resolved'] as const)(
    'The unresolved emails have no button where nothing on the page would help: %s',
    async (kind) => {
      portal.unresolved = portal.unresolved.slice(0, 1).map((entry) => ({ ...entry, cause: { kind } }));
      const page = await open();
      expect(page.buttonNames()).toEqual(['Export as CSV']);
    },
  );

  it('The unresolved emails are announced as none when every email leads to somebody', async () => {
    portal.unresolved = [];
    const page = await open();
    expect(page.find(EmptyState).props.title).toBe(en.unresolved.emptyTitle);
  });

  it('The unresolved emails can be loaded again after a failure', async () => {
    portal.failures.push({ path: '/portal/unresolved', answer: errorAnswer('STORE_UNAVAILABLE') });
    const page = await open();
    expect(page.text()).toContain('Correlation ID: corr-42');
    page.click('Retry');
    await page.untilLoaded();
    expect(page.rows()).toHaveLength(4);
  });

  it('The unresolved emails come in pages, and a page that fails keeps those before it', async () => {
    portal.pageSize = 2;
    const page = await open();
    expect(page.rows()).toHaveLength(3);
    portal.failures.push({ path: '/portal/unresolved', answer: errorAnswer('STORE_UNAVAILABLE') });
    page.click('Show more');
    await page.until(() => expect(page.alerts()).toContainEqual({ title: en.failure.loadTitle, variant: 'error' }));
    expect(page.rows()).toHaveLength(3);
    page.click('Show more');
    await page.until(() => expect(page.rows()).toHaveLength(4));
    expect(page.buttonNames()).not.toContain('Show more');
    expect(portal.calls.map(({ path }) => path)).toContain('/portal/unresolved?after=2');
  });

  it.each([
    ['NOT_SUPER_ADMIN', en.viewer.NOT_SUPER_ADMIN],
    ['CANNOT_BE_PROVED', en.viewer.CANNOT_BE_PROVED],
    ['MISSING_SCOPES', en.viewer.MISSING_SCOPES],
    ['PORTAL_NOT_CONNECTED', en.viewer.PORTAL_NOT_CONNECTED],
  ] as const)('The unresolved emails can only be read with %s, which the page says', async (reason, text) => {
    const viewer: Viewer = { userId: '7002', canChange: false, reason };
    portal.overview = { ...portal.overview, viewer };
    const page = await open();
    expect(page.text()).toContain(`${en.viewer.title} | ${text}`);
    expect(page.buttonNames()).toEqual(['Export as CSV']);
  });
});

describe('an alias for an unresolved email', () => {
  it('An alias for an unresolved email is filled in as suggested, confirmed, set and announced, and the list is loaded again', async () => {
    const page = await open();
    page.click('Add an alias for jane.deo@example.com');
    expect(page.field('alias').value).toBe('jane.deo@example.com');
    expect(page.field('to').value).toBe('jane.doe@example.com');
    page.submit();
    expect(page.alerts()).toEqual([
      { title: 'Let jane.deo@example.com lead to jane.doe@example.com?', variant: 'info' },
    ]);
    expect(portal.changes()).toEqual([]);
    portal.unresolved = portal.unresolved.slice(1);
    page.click('Confirm');
    await page.until(() =>
      expect(page.announced()).toEqual(['jane.deo@example.com now leads to jane.doe@example.com.']),
    );
    await page.until(() => expect(page.rows()).toHaveLength(3));
    expect(portal.changes()).toEqual([
      {
        method: 'PUT',
        path: '/portal/aliases',
        body: { alias: 'jane.deo@example.com', to: 'jane.doe@example.com', changeId: expect.any(String) },
      },
    ]);
  });

  it('An alias for an unresolved email names nobody when nobody is suggested, and asks for what is missing', async () => {
    const page = await open();
    page.click('Add an alias for nobody@example.com');
    expect(page.field('to').value).toBe('');
    page.submit();
    expect(page.field('to')).toMatchObject({ error: true, validationMessage: en.alias.required });
    page.type('to', '  102 ');
    expect(page.field('to').error).toBe(false);
    page.submit();
    page.click('Confirm');
    await page.until(() => expect(portal.changes()).toHaveLength(1));
    expect(portal.changes()[0]?.body).toMatchObject({ alias: 'nobody@example.com', to: '102' });
  });

  it('An alias for an unresolved email can be corrected before it is confirmed, and canceled', async () => {
    const page = await open();
    page.click('Add an alias for jane.deo@example.com');
    page.submit();
    page.click('Cancel');
    expect(page.field('alias').value).toBe('jane.deo@example.com');
    page.click('Cancel');
    expect(page.rows()).toHaveLength(4);
    expect(portal.changes()).toEqual([]);
  });

  it('A change whose answer was lost is not said to have failed, because it may have had its effect', async () => {
    const page = await open();
    page.click('Add an alias for jane.deo@example.com');
    page.submit();
    portal.failures.push({ path: '/portal/aliases', answer: () => Promise.reject(new Error('timeout')) });
    page.click('Confirm');
    const title = 'The service did not confirm the change';
    await page.until(() => expect(page.alerts()).toContainEqual({ title, variant: 'error' }));
  });

  it('An alias for an unresolved email keeps its change ID over a retry, because the first request may have had its effect', async () => {
    const page = await open();
    page.click('Add an alias for jane.deo@example.com');
    page.submit();
    for (const answer of [() => Promise.reject(new Error('timeout')), errorAnswer('STORE_UNAVAILABLE')]) {
      portal.failures.push({ path: '/portal/aliases', answer });
      page.click('Confirm');
      await page.until(() => expect(page.alerts()).toContainEqual({ title: en.failure.changeTitle, variant: 'error' }));
      await page.until(() => expect(portal.failures).toEqual([]));
      await page.until(() => expect(page.isBusy('Confirm')).toMatchObject({ loading: false }));
    }
    expect(page.text()).toContain('Correlation ID: corr-42');
    page.click('Confirm');
    await page.until(() => expect(page.announced()).toHaveLength(1));
    expect(new Set(changeIds()).size).toBe(1);
    expect(changeIds()).toHaveLength(3);
  });

  it('An alias for an unresolved email gets a new change ID when something else is saved', async () => {
    const page = await open();
    page.click('Add an alias for jane.deo@example.com');
    page.submit();
    portal.failures.push({ path: '/portal/aliases', answer: errorAnswer('STORE_UNAVAILABLE') });
    page.click('Confirm');
    await page.until(() => expect(page.alerts()).toHaveLength(2));
    page.click('Cancel');
    expect(page.alerts()).toEqual([]);
    page.type('to', '102');
    page.submit();
    page.click('Confirm');
    await page.until(() => expect(page.announced()).toHaveLength(1));
    expect(new Set(changeIds()).size).toBe(2);
  });

  it('An alias for an unresolved email is sent once when somebody clicks twice', async () => {
    const page = await open();
    page.click('Add an alias for jane.deo@example.com');
    page.submit();
    const release = portal.delay('/portal/aliases');
    page.click('Confirm');
    expect(page.isBusy('Confirm')).toMatchObject({ loading: true });
    page.click('Confirm');
    release();
    await page.until(() => expect(page.announced()).toHaveLength(1));
    expect(portal.changes()).toHaveLength(1);
  });

  const refusals: readonly RefusalCode[] = [
    'OWNER_NOT_FOUND',
    'OWNER_AMBIGUOUS',
    'ALIAS_IS_TAKEN',
    'ALIAS_PERSON_NOT_ACTIVE',
    'ALIAS_LOOP',
    'ALIAS_TARGET_INVALID',
    'ALIAS_NOT_FOUND',
    'TOO_MANY_ALIASES',
  ];

  it.each(refusals)(
    'An alias for an unresolved email says why it was refused with %s, and a new try is another change',
    async (code) => {
      const page = await open();
      page.click('Add an alias for jane.deo@example.com');
      page.submit();
      portal.changeAnswers.push({ status: 'refused', code });
      page.click('Confirm');
      await page.until(() => expect(page.alerts()).toContainEqual({ title: en.refusals.title, variant: 'warning' }));
      expect(page.text()).toContain(en.refusals[code]);
      page.click('Confirm');
      await page.until(() => expect(page.announced()).toHaveLength(1));
      expect(new Set(changeIds()).size).toBe(2);
    },
  );

  it.each([
    ['MISSING_SCOPES', en.failure.MISSING_SCOPES],
    ['PORTAL_NOT_CONNECTED', en.failure.PORTAL_NOT_CONNECTED],
    ['A_CODE_OF_TOMORROW', en.refusals.OTHER],
  ])(
    'An alias for an unresolved email says why it was refused also with %s, which is no refusal of its own',
    async (code, text) => {
      const page = await open();
      page.click('Add an alias for jane.deo@example.com');
      page.submit();
      portal.changeAnswers.push({ status: 'refused', code: code as RefusalCode });
      page.click('Confirm');
      await page.until(() => expect(page.text()).toContain(`${en.refusals.title} | ${text}`));
    },
  );

  it.each([
    ['NOT_SUPER_ADMIN', 403],
    ['CANNOT_BE_PROVED', 403],
    ['CHANGE_IN_PROGRESS', 409],
    ['CHANGE_ID_REUSED', 409],
    ['BAD_REQUEST', 400],
  ] as const)('An alias for an unresolved email says what to do when the service answers %s', async (code, status) => {
    const page = await open();
    page.click('Add an alias for jane.deo@example.com');
    page.submit();
    portal.failures.push({ path: '/portal/aliases', answer: errorAnswer(code, status) });
    page.click('Confirm');
    await page.until(() => expect(page.text()).toContain(en.failure[code]));
    expect(page.announced()).toEqual([]);
  });
});

describe('a successor for a leaver whose email is unresolved', () => {
  it('A successor for a leaver whose email is unresolved is asked for, confirmed and set', async () => {
    const page = await open();
    page.click('Name a successor for Lee Chang');
    expect(page.text()).toContain('Successor of Lee Chang (deactivated)');
    page.type('successor', 'jane.doe@example.com');
    page.submit();
    expect(page.alerts()[0]?.title).toBe('Let jane.doe@example.com stand in for Lee Chang (deactivated)?');
    page.click('Confirm');
    await page.until(() => expect(page.announced()).toHaveLength(1));
    expect(portal.changes()).toEqual([
      {
        method: 'PUT',
        path: '/portal/successors/103',
        body: { successor: 'jane.doe@example.com', changeId: expect.any(String) },
      },
    ]);
  });
});

describe('the CSV of the unresolved emails', () => {
  const CSV = 'email,count\r\njane.deo@example.com,12\r\nlee.chang@example.com,4\r\nnobody@example.com,1\r\n';

  it('The CSV of the unresolved emails is put together from its parts, shown, and copied on a click', async () => {
    portal.pageSize = 2;
    const page = await open();
    page.click('Export as CSV');
    await page.until(() => expect(page.find(TextArea).props.value).toBe(CSV));
    expect(page.find(TextArea).props).toMatchObject({ readOnly: true, description: en.unresolved.csvHelp });
    page.click('Copy to the clipboard');
    await page.until(() => expect(page.announced()).toEqual([en.unresolved.csvCopied]));
    expect(page.actions.copyTextToClipboard.calls).toEqual([[CSV]]);
  });

  it('The CSV of the unresolved emails stays there to be selected when the browser refuses the clipboard', async () => {
    const page = await open();
    page.refuseClipboard();
    page.click('Export as CSV');
    await page.until(() => expect(page.maybeFind(TextArea)).not.toBeNull());
    page.click('Copy to the clipboard');
    await page.until(() =>
      expect(page.find(TextArea).props).toMatchObject({
        error: true,
        validationMessage: en.unresolved.csvCopyFailed,
        value: CSV,
      }),
    );
    expect(page.announced()).toEqual([]);
  });

  it('The CSV of the unresolved emails is not shown by halves when a part fails', async () => {
    portal.pageSize = 2;
    const page = await open();
    portal.failures.push({ path: '/portal/unresolved', answer: errorAnswer('STORE_UNAVAILABLE') });
    page.click('Export as CSV');
    await page.until(() => expect(page.alerts()).toContainEqual({ title: en.failure.loadTitle, variant: 'error' }));
    expect(page.maybeFind(TextArea)).toBeNull();
    page.click('Export as CSV');
    await page.until(() => expect(page.find(TextArea).props.value).toBe(CSV));
  });
});
