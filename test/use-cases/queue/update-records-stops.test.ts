import {
  MissingScopesError,
  RateLimitedError,
  StoreUnavailableError,
  UpstreamContractError,
  UpstreamUnavailableError,
} from '../../../lib/domain/errors.ts';
import { recordKey } from '../../../lib/domain/held-owner.ts';
import type { ObjectId } from '../../../lib/domain/ids.ts';
import { OFTEN_REQUEUED } from '../../../lib/domain/requeue.ts';
import { makeRecordRef, PORTAL_A } from '../../builders/ids.ts';
import { createFakeCrm, type FakeCrm } from '../../fakes/record-batches.ts';
import { makeAssigning, makeQueued } from '../../support/assigning.ts';

const LIMIT = new RateLimitedError(3_000);
const AWAY = new UpstreamUnavailableError('http_502');
const idOf = (index: number) => String(1_001 + index) as ObjectId;
const enrol = (count: number) => Array.from({ length: count }, (_, index) => makeQueued({ objectId: idOf(index) }));
const makeCrm = (count: number) =>
  createFakeCrm(Object.fromEntries(Array.from({ length: count }, (_, index) => [idOf(index), ''])));

/** HubSpot fails from this call on, counted from 1. */
function failFrom(crm: FakeCrm, call: number, error: Error): void {
  const { check } = crm.outage;
  Object.assign(crm.outage, {
    check() {
      if (crm.calls.length >= call) throw error;
      check();
    },
  });
}

it.each([
  [1, ['read 4']],
  [2, ['read 4', 'write 4']],
  [3, ['read 4', 'write 4', 'write 2']],
  [4, ['read 4', 'write 4', 'write 2', 'write 1']],
  [5, ['read 4', 'write 4', 'write 2', 'write 1', 'read one']],
])('A batch whose limit is exhausted at call %i makes no further call', async (call, calls) => {
  const crm = makeCrm(4);
  crm.bad.set(idOf(0), 'RECORD_VALIDATION_FAILED');
  failFrom(crm, call, LIMIT);
  const { results, stoppedBy } = await makeAssigning(crm).assign(enrol(4));
  expect(crm.calls).toEqual(calls);
  expect([results.size, stoppedBy]).toEqual([0, LIMIT]);
});

it('A batch whose limit is exhausted while single records are read stops, and reports the finished ones', async () => {
  const crm = makeCrm(2);
  const [first, second] = enrol(2);
  const gone = [makeQueued({ objectId: '9001' }), makeQueued({ objectId: '9002' })];
  failFrom(crm, 3, LIMIT);
  const { results, stoppedBy } = await makeAssigning(crm).assign([first, second, ...gone].flatMap((one) => one ?? []));
  expect(crm.calls).toEqual(['read 4', 'write 2', 'read one']);
  expect([...results.keys()]).toEqual([first, second]);
  expect(stoppedBy).toBe(LIMIT);
});

it('A single record that an outage of HubSpot stops does not stop any other single record', async () => {
  const crm = makeCrm(0);
  const executions = [makeQueued({ objectId: '9001' }), makeQueued({ objectId: '9002' })];
  failFrom(crm, 2, AWAY);
  const { results, stoppedBy } = await makeAssigning(crm).assign(executions);
  expect(crm.calls).toEqual(['read 2', 'read one', 'read one']);
  expect([results.size, stoppedBy]).toEqual([0, AWAY]);
});

it('A batch reports the first of several reasons that stopped it', async () => {
  const crm = makeCrm(0);
  const executions = [makeQueued({ objectId: '9001' }), makeQueued({ objectId: '9002' })];
  const { check } = crm.outage;
  const errors = [AWAY, new UpstreamUnavailableError('timeout')];
  Object.assign(crm.outage, {
    check() {
      const error = crm.calls.length > 1 ? errors.shift() : undefined;
      if (error !== undefined) throw error;
      check();
    },
  });
  expect((await makeAssigning(crm).assign(executions)).stoppedBy).toBe(AWAY);
});

it('[H11] A limit that is exhausted after an outage of a single record stops the others, which wait for the limit', async () => {
  const crm = makeCrm(0);
  const executions = ['9001', '9002', '9003'].map((objectId) => makeQueued({ objectId }));
  failFrom(crm, 2, AWAY);
  failFrom(crm, 3, LIMIT);
  const { results, stoppedBy } = await makeAssigning(crm).assign(executions);
  expect(crm.calls).toEqual(['read 3', 'read one', 'read one']);
  expect([results.size, stoppedBy]).toEqual([0, LIMIT]);
});

