import { BarChart, EmptyState, ErrorState, Form, Input, ProgressBar, Select } from '@hubspot/ui-extensions';
import type { HandoverEntry } from '../../hubspot/src/app/settings/portal-api.ts';
import { en } from '../../hubspot/src/app/settings/texts/en.ts';
import { createFakePortal, errorAnswer, type FakePortal, JANE, LEE, PLAN } from './fake-portal.ts';
import { openPage } from './render-page.ts';

let portal: FakePortal;

beforeEach(() => {
  portal = createFakePortal();
});
afterEach(() => {
  jest.useRealTimers();
});

const open = async () => {
  const page = await openPage(portal, 'handovers');
  // Who left is loaded after the form.
  const fields = () => [...page.findAll(Select), ...page.findAll(Input)];
  if (page.maybeFind(Form) !== null) await page.until(() => expect(fields()).toHaveLength(2));
  return page;
};
const show = (...changes: Partial<HandoverEntry>[]) => {
  portal.handovers = changes.map((change, index) => ({ ...PLAN, handoverId: `h-${index + 1}`, ...change }));
};
/** Time stands still but for `advanceTimersByTime`. */
const stopClock = () =>
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance', 'Date'] });

const MOVING = {
  status: 'moving',
  isWorking: true,
  canStart: false,
  progress: { done: 400, total: 1500, minutesLeft: 3 },
  moved: { done: 390, leftAlone: 10, missing: 0, refused: 0 },
} as const;
const MOVED = {
  status: 'moved',
  canStart: false,
  canUndo: true,
  progress: { done: 1500, total: 1500, minutesLeft: 0 },
  moved: { done: 1480, leftAlone: 12, missing: 5, refused: 3 },
} as const;

describe('the handovers of the settings page', () => {
  it('The handovers of the settings page say that there are none yet, and still offer a plan', async () => {
    const page = await open();
    expect(page.find(EmptyState).props.title).toBe('No handovers yet');
    expect(page.buttonNames()).toEqual(['Plan']);
  });

  it('The handovers of the settings page that cannot be loaded are replaced by the reason and a retry', async () => {
    portal.failures.push({ path: '/portal/handovers', answer: errorAnswer('STORE_UNAVAILABLE') });
    const page = await open();
    expect(page.maybeFind(ErrorState)).not.toBeNull();
    expect(page.text()).toContain(en.failure.SERVICE_FAULT);
    page.click('Retry');
    await page.until(() => expect(page.maybeFind(EmptyState)).not.toBeNull());
  });

  it('The handovers of the settings page are shown to everybody, without buttons for those who may change nothing', async () => {
    portal.overview = {
      ...portal.overview,
      viewer: { userId: '7009', canChange: false, reason: 'NOT_SUPER_ADMIN' },
    };
    show(MOVED, { ...MOVING });
    portal.nightly = [LEE];
    const page = await open();
    expect(page.text()).toContain(en.viewer.NOT_SUPER_ADMIN);
    expect(page.buttonNames().filter((name) => name?.startsWith('Show ') !== true)).toEqual([]);
    expect(page.toggles()).toMatchObject([{ checked: true, readOnly: true }]);
  });

  it('The list of handovers says who asked for them and when, the newest first, and shows any of them', async () => {
    show(
      { plannedAt: '2026-11-27T10:00:00.000Z' },
      { requestedBy: '7002', plannedAt: '2026-11-26T10:00:00.000Z', status: 'undone', canStart: false },
      { requestedBy: '', plannedAt: '2026-11-25T10:00:00.000Z', ...MOVED },
      { requestedBy: '', isNightly: true, plannedAt: '2026-11-24T10:00:00.000Z', ...MOVED },
    );
    const page = await open();
    const listed = page.rows().filter((row) => row.length === 7);
    expect(
      listed.map(([when, who, leaver, target, state, records]) => [when, who, leaver, target, state, records]),
    ).toEqual([
      ['Nov 27, 2026, 10:00 AM', 'You', 'Lee Chang (deactivated)', 'Jane Doe', 'Planned', '1,500'],
      ['Nov 26, 2026, 10:00 AM', 'User 7002', 'Lee Chang (deactivated)', 'Jane Doe', 'Undone', '1,500'],
      ['Nov 25, 2026, 10:00 AM', 'An operator', 'Lee Chang (deactivated)', 'Jane Doe', 'Moved', '1,500'],
      ['Nov 24, 2026, 10:00 AM', 'Every night', 'Lee Chang (deactivated)', 'Jane Doe', 'Moved', '1,500'],
    ]);
    expect(page.buttonNames()).toContain('Start');
    page.click('Show Lee Chang (deactivated), Nov 25, 2026, 10:00 AM');
    await page.until(() => expect(page.buttonNames()).toContain('Undo'));
    expect(page.buttonNames()).not.toContain('Start');
  });
});

