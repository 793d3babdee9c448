import { RateLimitedError, UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import type { ObjectId } from '../../../lib/domain/ids.ts';
import { groupByRecord } from '../../../lib/domain/record-group.ts';
import { createFakeCrm, type FakeCrm } from '../../fakes/record-batches.ts';
import { BOB, JANE, makeAssigning, makeQueued } from '../../support/assigning.ts';

const id = (text: string) => text as ObjectId;
const idOf = (index: number) => String(1_001 + index);

function makeCrm(records: number): FakeCrm {
  return createFakeCrm(Object.fromEntries(Array.from({ length: records }, (_, index) => [idOf(index), ''])));
}

const enrollAll = (records: number) =>
  Array.from({ length: records }, (_, index) => makeQueued({ objectId: idOf(index) }));

describe('A batch of records', () => {
  it('A batch of records is read with one call and written with one more', async () => {
    const crm = makeCrm(100);
    const { results, stoppedBy } = await makeAssigning(crm).assign(enrollAll(100));
    expect(crm.calls).toEqual(['read 100', 'write 100']);
    expect(stoppedBy).toBeUndefined();
    expect([...results.values()]).toEqual(
      Array.from({ length: 100 }, () => expect.objectContaining({ outcome: 'ASSIGNED', ownerId: '1' })),
    );
  });

  it.each([1, 2, 5, 100])(
    '[H2] A batch of a hundred with %i bad records takes at most 2·log2(n) + 3 calls for each, and the good ones are written',
    async (bad) => {
      const crm = makeCrm(100);
      // Spread as far apart as they can be, which costs the most calls.
      const badIds = new Set(Array.from({ length: bad }, (_, index) => idOf(Math.floor((index * 100) / bad))));
      for (const each of badIds) crm.bad.set(id(each), 'RECORD_VALIDATION_FAILED');
      const queued = enrollAll(100);
      const { results } = await makeAssigning(crm).assign(queued);

      for (const execution of queued) {
        const { objectId } = execution.command.record;
        const isBad = badIds.has(objectId);
        expect(results.get(execution)).toMatchObject(
          isBad ? { outcome: 'FAILED', errorCode: 'RECORD_VALIDATION_FAILED' } : { outcome: 'ASSIGNED', ownerId: '1' },
        );
        expect(crm.values.get(objectId)).toBe(isBad ? '' : '1');
        expect(crm.writes.get(objectId) ?? 0).toBe(isBad ? 0 : 1);
      }
      expect(crm.calls.length).toBeLessThanOrEqual(2 + bad * (2 * Math.log2(100) + 3));
    },
  );

  it.each([
    ['a property that is gone', 'PROPERTY_NOT_FOUND', 'ALWAYS'],
    ['a type without owners', 'RECORD_TYPE_UNSUPPORTED', 'ALWAYS'],
    ['a type without owners, where the current owner matters', 'RECORD_TYPE_UNSUPPORTED', 'IF_UNASSIGNED'],
  ] as const)('A batch is refused as a whole in one call because of %s', async (_what, code, overwrite) => {
    const crm = makeCrm(40);
    crm.shared = { kind: 'refused', code, hubspotCorrelationId: 'correlation-1' };
    const queued = Array.from({ length: 40 }, (_, index) => makeQueued({ objectId: idOf(index), overwrite }));
    const { results } = await makeAssigning(crm).assign(queued);
    expect(crm.calls).toHaveLength(1);
    expect(results.size).toBe(40);
    for (const result of results.values()) {
      expect(result).toMatchObject({ outcome: 'FAILED', errorCode: code, hubspotCorrelationId: 'correlation-1' });
    }
  });

  it('[L1] A batch uses the owners that its records have, not those that came with the executions', async () => {
    const crm = createFakeCrm({ '1001': '4', '1002': '', '1003': '4' });
    const [kept, taken, always] = [
      makeQueued({ objectId: '1001', overwrite: 'IF_UNASSIGNED' }),
      makeQueued({ objectId: '1002', overwrite: 'IF_UNASSIGNED', currentValue: '4' }),
      makeQueued({ objectId: '1003' }),
    ];
    const { results } = await makeAssigning(crm).assign([kept, taken, always]);
    expect(crm.calls).toEqual(['read 3', 'write 2']);
    expect(results.get(kept)).toEqual({
      outcome: 'KEPT_EXISTING',
      ownerId: '4',
      previousOwnerId: '4',
      keptBecause: 'SET_TO_KEEP',
    });
    // What came with the execution is not what the record holds now.
    expect(results.get(taken)).toMatchObject({ outcome: 'ASSIGNED', ownerId: '1', previousOwnerId: '' });
    expect(results.get(always)).toMatchObject({ outcome: 'ASSIGNED', ownerId: '1' });
    expect(Object.fromEntries(crm.values)).toEqual({ '1001': '4', '1002': '1', '1003': '1' });
  });
});

describe('A record of a batch', () => {
  it('A record that was merged into another is read by its old ID alone, and written by the ID that is left', async () => {
    const crm = makeCrm(3);
    crm.mergedInto.set(id('9000'), id('1001'));
    const merged = makeQueued({ objectId: '9000' });
    const { results } = await makeAssigning(crm).assign([...enrollAll(3).slice(1), merged]);
    expect(crm.calls).toEqual(['read 3', 'write 2', 'read one', 'write 1']);
    expect(results.get(merged)).toMatchObject({ outcome: 'ASSIGNED', ownerId: '1' });
    expect(crm.values.get(id('1001'))).toBe('1');
  });

  it('A merged record is written although its old record had the owner', async () => {
    const crm = createFakeCrm({ '1001': '4' });
    crm.mergedInto.set(id('9000'), id('1001'));
    const merged = makeQueued({ objectId: '9000', currentValue: '1' });
    const { results } = await makeAssigning(crm).assign([merged]);
    expect(crm.values.get(id('1001'))).toBe('1');
    expect(results.get(merged)).toMatchObject({ outcome: 'ASSIGNED', ownerId: '1', previousOwnerId: '4' });
  });

  it('A deleted record is reported as such, and the others are written', async () => {
    const crm = makeCrm(2);
    const gone = makeQueued({ objectId: '9999' });
    const { results } = await makeAssigning(crm).assign([...enrollAll(2), gone]);
    expect(results.get(gone)).toMatchObject({ outcome: 'FAILED', errorCode: 'RECORD_NOT_FOUND' });
    expect(crm.values.get(id('1001'))).toBe('1');
    expect(crm.calls).toEqual(['read 3', 'write 2', 'read one']);
  });

  it('Records that HubSpot refuses to read together, without saying why, are each set alone', async () => {
    const crm = makeCrm(2);
    Object.assign(crm.batches, { readOwners: async () => ({ kind: 'refused' }) });
    const gone = makeQueued({ objectId: '9999' });
    const queued = [...enrollAll(2), gone];
    const { results } = await makeAssigning(crm).assign(queued);
    expect(queued.map((one) => results.get(one)?.outcome)).toEqual(['ASSIGNED', 'ASSIGNED', 'FAILED']);
  });

  it('[H19] A record that a batch does not confirm is written alone, and the confirmed ones are not written again', async () => {
    const crm = makeCrm(3);
    const { writeOwners } = crm.batches;
    Object.assign(crm.batches, {
      async writeOwners(group: Parameters<typeof writeOwners>[0], ...rest: never) {
        const reply = await writeOwners(group, ...(rest as [never, never]));
        return reply.kind === 'answered' ? { ...reply, written: new Set([id('1001'), id('1003')]) } : reply;
      },
    });
    const queued = enrollAll(3);
    const { results } = await makeAssigning(crm).assign(queued);
    expect(crm.calls.slice(0, 3)).toEqual(['read 3', 'write 3', 'read one']);
    expect(queued.map((one) => results.get(one)?.outcome)).toEqual(['ASSIGNED', 'ALREADY_ASSIGNED', 'ASSIGNED']);
  });

  it('A record whose owner HubSpot does not know is reported as such, and no other one is tried with that owner', async () => {
    const crm = makeCrm(8);
    for (let index = 0; index < 8; index += 1) crm.bad.set(id(idOf(index)), 'INVALID_OWNER_ID');
    const assigning = makeAssigning(crm);
    const bob = makeQueued({ objectId: '2001', ownerEmail: 'bob@example.com' });
    crm.values.set(id('2001'), '');
    const { results } = await assigning.assign([...enrollAll(8), bob]);
    expect(results.get(bob)).toMatchObject({ outcome: 'ASSIGNED', ownerId: BOB.id });
    expect([...results.values()].filter(({ errorCode }) => errorCode === 'INVALID_OWNER_ID')).toHaveLength(8);
    expect(crm.values.get(id('1001'))).toBe('');
    expect(JANE.id).toBe('1');
  });
});

describe('What stops a batch', () => {
  it('An exhausted limit stops a batch without further calls, and what was done is reported', async () => {
    const crm = makeCrm(4);
    crm.outage.fail(new RateLimitedError(3_000));
    const { results, stoppedBy } = await makeAssigning(crm).assign(enrollAll(4));
    expect(crm.calls).toEqual(['read 4']);
    expect(results.size).toBe(0);
    expect(stoppedBy).toBeInstanceOf(RateLimitedError);
  });

  it('An outage of HubSpot stops a batch, and no record is tried alone', async () => {
    const crm = makeCrm(100);
    crm.outage.fail(new UpstreamUnavailableError('http_502'));
    const { results, stoppedBy } = await makeAssigning(crm).assign(enrollAll(100));
    expect(crm.calls).toEqual(['read 100']);
    expect(results.size).toBe(0);
    expect(stoppedBy).toMatchObject({ fault: 'http_502' });
  });

  it('An outage during the search for a bad record stops it, and the parts of the batch are not tried one by one', async () => {
    const crm = makeCrm(100);
    crm.bad.set(id(idOf(70)), 'RECORD_VALIDATION_FAILED');
    const { calls } = crm;
    const writeOwners = crm.batches.writeOwners;
    Object.assign(crm.batches, {
      writeOwners: async (...call: Parameters<typeof writeOwners>) => {
        if (calls.length === 2) crm.outage.fail(new UpstreamUnavailableError('http_502'));
        return writeOwners(...call);
      },
    });
    const { results, stoppedBy } = await makeAssigning(crm).assign(enrollAll(100));
    expect(calls.length).toBeLessThanOrEqual(5);
    expect(results.size).toBe(0);
    expect(stoppedBy).toMatchObject({ fault: 'http_502' });
  });
});

describe('Executions of one account', () => {
  it('Executions of one account are split by type and property into batches of at most a hundred records, each record in one', () => {
    const queued = [
      ...Array.from({ length: 250 }, (_, index) => makeQueued({ objectId: idOf(index % 230) })),
      makeQueued({ objectId: '1001', ownerProperty: 'csm_owner' }),
    ];
    const groups = groupByRecord(queued);
    expect(groups.map(({ property, executions }) => [property, executions.size])).toEqual([
      ['hubspot_owner_id', 100],
      ['hubspot_owner_id', 100],
      ['hubspot_owner_id', 30],
      ['csm_owner', 1],
    ]);
    const all = groups.flatMap(({ executions }) => [...executions.values()].flat());
    expect(new Set(all)).toEqual(new Set(queued));
    for (const { executions } of groups) {
      for (const own of executions.values()) {
        const times = own.map(({ queuedAtEpochMs }) => queuedAtEpochMs);
        expect(times).toEqual([...times].sort());
      }
    }
  });
});
