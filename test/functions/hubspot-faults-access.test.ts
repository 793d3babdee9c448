import { ALL_SCOPES } from '../../local/simulator/object-types.ts';
import { addToken, revokeToken } from '../../local/simulator/seed-portals.ts';
import { findGrant } from '../../local/simulator/state.ts';
import { ASSIGNED, countCalls, countMetric, enroll, seedCachedOwner, told } from '../support/enrollment.ts';
import { CAPTURED_LINES } from '../support/log-guard.ts';
import { OTHER_PORTAL, PORTAL, tokenOf } from '../support/service.ts';
import { useService } from '../support/use-service.ts';

const service = useService();

const errorsSince = (mark: number) => CAPTURED_LINES.slice(mark).filter((line) => line.includes('"level":"ERROR"'));

function leaveScopes(scopes: readonly string[]): void {
  const { state } = service().simulator;
  revokeToken(state, PORTAL, tokenOf(PORTAL));
  addToken(state, PORTAL, tokenOf(PORTAL), scopes);
}

describe('a token that HubSpot rejects', () => {
  it.each(['set', 'find'] as const)('[H5] is told to the workflow as PORTAL_NOT_CONNECTED (%s)', async (action) => {
    revokeToken(service().simulator.state, PORTAL, tokenOf(PORTAL));
    const mark = CAPTURED_LINES.length;
    const answer = await enroll(service(), { action });
    expect(answer).toMatchObject(told('PORTAL_NOT_CONNECTED'));
    expect(answer.calls).toBe(1);
    expect(countMetric(service(), 'HubSpotTokenRejected')).toBe(1);
    expect(errorsSince(mark)).toEqual([expect.stringContaining(`"portalId":"${PORTAL}"`)]);
  });

  it('[H5] on the write leaves the record as it was, and another portal alone', async () => {
    await seedCachedOwner(service());
    await seedCachedOwner(service(), OTHER_PORTAL);
    revokeToken(service().simulator.state, PORTAL, tokenOf(PORTAL));
    const answer = await enroll(service());
    expect(answer).toMatchObject(told('PORTAL_NOT_CONNECTED'));
    expect(answer.ownerId()).toBe('');
    expect(await enroll(service(), { portalId: OTHER_PORTAL })).toMatchObject(ASSIGNED);
  });

  it('[H5] costs one call of each execution, and works again once the portal is connected', async () => {
    await seedCachedOwner(service());
    revokeToken(service().simulator.state, PORTAL, tokenOf(PORTAL));
    const before = countCalls(service());
    for (let count = 0; count < 3; count += 1) await enroll(service());
    expect(countCalls(service()) - before).toBe(3);
    addToken(service().simulator.state, PORTAL, tokenOf(PORTAL));
    expect(await enroll(service())).toMatchObject(ASSIGNED);
  });
});

describe('a call that HubSpot refuses for lack of rights', () => {
  it.each([
    ['crm.objects.owners.read', 'look up the owner'],
    ['crm.objects.contacts.write', 'write the record'],
  ])('[H6] without %s, to %s, is told as MISSING_SCOPES and not repeated', async (scope) => {
    if (scope.endsWith('write')) await seedCachedOwner(service());
    leaveScopes(ALL_SCOPES.filter((each) => each !== scope));
    const mark = CAPTURED_LINES.length;
    const answer = await enroll(service());
    expect(answer).toMatchObject(told('MISSING_SCOPES'));
    expect(answer.outputs.errorMessage).toMatch(/HubSpot's correlation ID: [0-9a-f-]{36}\.$/);
    expect(answer).toMatchObject({ calls: 1, waitedMs: 0 });
    expect(answer.ownerId()).toBe('');
    expect(countMetric(service(), 'HubSpotScopesMissing')).toBe(1);
    expect(errorsSince(mark)).toEqual([expect.stringContaining(`"portalId":"${PORTAL}"`)]);
  });

  it('[H6] because the creator of the app lost permissions is the same', async () => {
    const grant = findGrant(service().simulator.state, tokenOf(PORTAL))?.grant;
    if (grant !== undefined) grant.creatorLostPermissions = true;
    expect(await enroll(service())).toMatchObject({ ...told('MISSING_SCOPES'), calls: 1 });
  });

  it('[H6] works again as soon as the scopes are there', async () => {
    leaveScopes([]);
    expect(await enroll(service())).toMatchObject(told('MISSING_SCOPES'));
    leaveScopes(ALL_SCOPES);
    await seedCachedOwner(service());
    expect(await enroll(service())).toMatchObject(ASSIGNED);
  });
});
