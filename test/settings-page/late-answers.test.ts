import { ErrorState } from '@hubspot/ui-extensions';
import { en } from '../../hubspot/src/app/settings/texts/en.ts';
import { createFakePortal, errorAnswer, type FakePortal, LEE, PLAN } from './fake-portal.ts';
import { openPage } from './render-page.ts';

let portal: FakePortal;

beforeEach(() => {
  portal = createFakePortal();
});

const lost = () => Promise.reject(new Error('timeout'));

describe('a change whose answer comes when its form is gone', () => {
  it.each([
    ['refuses it', 'warning', en.refusals.title, en.refusals.ALIAS_IS_TAKEN],
    ['is lost', 'danger', en.failure.changeTitle, en.failure.NO_ANSWER],
  ])('A change is not taken for made when its answer %s after the tab was left', async (what, type, title, message) => {
    const page = await openPage(portal, 'unresolved');
    page.click('Add an alias for jane.deo@example.com');
    page.submit();
    const release = portal.delay('/portal/aliases');
    page.click('Confirm');
    if (what === 'is lost') portal.failures.push({ path: '/portal/aliases', answer: lost });
    else portal.changeAnswers.push({ status: 'refused', code: 'ALIAS_IS_TAKEN' });
    await page.openTab('try-email');
    release();
    await page.until(() => expect(page.actions.addAlert.calls).toEqual([[{ type, title, message }]]));
  });
});

describe('a change that is wanted again after its answer was lost', () => {
  const idsOf = (action: string) =>
    portal
      .changes()
      .flatMap(({ path, body }) => (path.endsWith(action) ? [(body as { changeId: string }).changeId] : []));

  it('A refresh that was canceled after its answer was lost is another one when it is wanted later', async () => {
    const page = await openPage(portal);
    page.click('Refresh now');
    portal.failures.push({ path: '/portal/refresh', answer: lost });
    page.click('Refresh now');
    await page.until(() => expect(page.text()).toContain(en.failure.NO_ANSWER));
    page.click('Cancel');
    page.click('Refresh now');
    page.click('Refresh now');
    await page.until(() => expect(page.announced()).toEqual([en.owners.queued]));
    expect(new Set(idsOf('/refresh')).size).toBe(2);
  });

  it('A handover that went on, although the answer was lost, and stopped once more is continued by another change', async () => {
    const stopped = { ...PLAN, status: 'moving', isStopped: true, canStart: true } as const;
    portal.handovers = [stopped];
    const page = await openPage(portal, 'handovers');
    const reload = async (name: string) => {
      page.toggle('Hand over the records of Lee Chang (deactivated) every night', true);
      await page.until(() => expect(page.buttonNames()).toContain(name));
    };
    portal.failures.push({ path: '/portal/handovers/h-1/start', answer: lost });
    page.click('Continue');
    await page.until(() => expect(page.text()).toContain(en.failure.NO_ANSWER));
    portal.handovers = [{ ...stopped, isStopped: false, isWorking: true, canStart: false }];
    await reload('Stop');
    portal.handovers = [stopped];
    await reload('Continue');
    page.click('Continue');
    await page.until(() => expect(page.announced()).toContain(en.handovers.done.start));
    expect(new Set(idsOf('/start')).size).toBe(2);
  });
});

describe('a list that cannot be loaded again', () => {
  it('The overview that cannot be loaded again keeps the other tabs and what is typed there', async () => {
    const page = await openPage(portal, 'people');
    const release = portal.delay('/portal/overview');
    portal.failures.push({ path: '/portal/overview', answer: errorAnswer('STORE_UNAVAILABLE') });
    await page.openTab('overview');
    await page.openTab('people');
    page.click('Add an alias');
    page.type('alias', 'typed@example.com');
    release();
    await page.until(() => expect(portal.failures).toEqual([]));
    await page.until(() => expect(page.field('alias').value).toBe('typed@example.com'));
    await page.openTab('overview');
    await page.until(() => expect(page.text()).toContain('1,234'));
    expect(page.maybeFind(ErrorState)).toBeNull();
  });

  it.each([
    ['overview', '/portal/overview', '1,234'],
    ['unresolved', '/portal/unresolved', 'nobody@example.com'],
    ['people', '/portal/people', 'Lee Chang'],
    ['handovers', '/portal/handovers', 'Records of Lee Chang'],
  ])('The tab %s keeps what it shows when it cannot be loaded again, and offers a retry', async (tab, path, shown) => {
    portal.handovers = [PLAN];
    const page = await openPage(portal, tab);
    portal.failures.push({ path, method: 'PATCH', answer: errorAnswer('STORE_UNAVAILABLE') });
    if (tab === 'overview') {
      page.click('Refresh now');
      page.click('Refresh now');
    } else if (tab === 'handovers') {
      page.toggle('Hand over the records of Lee Chang (deactivated) every night', true);
    } else if (tab === 'people') {
      page.click('Remove the alias @oldco.example');
      page.click('Remove');
    } else {
      page.click('Add an alias for jane.deo@example.com');
      page.submit();
      page.click('Confirm');
    }
    await page.until(() => expect(page.alerts()).toContainEqual({ title: en.failure.loadTitle, variant: 'error' }));
    expect(page.text()).toContain(shown);
    page.click('Retry');
    await page.until(() => expect(page.alerts()).not.toContainEqual({ title: en.failure.loadTitle, variant: 'error' }));
    expect(page.text()).toContain(shown);
  });
});

it('A list of handovers that was asked for earlier and comes later does not turn a switch back', async () => {
  portal.handovers = [PLAN];
  const page = await openPage(portal, 'handovers');
  const label = 'Hand over the records of Lee Chang (deactivated) every night';
  const late = Promise.withResolvers<Response>();
  const old = Response.json({ entries: [PLAN], nightly: [], lastNight: [] });
  portal.failures.push({ path: '/portal/handovers', method: 'PATCH', answer: () => late.promise });
  await page.until(() => page.choose('leaver', LEE.ownerId));
  page.submit();
  await page.until(() => expect(page.announced()).toHaveLength(1));
  portal.nightly = [LEE];
  page.toggle(label, true);
  await page.until(() => expect(page.toggles()).toMatchObject([{ checked: true }]));
  late.resolve(old);
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(page.toggles()).toMatchObject([{ checked: true }]);
});
