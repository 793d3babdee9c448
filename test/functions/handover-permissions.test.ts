import { scopesFor } from '../../lib/domain/scopes.ts';
import { addActiveOwner, deactivateOwner } from '../../local/simulator/seed-owners.ts';
import { addCustomObjectType, addProperty, addToken, revokeToken } from '../../local/simulator/seed-portals.ts';
import { addRecords } from '../../local/simulator/seed-records.ts';
import { countMetric } from '../support/enrollment.ts';
import { makeHandoverService } from '../support/handover-service.ts';
import { PORTAL, tokenOf } from '../support/service.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
const CARS = '2-345';
const TYPES = ['0-1', '0-2', '0-3', '0-5', '0-136', CARS];

/** The plan of a leaver who owns a record of every type, by an app that was configured like this. */
async function planWith(purpose: Parameters<typeof scopesFor>[0]) {
  const { state } = service().simulator;
  const lena = addActiveOwner(state, PORTAL, { email: 'lena@example.com' }).id;
  const jane = addActiveOwner(state, PORTAL, { email: 'jane@example.com' }).id;
  deactivateOwner(state, PORTAL, lena);
  addCustomObjectType(state, PORTAL, { typeId: CARS, name: 'cars' });
  addProperty(state, PORTAL, '0-3', { name: 'team', referencedObjectType: 'OWNER', several: true });
  for (const type of TYPES) addRecords(state, PORTAL, type, 1, () => ({ hubspot_owner_id: lena }));
  revokeToken(state, PORTAL, tokenOf(PORTAL));
  addToken(state, PORTAL, tokenOf(PORTAL), scopesFor(purpose));
  service().clock.advance(3_600_000);
  const handovers = makeHandoverService(service());
  await handovers.ask({ leaver: lena, target: jane });
  await handovers.drain();
  const [plan] = await handovers.list();
  await handovers.ask({ start: plan?.digest });
  await handovers.drain();
  const [moved] = await handovers.list();
  return { plan, moved };
}

const TEAM = { objectType: '0-3', property: 'team', label: 'team', why: 'severalOwners', scopes: [] };

it('An app that was configured for handovers may read and move the records of every object type', async () => {
  const { plan, moved } = await planWith({ objects: ['contacts'], features: ['handover'] });
  expect(plan?.parts.map(({ objectType, records }) => [objectType, records])).toEqual(TYPES.map((type) => [type, 1]));
  expect(plan?.unreadable).toEqual([TEAM]);
  expect(moved).toMatchObject({ status: 'moved', moved: { done: TYPES.length }, remaining: 0 });
});

it('An app that was configured for contacts alone plans these, and names every other type with the permission that is missing', async () => {
  const { plan, moved } = await planWith({ objects: ['contacts'], features: [] });
  expect(plan?.parts.map(({ objectType }) => objectType)).toEqual(['0-1']);
  expect(plan?.unreadable.map(({ objectType }) => objectType).sort()).toEqual(['0-136', '0-2', '0-3', '0-5', '2-0']);
  for (const { scopes } of plan?.unreadable ?? []) expect(scopes.length).toBeGreaterThan(0);
  expect(moved).toMatchObject({ status: 'moved', moved: { done: 1 } });
  // Nobody is called for what somebody chose.
  expect(countMetric(service(), 'HubSpotScopesMissing')).toBe(0);
});
