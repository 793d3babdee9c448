import { readRefreshFlags } from '../../lib/operator/refresh-flags.ts';

/** As AWS documents it (EventBridge Scheduler, invoking Lambda, read 2026-11-27), with a field that AWS may add. */
const SCHEDULED = {
  version: '0',
  id: '6f4b2a8c',
  'detail-type': 'Scheduled Event',
  source: 'aws.scheduler',
  detail: '{}',
  addedLater: 'force',
};

it.each<[unknown, object]>([
  [SCHEDULED, { force: false, atOnce: false }],
  [{}, { force: false, atOnce: false }],
  [null, { force: false, atOnce: false }],
  [undefined, { force: false, atOnce: false }],
  ['', { force: false, atOnce: false }],
  [{ atOnce: true }, { force: false, atOnce: true }],
  [
    { force: true, atOnce: false },
    { force: true, atOnce: false },
  ],
])('The event %j of scheduleOwnerRefresh is the order %j', (event, order) => {
  expect(readRefreshFlags(event)).toEqual(order);
});

it.each([
  [{ force: 'true' }, 'force: must be true or false, without quotes'],
  [{ atOnce: 1 }, 'atOnce: must be true or false, without quotes'],
  [{ atOnce: true, force: null }, 'force: must be true or false, without quotes'],
  [{ Force: true }, 'Force: unknown; write force'],
  [{ portalId: '4000001', force: true }, 'portalId: unknown; leave it out, all connected accounts are refreshed'],
  [{ portal_ids: [4000001] }, 'portal_ids: unknown; leave it out, all connected accounts are refreshed'],
  [{ 'at-once': true, force: 'yes' }, 'at-once: unknown; write atOnce; force: must be true or false, without quotes'],
])('The order %j of scheduleOwnerRefresh is refused instead of ignored: %s', (event, problem) => {
  expect(() => readRefreshFlags(event)).toThrow(new TypeError(problem));
});
