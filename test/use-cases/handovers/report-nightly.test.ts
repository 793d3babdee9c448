import { beginHandover, type Handover } from '../../../lib/domain/handover.ts';
import type { StoredHandover } from '../../../lib/ports/handovers.ts';
import { createReportNightly } from '../../../lib/use-cases/handovers/report-nightly.ts';
import { PORTAL_A, toOwnerId } from '../../builders/ids.ts';

const HOUR_MS = 3_600_000;
const NOW = 100 * HOUR_MS;
const CONTACTS = { objectType: '0-1' as never, property: 'hubspot_owner_id', label: 'Owner' };

const handover = (leaver: number, more: Partial<Handover> = {}): StoredHandover => ({
  ...beginHandover({
    id: `h-${leaver}`,
    leaverId: toOwnerId(leaver),
    target: toOwnerId(9),
    plannedAtEpochMs: NOW - 24 * HOUR_MS,
    requestedBy: '',
    maxCalls: 1_000,
  }),
  status: 'moved',
  version: 1,
  ...more,
});
const reportOf = (all: readonly StoredHandover[], nightly: readonly number[] = []) => {
  const handovers = { list: async () => all, listNightly: async () => nightly.map(toOwnerId) };
  return createReportNightly({ handovers, now: () => NOW })(PORTAL_A);
};

it('The report of a night counts for each leaver what was planned, moved, left alone and not readable, without an address', async () => {
  const lena = handover(2, {
    parts: [
      { ...CONTACTS, records: 120 },
      { ...CONTACTS, property: 'csm', records: 7 },
    ],
    unreadable: [{ objectType: '0-3' as never, scopes: ['crm.objects.deals.read'] }],
    moved: { done: 118, leftAlone: 6, missing: 2, refused: 1 },
  });
  const max = handover(1, { isStopped: true, reason: 'CALLS_SPENT', status: 'moving' });
  const nothing = { planned: 0, moved: 0, leftAlone: 0, missing: 0, refused: 0, unreadable: 0 };
  expect(await reportOf([lena, max], [1, 2, 3])).toEqual([
    {
      leaverOwnerId: '1',
      handoverId: 'h-1',
      status: 'moving',
      isStopped: true,
      reason: 'CALLS_SPENT',
      ...nothing,
      isCapped: true,
    },
    {
      leaverOwnerId: '2',
      handoverId: 'h-2',
      status: 'moved',
      isStopped: false,
      planned: 127,
      moved: 118,
      leftAlone: 6,
      missing: 2,
      refused: 1,
      unreadable: 1,
      isCapped: false,
    },
    { leaverOwnerId: '3', status: 'notStarted', isStopped: false, ...nothing, isCapped: false },
  ]);
});

it('The report of a night counts what is planned as far as it is planned', async () => {
  const lena = handover(2, { status: 'planning', parts: [{ ...CONTACTS, records: 3 }], found: { records: 200 } });
  expect(await reportOf([lena])).toMatchObject([{ status: 'planning', planned: 203 }]);
});

it('Handovers of an earlier night and those that somebody started are not in the report of a night', async () => {
  const { maxCalls: _maxCalls, ...started } = handover(3);
  const earlier = handover(2, { plannedAtEpochMs: NOW - 48 * HOUR_MS });
  expect(await reportOf([earlier, started])).toEqual([]);
});
