import { beginHandover, type Handover } from '../../../lib/domain/handover.ts';
import type { StoredHandover } from '../../../lib/ports/handovers.ts';
import { createCountNightly } from '../../../lib/use-cases/handovers/count-nightly.ts';
import { PORTAL_A, toOwnerId } from '../../builders/ids.ts';

const HOUR_MS = 3_600_000;
const NOW = 100 * HOUR_MS;

const handover = (leaver: number, done: number, more: Partial<Handover> = {}): StoredHandover => ({
  ...beginHandover({
    id: `h-${leaver}-${done}`,
    leaverId: toOwnerId(leaver),
    target: toOwnerId(9),
    plannedAtEpochMs: NOW - 24 * HOUR_MS,
    requestedBy: '',
    maxCalls: 1_000,
  }),
  moved: { done, leftAlone: 5, missing: 0, refused: 0 },
  version: 1,
  ...more,
});
const countOf = (...handovers: readonly StoredHandover[]) =>
  createCountNightly({ handovers: { list: async () => handovers }, now: () => NOW })(PORTAL_A);

it('The records that nightly handovers moved in the last day are counted, and each leaver once', async () => {
  expect(await countOf(handover(1, 3), handover(1, 4), handover(2, 1))).toEqual({ records: 8, leavers: 2 });
});

it('A night in which nothing was moved, one of an earlier day, and a handover that somebody started do not count', async () => {
  const { maxCalls: _maxCalls, ...started } = handover(3, 40);
  const earlier = handover(2, 7, { plannedAtEpochMs: NOW - 48 * HOUR_MS });
  expect(await countOf(handover(1, 0), earlier, started)).toEqual({ records: 0, leavers: 0 });
});
