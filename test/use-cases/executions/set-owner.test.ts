import { toDeadline } from '../../../lib/domain/deadline.ts';
import { RateLimitedError, StoreUnavailableError, UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import type { SetOwnerCommand } from '../../../lib/domain/execution.ts';
import { recordKey } from '../../../lib/domain/held-owner.ts';
import type { ObjectId } from '../../../lib/domain/ids.ts';
import { createOwnerResolver } from '../../../lib/use-cases/executions/resolve-owner.ts';
import { createSetOwner } from '../../../lib/use-cases/executions/set-owner.ts';
import { makeRecordRef, PORTAL_A, toEmail, toOwnerId } from '../../builders/ids.ts';
import { makeArchivedOwner, makeOwner, makeQueueOwner } from '../../builders/owner.ts';
import { makeCommand } from '../../builders/queued-execution.ts';
import { createFakeCrmRecords, type FakeCrmRecords } from '../../fakes/crm-records.ts';
import { createFakeOwnerCache, type FakeOwnerCache } from '../../fakes/owner-cache.ts';
import { createFakeOwnerDirectory, type FakeOwnerDirectory } from '../../fakes/owners-api.ts';
import { createFakeTelemetry, type FakeTelemetry } from '../../fakes/telemetry.ts';
import { createFakeWorkLog, type FakeWorkLog } from '../../fakes/work-log.ts';
import { makeClock } from '../../support/clock.ts';

const JANE = makeOwner({ id: '1', userId: '11' });
const LEFT = makeArchivedOwner({ id: '2', userId: '12', email: 'left@example.com' });
const QUEUE = makeQueueOwner({ id: '3', email: 'queue@example.com' });
const BOB = makeOwner({ id: '4', userId: '14', email: 'bob@example.com' });

const clock = makeClock();
let telemetry: FakeTelemetry;
let cache: FakeOwnerCache;
let ownersApi: FakeOwnerDirectory;
let records: FakeCrmRecords;
let workLog: FakeWorkLog;

beforeEach(() => {
  cache = createFakeOwnerCache();
  ownersApi = createFakeOwnerDirectory([JANE, LEFT, QUEUE, BOB]);
  records = createFakeCrmRecords();
  workLog = createFakeWorkLog(clock.now);
  telemetry = createFakeTelemetry();
});

function set(change: Partial<SetOwnerCommand> = {}) {
  const resolver = createOwnerResolver({
    cache,
    ownersApi,
    now: clock.now,
    ownerMaxAgeMs: 3_600_000,
    metrics: { count: () => undefined, measure: () => undefined },
  });
  const command = makeCommand(change);
  return createSetOwner({
    resolver,
    records,
    workLog,
    checkOwnerProperty: async () => undefined,
    now: clock.now,
    log: telemetry.log,
  })(command, toDeadline(clock.now() + 8_000));
}

describe('The current owner', () => {
  it.each([
    ['ALWAYS', []],
    ['IF_UNASSIGNED', ['read owner_2']],
    ['IF_OWNER_INACTIVE', ['read owner_2']],
  ] as const)(
    'With the overwrite mode %s, a current owner that was not sent takes the calls %j',
    async (overwrite, reads) => {
      const result = await set({ ownerProperty: 'owner_2', overwrite, currentValue: undefined });
      expect(result).toMatchObject({ outcome: 'ASSIGNED', ownerId: '1' });
      expect(records.calls).toEqual([...reads, 'write owner_2=1']);
    },
  );

  it('The current owner is reported as the previous one: empty when there was none, and missing when unknown', async () => {
    expect(await set({ currentValue: '4' })).toMatchObject({ previousOwnerId: '4' });
    expect(await set({ currentValue: ' ' })).toMatchObject({ previousOwnerId: '' });
    expect(await set({ currentValue: undefined })).not.toHaveProperty('previousOwnerId');
  });

  it('A current owner who is kept takes neither a lookup nor a write', async () => {
    const result = await set({ overwrite: 'IF_UNASSIGNED', currentValue: '4', ownerEmail: 'nonsense' });
    expect(result).toEqual({
      outcome: 'KEPT_EXISTING',
      ownerId: '4',
      previousOwnerId: '4',
      keptBecause: 'SET_TO_KEEP',
    });
    expect([ownersApi.calls, records.calls]).toEqual([[], []]);
  });

  it('A queue counts as an active current owner', async () => {
    expect(await set({ overwrite: 'IF_OWNER_INACTIVE', currentValue: '3' })).toMatchObject({
      outcome: 'KEPT_EXISTING',
    });
  });

  it('The step fails when the record of the current owner cannot be read', async () => {
    records.refusals.push({ kind: 'refused', code: 'RECORD_NOT_FOUND', hubspotCorrelationId: 'c-1' });
    expect(await set({ overwrite: 'IF_UNASSIGNED', currentValue: undefined })).toEqual({
      outcome: 'FAILED',
      errorCode: 'RECORD_NOT_FOUND',
      subject: 'hubspot_owner_id',
      hubspotCorrelationId: 'c-1',
    });
    expect(ownersApi.calls).toEqual([]);
  });
});

describe('The fallback owner', () => {
  const fallBack = (fallbackOwner: string) =>
    set({ ownerEmail: 'left@example.com', ifNotAssignable: 'FALLBACK', fallbackOwner });

  it('The fallback owner is assigned when the email has no owner, and the result says why', async () => {
    expect(await fallBack(' 4 ')).toMatchObject({
      outcome: 'FALLBACK_ASSIGNED',
      ownerId: '4',
      errorCode: 'OWNER_DEACTIVATED',
      aboutOwnerIds: ['2'],
    });
    expect(records.calls).toEqual(['write hubspot_owner_id=4']);
  });

  it.each([
    ['', 'nobody'],
    ['bob@example.com', 'an email'],
    ['14', 'a user id'],
    ['2', 'one who left'],
    ['3', 'a queue'],
    ['999', 'nobody of this portal'],
    ['4,1', 'two'],
  ])('The fallback owner %j is refused and nothing is written: %s', async (fallbackOwner) => {
    expect(await fallBack(fallbackOwner)).toMatchObject({ outcome: 'FAILED', errorCode: 'FALLBACK_OWNER_INVALID' });
    expect(records.calls).toEqual([]);
  });

  it('The fallback owner is not looked up while the email has an owner', async () => {
    expect(await set({ ifNotAssignable: 'FALLBACK', fallbackOwner: 'nonsense' })).toMatchObject({
      outcome: 'ASSIGNED',
    });
  });
});

describe('Refused owner IDs', () => {
  const refusal = { kind: 'refused', code: 'INVALID_OWNER_ID', hubspotCorrelationId: 'c-1' } as const;
  const cacheOld = () =>
    cache.rememberEmail(PORTAL_A, toEmail('jane@example.com'), {
      owners: [makeOwner({ id: '9' })],
      confirmedAtEpochMs: clock.now(),
    });

  it('[O6, H1] A refused owner ID is looked up once more, and the recreated owner is written', async () => {
    await cacheOld();
    records.refusals.push(refusal);
    expect(await set()).toMatchObject({ outcome: 'ASSIGNED', ownerId: '1', resolvedFrom: 'LIVE' });
    expect(records.calls).toEqual(['write hubspot_owner_id=9', 'write hubspot_owner_id=1']);
    // The refused one is asked for by id: an email filter that leaves somebody out proves nothing.
    expect(ownersApi.calls).toEqual(['active jane@example.com', 'active 9', 'archived 9']);
    expect(await cache.findByEmail(PORTAL_A, toEmail('jane@example.com'))).toMatchObject({
      owners: [{ id: '1' }, { id: '9', archived: true, unlisted: true }],
    });
  });

  it('[O5, H1] A refused owner ID ends the step when HubSpot still names the same owner', async () => {
    records.refusals.push(refusal);
    expect(await set()).toEqual({
      outcome: 'FAILED',
      errorCode: 'INVALID_OWNER_ID',
      subject: 'hubspot_owner_id',
      aboutOwnerIds: ['1'],
      hubspotCorrelationId: 'c-1',
    });
    expect(records.calls).toHaveLength(1);
  });

  it('[O5] A refused owner ID ends the step when the owner has left', async () => {
    await cacheOld();
    ownersApi.owners.splice(0, 1, makeArchivedOwner({ id: '9' }));
    records.refusals.push(refusal);
    expect(await set()).toMatchObject({ outcome: 'FAILED', aboutOwnerIds: ['9'] });
    expect(records.calls).toHaveLength(1);
  });

  it('[O5, H1] A refused fallback owner ends the step, and is not tried again within a minute', async () => {
    const command = { ownerEmail: 'left@example.com', ifNotAssignable: 'FALLBACK', fallbackOwner: '4' } as const;
    records.refusals.push(refusal);
    expect(await set(command)).toMatchObject({ errorCode: 'INVALID_OWNER_ID', aboutOwnerIds: ['4'] });
    expect(await set(command)).toMatchObject({ errorCode: 'FALLBACK_OWNER_INVALID' });
    expect(records.calls).toEqual(['write hubspot_owner_id=4']);
  });

  it('A refused owner ID is not tried a third time', async () => {
    await cacheOld();
    records.refusals.push(refusal, refusal);
    expect(await set()).toMatchObject({ outcome: 'FAILED', errorCode: 'INVALID_OWNER_ID', aboutOwnerIds: ['1'] });
    expect(records.calls).toHaveLength(2);
  });
});

it.each([
  ['has the owner already', '1', [], { outcome: 'ALREADY_ASSIGNED', previousOwnerId: '1' }],
  ['has another owner', '4', [], { errorCode: 'RECORD_VALIDATION_FAILED' }],
  ['cannot be read', '1', ['RECORD_NOT_FOUND'], { errorCode: 'RECORD_VALIDATION_FAILED' }],
] as const)(
  'When a validation rule refuses a write, the record is read, and its owner decides the result: it %s',
  async (_what, value, unreadable, result) => {
    records.values.set('hubspot_owner_id', value);
    for (const code of ['RECORD_VALIDATION_FAILED', ...unreadable] as const)
      records.refusals.push({ kind: 'refused', code });
    expect(await set({ currentValue: undefined })).toMatchObject(result);
    expect(records.calls).toEqual(['write hubspot_owner_id=1', 'read hubspot_owner_id']);
  },
);

it('A temporary error is thrown, so that the execution is retried', async () => {
  const error = new UpstreamUnavailableError('http_502');
  records.outage.fail(error);
  await expect(set()).rejects.toBe(error);
});

it('[O7] A user ID is never written as the owner', async () => {
  await set();
  await set({ ownerEmail: '11' });
  await set({ ownerEmail: '11', ifNotAssignable: 'FALLBACK', fallbackOwner: '14' });
  expect(records.calls).toEqual([`write hubspot_owner_id=${toOwnerId('1')}`]);
});

describe('A write that takes long', () => {
  type Written = { readonly kind: 'written'; readonly survivorId?: ObjectId };
  const FIRST_SEEN = clock.now();
  const writing = (ms: number, end: () => Written, hubspotIsAheadByMs = 0) => {
    records.writeOwner = async () => {
      clock.advance(ms);
      return end();
    };
    return set({ firstSeenAtEpochMs: clock.now() + hubspotIsAheadByMs });
  };
  const done = (): Written => ({ kind: 'written' });
  const down = () => {
    throw new UpstreamUnavailableError('timeout');
  };
  const limited = () => {
    throw new RateLimitedError(1_000);
  };

  it.each([
    ['a second', 1_000, 0],
    ['longer than a second', 1_001, 1],
  ])('[L3] A write that took %s is noted with the time when it began only if it was slow', async (_how, ms, notes) => {
    const began = clock.now();
    await writing(ms, done);
    const found = await workLog.findWrites(PORTAL_A, FIRST_SEEN);
    expect(found).toMatchObject(Array(notes).fill({ value: '1', firstSeenAtEpochMs: began, atEpochMs: began }));
  });

  it('[L3] A write that took long is noted although the clock of HubSpot is ahead of it', async () => {
    await writing(1_001, done, 4_000);
    expect(await workLog.findWrites(PORTAL_A, FIRST_SEEN)).toHaveLength(1);
  });

  it('[L3] A write that took long is noted for the record into which the named one was merged', async () => {
    const survivorId = makeRecordRef('9').objectId;
    await writing(1_001, () => ({ kind: 'written', survivorId }));
    const key = recordKey({ ...makeCommand().record, objectId: survivorId }, 'hubspot_owner_id');
    expect(await workLog.findWrites(PORTAL_A, FIRST_SEEN)).toMatchObject([{ key }]);
  });

  it('[L3] A write that took long is noted when its reply was lost, too', async () => {
    await expect(writing(5_000, down)).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE' });
    expect(await workLog.findWrites(PORTAL_A, FIRST_SEEN)).toHaveLength(1);
  });

  it.each([
    ['at once', 0, 0],
    ['after tries that took long', 1_001, 1],
  ])(
    '[L3] A write that the rate limit stopped %s is noted only if a try may have had an effect',
    async (_when, ms, notes) => {
      await expect(writing(ms, limited, -60_000)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
      expect(await workLog.findWrites(PORTAL_A, FIRST_SEEN - 60_000)).toHaveLength(notes);
    },
  );

  it('A write that took long is done although it could not be noted', async () => {
    workLog.outage.fail(new StoreUnavailableError('gone'));
    expect(await writing(5_000, done)).toMatchObject({ outcome: 'ASSIGNED' });
    expect(telemetry.lines).toEqual(['warn a slow write of an owner could not be noted']);
  });
});