it('People of one name can be distinguished by their owner IDs wherever their records are planned, handed over or listed', async () => {
  const twins = [LEE, { ...LEE, ownerId: '104' }] as const;
  portal.people = twins.map((person) => ({ person, formerEmails: [], aliases: [] }));
  portal.nightly = [twins[1]];
  show({ leaver: twins[0] }, { leaver: twins[1], ...MOVED });
  const page = await open();
  const [first, second] = ['Lee Chang (Owner 103) (deactivated)', 'Lee Chang (Owner 104) (deactivated)'] as const;
  expect(page.options('leaver').map(({ label }) => label)).toEqual([first, second, 'Somebody else']);
  expect(page.toggles().map(({ label }) => label)).toEqual(
    [second, first].map((name) => `Hand over the records of ${name} every night`),
  );
  expect(page.text()).toContain(`Records of ${first}, to Jane Doe`);
  expect(page.rows().map(([, , leaver]) => leaver)).toEqual(expect.arrayContaining([first, second]));
  await page.openTab('people');
  expect(page.rows().map(([name]) => name)).toEqual(expect.arrayContaining([first, second]));
  expect(page.buttonNames()).toContain('Name a successor for Lee Chang (Owner 104)');
});

describe('the last night on the settings page', () => {
  it('Handovers of the last night are counted by leaver, with what needs a look', async () => {
    const leaver = (ownerId: string, name: string) => ({ ownerId, name, email: '', isActive: false });
    const nothing = { planned: 0, moved: 0, leftAlone: 0, missing: 0, refused: 0, unreadable: 0, isCapped: false };
    const done = { ...nothing, status: 'moved', isStopped: false } as const;
    const stopped = { ...done, status: 'moving', isStopped: true } as const;
    portal.lastNight = [
      { ...done, leaver: leaver('1', 'Lena Lang'), planned: 1_200, moved: 1_190, leftAlone: 10 },
      { ...stopped, leaver: leaver('2', 'Max Mai'), reason: 'CALLS_SPENT', isCapped: true },
      { ...stopped, leaver: leaver('3', 'Ute Uhl'), reason: 'MISSING_SCOPES', unreadable: 2 },
      { ...done, leaver: leaver('4', 'Tom Tal'), status: 'notStarted' },
      { ...done, leaver: leaver('5', 'Ina Irr'), status: 'planning', planned: 7 },
    ];
    const page = await open();
    expect(page.rows()).toEqual(
      expect.arrayContaining([
        ['Lena Lang (deactivated)', '1,200', '1,190', '10', ''],
        ['Max Mai (deactivated)', '0', '0', '0', en.lastNight.capped],
        [
          'Ute Uhl (deactivated)',
          '0',
          '0',
          '0',
          'Stopped: MISSING_SCOPES Object types or properties that could not be read: 2.',
        ],
        ['Tom Tal (deactivated)', '0', '0', '0', en.lastNight.notStarted],
        ['Ina Irr (deactivated)', '7', '0', '0', en.lastNight.running],
      ]),
    );
  });

  it('The settings page does not mention a last night in which nobody’s records were handed over', async () => {
    expect((await open()).text()).not.toContain(en.lastNight.title);
  });
});

