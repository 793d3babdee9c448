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

describe('Rejected tokens', () => {
  it.each(['set', 'find'] as const)(
    '[H5] A rejected token is reported to the workflow as PORTAL_NOT_CONNECTED (%s)',
    async (action) => {
      revokeToken(service().simulator.state, PORTAL, tokenOf(PORTAL));
      const mark = CAPTURED_LINES.length;
      const answer = await enroll(service(), { action });
      expect(answer).toMatchObject(told('PORTAL_NOT_CONNECTED'));
      expect(answer.calls).toBe(2);
      expect(countMetric(service(), 'HubSpotTokenRejected')).toBe(1);
      expect(errorsSince(mark)).toEqual([expect.stringContaining(`"portalId":"${PORTAL}"`)]);
    },
  );

  it('[H5] A token that is rejected on the write leaves the record unchanged, and other accounts are not affected', async () => {
    await seedCachedOwner(service());
    await seedCachedOwner(service(), OTHER_PORTAL);
    revokeToken(service().simulator.state, PORTAL, tokenOf(PORTAL));
    const answer = await enroll(service());
    expect(answer).toMatchObject(told('PORTAL_NOT_CONNECTED'));
    expect(answer.ownerId()).toBe('');
    expect(await enroll(service(), { portalId: OTHER_PORTAL })).toMatchObject(ASSIGNED);
  });

  it('[H5] A rejected token takes two calls for each execution, and works again after the account is connected', async () => {
    await seedCachedOwner(service());
    revokeToken(service().simulator.state, PORTAL, tokenOf(PORTAL));
    const before = countCalls(service());
    for (let count = 0; count < 3; count += 1) await enroll(service());
    expect(countCalls(service()) - before).toBe(6);
    addToken(service().simulator.state, PORTAL, tokenOf(PORTAL));
    expect(await enroll(service())).toMatchObject(ASSIGNED);
  });
});

describe('Missing rights', () => {
  it.each([
    ['crm.objects.owners.read', 'look up the owner'],
    ['crm.objects.contacts.write', 'write the record'],
  ])('[H6] A missing scope %s to %s is reported as MISSING_SCOPES and not retried', async (scope) => {
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

  it('[H6] Missing rights are reported in HubSpot’s older form, too, which has neither a category nor a code', async () => {
    await seedCachedOwner(service());
    const message = 'This oauth-token does not have proper permissions! (requires any of [contacts-access])';
    const body = { status: 'error', message, correlationId: 'c-1' };
    service().simulator.faults.script({ route: 'PATCH object', fault: { kind: 'status', status: 403, body } });
    expect(await enroll(service())).toMatchObject({ ...told('MISSING_SCOPES'), calls: 1 });
  });

  it("[H6] Lost permissions of the app's creator are reported like missing scopes", async () => {
    const grant = findGrant(service().simulator.state, tokenOf(PORTAL))?.grant;
    if (grant !== undefined) grant.creatorLostPermissions = true;
    expect(await enroll(service())).toMatchObject({ ...told('MISSING_SCOPES'), calls: 1 });
  });

  it('[H6] Executions succeed again as soon as the scopes are there', async () => {
    leaveScopes([]);
    expect(await enroll(service())).toMatchObject(told('MISSING_SCOPES'));
    leaveScopes(ALL_SCOPES);
    await seedCachedOwner(service());
    expect(await enroll(service())).toMatchObject(ASSIGNED);
  });
});
