import type { ChangesPage, HandoverAnswer, HandoversPage } from '../../hubspot/src/app/settings/portal-api.ts';
import { beginHandover } from '../../lib/domain/handover.ts';
import { parseOwnerId } from '../../lib/domain/ids.ts';
import { fromSyncMessage } from '../../lib/queue/sync-queue.ts';
import { createHandovers } from '../../lib/store/handovers.ts';
import { addActiveOwner, deactivateOwner } from '../../local/simulator/seed-owners.ts';
import { addRecords } from '../../local/simulator/seed-records.ts';
import { addUser } from '../../local/simulator/seed-users.ts';
import { getObjectType } from '../../local/simulator/state.ts';
import { toPortalId } from '../builders/ids.ts';
import { grantAllBut } from '../support/grant-scopes.ts';
import { makeHandoverService } from '../support/handover-service.ts';
import { failFinish, newChangeId, openPage, type PageSite, type Through } from '../support/page-site.ts';
import { refreshPortal } from '../support/refresh-portal.ts';
import { OTHER_PORTAL, PORTAL } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
const DAY_MS = 86_400_000;
const OWNER = 'hubspot_owner_id';
let page: PageSite;
let worker: ReturnType<typeof makeHandoverService>;
let lena: string;
let jane: string;

beforeEach(async () => {
  const { state } = service().simulator;
  jane = addActiveOwner(state, PORTAL, { email: 'jane@example.com', firstName: 'Jane', lastName: 'Doe' }).id;
  lena = addActiveOwner(state, PORTAL, { email: 'lena@example.com', firstName: 'Lena', lastName: 'Lang' }).id;
  deactivateOwner(state, PORTAL, lena);
  addRecords(state, PORTAL, '0-1', 250, () => ({ [OWNER]: lena }));
  addRecords(state, PORTAL, '0-1', 30, () => ({ [OWNER]: jane }));
  page = openPage(service());
  worker = makeHandoverService(service());
  await refreshPortal(service());
  service().clock.advance(3_600_000);
});

const post = (path: string, body: object, more: Partial<Parameters<PageSite['fetch']>[0]> = {}) =>
  page.fetch<HandoverAnswer>({ method: 'PUT', path: `/portal/handovers${path}`, body, ...more });
const order = (more = {}) => ({ changeId: newChangeId(), ...more });
const list = async (query = {}) => (await page.fetch<HandoversPage>({ path: '/portal/handovers', query })).body;
const newest = async () => {
  const [entry] = (await list()).entries;
  if (entry === undefined) throw new Error('there is no handover');
  return entry;
};
const setNightly = (method: 'PUT' | 'DELETE', leaverId: string) =>
  page.fetch({
    method,
    path: `/portal/handovers/nightly/${leaverId}`,
    ...(method === 'PUT' ? { body: order() } : { query: order() }),
  });
/** What the page queued is worked on behind the queue. */
const work = () => {
  worker.messages.push(...page.queued.splice(0));
  return worker.drain();
};
const recordsOf = (ownerId: string) => {
  const { records } = getObjectType(service().simulator.state, PORTAL, '0-1');
  return [...records.values()].filter((record) => record.properties.get(OWNER) === ownerId).length;
};

async function planned() {
  await post('', order({ leaver: 'lena@example.com', target: 'jane@example.com' }));
  await work();
  return newest();
}