describe('a plan of the settings page', () => {
  it.each([
    ['the successor', 'successor', {}],
    ['nobody', 'clear', { clear: true }],
  ] as const)('A plan for a leaver of the list and %s is asked for as it was chosen', async (_what, target, fields) => {
    const page = await open();
    expect(page.options('leaver')).toEqual([
      { value: '103', label: 'Lee Chang (deactivated)' },
      { value: '102', label: 'Omar Haddad (deactivated) → Jane Doe' },
      { value: 'else', label: 'Somebody else' },
    ]);
    page.choose('leaver', '103');
    page.choose('target', target);
    portal.handovers = [{ ...PLAN, status: 'planning', isWorking: true, canStart: false, parts: [], records: 400 }];
    page.submit();
    await page.until(() => expect(page.announced()).toEqual([en.handovers.planQueued]));
    expect(portal.changes()).toMatchObject([
      { method: 'PUT', path: '/portal/handovers', body: { leaver: '103', ...fields } },
    ]);
    await page.until(() => expect(page.text()).toContain('Records found so far: 400.'));
    expect(page.buttonNames()).not.toContain('Start');
    expect(page.buttonNames()).toContain('Stop');
  });

  it('A plan for somebody who is not in the list, and another person, takes their emails', async () => {
    const page = await open();
    page.choose('leaver', 'else');
    page.choose('target', 'person');
    page.submit();
    expect(page.field('leaverEmail')).toMatchObject({ error: true, validationMessage: 'Enter a value.' });
    expect(page.field('targetEmail')).toMatchObject({ error: true, validationMessage: 'Enter a value.' });
    expect(portal.changes()).toEqual([]);
    page.type('leaverEmail', ' old@example.com ');
    page.type('targetEmail', 'jane.doe@example.com');
    page.submit();
    await page.until(() => expect(page.announced()).toHaveLength(1));
    expect(portal.changes()[0]?.body).toMatchObject({ leaver: 'old@example.com', target: 'jane.doe@example.com' });
  });

  it('A plan that is refused says why, and one that got no answer keeps its ID over a retry', async () => {
    const page = await open();
    page.choose('leaver', '103');
    portal.changeAnswers.push({ status: 'refused', code: 'NO_SUCCESSOR' });
    page.submit();
    await page.until(() => expect(page.text()).toContain(en.refusals.NO_SUCCESSOR));
    portal.failures.push({ path: '/portal/handovers', answer: () => Promise.reject(new Error('timeout')) });
    page.submit();
    await page.until(() => expect(page.text()).toContain(en.failure.NO_ANSWER));
    page.submit();
    await page.until(() => expect(page.announced()).toHaveLength(1));
    const ids = portal.changes().map(({ body }) => (body as { changeId: string }).changeId);
    expect([ids.length, new Set(ids).size, ids[1] === ids[2]]).toEqual([3, 2, true]);
  });

  it('A plan is a row for each owner property and a bar for each object type, with calls and minutes', async () => {
    show({});
    const page = await open();
    expect(page.rows().filter((row) => row.length === 3)).toEqual([
      ['Contacts', 'Contact owner', '1,000'],
      ['Contacts', 'Success manager', '200'],
      ['Custom object 2-345', 'rep', '300'],
    ]);
    expect(page.find(BarChart).props.data).toEqual([
      { category: 'Contacts', count: 1200 },
      { category: 'Custom object 2-345', count: 300 },
    ]);
    expect(page.text()).toContain('Records: 1,500. Calls to HubSpot: 30. Duration: at least 1 min.');
  });

  it('A plan names the object types that could not be read, with the permissions that are missing', async () => {
    show({ unreadable: [{ objectType: '0-3', scopes: ['crm.objects.deals.read'] }] });
    const page = await open();
    expect(page.alerts()).toContainEqual({ title: en.handovers.unreadableTitle, variant: 'warning' });
    expect(page.text()).toContain('Deals: missing permission crm.objects.deals.read');
  });

  it.each([
    ['notSearchable', 'HubSpot cannot search by this property'],
    ['severalOwners', 'can hold several owners'],
    ['unclear', 'HubSpot describes it in an unknown way'],
  ] as const)('A plan names an owner property that it leaves out, and why: %s', async (why, words) => {
    show({ unreadable: [{ objectType: '0-3', property: 'team', label: 'Account team', why, scopes: [] }] });
    const page = await open();
    expect(page.text()).toContain(`Deals, Account team: ${words}`);
    expect(page.text()).not.toContain('missing permission');
  });

  it('A plan without records says so, and cannot be started', async () => {
    show({ records: 0, parts: [], calls: 0, minutes: 0 });
    const page = await open();
    expect(page.text()).toContain(en.handovers.ownsNothing);
    expect(page.maybeFind(BarChart)).toBeNull();
    expect(page.buttonNames()).not.toContain('Start');
  });

  it('A plan starts by its digest after a question that names how many records go to whom', async () => {
    show({});
    const page = await open();
    page.click('Start');
    expect(page.alerts()).toContainEqual({
      title: 'Move the records of Lee Chang (deactivated) to Jane Doe (1,500)?',
      variant: 'warning',
    });
    page.click('Cancel');
    expect(portal.changes()).toEqual([]);
    page.click('Start');
    portal.handovers = [{ ...PLAN, ...MOVING }];
    page.click('Start');
    await page.until(() => expect(page.announced()).toEqual([en.handovers.done.start]));
    expect(portal.changes()).toMatchObject([
      { method: 'PUT', path: '/portal/handovers/h-1/start', body: { digest: PLAN.digest } },
    ]);
    await page.until(() => expect(page.buttonNames()).toContain('Stop'));
  });

  it('A plan that is started late says until when it can be undone, which is 30 days after the plan', async () => {
    show({ endsAt: '2026-11-29T10:00:00.000Z' });
    const page = await open();
    page.click('Start');
    expect(page.text()).toContain('You can stop at any time, and undo until Nov 29, 2026, 10:00 AM.');
  });

  it.each([
    ['HUBSPOT_UNAVAILABLE', en.handovers.failedTitle, 'Failed'],
    ['STOPPED', en.handovers.stoppedTitle, 'Stopped'],
  ])(
    'A plan that ended early because of %s says so, and does not say that the person owns nothing',
    async (reason, title, state) => {
      show({ status: 'failed', reason, canStart: false, records: 0, parts: [] });
      const page = await open();
      page.click('Show Lee Chang (deactivated), Nov 27, 2026, 10:00 AM');
      await page.until(() => expect(page.alerts().map((alert) => alert.title)).toEqual([title]));
      expect(page.rows().at(-1)).toContain(state);
      expect(page.text()).not.toContain(en.handovers.ownsNothing);
      expect(page.text().includes('Fix it')).toBe(reason !== 'STOPPED');
    },
  );

  it('A plan that changed since it was shown is refused with what to do', async () => {
    show({});
    const page = await open();
    page.click('Start');
    portal.changeAnswers.push({ status: 'refused', code: 'PLAN_CHANGED' });
    page.click('Start');
    await page.until(() => expect(page.text()).toContain(en.refusals.PLAN_CHANGED));
  });
});

