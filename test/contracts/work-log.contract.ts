import type { WorkLog } from '../../lib/ports/executions.ts';
import type { Now } from '../../lib/ports/telemetry.ts';
import { PORTAL_A, PORTAL_B } from '../builders/ids.ts';
import { type FakeClock, makeClock, START_EPOCH_MS } from '../support/clock.ts';

const WRITE = { key: '["0-1","501","hubspot_owner_id"]', value: '77', firstSeenAtEpochMs: START_EPOCH_MS - 60_000 };
const HOUR_MS = 3_600_000;

/** What every work log promises. `make` gives an empty one that goes by the given clock. */
export function describeWorkLog(name: string, make: (now: Now) => Promise<WorkLog>): void {
  describe(`work log: ${name}`, () => {
    let clock: FakeClock;
    let log: WorkLog;

    beforeEach(async () => {
      clock = makeClock();
      log = await make(clock.now);
    });

    it('The work log finds what was noted, with the time of the note', async () => {
      await log.noteWrites(PORTAL_A, [WRITE, { ...WRITE, value: '' }]);
      expect(await log.findWrites(PORTAL_A, START_EPOCH_MS)).toEqual([
        { ...WRITE, atEpochMs: START_EPOCH_MS },
        { ...WRITE, value: '', atEpochMs: START_EPOCH_MS },
      ]);
    });

    it('The work log finds a write by the time when it began, where that was noted later', async () => {
      await log.noteWrites(PORTAL_A, [WRITE], START_EPOCH_MS - 2_000);
      expect(await log.findWrites(PORTAL_A, START_EPOCH_MS - 1_999)).toEqual([]);
      expect(await log.findWrites(PORTAL_A, START_EPOCH_MS - 2_000)).toEqual([
        { ...WRITE, atEpochMs: START_EPOCH_MS - 2_000 },
      ]);
    });

    it('The work log finds only what was noted at that time or later', async () => {
      await log.noteWrites(PORTAL_A, [WRITE]);
      await log.noteCompleted(PORTAL_A, ['ap-1']);
      clock.advance(HOUR_MS);
      await log.noteWrites(PORTAL_A, [{ ...WRITE, value: '78' }]);
      await log.noteCompleted(PORTAL_A, ['ap-2']);
      expect(await log.findWrites(PORTAL_A, START_EPOCH_MS + 1)).toMatchObject([{ value: '78' }]);
      expect(await log.findCompleted(PORTAL_A, START_EPOCH_MS + 1)).toEqual(new Set(['ap-2']));
      expect(await log.findCompleted(PORTAL_A, START_EPOCH_MS)).toEqual(new Set(['ap-1', 'ap-2']));
      expect(await log.findWrites(PORTAL_A, clock.now() + 1)).toEqual([]);
    });

    it('The work log keeps two notes of the same moment', async () => {
      await log.noteCompleted(PORTAL_A, ['ap-1']);
      await log.noteCompleted(PORTAL_A, ['ap-2']);
      expect(await log.findCompleted(PORTAL_A, 0)).toEqual(new Set(['ap-1', 'ap-2']));
    });

    it('The work log finds when each callback was last blocked', async () => {
      await log.noteBlocked(PORTAL_A, ['ap-1', 'ap-2']);
      clock.advance(HOUR_MS);
      await log.noteBlocked(PORTAL_A, ['ap-2']);
      const last = clock.now();
      expect(await log.findBlocked(PORTAL_A, 0)).toEqual(
        new Map([
          ['ap-1', START_EPOCH_MS],
          ['ap-2', last],
        ]),
      );
      expect(await log.findBlocked(PORTAL_A, START_EPOCH_MS + 1)).toEqual(new Map([['ap-2', last]]));
      expect(await log.findBlocked(PORTAL_B, 0)).toEqual(new Map());
    });

    it('The work log separates accounts', async () => {
      await log.noteWrites(PORTAL_A, [WRITE]);
      await log.noteCompleted(PORTAL_A, ['ap-1']);
      expect(await log.findWrites(PORTAL_B, 0)).toEqual([]);
      expect(await log.findCompleted(PORTAL_B, 0)).toEqual(new Set());
    });

    it('The work log finds all of a hundred batches of a hundred notes', async () => {
      for (let batch = 0; batch < 100; batch += 1) {
        clock.advance(1);
        const ids = Array.from({ length: 100 }, (_, index) => `ap-8200001-63000000001-${batch}-${index}`);
        await log.noteCompleted(PORTAL_A, ids);
      }
      expect((await log.findCompleted(PORTAL_A, START_EPOCH_MS)).size).toBe(10_000);
      expect((await log.findCompleted(PORTAL_A, clock.now())).size).toBe(100);
    });
  });
}