it('A leaver’s records go over from the settings page by plan, start and undo, with who asked and every step in the list of changes', async () => {
  const answer = await post('', order({ leaver: 'lena@example.com', target: jane }));
  expect(answer).toMatchObject({ status: 200, body: { status: 'queued', handoverId: expect.any(String) } });
  expect(await newest()).toMatchObject({ status: 'planning', isWorking: true, canStart: false });
  await work();
  const plan = await newest();
  expect(plan).toMatchObject({
    handoverId: answer.body.handoverId,
    status: 'planned',
    leaver: { ownerId: lena, isActive: false },
    target: { ownerId: jane, name: 'Jane Doe', isActive: true },
    requestedBy: String(page.admin),
    isNightly: false,
    plannedAt: expect.stringMatching(/^2026-11-23T/),
    records: 250,
    parts: [{ objectType: '0-1', property: OWNER, records: 250 }],
    unreadable: [],
    calls: 6,
    minutes: 1,
    canStart: true,
    canUndo: false,
  });
  expect(plan).not.toHaveProperty('leaverOwnerId');

  const start = await post(`/${plan.handoverId}/start`, order({ digest: plan.digest }));
  expect(start.body).toMatchObject({ status: 'queued', handoverId: plan.handoverId });
  await work();
  expect(await newest()).toMatchObject({ status: 'moved', moved: { done: 250 }, canUndo: true });
  expect([recordsOf(lena), recordsOf(jane)]).toEqual([0, 280]);

  service().clock.advance(DAY_MS);
  expect((await post(`/${plan.handoverId}/undo`, order())).body).toMatchObject({ status: 'queued' });
  await work();
  expect(await newest()).toMatchObject({ status: 'undone', undone: { done: 250, leftAlone: 0 } });
  expect([recordsOf(lena), recordsOf(jane)]).toEqual([250, 30]);

  const { body } = await page.fetch<ChangesPage>({ path: '/portal/changes' });
  expect(body.entries.map(({ action, userId, leaver }) => [action, userId, leaver?.ownerId])).toEqual(
    ['undoHandover', 'startHandover', 'planHandover'].map((action) => [action, String(page.admin), lena]),
  );
});

it('A handover of the settings page stops, continues, and is refused when its plan is not the one that was shown', async () => {
  const { handoverId, digest } = await planned();
  const wrong = { status: 'refused', code: 'PLAN_CHANGED' };
  expect((await post(`/${handoverId}/start`, order({ digest: '0'.repeat(16) }))).body).toMatchObject(wrong);
  await post(`/${handoverId}/start`, order({ digest }));
  expect((await post(`/${handoverId}/stop`, order())).body).toMatchObject({ status: 'set', handoverId });
  // In case that no run is at work.
  const job = expect.objectContaining({ handoverId, isCount: true });
  expect(page.queued.map(fromSyncMessage)).toContainEqual({ kind: 'handover', job });
  await work();
  expect(await newest()).toMatchObject({ status: 'moving', isStopped: true, isWorking: false, canStart: true });
  expect(recordsOf(lena)).toBe(250);
  expect((await post(`/${handoverId}/stop`, order())).body).toMatchObject({
    status: 'refused',
    code: 'NOT_POSSIBLE_NOW',
  });
  await post(`/${handoverId}/start`, order({ digest }));
  await work();
  expect(recordsOf(lena)).toBe(0);
});

it('The target of a handover is the successor unless the page names somebody, or clears the property', async () => {
  expect((await post('', order({ leaver: lena }))).body).toMatchObject({ status: 'refused', code: 'NO_SUCCESSOR' });
  await page.fetch({ method: 'PUT', path: `/portal/successors/${lena}`, body: order({ successor: jane }) });
  await post('', order({ leaver: lena }));
  await work();
  expect(await newest()).toMatchObject({ target: { ownerId: jane } });
  service().clock.advance(1_000);
  await post('', order({ leaver: lena, clear: true }));
  await work();
  expect(await newest()).not.toHaveProperty('target');
});

it.each([
  ['a leaver whom nobody knows', { leaver: 'nobody@example.com' }, 'OWNER_NOT_FOUND'],
  ['a target whom nobody knows', { leaver: 'lena@example.com', target: 'nobody@example.com' }, 'OWNER_NOT_FOUND'],
  ['the leaver as the target', { leaver: 'lena@example.com', target: 'lena@example.com' }, 'TARGET_IS_LEAVER'],
  ['a target who left, too', { leaver: 'jane@example.com', target: 'lena@example.com' }, 'TARGET_NOT_ACTIVE'],
])('A plan of the settings page with %s is refused with the reason', async (_what, body, code) => {
  expect((await post('', order(body))).body).toMatchObject({ status: 'refused', code, message: expect.any(String) });
  expect(await list()).toMatchObject({ entries: [] });
  expect(page.queued).toEqual([]);
});

it.each([
  ['no leaver', '', {}, 'leaver'],
  ['a leaver who is neither an ID nor an email', '', { leaver: 'Lena' }, 'leaver'],
  ['both a target and nobody', '', { leaver: '1', target: '2', clear: true }, 'target'],
  ['no digest', '/h-1/start', {}, 'digest'],
  ['an odd digest', '/h-1/start', { digest: 'x' }, 'digest'],
])('A request about handovers with %s is answered with the field at fault', async (_what, path, body, field) => {
  expect(await post(path, order(body))).toMatchObject({ status: 400, body: { error: { fields: [field] } } });
});