it('A permanent error is the result of every record that it is about, and stops nothing', async () => {
  const crm = makeCrm(3);
  failFrom(crm, 2, new MissingScopesError('c-1', ['crm.objects.contacts.write']));
  const { results, stoppedBy } = await makeAssigning(crm).assign(enrol(3));
  expect(stoppedBy).toBeUndefined();
  expect([...results.values()].map(({ errorCode }) => errorCode)).toEqual(Array(3).fill('MISSING_SCOPES'));
});

it('A permanent error during the search for a bad record keeps the results that exist already', async () => {
  const crm = makeCrm(4);
  crm.bad.set(idOf(3), 'RECORD_VALIDATION_FAILED');
  // The first half is written by then.
  failFrom(crm, 4, new MissingScopesError('c-1', ['crm.objects.contacts.write']));
  const executions = enrol(4);
  const { results } = await makeAssigning(crm).assign(executions);
  expect(crm.calls).toEqual(['read 4', 'write 4', 'write 2', 'write 2']);
  expect(executions.map((one) => results.get(one)?.outcome)).toEqual(['ASSIGNED', 'ASSIGNED', 'FAILED', 'FAILED']);
});

describe.each([
  ['an outage', AWAY],
  ['an answer of an unknown form', new UpstreamContractError('odd')],
  ['a record that is always locked', new UpstreamUnavailableError('record_locked')],
])('A batch that always fails, with %s', (_with, error) => {
  const failBatches = (crm: FakeCrm) =>
    Object.assign(crm.batches, {
      async writeOwners() {
        crm.calls.push('batch');
        throw error;
      },
    });

  it.each([1, 3])('After some tries, %d records of it are written one by one', async (count) => {
    const crm = makeCrm(count);
    failBatches(crm);
    const executions = enrol(count).map((one) => ({ ...one, requeueCount: OFTEN_REQUEUED }));
    const { results } = await makeAssigning(crm).assign(executions);
    expect(executions.map((one) => results.get(one)?.outcome)).toEqual(Array(count).fill('ASSIGNED'));
    expect([...crm.writes.values()]).toEqual(Array(count).fill(1));
  });

  it('Its only record waits at first', async () => {
    const crm = makeCrm(1);
    failBatches(crm);
    const { results, stoppedBy } = await makeAssigning(crm).assign(enrol(1));
    expect([results.size, stoppedBy, crm.calls]).toEqual([0, error, ['read 1', 'batch']]);
  });
});

it('In an outage, one record of a batch that came again often is tried alone, and no other', async () => {
  const crm = makeCrm(3);
  failFrom(crm, 2, AWAY);
  const executions = enrol(3).map((one) => ({ ...one, requeueCount: OFTEN_REQUEUED }));
  const { results, stoppedBy } = await makeAssigning(crm).assign(executions);
  expect([crm.calls, results.size, stoppedBy]).toEqual([['read 3', 'write 3', 'read one'], 0, AWAY]);
});

describe('A token that may not change every record', () => {
  const FORBIDDEN = new MissingScopesError('c-1', []);

  function forbid(crm: FakeCrm, ids: ReadonlySet<ObjectId>): void {
    const { batches, records } = crm;
    const { writeOwners } = batches;
    const { writeOwner } = records;
    Object.assign(batches, {
      async writeOwners(...asked: Parameters<typeof writeOwners>) {
        const isForbidden = [...asked[1].keys()].some((id) => ids.has(id));
        if (!isForbidden) return writeOwners(...asked);
        crm.calls.push('forbidden');
        throw FORBIDDEN;
      },
    });
    Object.assign(records, {
      async writeOwner(...asked: Parameters<typeof writeOwner>) {
        if (ids.has(asked[0].objectId)) throw FORBIDDEN;
        return writeOwner(...asked);
      },
    });
  }

  it.each([0, 1, 4])(
    'The records that it may change get their owner, and number %d ends as forbidden',
    async (index) => {
      const crm = makeCrm(5);
      forbid(crm, new Set([idOf(index)]));
      const executions = enrol(5);
      const { results, stoppedBy } = await makeAssigning(crm).assign(executions);
      expect(stoppedBy).toBeUndefined();
      expect(executions.map((one) => results.get(one)?.errorCode)).toEqual(
        Array.from({ length: 5 }, (_, at) => (at === index ? 'MISSING_SCOPES' : undefined)),
      );
    },
  );

  it('An outage while it is searched what the token may change ends nothing as forbidden', async () => {
    const crm = makeCrm(3);
    forbid(crm, new Set([idOf(0), idOf(1), idOf(2)]));
    failFrom(crm, 3, AWAY);
    const { results, stoppedBy } = await makeAssigning(crm).assign(enrol(3));
    expect([results.size, stoppedBy]).toEqual([0, AWAY]);
  });

  it('Three records of a batch show that it may change none, and all end as forbidden', async () => {
    const crm = makeCrm(100);
    forbid(crm, new Set(Array.from({ length: 100 }, (_, index) => idOf(index))));
    const { results } = await makeAssigning(crm).assign(enrol(100));
    expect(crm.calls).toEqual(['read 100', 'forbidden', ...Array(3).fill('read one')]);
    expect([...results.values()].map(({ errorCode }) => errorCode)).toEqual(Array(100).fill('MISSING_SCOPES'));
  });
});

