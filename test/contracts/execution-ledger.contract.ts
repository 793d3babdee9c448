import type { ExecutionKey } from '../../lib/domain/execution.ts';
import type { ExecutionLedger } from '../../lib/ports/executions.ts';
import type { Now } from '../../lib/ports/telemetry.ts';
import { PORTAL_A, PORTAL_B, toOwnerId } from '../builders/ids.ts';
import { makeLedgerDelivery } from '../builders/queued-execution.ts';
import { type FakeClock, makeClock, START_EPOCH_MS } from '../support/clock.ts';

const KEY: ExecutionKey = { portalId: PORTAL_A, executionId: 'ap-8200001-1-7-0' };
const LEASE_MS = 15_000;
const DAY_MS = 86_400_000;
const RESULT = { outcome: 'ASSIGNED', ownerId: toOwnerId('1'), previousOwnerId: '' } as const;
const OTHER_RESULT = { outcome: 'FAILED', errorCode: 'OWNER_NOT_FOUND' } as const;
const STARTED = { kind: 'started' };
const FIRST = { kind: 'started', firstSeenAtEpochMs: START_EPOCH_MS, isFirstDelivery: true };
const LATER = { ...FIRST, isFirstDelivery: false };
const RUNNING = { kind: 'running' };

/** What every execution ledger promises. `make` gives an empty one that goes by the given clock. */
export function describeExecutionLedger(name: string, make: (now: Now) => Promise<ExecutionLedger>): void {
  describe(`execution ledger: ${name}`, () => {
    let clock: FakeClock;
    let ledger: ExecutionLedger;
    const begin = (writerId: string, key = KEY, payloadHash = 'hash', lifetimeMs = 9 * DAY_MS) =>
      ledger.begin(key, { writerId, payloadHash, sentAtEpochMs: clock.now(), leaseMs: LEASE_MS, lifetimeMs });

    beforeEach(async () => {
      clock = makeClock();
      ledger = await make(clock.now);
    });

    it('The ledger starts the first delivery, keeps the second waiting, and answers the third like the first', async () => {
      expect(await begin('a')).toMatchObject(STARTED);
      expect(await begin('b')).toEqual(RUNNING);
      expect(await ledger.complete(KEY, 'a', 'hash', RESULT)).toEqual(RESULT);
      expect(await begin('c')).toEqual({ kind: 'done', payloadHash: 'hash', result: RESULT });
    });

    it('The ledger keeps every member of a result unchanged', async () => {
      const result = {
        outcome: 'FALLBACK_ASSIGNED',
        ownerId: toOwnerId('2'),
        previousOwnerId: toOwnerId('3'),
        errorCode: 'OWNER_AMBIGUOUS',
        aboutOwnerIds: [toOwnerId('4'), toOwnerId('5')],
        subject: 'ownerEmail',
        hubspotCorrelationId: 'c-1',
        resolvedFrom: 'CACHE',
        ownerDataAgeSeconds: 0,
      } as const;
      await begin('a');
      await ledger.complete(KEY, 'a', 'hash', result);
      expect(await begin('b')).toEqual({ kind: 'done', payloadHash: 'hash', result });
    });

    it('The ledger returns what the first delivery asked for, so that a different payload is noticed', async () => {
      await begin('a', KEY, 'first hash');
      await ledger.complete(KEY, 'a', 'first hash', RESULT);
      expect(await begin('b', KEY, 'second hash')).toMatchObject({ kind: 'done', payloadHash: 'first hash' });
    });

    it.each([
      [LEASE_MS, RUNNING, 'at the end of the lease'],
      [LEASE_MS + 1, STARTED, 'past it'],
    ])('A delivery %i ms after the first finds %j: %s', async (ms, expected) => {
      await begin('dead');
      clock.advance(ms);
      expect(await begin('b')).toMatchObject(expected);
    });

    it('A delivery takes over from one whose clock was hours ahead', async () => {
      clock.advance(DAY_MS);
      await begin('ahead');
      clock.advance(-DAY_MS);
      expect(await begin('b')).toMatchObject(STARTED);
    });

    it('The ledger lets one of many deliveries take over once the lease is over', async () => {
      await begin('dead');
      clock.advance(LEASE_MS + 1);
      const entries = await Promise.all(Array.from({ length: 10 }, (_, index) => begin(`w${index}`)));
      expect(entries.filter(({ kind }) => kind === 'started')).toHaveLength(1);
    });

    it('A delivery that lost its lease gets the result of the one that took over', async () => {
      await begin('slow');
      clock.advance(LEASE_MS + 1);
      await begin('quick');
      await ledger.complete(KEY, 'quick', 'hash', OTHER_RESULT);
      expect(await ledger.complete(KEY, 'slow', 'hash', RESULT)).toEqual(OTHER_RESULT);
      expect(await begin('c')).toMatchObject({ result: OTHER_RESULT });
    });

    it('A delivery gets its own result when the one that took over asked for something else', async () => {
      await begin('slow');
      clock.advance(LEASE_MS + 1);
      await begin('quick', KEY, 'other hash');
      await ledger.complete(KEY, 'quick', 'other hash', OTHER_RESULT);
      expect(await ledger.complete(KEY, 'slow', 'hash', RESULT)).toEqual(RESULT);
    });

    it('A delivery gets its own result while the one that took over still works, and does not end that work', async () => {
      await begin('slow');
      clock.advance(LEASE_MS + 1);
      await begin('quick');
      expect(await ledger.complete(KEY, 'slow', 'hash', RESULT)).toEqual(RESULT);
      expect(await begin('c')).toEqual(RUNNING);
    });

    it('Completing an execution twice gives one result', async () => {
      await begin('a');
      await ledger.complete(KEY, 'a', 'hash', RESULT);
      expect(await ledger.complete(KEY, 'a', 'hash', OTHER_RESULT)).toEqual(RESULT);
    });

    it('After an execution is released, the next delivery starts at once', async () => {
      await begin('a');
      await ledger.release(KEY, 'a');
      expect(await begin('b')).toMatchObject(STARTED);
    });

    it('[L2] The ledger says when an execution was first seen, and whether this delivery is the first', async () => {
      expect(await begin('a')).toEqual(FIRST);
      clock.advance(LEASE_MS + 1);
      expect(await begin('b')).toEqual(LATER);
    });

    it('[L2] An execution is first seen when HubSpot sent it, by whichever clock', async () => {
      const sentAtEpochMs = START_EPOCH_MS + 60_000;
      expect(await ledger.begin(KEY, makeLedgerDelivery('a', { sentAtEpochMs }))).toEqual({
        ...FIRST,
        firstSeenAtEpochMs: sentAtEpochMs,
      });
      clock.advance(LEASE_MS + 1);
      expect(await begin('b')).toEqual({ ...LATER, firstSeenAtEpochMs: sentAtEpochMs });
    });

    it('[L2] A released execution keeps the time when it was first seen', async () => {
      await begin('a');
      await ledger.release(KEY, 'a');
      clock.advance(DAY_MS);
      expect(await begin('b')).toEqual(LATER);
    });

    it('[L2] An execution whose time in the queue is over keeps the time when it was first seen', async () => {
      await begin('a');
      await ledger.leaveToQueue(KEY, 'a', clock.now() + DAY_MS);
      clock.advance(DAY_MS + 1);
      expect(await begin('b')).toEqual(LATER);
    });

    it('An execution whose entry has expired is first seen again', async () => {
      await begin('a', KEY, 'hash', 60_000);
      clock.advance(62_000);
      expect(await begin('b')).toEqual({ ...FIRST, firstSeenAtEpochMs: START_EPOCH_MS + 62_000 });
    });

    it('The ledger keeps an entry for as long as its delivery says', async () => {
      await begin('a', KEY, 'hash', 600_000);
      await ledger.complete(KEY, 'a', 'hash', RESULT);
      clock.advance(599_000);
      expect(await begin('b')).toMatchObject({ kind: 'done' });
      clock.advance(3_000);
      expect(await begin('b')).toMatchObject(STARTED);
    });

    it('The ledger keeps nothing of a forgotten execution', async () => {
      await begin('a');
      await ledger.forget(KEY, 'somebody else');
      expect(await begin('b')).toEqual(RUNNING);
      await ledger.forget(KEY, 'a');
      clock.advance(1_000);
      expect(await begin('c')).toEqual({ ...FIRST, firstSeenAtEpochMs: START_EPOCH_MS + 1_000 });
    });

    it('A delivery that does not hold an execution cannot release it', async () => {
      await ledger.release(KEY, 'nobody');
      await begin('slow');
      await ledger.release(KEY, 'somebody else');
      expect(await begin('b')).toEqual(RUNNING);
      clock.advance(LEASE_MS + 1);
      await begin('quick');
      await ledger.release(KEY, 'slow');
      expect(await begin('c')).toEqual(RUNNING);
      await ledger.complete(KEY, 'quick', 'hash', RESULT);
      await ledger.release(KEY, 'quick');
      expect(await begin('d')).toMatchObject({ kind: 'done' });
    });

    it.each([
      [9 * DAY_MS, { kind: 'done' }, 'for nine days'],
      [9 * DAY_MS + 2_000, STARTED, 'and no longer, although nothing deletes it here'],
    ])('[S12, D6] A later delivery after %i ms finds %j: %s', async (ms, expected) => {
      await begin('a');
      await ledger.complete(KEY, 'a', 'hash', RESULT);
      clock.advance(ms);
      expect(await begin('b')).toMatchObject(expected);
    });

    describe('of an execution that was left to the queue', () => {
      const untilEpochMs = () => clock.now() + 2 * DAY_MS;
      const leave = (writerId = 'a', until = untilEpochMs()) => ledger.leaveToQueue(KEY, writerId, until);
      const QUEUED = { kind: 'queued', payloadHash: 'hash' };

      it('[Q9] Every later delivery of a queued execution learns that it waits, and what was asked for', async () => {
        await begin('a');
        expect(await leave()).toBeUndefined();
        expect(await begin('b')).toEqual(QUEUED);
        clock.advance(LEASE_MS + 1);
        expect(await begin('c', KEY, 'other hash')).toEqual(QUEUED);
      });

      it('[Q9] The delivery that queued an execution may report that twice', async () => {
        await begin('a');
        await leave();
        expect(await leave()).toBeUndefined();
        expect(await begin('b')).toEqual(QUEUED);
      });

      it.each([
        [2 * DAY_MS, QUEUED, 'at the end of its time'],
        [2 * DAY_MS + 1, STARTED, 'past it, whatever became of its message'],
      ])('A queued execution after %i ms gives a delivery %j: %s', async (ms, expected) => {
        await begin('a');
        await leave();
        clock.advance(ms);
        expect(await begin('b')).toMatchObject(expected);
      });

      it('The ledger lets one of many deliveries begin again once the time in the queue is over', async () => {
        await begin('a');
        await leave();
        clock.advance(2 * DAY_MS + 1);
        const entries = await Promise.all(Array.from({ length: 10 }, (_, index) => begin(`w${index}`)));
        expect(entries.filter(({ kind }) => kind === 'started')).toHaveLength(1);
      });

      it('A queued execution belongs to no delivery, so none can complete or release it', async () => {
        await begin('a');
        await leave();
        expect(await ledger.complete(KEY, 'a', 'hash', RESULT)).toEqual(RESULT);
        await ledger.release(KEY, 'a');
        expect(await begin('b')).toEqual(QUEUED);
      });

      it('Leaving an execution to the queue returns the result when the queue or another delivery was faster', async () => {
        await begin('slow');
        clock.advance(LEASE_MS + 1);
        await begin('quick');
        await ledger.complete(KEY, 'quick', 'hash', OTHER_RESULT);
        expect(await leave('slow')).toEqual(OTHER_RESULT);
        expect(await begin('c')).toMatchObject({ kind: 'done', result: OTHER_RESULT });
      });

      it('Leaving an execution to the queue does not take it away from the delivery that took over', async () => {
        await begin('slow');
        clock.advance(LEASE_MS + 1);
        await begin('quick');
        expect(await leave('slow')).toBeUndefined();
        expect(await begin('c')).toEqual(RUNNING);
        expect(await ledger.complete(KEY, 'quick', 'hash', RESULT)).toEqual(RESULT);
      });

      it('A delivery that never began cannot leave an execution to the queue', async () => {
        expect(await leave('nobody')).toBeUndefined();
        expect(await begin('b')).toMatchObject(STARTED);
      });
    });

    it('The ledger separates accounts and executions', async () => {
      const keys: ExecutionKey[] = [
        KEY,
        { portalId: PORTAL_B, executionId: KEY.executionId },
        { portalId: PORTAL_A, executionId: 'ap-8200001-1-7-1' },
        { portalId: PORTAL_A, executionId: `${PORTAL_B}#execution#${KEY.executionId}` },
        { portalId: PORTAL_A, executionId: '#' },
        { portalId: PORTAL_A, executionId: 'x'.repeat(200) },
      ];
      for (const [index, key] of keys.entries()) {
        expect(await begin('a', key)).toMatchObject(STARTED);
        await ledger.complete(key, 'a', 'hash', { ...RESULT, ownerDataAgeSeconds: index });
      }
      const entries = await Promise.all(keys.map((key) => begin('b', key)));
      expect(entries.map((entry) => entry.kind === 'done' && entry.result.ownerDataAgeSeconds)).toEqual([
        0, 1, 2, 3, 4, 5,
      ]);
    });

    it('The ledger starts exactly one of twenty simultaneous deliveries', async () => {
      const entries = await Promise.all(Array.from({ length: 20 }, (_, index) => begin(`w${index}`)));
      expect(entries.filter(({ kind }) => kind === 'started')).toHaveLength(1);
      expect(entries.filter(({ kind }) => kind === 'running')).toHaveLength(19);
    });
  });
}