it('[X1] Handovers are read by every user of the account, and planned, started, stopped, undone and set by super admins only', async () => {
  const { handoverId, digest } = await planned();
  const as = { userId: page.user };
  const before = await readAllItems(service().table);
  const asked: Promise<{ readonly status: number; readonly body: object }>[] = [
    post('', order({ leaver: 'lena@example.com', clear: true }), as),
    post(`/${handoverId}/start`, order({ digest }), as),
    post(`/${handoverId}/stop`, order(), as),
    post(`/${handoverId}/undo`, order(), as),
    post(`/nightly/${lena}`, order(), { ...as, method: 'PUT' }),
  ];
  for (const answer of await Promise.all(asked)) {
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'NOT_SUPER_ADMIN' } } });
  }
  const kept = (items: typeof before) => items.filter(({ pk }) => /andover|#change/.test(pk?.S ?? ''));
  expect(kept(await readAllItems(service().table))).toEqual(kept(before));
  expect(page.queued).toEqual([]);
  const { status, body } = await page.fetch<HandoversPage>({ path: '/portal/handovers', ...as });
  expect([status, body.entries.length]).toEqual([200, 1]);
});

it('[S5] A plan or a start that is sent again has no second effect, and gets the first answer', async () => {
  const plan = order({ leaver: 'lena@example.com', target: 'jane@example.com' });
  const first = await post('', plan);
  expect(await post('', plan)).toEqual(first);
  expect(page.queued).toHaveLength(1);
  await work();
  const { handoverId, digest, ...rest } = await newest();
  expect([rest.status, (await list()).entries.length]).toEqual(['planned', 1]);
  const start = order({ digest });
  const started = await post(`/${handoverId}/start`, start);
  await work();
  await post(`/${handoverId}/undo`, order());
  await work();
  expect(await post(`/${handoverId}/start`, start)).toEqual(started);
  expect(page.queued).toEqual([]);
  expect(await newest()).toMatchObject({ status: 'undone' });
  expect(await post(`/${handoverId}/start`, { ...start, digest: '0'.repeat(16) })).toMatchObject({
    status: 409,
    body: { error: { code: 'CHANGE_ID_REUSED' } },
  });
});

const failMessage: Through = (to, call) => (to === 'sqs' ? Promise.reject(new Error('SQS is away')) : call());
const STEPS = ['plan', 'start', 'stop', 'undo'] as const;

it.each(
  STEPS.flatMap((step) => [
    { step, lost: 'answer', through: failFinish },
    { step, lost: 'message', through: failMessage },
  ]),
)(
  '[D3] A $step whose $lost was lost is accepted when it is sent again, even after the handover went on, and has one effect',
  async ({ step, through }) => {
    const ask = { plan: { leaver: lena, target: jane }, start: {}, stop: {}, undo: {} };
    const path = { method: 'PUT', path: '/portal/handovers' };
    let sent = { ...path, body: order(ask.plan) };
    for (const next of STEPS.filter((each) => each === step || (each !== 'stop' && step !== 'plan'))) {
      if (next !== 'plan') {
        const { handoverId, digest } = await newest();
        sent = { ...path, path: `${path.path}/${handoverId}/${next}`, body: order({ digest }) };
      }
      if (next === step) break;
      await page.fetch(sent);
      // A stop needs a handover that moves.
      if (!(step === 'stop' && next === 'start')) await work();
    }
    const unlucky = openPage(service(), page, through);
    expect(await unlucky.fetch(sent)).toMatchObject({ status: 503 });
    page.queued.push(...unlucky.queued);
    await work();
    expect(await page.fetch(sent)).toMatchObject({ status: 200, body: { status: step === 'stop' ? 'set' : 'queued' } });
    await work();
    const ends = { plan: 'planned', start: 'moved', stop: 'moving', undo: 'undone' };
    expect((await list()).entries).toMatchObject([
      { status: ends[step], isStopped: step === 'stop', isWorking: false },
    ]);
    const { entries } = (await page.fetch<ChangesPage>({ path: '/portal/changes' })).body;
    expect(entries.filter(({ action }) => action === `${step}Handover`)).toHaveLength(1);
  },
);