describe('a handover at work', () => {
  /** Lets the seconds pass that the page waits between two questions. */
  const untilSoon = (page: Awaited<ReturnType<typeof open>>, check: () => void) =>
    page.until(() => {
      jest.advanceTimersByTime(3_000);
      check();
    });
  const progress = (page: Awaited<ReturnType<typeof open>>) => page.find(ProgressBar).props;

  it('A handover at work shows how far it is and the minutes left, and follows it every few seconds', async () => {
    stopClock();
    show(MOVING);
    const page = await open();
    expect(progress(page)).toMatchObject({
      value: 400,
      maxValue: 1500,
      valueDescription: 'Records: 400 of 1,500, 3 min left',
    });
    show({ ...MOVING, progress: { done: 900, total: 1500, minutesLeft: 1 } });
    await untilSoon(page, () => expect(progress(page).value).toBe(900));
    show(MOVED);
    await untilSoon(page, () => expect(page.maybeFind(ProgressBar)).toBeNull());
    await page.until(() => expect(jest.getTimerCount()).toBe(0));
  });

  it('A handover at work stays in sight when an answer is missing in between, and is asked for again', async () => {
    stopClock();
    show(MOVING);
    const page = await open();
    portal.failures.push({ path: '/portal/handovers', answer: errorAnswer('STORE_UNAVAILABLE') });
    await untilSoon(page, () => expect(page.text()).toContain(en.failure.SERVICE_FAULT));
    expect(progress(page).value).toBe(400);
    show({ ...MOVING, progress: { done: 900, total: 1500, minutesLeft: 1 } });
    await untilSoon(page, () => expect(progress(page).value).toBe(900));
    expect(page.text()).not.toContain(en.failure.SERVICE_FAULT);
  });

  it('A handover at work is not asked for any more when somebody leaves the tab', async () => {
    stopClock();
    show(MOVING);
    const page = await open();
    await page.openTab('try-email');
    const asked = () => portal.calls.filter(({ path }) => path.startsWith('/portal/handovers')).length;
    const before = asked();
    for (let second = 0; second < 60; second += 1) await untilSoon(page, () => {});
    // One may have been on its way.
    expect(asked() - before).toBeLessThanOrEqual(1);
  });

  it('A handover at work stops at once, and continues with the same plan', async () => {
    show(MOVING);
    const page = await open();
    portal.handovers = [{ ...PLAN, ...MOVING, isStopped: true, isWorking: false, canStart: true, canUndo: true }];
    page.click('Stop');
    await page.until(() => expect(page.buttonNames()).toContain('Continue'));
    expect(progress(page).valueDescription).toBe('Records: 400 of 1,500, stopped');
    page.click('Continue');
    await page.until(() => expect(page.announced()).toEqual([en.handovers.done.stop, en.handovers.done.start]));
    expect(portal.changes().map(({ path, body }) => [path, Object.keys(body as object).sort()])).toEqual([
      ['/portal/handovers/h-1/stop', ['changeId']],
      ['/portal/handovers/h-1/start', ['changeId', 'digest']],
    ]);
  });

  it('A handover that was stopped before anything was counted offers the undo as soon as what it moved is counted', async () => {
    stopClock();
    const stopped = { isStopped: true, isWorking: false, canStart: true, canUndo: true } as const;
    show({ ...MOVING, ...stopped, isCounting: true, moved: { ...PLAN.moved, done: 0 } });
    const page = await open();
    expect(page.buttonNames()).not.toContain('Undo');
    show({ ...MOVING, ...stopped, moved: { ...PLAN.moved, done: 400 } });
    await untilSoon(page, () => expect(page.buttonNames()).toContain('Undo'));
  });

  it('A handover of the night that has made all its calls says that the next night continues, and asks to fix nothing', async () => {
    const spent = {
      isStopped: true,
      isWorking: false,
      isNightly: true,
      canStart: true,
      reason: 'CALLS_SPENT',
    } as const;
    show({ ...MOVING, ...spent });
    const page = await open();
    page.click('Show Lee Chang (deactivated), Nov 27, 2026, 10:00 AM');
    expect(page.text()).toContain(en.lastNight.capped);
    expect(page.text()).not.toContain('Fix it');
  });

  it.each([
    [{ ...MOVING, isStopped: true, isWorking: false, canStart: true, reason: 'TARGET_NOT_ACTIVE' }, 'stoppedTitle'],
    [{ status: 'failed', canStart: false, reason: 'PORTAL_NOT_CONNECTED' }, 'failedTitle'],
  ] as const)('A handover that cannot go on says so with the reason, case %#', async (change, title) => {
    show(change);
    const page = await open();
    if (title === 'failedTitle') page.click('Show Lee Chang (deactivated), Nov 27, 2026, 10:00 AM');
    await page.until(() => expect(page.alerts().map((alert) => alert.title)).toContain(en.handovers[title]));
    expect(page.text()).toContain(`Reason: ${change.reason}.`);
  });
});

