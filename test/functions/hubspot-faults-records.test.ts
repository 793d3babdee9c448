import { addActiveOwner, deactivateOwner } from '../../local/simulator/seed-owners.ts';
import { addRecord, mergeRecords } from '../../local/simulator/seed-records.ts';
import { getPortal } from '../../local/simulator/state.ts';
import {
  ASSIGNED,
  COME_BACK,
  CONTRACT_BROKEN,
  countMetric,
  enroll,
  JANE,
  seedCachedOwner,
  told,
} from '../support/enrollment.ts';
import { CAPTURED_LINES } from '../support/log-guard.ts';
import { PORTAL } from '../support/service.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
const CORRELATION_ID = /HubSpot's correlation ID: [0-9a-f-]{36}\.$/;
const patchFault = (status: number, times = 1, body: unknown = {}, headers: Readonly<Record<string, string>> = {}) =>
  service().simulator.faults.script({
    route: 'PATCH object',
    times,
    fault: { kind: 'status', status, body, headers },
  });

/** What HubSpot keeps of an owner that is gone for good: nothing. */
const removeOwner = (id: string) => getPortal(service().simulator.state, PORTAL).owners.delete(id);

describe.each(['legacy', 'structured'] as const)('Refused owner IDs in the %s shape', (errorShape) => {
  beforeEach(() => {
    service().simulator.settings.errorShape = errorShape;
  });

  it('[H1] The refused ID of a recreated owner is replaced after one lookup, and the write is repeated', async () => {
    const old = await seedCachedOwner(service());
    removeOwner(old.id);
    const anew = addActiveOwner(service().simulator.state, PORTAL, { email: JANE });

    const first = await enroll(service());
    expect(first).toMatchObject(ASSIGNED);
    expect(first.outputs).toMatchObject({ ownerId: anew.id, resolvedFrom: 'LIVE', errorCode: '', errorMessage: '' });
    expect(first.ownerId()).toBe(anew.id);
    // Two writes, the look-up by email, and the refused id in both listings: a filter that leaves it out proves nothing.
    expect(first.calls).toBe(5);

    const second = await enroll(await service().restart());
    expect(second.outputs).toMatchObject({ ownerId: anew.id, resolvedFrom: 'CACHE' });
    expect(second.calls).toBe(1);
  });

  it('[H1, M1] The refused ID of a deleted owner is reported like that of a leaver, and the cached row says so too', async () => {
    const old = await seedCachedOwner(service());
    removeOwner(old.id);

    const first = await enroll(service());
    expect(first).toMatchObject(told('OWNER_DEACTIVATED'));
    expect(first.ownerId()).toBe('');

    const second = await enroll(await service().restart());
    expect(second).toMatchObject(told('OWNER_DEACTIVATED'));
    expect(second.calls).toBe(0);
  });
});

describe('Refused owner IDs', () => {
  const refusal = { category: 'VALIDATION_ERROR', correlationId: 'c-77', errors: [{ code: 'INVALID_OWNER_ID' }] };

  it('[H1] A refused owner ID that HubSpot still lists is reported after one lookup, with the correlation ID', async () => {
    await seedCachedOwner(service());
    patchFault(400, 1, refusal);
    const answer = await enroll(service());
    expect(answer).toMatchObject(told('INVALID_OWNER_ID'));
    expect(answer.outputs.errorMessage).toContain("HubSpot's correlation ID: c-77.");
    expect(answer.calls).toBe(2);
  });

  it('[H1] When owner IDs are refused before and after the lookup, the second one is reported', async () => {
    const old = await seedCachedOwner(service());
    removeOwner(old.id);
    const anew = addActiveOwner(service().simulator.state, PORTAL, { email: JANE });
    patchFault(400, 2, refusal);
    const answer = await enroll(service());
    expect(answer).toMatchObject(told('INVALID_OWNER_ID'));
    expect(answer.outputs.errorMessage).toContain(anew.id);
    expect(answer.calls).toBe(5);
  });

  it('[H1] A refused owner ID of somebody who left meanwhile is not replaced by the leaver', async () => {
    const owner = await seedCachedOwner(service());
    deactivateOwner(service().simulator.state, PORTAL, owner.id);
    patchFault(400, 1, refusal);
    const answer = await enroll(service());
    expect(answer).toMatchObject(told('OWNER_DEACTIVATED'));
    expect(answer.ownerId()).toBe('');
  });

  it('[H1] After a refused owner ID, ifNotAssignable decides when the lookup finds nobody to assign', async () => {
    const desk = await seedCachedOwner(service(), PORTAL, 'desk@example.com');
    const old = await seedCachedOwner(service());
    removeOwner(old.id);
    const inputFields = { ownerEmail: JANE, ifNotAssignable: 'FALLBACK', fallbackOwner: desk.id };
    const answer = await enroll(service(), { inputFields });
    expect(answer.outputs).toMatchObject({ outcome: 'FALLBACK_ASSIGNED', errorCode: 'OWNER_DEACTIVATED' });
    expect(answer.ownerId()).toBe(desk.id);
  });

  it('[H1] A refused ID of a fallback owner is reported, and that owner counts as unknown from then on', async () => {
    const desk = await seedCachedOwner(service(), PORTAL, 'desk@example.com');
    removeOwner(desk.id);
    const inputFields = { ownerEmail: 'nobody@example.com', ifNotAssignable: 'FALLBACK', fallbackOwner: desk.id };
    expect(await enroll(service(), { inputFields })).toMatchObject(told('INVALID_OWNER_ID'));
    expect(await enroll(service(), { inputFields })).toMatchObject(told('FALLBACK_OWNER_INVALID'));
  });
});