it('[X1] The handover of another account is neither shown nor started, stopped or undone by its ID', async () => {
  const { handoverId, digest } = await planned();
  const { state } = service().simulator;
  const admin = addUser(state, OTHER_PORTAL, { superAdmin: true }).userId;
  const as = { portalId: OTHER_PORTAL, userId: admin };
  for (const [action, body] of [
    ['start', { digest }],
    ['stop', {}],
    ['undo', {}],
  ] as const) {
    expect((await post(`/${handoverId}/${action}`, order(body), as)).body).toMatchObject({
      status: 'refused',
      code: 'HANDOVER_NOT_FOUND',
    });
  }
  const { body } = await page.fetch<HandoversPage>({ path: '/portal/handovers', ...as });
  expect(body).toEqual({ entries: [], nightly: [], lastNight: [] });
  expect(await newest()).toMatchObject({ status: 'planned' });
});

it('A leaver’s records go over every night from when somebody says so until somebody ends it', async () => {
  expect((await setNightly('PUT', lena)).body).toMatchObject({ status: 'set' });
  expect((await list()).nightly).toMatchObject([{ ownerId: lena, isActive: false }]);
  expect((await setNightly('DELETE', lena)).body).toMatchObject({ status: 'removed' });
  expect((await list()).nightly).toEqual([]);
  expect((await setNightly('PUT', '999999')).body).toMatchObject({ status: 'refused', code: 'OWNER_NOT_FOUND' });
});

it('A handover that was planned more than 30 days ago is shown without a way to start or undo it', async () => {
  const { handoverId, digest } = await planned();
  await post(`/${handoverId}/start`, order({ digest }));
  await work();
  service().clock.advance(31 * DAY_MS);
  expect(await newest()).toMatchObject({ status: 'moved', canStart: false, canUndo: false });
  expect((await post(`/${handoverId}/undo`, order())).body).toMatchObject({ status: 'refused', code: 'TOO_OLD' });
});

it('A handover that is at work 30 days after its plan can still be stopped', async () => {
  const { handoverId, digest } = await planned();
  service().clock.advance(30 * DAY_MS - 7_200_000);
  await post(`/${handoverId}/start`, order({ digest }));
  service().clock.advance(DAY_MS);
  expect(await newest()).toMatchObject({ status: 'moving', isWorking: true });
  expect((await post(`/${handoverId}/start`, order({ digest }))).body).toMatchObject({ code: 'TOO_OLD' });
  expect((await post(`/${handoverId}/stop`, order())).body).toMatchObject({ status: 'set' });
  await work();
  expect([(await newest()).isStopped, recordsOf(lena)]).toEqual([true, 250]);
});

it('Object types that cannot be read are named with the permission that is missing', async () => {
  grantAllBut(service(), 'crm.objects.deals.read');
  const { unreadable, records } = await planned();
  expect(unreadable).toEqual([{ objectType: '0-3', scopes: ['crm.objects.deals.read'] }]);
  expect(records).toBe(250);
});

it('The list of handovers comes a page at a time, the newest first, and below the megabyte that hubspot.fetch carries', async () => {
  const leaverId = parseOwnerId(lena);
  if (leaverId === undefined) throw new Error('not an ID');
  const store = createHandovers(service().table, service().clock.now, () => 'writer');
  // As many owner properties as an account might have at most, with labels as long as HubSpot allows.
  const parts = Array.from({ length: 300 }, (_, n) => ({
    objectType: '0-1' as never,
    property: `owner_property_${n}`,
    label: 'l'.repeat(250),
    records: 1,
  }));
  for (let n = 0; n < 12; n += 1) {
    const plannedAtEpochMs = service().clock.now() + n;
    const begun = { id: `h-${n}`, leaverId, target: '' as const, plannedAtEpochMs, requestedBy: '' };
    await store.create(toPortalId(PORTAL), { ...beginHandover(begun), status: 'planned', parts });
  }
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const answer: HandoversPage = await list({ limit: '100', ...(after !== undefined && { after }) });
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(1_000_000);
    seen.push(...answer.entries.map(({ handoverId }) => handoverId));
    after = answer.after;
  } while (after !== undefined);
  expect(seen).toEqual(Array.from({ length: 12 }, (_, n) => `h-${11 - n}`));
});