describe('a handover that is done', () => {
  const openDone = async () => {
    show({ ...MOVED, remaining: 7 });
    const page = await open();
    page.click('Show Lee Chang (deactivated), Nov 27, 2026, 10:00 AM');
    await page.until(() => expect(page.buttonNames()).toContain('Undo'));
    return page;
  };

  it('A handover that is done says what became of its records and what the leaver still owns', async () => {
    const text = (await openDone()).text();
    for (const sentence of [
      'Records moved: 1,480.',
      'Left alone because somebody changed the owner meanwhile: 12.',
      'Deleted or merged meanwhile: 5.',
      'HubSpot refused to change 3.',
      'Records that still belong to this person: 7.',
      'You can undo this until Dec 27, 2026, 10:00 AM.',
    ]) {
      expect(text).toContain(sentence);
    }
  });

  it('A handover that is done is undone after a question, and says what the undo left alone', async () => {
    const page = await openDone();
    page.click('Undo');
    expect(page.text()).toContain('Give the records back to Lee Chang (deactivated) (1,480)?');
    show({ ...MOVED, status: 'undone', canUndo: false, undone: { done: 1470, leftAlone: 10, missing: 0, refused: 0 } });
    page.click('Undo');
    await page.until(() => expect(page.announced()).toEqual([en.handovers.done.undo]));
    expect(portal.changes()).toMatchObject([{ method: 'PUT', path: '/portal/handovers/h-1/undo' }]);
    await page.until(() => expect(page.text()).toContain('Records given back: 1,470. Left alone'));
    expect(page.buttonNames()).not.toContain('Undo');
  });

  it.each([
    ['goes to their successor every night', [LEE], true],
    ['does not go to their successor every night', [JANE], false],
  ])(
    'The question before an undo says that the next night moves the records again if what reaches the leaver %s',
    async (_what, nightly, isSaid) => {
      portal.nightly = nightly;
      const page = await openDone();
      page.click('Undo');
      expect(page.text()).toContain(en.handovers.undoText);
      const warning =
        'The next night moves them again, because the records of Lee Chang (deactivated) are handed over every night.';
      expect(page.text().includes(warning)).toBe(isSaid);
    },
  );

  it('A handover that was undone does not count what the leaver owned before that', async () => {
    show({ ...MOVED, remaining: 7, status: 'undone', canUndo: false });
    const page = await open();
    page.click('Show Lee Chang (deactivated), Nov 27, 2026, 10:00 AM');
    await page.until(() => expect(page.text()).toContain('Records given back: 0.'));
    expect(page.text()).not.toContain('Records that still belong to this person');
  });

  it('A handover whose 30 days are over offers nothing', async () => {
    show({ ...MOVED, canUndo: false });
    const page = await open();
    page.click('Show Lee Chang (deactivated), Nov 27, 2026, 10:00 AM');
    await page.until(() => expect(page.text()).toContain('Records moved: 1,480.'));
    expect(page.buttonNames()).toEqual(['Plan']);
  });
});

