import type { Change, ChangeAnswer } from '../../lib/domain/change.ts';
import type { ChangeDelivery, ChangeLog } from '../../lib/ports/page.ts';
import { PORTAL_A, PORTAL_B, toUserId } from '../builders/ids.ts';
import { type FakeClock, makeClock, START_EPOCH_MS } from '../support/clock.ts';

const DAY_MS = 86_400_000;
const LEASE_MS = 1_000;
const CHANGE: Change = { action: 'refresh' };
const ANSWER: ChangeAnswer = { status: 'queued' };

/** What every log of changes promises. `make` gives an empty one that lives by the given clock. */
export function describeChangeLog(name: string, make: (clock: FakeClock) => Promise<ChangeLog>): void {
  describe(`the log of changes: ${name}`, () => {
    let clock: FakeClock;
    let changes: ChangeLog;
    const delivery = (more: Partial<ChangeDelivery> = {}): ChangeDelivery => ({
      changeId: 'change-1',
      userId: toUserId(7),
      payloadHash: 'hash',
      writerId: 'w1',
      leaseMs: LEASE_MS,
      ...more,
    });
    const begin = (more: Partial<ChangeDelivery> = {}, portalId = PORTAL_A) => changes.begin(portalId, delivery(more));
    const finish = (more: Partial<ChangeDelivery> = {}, answer = ANSWER) =>
      changes.finish(PORTAL_A, delivery(more), CHANGE, answer);

    beforeEach(async () => {
      clock = makeClock();
      changes = await make(clock);
    });

    it('[S11] The change log starts a change once, and answers it the same ever after', async () => {
      expect(await begin()).toEqual({ kind: 'started' });
      expect(await begin({ writerId: 'w2' })).toEqual({ kind: 'running' });
      await finish();
      expect(await begin({ writerId: 'w3' })).toEqual({ kind: 'done', answer: ANSWER });
      clock.advance(89 * DAY_MS);
      expect(await begin({ writerId: 'w4' })).toEqual({ kind: 'done', answer: ANSWER });
    });

    it('The change log finds the changes since a moment, those of operators too, and lists only those of users', async () => {
      await begin();
      await finish();
      const byOperator: Change = { action: 'removeAlias', alias: 'j.doe@example.com' };
      clock.advance(1_000);
      await changes.note(PORTAL_A, byOperator);
      await changes.note(PORTAL_B, { action: 'setAlias', alias: 'b@example.com' });
      expect(await changes.findSince(PORTAL_A, clock.now())).toEqual([byOperator]);
      expect(await changes.findSince(PORTAL_A, START_EPOCH_MS)).toEqual(expect.arrayContaining([CHANGE, byOperator]));
      expect(await changes.findSince(PORTAL_A, clock.now() + 1)).toEqual([]);
      expect((await changes.list(PORTAL_A)).map(({ change }) => change)).toEqual([CHANGE]);
    });

    it('The change log finds no refused change, and none that is in progress', async () => {
      await begin();
      await changes.saveDraft(PORTAL_A, delivery(), { action: 'removeSuccessor' });
      expect(await changes.findSince(PORTAL_A, START_EPOCH_MS)).toEqual([]);
      await finish({}, { status: 'refused', code: 'ALIAS_NOT_FOUND' });
      expect(await changes.findSince(PORTAL_A, START_EPOCH_MS)).toEqual([]);
    });

    it('[D3] The change log knows a delivery again when its reply was lost', async () => {
      await begin();
      expect(await begin()).toMatchObject({ kind: 'started' });
      await finish();
      await finish();
      expect(await changes.list(PORTAL_A)).toHaveLength(1);
    });

    it('[S13] The change log refuses an id that comes with something else, before and after it is done', async () => {
      await begin();
      expect(await begin({ writerId: 'w2', payloadHash: 'other' })).toEqual({ kind: 'conflict' });
      await finish();
      expect(await begin({ writerId: 'w3', payloadHash: 'other' })).toEqual({ kind: 'conflict' });
      clock.advance(2 * LEASE_MS);
      expect(await begin({ writerId: 'w4', payloadHash: 'other' })).toEqual({ kind: 'conflict' });
    });

    it('The change log restarts a change after a crash or a release, and ignores whoever had it before', async () => {
      await begin();
      clock.advance(LEASE_MS + 1);
      const restarted = { kind: 'started', beganAtEpochMs: START_EPOCH_MS };
      expect(await begin({ writerId: 'w2' })).toEqual(restarted);
      await finish({}, { status: 'set' });
      expect(await changes.list(PORTAL_A)).toEqual([]);
      await changes.release(PORTAL_A, delivery({ writerId: 'w2' }));
      expect(await begin({ writerId: 'w3' })).toEqual(restarted);
      await finish({ writerId: 'w3' });
      expect(await begin({ writerId: 'w4' })).toEqual({ kind: 'done', answer: ANSWER });
    });

    it('The change log gives every later run what the first one saved before its effect, and lists nothing of it', async () => {
      const draft: Change = { action: 'removeAlias', alias: 'a@example.com' };
      await begin();
      await changes.saveDraft(PORTAL_A, delivery(), draft);
      expect(await changes.list(PORTAL_A)).toEqual([]);
      for (const writerId of ['w2', 'w3']) {
        clock.advance(LEASE_MS + 1);
        expect(await begin({ writerId })).toMatchObject({ kind: 'started', draft });
      }
      await changes.saveDraft(PORTAL_A, delivery(), CHANGE);
      expect(await begin({ writerId: 'w3' })).toMatchObject({ kind: 'started', draft });
      clock.advance(91 * DAY_MS);
      expect(await begin({ writerId: 'w4', payloadHash: 'other' })).toEqual({ kind: 'started' });
    });

    it('The change log restarts a change of a caller whose clock was hours ahead', async () => {
      clock.advance(DAY_MS);
      await begin();
      clock.advance(-DAY_MS);
      expect(await begin({ writerId: 'w2' })).toMatchObject({ kind: 'started' });
    });

    it('The change log starts a change for one of many who ask at the same time', async () => {
      const entries = await Promise.all(Array.from({ length: 10 }, (_, n) => begin({ writerId: `w${n}` })));
      expect(entries.filter(({ kind }) => kind === 'started')).toHaveLength(1);
    });

    it('[D6] The change log lists changes that had an effect, the newest first, for 90 days', async () => {
      for (const [n, status] of (['set', 'refused', 'removed'] as const).entries()) {
        const one = { changeId: `change-${n}`, writerId: `w${n}` };
        await begin(one);
        clock.advance(400);
        await finish(one, { status });
        clock.advance(600);
      }
      const listed = { userId: '7', change: CHANGE };
      expect(await changes.list(PORTAL_A)).toEqual([
        { ...listed, changeId: 'change-2', atEpochMs: START_EPOCH_MS + 2_000, doneAtEpochMs: START_EPOCH_MS + 2_400 },
        { ...listed, changeId: 'change-0', atEpochMs: START_EPOCH_MS, doneAtEpochMs: START_EPOCH_MS + 400 },
      ]);
      clock.advance(90 * DAY_MS - 2_000);
      expect(await changes.list(PORTAL_A)).toHaveLength(1);
      expect(await begin({ changeId: 'change-0', writerId: 'w9', payloadHash: 'other' })).toEqual({ kind: 'started' });
    });

    it('The change log keeps portals apart', async () => {
      await begin();
      await finish();
      expect(await begin({ writerId: 'w2' }, PORTAL_B)).toEqual({ kind: 'started' });
      expect(await changes.list(PORTAL_B)).toEqual([]);
    });
  });
}
