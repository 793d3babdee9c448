import type { ExecutionKey } from '../../lib/domain/execution.ts';
import type { ExecutionLedger } from '../../lib/ports/executions.ts';
import type { Now } from '../../lib/ports/telemetry.ts';
import { PORTAL_A, PORTAL_B, toOwnerId } from '../builders/ids.ts';
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
      ledger.begin(key, { writerId, payloadHash, leaseMs: LEASE_MS, lifetimeMs });

    beforeEach(async () => {
      clock = makeClock();
      ledger = await make(clock.now);
    });

    it('starts the first delivery, keeps the second waiting, and answers the third like the first', async () => {
      expect(await begin('a')).toMatchObject(STARTED);
      expect(await begin('b')).toEqual(RUNNING);
      expect(await ledger.complete(KEY, 'a', 'hash', RESULT)).toEqual(RESULT);
      expect(await begin('c')).toEqual({ kind: 'done', payloadHash: 'hash', result: RESULT });
    });

    it('keeps every member of a result as it was', async () => {
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

    it('tells what the first delivery asked for, so that another payload shows', async () => {
      await begin('a', KEY, 'first hash');
      await ledger.complete(KEY, 'a', 'first hash', RESULT);
      expect(await begin('b', KEY, 'second hash')).toMatchObject({ kind: 'done', payloadHash: 'first hash' });
    });

    it.each([
      [LEASE_MS, RUNNING, 'at the end of the lease'],
      [LEASE_MS + 1, STARTED, 'past it'],
    ])('after %i ms a delivery finds %j: %s', async (ms, expected) => {
      await begin('dead');
      clock.advance(ms);
      expect(await begin('b')).toMatchObject(expected);
    });

    it('lets one of many take over once the lease is over', async () => {
      await begin('dead');
      clock.advance(LEASE_MS + 1);
      const entries = await Promise.all(Array.from({ length: 10 }, (_, index) => begin(`w${index}`)));
      expect(entries.filter(({ kind }) => kind === 'started')).toHaveLength(1);
    });

    it('answers a delivery that lost its lease with the result of the one that took over', async () => {
      await begin('slow');
      clock.advance(LEASE_MS + 1);
      await begin('quick');
      await ledger.complete(KEY, 'quick', 'hash', OTHER_RESULT);
      expect(await ledger.complete(KEY, 'slow', 'hash', RESULT)).toEqual(OTHER_RESULT);
      expect(await begin('c')).toMatchObject({ result: OTHER_RESULT });
    });

    it('gives a delivery its own result when the one that took over asked for something else', async () => {
      await begin('slow');
      clock.advance(LEASE_MS + 1);
      await begin('quick', KEY, 'other hash');
      await ledger.complete(KEY, 'quick', 'other hash', OTHER_RESULT);
      expect(await ledger.complete(KEY, 'slow', 'hash', RESULT)).toEqual(RESULT);
    });

    it('gives a delivery its own result while the one that took over still works, and does not end its work', async () => {
      await begin('slow');
      clock.advance(LEASE_MS + 1);
      await begin('quick');
      expect(await ledger.complete(KEY, 'slow', 'hash', RESULT)).toEqual(RESULT);
      expect(await begin('c')).toEqual(RUNNING);
    });

    it('completes twice with one result', async () => {
      await begin('a');
      await ledger.complete(KEY, 'a', 'hash', RESULT);
      expect(await ledger.complete(KEY, 'a', 'hash', OTHER_RESULT)).toEqual(RESULT);
    });

    it('gives an execution back, so that the next delivery starts at once', async () => {
      await begin('a');
      await ledger.release(KEY, 'a');
      expect(await begin('b')).toMatchObject(STARTED);
    });

    it('[L2] says when an execution was first seen, and whether this delivery is the one', async () => {
      expect(await begin('a')).toEqual(FIRST);
      clock.advance(LEASE_MS + 1);
      expect(await begin('b')).toEqual(LATER);
    });

    it('[L2] keeps when it was first seen of an execution that was given back', async () => {
      await begin('a');
      await ledger.release(KEY, 'a');
      clock.advance(DAY_MS);
      expect(await begin('b')).toEqual(LATER);
    });

    it('[L2] keeps when it was first seen of an execution whose time in the queue is over', async () => {
      await begin('a');
      await ledger.leaveToQueue(KEY, 'a', clock.now() + DAY_MS);
      clock.advance(DAY_MS + 1);
      expect(await begin('b')).toEqual(LATER);
    });

    it('sees an execution for the first time again once its entry is past its time', async () => {
      await begin('a', KEY, 'hash', 60_000);
      clock.advance(62_000);
      expect(await begin('b')).toEqual({ ...FIRST, firstSeenAtEpochMs: START_EPOCH_MS + 62_000 });
    });

    it('keeps an entry as long as its delivery says', async () => {
      await begin('a', KEY, 'hash', 600_000);
      await ledger.complete(KEY, 'a', 'hash', RESULT);
      clock.advance(599_000);
      expect(await begin('b')).toMatchObject({ kind: 'done' });
      clock.advance(3_000);
      expect(await begin('b')).toMatchObject(STARTED);
    });

    it('leaves nothing of an execution that is forgotten', async () => {
      await begin('a');
      await ledger.forget(KEY, 'somebody else');
      expect(await begin('b')).toEqual(RUNNING);
      await ledger.forget(KEY, 'a');
      clock.advance(1_000);
      expect(await begin('c')).toEqual({ ...FIRST, firstSeenAtEpochMs: START_EPOCH_MS + 1_000 });
    });

    it('gives nothing back for a delivery that does not hold it', async () => {
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
    ])('[S12, D6] after %i ms a delivery finds %j: %s', async (ms, expected) => {
      await begin('a');
      await ledger.complete(KEY, 'a', 'hash', RESULT);
      clock.advance(ms);
      expect(await begin('b')).toMatchObject(expected);
    });

    describe('of an execution that was left to the queue', () => {
      const untilEpochMs = () => clock.now() + 2 * DAY_MS;
      const leave = (writerId = 'a', until = untilEpochMs()) => ledger.leaveToQueue(KEY, writerId, until);
      const QUEUED = { kind: 'queued', payloadHash: 'hash' };

      it('[Q9] tells every later delivery that it waits, and what it asked for', async () => {
        await begin('a');
        expect(await leave()).toBeUndefined();
        expect(await begin('b')).toEqual(QUEUED);
        clock.advance(LEASE_MS + 1);
        expect(await begin('c', KEY, 'other hash')).toEqual(QUEUED);
      });

      it('[Q9] may be told so twice by the delivery that queued it', async () => {
        await begin('a');
        await leave();
        expect(await leave()).toBeUndefined();
        expect(await begin('b')).toEqual(QUEUED);
      });

      it.each([
        [2 * DAY_MS, QUEUED, 'at the end of its time'],
        [2 * DAY_MS + 1, STARTED, 'past it, whatever became of its message'],
      ])('after %i ms tells a delivery %j: %s', async (ms, expected) => {
        await begin('a');
        await leave();
        clock.advance(ms);
        expect(await begin('b')).toMatchObject(expected);
      });

      it('lets one of many begin anew once its time is over', async () => {
        await begin('a');
        await leave();
        clock.advance(2 * DAY_MS + 1);
        const entries = await Promise.all(Array.from({ length: 10 }, (_, index) => begin(`w${index}`)));
        expect(entries.filter(({ kind }) => kind === 'started')).toHaveLength(1);
      });

      it('is no one’s any more: nobody can complete it or give it back', async () => {
        await begin('a');
        await leave();
        expect(await ledger.complete(KEY, 'a', 'hash', RESULT)).toEqual(RESULT);
        await ledger.release(KEY, 'a');
        expect(await begin('b')).toEqual(QUEUED);
      });

      it('tells the result where the queue, or another delivery, was faster', async () => {
        await begin('slow');
        clock.advance(LEASE_MS + 1);
        await begin('quick');
        await ledger.complete(KEY, 'quick', 'hash', OTHER_RESULT);
        expect(await leave('slow')).toEqual(OTHER_RESULT);
        expect(await begin('c')).toMatchObject({ kind: 'done', result: OTHER_RESULT });
      });

      it('does not take it away from the delivery that took over', async () => {
        await begin('slow');
        clock.advance(LEASE_MS + 1);
        await begin('quick');
        expect(await leave('slow')).toBeUndefined();
        expect(await begin('c')).toEqual(RUNNING);
        expect(await ledger.complete(KEY, 'quick', 'hash', RESULT)).toEqual(RESULT);
      });

      it('is nothing that a delivery can do which never began', async () => {
        expect(await leave('nobody')).toBeUndefined();
        expect(await begin('b')).toMatchObject(STARTED);
      });
    });

    it('keeps portals and executions apart', async () => {
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

    it('starts exactly one of twenty deliveries that come at once', async () => {
      const entries = await Promise.all(Array.from({ length: 20 }, (_, index) => begin(`w${index}`)));
      expect(entries.filter(({ kind }) => kind === 'started')).toHaveLength(1);
      expect(entries.filter(({ kind }) => kind === 'running')).toHaveLength(19);
    });
  });
}