describe('handing over every night', () => {
  const LABEL = 'Hand over the records of Lee Chang (deactivated) every night';

  it('Handing over every night is switched on and off for each leaver', async () => {
    show(MOVED);
    const page = await open();
    expect(page.toggles()).toEqual([{ label: LABEL, checked: false, readOnly: false }]);
    portal.nightly = [LEE];
    page.toggle(LABEL, true);
    await page.until(() => expect(page.toggles()).toMatchObject([{ checked: true }]));
    portal.nightly = [];
    page.toggle(LABEL, false);
    await page.until(() => expect(page.toggles()).toMatchObject([{ checked: false }]));
    expect(page.announced()).toEqual([en.handovers.nightlyOn, en.handovers.nightlyOff]);
    expect(portal.changes()).toMatchObject([
      { method: 'PUT', path: '/portal/handovers/nightly/103' },
      { method: 'DELETE', path: expect.stringMatching(/^\/portal\/handovers\/nightly\/103\?changeId=/) },
    ]);
  });

  it('Handing over every night can be ended for whoever has no handover in the list any more', async () => {
    portal.nightly = [{ ...JANE, ownerId: '900', name: '', email: '', isActive: false }];
    const page = await open();
    expect(page.toggles()).toMatchObject([
      { label: 'Hand over the records of Owner 900 (deactivated) every night', checked: true },
    ]);
  });
});

it.each([
  ['planHandover', 'A handover of the records of Lee Chang (deactivated) was planned'],
  ['startHandover', 'The handover of the records of Lee Chang (deactivated) was started'],
  ['stopHandover', 'The handover of the records of Lee Chang (deactivated) was stopped'],
  ['undoHandover', 'An undo of the handover of the records of Lee Chang (deactivated) was started'],
  ['setNightly', 'Records of Lee Chang (deactivated) go to the successor every night'],
  ['removeNightly', 'Records of Lee Chang (deactivated) no longer go to the successor every night'],
] as const)('The list of changes of the settings page says what %s did', async (action, sentence) => {
  portal.changeLog = [
    { changeId: 'change-0000000009', at: '2026-11-27T10:00:00.000Z', userId: '7003', action, leaver: LEE },
  ];
  const page = await openPage(portal, 'people');
  expect(page.rows().at(-1)).toEqual(['Nov 27, 2026, 10:00 AM', 'User 7003', sentence]);
});
