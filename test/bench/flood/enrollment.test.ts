import { type Execute, enrollAll, PATIENCE_MS } from '../../../bench/flood/enrollment.ts';
import { createVirtualTime } from '../../../bench/flood/virtual-time.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Enrolls one or more executions and notes when each was sent. */
async function enroll(execute: Execute<number>, { executions = 1, enrolledPerSecond = 1, spread = 0 } = {}) {
  const time = createVirtualTime(0);
  const sentAt: number[] = [];
  const enrolled = Array.from({ length: executions }, (_, index) => index);
  const outcome = await time.run(() =>
    enrollAll(time, { enrolledPerSecond, spread }, enrolled, (one, deadline) => {
      sentAt.push(time.now());
      return execute(one, deadline);
    }),
  );
  return { ...outcome, sentAt, gaps: sentAt.slice(1).map((at, index) => at - (sentAt[index] ?? 0)) };
}

it('The bench enrolls records at the pace of the flood', async () => {
  const { sentAt, endings } = await enroll(async () => 'SUCCESS', { executions: 4, enrolledPerSecond: 4 });
  expect(sentAt).toEqual([0, 250, 500, 750]);
  expect(endings).toEqual({ SUCCESS: 4, FAIL_CONTINUE: 0, GAVE_UP: 0 });
});

it('HubSpot’s stand-in does not resend an execution that has ended, whatever its result', async () => {
  const { deliveries, endings } = await enroll(async (one) => (one === 0 ? 'SUCCESS' : 'FAIL_CONTINUE'), {
    executions: 2,
  });
  expect(deliveries).toBe(2);
  expect(endings).toEqual({ SUCCESS: 1, FAIL_CONTINUE: 1, GAVE_UP: 0 });
});

it('HubSpot’s stand-in sends again after a minute, doubles the wait up to eight hours, and gives up within three days', async () => {
  const { gaps, sentAt, endings } = await enroll(async () => 'RETRY');
  expect(gaps.slice(0, 4)).toEqual([1, 2, 4, 8].map((minutes) => minutes * MINUTE_MS));
  expect(Math.max(...gaps)).toBe(8 * HOUR_MS);
  expect(sentAt.at(-1)).toBeLessThanOrEqual(72 * HOUR_MS);
  expect((sentAt.at(-1) ?? 0) + 8 * HOUR_MS).toBeGreaterThan(72 * HOUR_MS);
  expect(endings.GAVE_UP).toBe(1);
});

it('HubSpot’s stand-in ignores an answer that comes after twenty seconds', async () => {
  const time = createVirtualTime(0);
  const deadlines: number[] = [];
  const slowAtFirst: Execute<string> = async (_, deadline) => {
    deadlines.push(deadline);
    await time.sleep(deadlines.length === 1 ? PATIENCE_MS + 1 : PATIENCE_MS - 1);
    return 'SUCCESS';
  };
  const flood = { enrolledPerSecond: 1, spread: 0 };
  const { deliveries, endings } = await time.run(() => enrollAll(time, flood, ['one'], slowAtFirst));
  expect(deliveries).toBe(2);
  expect(endings.SUCCESS).toBe(1);
  expect(deadlines).toEqual([PATIENCE_MS, PATIENCE_MS + MINUTE_MS + PATIENCE_MS]);
});

it('HubSpot’s stand-in spreads its waits around the schedule, in the same way in every run', async () => {
  const failFirst = () => {
    const seen = new Set<number>();
    const execute: Execute<number> = async (one) => (seen.has(one) || !seen.add(one) ? 'SUCCESS' : 'RETRY');
    return enroll(execute, { executions: 200, enrolledPerSecond: 1_000_000, spread: 0.5 });
  };
  const { sentAt } = await failFirst();
  const waits = sentAt.slice(200).map((at) => at / MINUTE_MS);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(0.5);
  expect(Math.max(...waits)).toBeLessThan(1.51);
  expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(0.9);
  expect((await failFirst()).sentAt).toEqual(sentAt);
});

it('A failure of the measured way ends the flood with its error', async () => {
  const broken: Execute<number> = () => Promise.reject(new Error('the way is broken'));
  await expect(enroll(broken)).rejects.toThrow('the way is broken');
});