it('A programming mistake in a batch is thrown and becomes no result', async () => {
  const crm = makeCrm(2);
  failFrom(crm, 2, new TypeError('a mistake'));
  await expect(makeAssigning(crm).assign(enrol(2))).rejects.toThrow('a mistake');
});

it('Owners are noted in the work log before they are written, so that no crash leaves an unknown write', async () => {
  const crm = makeCrm(1);
  const assigning = makeAssigning(crm);
  failFrom(crm, 2, AWAY);
  const [execution] = enrol(1);
  await assigning.assign(execution ? [execution] : []);
  const firstSeenAtEpochMs = execution?.command.firstSeenAtEpochMs;
  expect(await assigning.workLog.findWrites(PORTAL_A, 0)).toMatchObject([
    { key: recordKey(makeRecordRef('1001'), 'hubspot_owner_id'), value: '1', firstSeenAtEpochMs },
  ]);
});

it('Owners that cannot be noted in the work log are not written', async () => {
  const crm = makeCrm(2);
  const assigning = makeAssigning(crm);
  const away = new StoreUnavailableError('away');
  assigning.workLog.outage.fail(away);
  const { results, stoppedBy } = await assigning.assign(enrol(2));
  expect(crm.calls).toEqual(['read 2']);
  expect([results.size, stoppedBy]).toEqual([0, away]);
});

it('A property that cannot be set is reported for all of its records, without reading them', async () => {
  const crm = makeCrm(2);
  crm.unfitProperty = { kind: 'refused', code: 'PROPERTY_HOLDS_SEVERAL' };
  const { results } = await makeAssigning(crm).assign(enrol(2));
  expect(crm.calls).toEqual([]);
  expect([...results.values()]).toEqual(
    Array(2).fill({ outcome: 'FAILED', errorCode: 'PROPERTY_HOLDS_SEVERAL', subject: 'hubspot_owner_id' }),
  );
});

it('A property that HubSpot refuses for all records ends them all with one call, each with its wanted owner', async () => {
  const crm = makeCrm(3);
  const { writeOwners } = crm.batches;
  Object.assign(crm.batches, {
    async writeOwners(...call: Parameters<typeof writeOwners>) {
      await writeOwners(...call);
      return { kind: 'refused', shared: { kind: 'refused', code: 'RECORD_VALIDATION_FAILED' } };
    },
  });
  const { results } = await makeAssigning(crm).assign(enrol(3));
  expect(crm.calls).toEqual(['read 3', 'write 3']);
  expect([...results.values()]).toEqual(
    Array(3).fill({
      outcome: 'FAILED',
      errorCode: 'RECORD_VALIDATION_FAILED',
      subject: 'hubspot_owner_id',
      aboutOwnerIds: ['1'],
    }),
  );
});

it('A permanent error about a single record is the result of that record only', async () => {
  const crm = makeCrm(1);
  const [present] = enrol(1);
  const gone = makeQueued({ objectId: '9001' });
  failFrom(crm, 3, new MissingScopesError('c-1'));
  const { results } = await makeAssigning(crm).assign([present, gone].flatMap((one) => one ?? []));
  expect([present, gone].map((one) => one && results.get(one)?.outcome)).toEqual(['ASSIGNED', 'FAILED']);
});
