import type { HandoversPage, Overview } from '../../hubspot/src/app/settings/portal-api.ts';
import { toSyncMessage } from '../../lib/queue/sync-queue.ts';
import { addActiveOwner, deactivateOwner, spoilOwnerRow } from '../../local/simulator/seed-owners.ts';
import { addRecords, readRecordProperty } from '../../local/simulator/seed-records.ts';
import { getPortal } from '../../local/simulator/state.ts';
import { toPortalId } from '../builders/ids.ts';
import { grantAllBut } from '../support/grant-scopes.ts';
import { makeHandoverService } from '../support/handover-service.ts';
import { readReport } from '../support/invoke-operators.ts';
import { invokeSetSuccessor } from '../support/invoke-set-successor.ts';
import { openPage } from '../support/page-site.ts';
import { refreshPortal } from '../support/refresh-portal.ts';
import { PORTAL } from '../support/service.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
const OWNER = 'hubspot_owner_id';
let jane: string;
let lena: string;
let max: string;
let records: readonly string[];
let worker: ReturnType<typeof makeHandoverService>;

beforeEach(async () => {
  const { state } = service().simulator;
  [jane, lena, max] = ['jane', 'lena', 'max'].map(
    (name) => addActiveOwner(state, PORTAL, { email: `${name}@example.com` }).id,
  ) as [string, string, string];
  for (const leaver of [lena, max]) deactivateOwner(state, PORTAL, leaver);
  records = addRecords(state, PORTAL, '0-1', 250, () => ({ [OWNER]: lena })).map(({ id }) => id);
  grantAllBut(service(), 'crm.objects.deals.read');
  await refreshPortal(service());
  worker = makeHandoverService(service());
  await invokeSetSuccessor(service(), { portalId: PORTAL, leaver: lena, successor: jane });
  for (const leaver of [lena, max]) await worker.ask({ leaver, nightly: true });
  service().clock.advance(86_400_000);
});

function refresh(runId: string): void {
  const requestedAtEpochMs = service().clock.now();
  worker.messages.push(
    toSyncMessage({ portalId: toPortalId(PORTAL), runId, requestedAtEpochMs, force: false, continuations: 0 }),
  );
  service().clock.advance(1_000);
}
const ownersOf = () =>
  new Set(records.map((id) => readRecordProperty(service().simulator.state, PORTAL, '0-1', id, OWNER)));

it('The report, the list of handovers and the settings page count, with a sum in the overview, by leaver, what the handovers after a refresh came to', async () => {
  refresh('night-1');
  await worker.drain();
  expect(ownersOf()).toEqual(new Set([jane]));
  const rows = [
    {
      leaverOwnerId: lena,
      status: 'moved',
      planned: 250,
      moved: 250,
      leftAlone: 0,
      missing: 0,
      refused: 0,
      unreadable: 1,
      isCapped: false,
    },
    { leaverOwnerId: max, status: 'notStarted', planned: 0, moved: 0, unreadable: 0 },
  ];
  const report = await readReport(service(), PORTAL);
  expect(report).toMatchObject({ runId: 'night-1', nightlyHandovers: rows });
  expect(JSON.stringify(report?.nightlyHandovers)).not.toContain('@');
  expect(await worker.ask({})).toMatchObject({ lastNight: rows });
  const site = openPage(service());
  const overview = await site.fetch<Overview>({ path: '/portal/overview' });
  expect(overview.body.lastNight).toEqual({ moved: 250, leftAlone: 0, leavers: 1, toCheck: 2 });
  const page = await site.fetch<HandoversPage>({ path: '/portal/handovers' });
  expect(page.body.lastNight).toMatchObject(
    rows.map(({ leaverOwnerId, ...counts }) => ({ ...counts, leaver: { ownerId: leaverOwnerId, isActive: false } })),
  );
});

it('[M1, O6] The handovers after a refresh give the records to a successor who is back with another owner ID', async () => {
  const { state } = service().simulator;
  const { userId = 0 } = getPortal(state, PORTAL).owners.get(jane) ?? {};
  deactivateOwner(state, PORTAL, jane, 'blanksAll');
  const again = addActiveOwner(state, PORTAL, { userId, email: 'jane@example.com' });
  refresh('night-1');
  await worker.drain();
  expect(ownersOf()).toEqual(new Set([again.id]));
});

it('A refresh whose function fails before the nightly handovers begin starts them when its message comes again', async () => {
  refresh('night-1');
  const { faults } = service().simulator;
  // The listing of a refresh has pages; a single owner is asked for when a handover begins.
  faults.script({ route: 'GET owner', times: 3, fault: { kind: 'status', status: 503 } });
  await worker.drain();
  expect(ownersOf()).toEqual(new Set([jane]));
  expect((await worker.list()).filter(({ leaverOwnerId }) => leaverOwnerId === lena)).toHaveLength(1);
});

it('A refresh that is delivered twice hands over once', async () => {
  refresh('night-1');
  const [message = ''] = worker.messages;
  await worker.drain();
  worker.messages.push(message);
  await worker.drain();
  expect((await worker.list()).filter(({ leaverOwnerId }) => leaverOwnerId === lena)).toHaveLength(1);
});

it('[T1] An owner row of HubSpot that cannot be read holds up the nightly handover to that owner, and no other one', async () => {
  const { state } = service().simulator;
  const tom = addActiveOwner(state, PORTAL, { email: 'tom@example.com' }).id;
  await invokeSetSuccessor(service(), { portalId: PORTAL, leaver: max, successor: tom });
  const [{ id } = { id: '' }] = addRecords(state, PORTAL, '0-1', 1, () => ({ [OWNER]: max }));
  spoilOwnerRow(state, PORTAL, jane, { firstName: 5 });
  refresh('night-1');
  for (let receives = 0; receives < 5; receives += 1) await worker.step();
  expect(ownersOf()).toEqual(new Set([lena]));
  expect(readRecordProperty(state, PORTAL, '0-1', id, OWNER)).toBe(tom);
});

it('[T1] A leaver keeps their records while HubSpot lists them as active with a type that we do not know', async () => {
  const { state } = service().simulator;
  Object.assign(getPortal(state, PORTAL).owners.get(lena) ?? {}, { archived: false });
  spoilOwnerRow(state, PORTAL, lena, { type: 'AGENT' });
  refresh('night-1');
  await worker.drain();
  expect(ownersOf()).toEqual(new Set([lena]));
});