describe('Records that HubSpot does not have', () => {
  it.each([
    ['never was', undefined],
    ['was deleted', '7700'],
  ])('[H7] A record that %s is reported as RECORD_NOT_FOUND after one call', async (_why, deletedId) => {
    await seedCachedOwner(service());
    if (deletedId !== undefined) {
      addRecord(service().simulator.state, PORTAL, { typeId: '0-1', id: deletedId }).archived = true;
    }
    const answer = await enroll(service(), { objectId: deletedId ?? '9999999999' });
    expect(answer).toMatchObject(told('RECORD_NOT_FOUND'));
    expect(answer.outputs.errorMessage).toMatch(CORRELATION_ID);
    expect(answer.calls).toBe(1);
  });

  it('[H7] A merged record gets its owner through the surviving record', async () => {
    const owner = await seedCachedOwner(service());
    const [old, survivor] = [await enroll(service(), { action: 'find' }), await enroll(service(), { action: 'find' })];
    mergeRecords(service().simulator.state, PORTAL, '0-1', old.objectId, survivor.objectId);
    const answer = await enroll(service(), { objectId: old.objectId });
    expect(answer).toMatchObject(ASSIGNED);
    expect(survivor.ownerId()).toBe(owner.id);
  });
});

describe('Replies about the record or the request', () => {
  it.each([
    [1, ASSIGNED, 2],
    [2, ASSIGNED, 3],
    [3, COME_BACK, 3],
  ])('[H8] A write with %d conflicts ends as %j after %d calls', async (times, expected, calls) => {
    await seedCachedOwner(service());
    patchFault(409, times);
    const answer = await enroll(service());
    expect(answer).toMatchObject(expected);
    expect(answer.calls).toBe(calls);
  });

  it.each([
    [405, { status: 'error', message: 'Method not allowed' }],
    [413, '<html>no</html>'],
    [414, '<html>no</html>'],
    [415, '<html>no</html>'],
  ])(
    '[H9] The status %d is our mistake: it is reported to workflow and operator, and never retried',
    async (status, body) => {
      await seedCachedOwner(service());
      patchFault(status, 1, body);
      const lines = CAPTURED_LINES.length;
      const answer = await enroll(service());
      expect(answer).toMatchObject(told('RECORD_VALIDATION_FAILED'));
      expect(answer.calls).toBe(1);
      const errors = CAPTURED_LINES.slice(lines).filter((line) => line.includes('"level":"ERROR"'));
      expect(errors).toEqual([expect.stringContaining(`"status":${status}`)]);
    },
  );

  it.each([
    [1, ASSIGNED, 2],
    [2, ASSIGNED, 3],
    [3, COME_BACK, 3],
  ])(
    '[H10] A record that is locked %d times ends as %j after %d calls, two seconds apart',
    async (times, expected, calls) => {
      await seedCachedOwner(service());
      patchFault(423, times);
      const answer = await enroll(service());
      expect(answer).toMatchObject(expected);
      expect(answer.calls).toBe(calls);
      expect(answer.waitedMs).toBeGreaterThanOrEqual((calls - 1) * 2_000);
    },
  );

  it('[H10] A record that stays locked is given up when the time is over, not later', async () => {
    await seedCachedOwner(service());
    patchFault(423);
    const answer = await enroll(service(), { remainingMs: 2_500 });
    expect(answer).toMatchObject(COME_BACK);
    expect(answer).toMatchObject({ calls: 1, waitedMs: 0 });
  });

  it.each([
    [30, 30_000, 'seconds, as HubSpot sends them'],
    [86_400, 60_000, 'a day, of which a minute is believed'],
  ])('[H10] An account that is being moved for %d s is not called for %d ms (%s)', async (seconds, pauseMs) => {
    await seedCachedOwner(service());
    const portal = getPortal(service().simulator.state, PORTAL);
    portal.migrationRetryAfterSeconds = seconds;
    expect(await enroll(service())).toMatchObject({ ...COME_BACK, calls: 1 });
    portal.migrationRetryAfterSeconds = undefined;

    service().clock.advance(pauseMs - 1);
    expect(await enroll(service())).toMatchObject({ ...COME_BACK, calls: 0 });
    service().clock.advance(1);
    expect(await enroll(service())).toMatchObject({ ...ASSIGNED, calls: 1 });
  });

  it.each([201, 202, 204])('[H20] The status %d does not confirm a write', async (status) => {
    await seedCachedOwner(service());
    patchFault(status, 1, status === 204 ? '' : { id: '1', properties: {} });
    const answer = await enroll(service());
    expect(answer).toMatchObject(CONTRACT_BROKEN);
    expect(answer.calls).toBe(1);
    expect(countMetric(service(), 'HubSpotContractBroken')).toBe(1);
  });

  it.each([202, 204])('[H20] The status %d of a lookup does not mean that nobody was found', async (status) => {
    addActiveOwner(service().simulator.state, PORTAL, { email: JANE });
    const fault = { kind: 'status', status, body: { results: [] } } as const;
    service().simulator.faults.script({ route: 'GET owners', fault });
    expect(await enroll(service())).toMatchObject(CONTRACT_BROKEN);
    expect(await enroll(service())).toMatchObject(ASSIGNED);
  });
});
