import { UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import { MAX_READING_AGE_MS } from '../../../lib/domain/held-owner.ts';
import type { ObjectId } from '../../../lib/domain/ids.ts';
import { createFakeCrm, type FakeCrm } from '../../fakes/record-batches.ts';
import { BOB, JANE, makeAssigning, makeQueued } from '../../support/assigning.ts';
import { makeClock } from '../../support/clock.ts';

const idOf = (index: number) => String(1_001 + index) as ObjectId;
const enrol = (count: number) => Array.from({ length: count }, (_, index) => makeQueued({ objectId: idOf(index) }));

/** Four records and a clock. During a call it goes on by so much, and a person gives the last record to Bob. */
function makeSlowCrm(waitMs: number) {
  const clock = makeClock();
  const crm: FakeCrm = createFakeCrm(Object.fromEntries([0, 1, 2, 3].map((index) => [idOf(index), ''])), clock.now);
  const personSetsBob = () => {
    clock.advance(waitMs);
    crm.values.set(idOf(3), BOB.id);
    crm.changedAt.set(idOf(3), clock.now());
  };
  return { clock, crm, personSetsBob };
}

/** Runs once, at the first call that `isMoment` says. */
function once(isMoment: () => boolean, then: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone || !isMoment()) return;
    isDone = true;
    then();
  };
}

const KEPT = { outcome: 'KEPT_EXISTING', ownerId: BOB.id, keptBecause: 'CHANGED_SINCE' };

it('[L2] A person who sets an owner while a refused batch is being halved keeps that owner', async () => {
  const { clock, crm, personSetsBob } = makeSlowCrm(MAX_READING_AGE_MS + 1);
  crm.bad.set(idOf(0), 'RECORD_VALIDATION_FAILED');
  Object.assign(crm.outage, { check: once(() => crm.calls.at(-1) === 'write 4', personSetsBob) });
  const queued = enrol(4);
  const { results } = await makeAssigning(crm, clock).assign(queued);
  expect(crm.calls.filter((call) => call.startsWith('read'))).toEqual(['read 4', 'read 2', 'read one', 'read 2']);
  expect(crm.values.get(idOf(3))).toBe(BOB.id);
  expect(queued.map((one) => results.get(one))).toEqual([
    expect.objectContaining({ outcome: 'FAILED', errorCode: 'RECORD_VALIDATION_FAILED' }),
    expect.objectContaining({ outcome: 'ASSIGNED', ownerId: JANE.id }),
    expect.objectContaining({ outcome: 'ASSIGNED', ownerId: JANE.id }),
    expect.objectContaining(KEPT),
  ]);
});

it('[L2] A person who sets an owner while the new owners are being looked up for long keeps that owner', async () => {
  const { clock, crm, personSetsBob } = makeSlowCrm(MAX_READING_AGE_MS + 1);
  const { ownersApi, assign } = makeAssigning(crm, clock);
  Object.assign(ownersApi.outage, { check: once(() => true, personSetsBob) });
  const queued = enrol(4);
  const { results } = await assign(queued);
  expect(crm.calls).toEqual(['read 4', 'read 4', 'write 3']);
  expect(crm.values.get(idOf(3))).toBe(BOB.id);
  expect(results.get(queued[3] as never)).toMatchObject(KEPT);
});

it('Halves of a batch that was read a moment ago are written without another read', async () => {
  const { clock, crm, personSetsBob } = makeSlowCrm(MAX_READING_AGE_MS);
  crm.bad.set(idOf(0), 'RECORD_VALIDATION_FAILED');
  Object.assign(crm.outage, { check: once(() => crm.calls.at(-1) === 'write 4', personSetsBob) });
  await makeAssigning(crm, clock).assign(enrol(4));
  expect(crm.calls.filter((call) => call.startsWith('read'))).toEqual(['read 4', 'read one']);
});

it('A record that was deleted while its batch was being halved is looked at alone and ends as not found', async () => {
  const { clock, crm } = makeSlowCrm(0);
  crm.bad.set(idOf(0), 'RECORD_VALIDATION_FAILED');
  const isDeleted = () => {
    clock.advance(MAX_READING_AGE_MS + 1);
    crm.values.delete(idOf(2));
  };
  Object.assign(crm.outage, { check: once(() => crm.calls.at(-1) === 'write 4', isDeleted) });
  const queued = enrol(4);
  const { results } = await makeAssigning(crm, clock).assign(queued);
  expect(results.get(queued[2] as never)).toMatchObject({ outcome: 'FAILED', errorCode: 'RECORD_NOT_FOUND' });
  expect(results.size).toBe(4);
  expect(crm.calls.slice(-3)).toEqual(['read 2', 'write 1', 'read one']);
});

it('Owners that were read long ago and cannot be read again are not written, and their executions come again', async () => {
  const { clock, crm, personSetsBob } = makeSlowCrm(MAX_READING_AGE_MS + 1);
  const { ownersApi, assign } = makeAssigning(crm, clock);
  Object.assign(ownersApi.outage, { check: once(() => true, personSetsBob) });
  const away = new UpstreamUnavailableError('http_502');
  Object.assign(crm.outage, {
    check: () => {
      if (crm.calls.length === 2) throw away;
    },
  });
  const { results, stoppedBy } = await assign(enrol(4));
  expect([crm.calls, results.size, stoppedBy]).toEqual([['read 4', 'read 4'], 0, away]);
});

it('[L2] A person who sets an owner while a late execution of one record looks its email up for long keeps that owner', async () => {
  const { clock, crm, personSetsBob } = makeSlowCrm(MAX_READING_AGE_MS + 1);
  const { ownersApi, setAtOnce } = makeAssigning(crm, clock);
  Object.assign(ownersApi.outage, { check: once(() => true, personSetsBob) });
  expect(await setAtOnce(makeQueued({ objectId: idOf(3) }).command)).toMatchObject(KEPT);
  expect(crm.calls).toEqual(['read one', 'read one']);
  expect(crm.values.get(idOf(3))).toBe(BOB.id);
});

it.each([
  ['also wants somebody', { ownerEmail: 'bob@example.com' }],
  ['keeps who is there', { ownerEmail: 'bob@example.com', overwrite: 'IF_UNASSIGNED' }],
  ['leaves the record as it is', { ownerEmail: '', ifNotAssignable: 'LEAVE' }],
] as const)(
  '[L2] Executions of one record report the owner that somebody set right after the first one: the second one %s',
  async (_what, second) => {
    const clock = makeClock();
    const crm = createFakeCrm({ [idOf(0)]: '' }, clock.now);
    Object.assign(crm.batches, { writeOwners: async () => ({ kind: 'answered', written: new Set() }) });
    const { writeOwner } = crm.records;
    Object.assign(crm.records, {
      async writeOwner(...given: Parameters<typeof writeOwner>) {
        const written = await writeOwner(...given);
        clock.advance(100);
        crm.change(idOf(0), '77');
        return written;
      },
    });
    const queued = [makeQueued({ objectId: idOf(0) }), makeQueued({ objectId: idOf(0), ...second })];
    const { results } = await makeAssigning(crm, clock).assign(queued);
    expect(crm.values.get(idOf(0))).toBe('77');
    for (const result of results.values()) expect(result.ownerId ?? result.previousOwnerId).toBe('77');
  },
);
