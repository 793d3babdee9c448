import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { ASSIGNED, CONTRACT_BROKEN, countMetric, enroll, seedCachedOwner, told } from '../support/enrollment.ts';
import { invokeResolveOwners } from '../support/invoke-operators.ts';
import { CAPTURED_LINES } from '../support/log-guard.ts';
import { PORTAL } from '../support/service.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
const NOBODY = '9999999999';

describe.each(['html', 'empty'] as const)('A 404 that is not from HubSpot (%s)', (notFoundBody) => {
  beforeEach(() => {
    service().simulator.settings.notFoundBody = notFoundBody;
  });

  it('[T8] A foreign 404 on a record does not mean that the record is missing, and the execution succeeds later', async () => {
    await seedCachedOwner(service());
    const callbackId = 'ap-8200001-1-1-1';
    expect(await enroll(service(), { objectId: NOBODY, callbackId })).toMatchObject(CONTRACT_BROKEN);
    expect(countMetric(service(), 'HubSpotContractBroken')).toBe(1);
    service().simulator.settings.notFoundBody = 'json';
    expect(await enroll(service(), { objectId: NOBODY, callbackId })).toMatchObject(told('RECORD_NOT_FOUND'));
  });

  it('[T8] A foreign 404 on an owner does not make an active owner a leaver, so IF_OWNER_INACTIVE keeps them', async () => {
    const { state, faults } = service().simulator;
    await seedCachedOwner(service());
    const omar = addActiveOwner(state, PORTAL, { email: 'omar@example.com' });
    faults.script({
      route: 'GET owner',
      fault: { kind: 'status', status: 404, body: notFoundBody === 'html' ? '<html/>' : '' },
    });
    const objectId = service.addContact({ hubspot_owner_id: omar.id });
    const inputFields = { ownerEmail: 'jane@example.com', overwrite: 'IF_OWNER_INACTIVE' };
    const first = await enroll(service(), { objectId, inputFields, callbackId: 'ap-8200001-1-1-2' });
    expect(first).toMatchObject(CONTRACT_BROKEN);
    expect(service.ownerOf(objectId)).toBe(omar.id);
    service().clock.advance(61_000);
    const again = await enroll(service(), { objectId, inputFields, callbackId: 'ap-8200001-1-1-2' });
    expect(again.outputs.outcome).toBe('KEPT_EXISTING');
  });

  it('[T8] A foreign 404 on a fallback owner does not make the fallback owner invalid', async () => {
    const inputFields = { ownerEmail: '', ifNotAssignable: 'FALLBACK', fallbackOwner: '410999999' };
    expect(await enroll(service(), { inputFields })).toMatchObject(CONTRACT_BROKEN);
    service().simulator.settings.notFoundBody = 'json';
    expect(await enroll(service(), { inputFields })).toMatchObject(told('FALLBACK_OWNER_INVALID'));
  });

  it('[T8] A foreign 404 on a lookup by email leaves the email without an answer for now', async () => {
    const body = notFoundBody === 'html' ? '<html/>' : '';
    service().simulator.faults.script({ route: 'GET owners', fault: { kind: 'status', status: 404, body } });
    const answer = await invokeResolveOwners(service(), { portalId: PORTAL, emails: ['jane@example.com'] });
    expect(answer.results).toMatchObject([{ retry: true, errorCode: 'HUBSPOT_CONTRACT_BROKEN' }]);
  });
});

it.each([400, 410, 422])(
  '[T8] A %d that is not from HubSpot is not reported to the workflow as a refusal, and the log names the status',
  async (status) => {
    await seedCachedOwner(service());
    const mark = CAPTURED_LINES.length;
    const fault = { kind: 'status', status, body: '<html>no</html>' } as const;
    service().simulator.faults.script({ route: 'PATCH object', fault });
    expect(await enroll(service())).toMatchObject(CONTRACT_BROKEN);
    expect(CAPTURED_LINES.slice(mark).find((line) => line.includes('request failed'))).toContain(`http_${status}`);
    expect(await enroll(service())).toMatchObject(ASSIGNED);
  },
);

it('[T8] A 401 that is not from HubSpot does not disconnect an account', async () => {
  await seedCachedOwner(service());
  const fault = { kind: 'status', status: 401, body: '<html>Unauthorized</html>' } as const;
  service().simulator.faults.script({ route: 'PATCH object', times: 2, fault });
  expect(await enroll(service())).toMatchObject({ status: 503 });
  expect(countMetric(service(), 'HubSpotTokenRejected')).toBe(0);
  expect(await enroll(service())).toMatchObject(ASSIGNED);
});
