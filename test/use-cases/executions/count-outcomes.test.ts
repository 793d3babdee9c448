import { StoreUnavailableError } from '../../../lib/domain/errors.ts';
import type { Outcome } from '../../../lib/domain/outcome.ts';
import { createCountOutcomes } from '../../../lib/use-cases/executions/count-outcomes.ts';
import { PORTAL_A, PORTAL_B } from '../../builders/ids.ts';
import { createFakeOutcomeLog, type FakeOutcomeLog } from '../../fakes/outcome-log.ts';
import { createFakeTelemetry, type FakeTelemetry } from '../../fakes/telemetry.ts';
import { type FakeClock, makeClock } from '../../support/clock.ts';

let clock: FakeClock;
let outcomes: FakeOutcomeLog;
let telemetry: FakeTelemetry;
let container: ReturnType<typeof createCountOutcomes>;

beforeEach(() => {
  clock = makeClock();
  outcomes = createFakeOutcomeLog();
  telemetry = createFakeTelemetry();
  container = createCountOutcomes({ outcomes, now: clock.now, log: telemetry.log });
});

async function answer(outcome: Outcome = 'ASSIGNED', portalId = PORTAL_A): Promise<void> {
  container.noteOutcome(portalId, { outcome });
  await container.writeDue();
}

const stored = async (portalId = PORTAL_A) => Object.fromEntries(await outcomes.list(portalId));
const TODAY = '2026-11-23';

it('A container writes the first outcome at once, so that a quiet account is counted exactly', async () => {
  await answer();
  expect(await stored()).toEqual({ [TODAY]: { ASSIGNED: 1 } });
  clock.advance(20_000);
  await answer('FAILED');
  expect(await stored()).toEqual({ [TODAY]: { ASSIGNED: 1, FAILED: 1 } });
});

it('A container writes few outcomes at most every 20 seconds', async () => {
  for (let second = 0; second < 60; second += 3) {
    await answer();
    clock.advance(3_000);
  }
  expect(outcomes.writes()).toBe(3);
  clock.advance(20_000);
  await container.writeDue();
  expect(await stored()).toEqual({ [TODAY]: { ASSIGNED: 20 } });
});

it('A container writes outcomes at most every 5 seconds, whatever the flood', async () => {
  for (let n = 0; n < 6_000; n += 1) {
    await answer();
    clock.advance(10);
  }
  expect(outcomes.writes()).toBe(12);
});

it('A container never has more than 5 seconds of many outcomes unwritten, or more than 24 outcomes', async () => {
  for (let n = 0; n < 50; n += 1) {
    await answer();
    clock.advance(200);
  }
  expect((await stored())[TODAY]?.ASSIGNED).toBeGreaterThanOrEqual(26);
});

it('A container counts the outcomes of each account separately', async () => {
  await answer('ASSIGNED', PORTAL_A);
  await answer('FOUND', PORTAL_B);
  await answer('FAILED', PORTAL_A);
  expect([await stored(PORTAL_A), await stored(PORTAL_B)]).toEqual([
    { [TODAY]: { ASSIGNED: 1 } },
    { [TODAY]: { FOUND: 1 } },
  ]);
  clock.advance(20_000);
  await answer('FOUND', PORTAL_B);
  expect(await stored(PORTAL_A)).toEqual({ [TODAY]: { ASSIGNED: 1, FAILED: 1 } });
});

it('An outcome counts on the day of its answer', async () => {
  await answer();
  await answer();
  clock.advance(86_400_000);
  await answer();
  expect(await stored()).toEqual({ [TODAY]: { ASSIGNED: 2 }, '2026-11-24': { ASSIGNED: 1 } });
});

it('A worker writes the outcomes of a batch with one write for each account', async () => {
  for (let n = 0; n < 100; n += 1) container.noteOutcome(PORTAL_A, { outcome: n % 2 ? 'ASSIGNED' : 'FAILED' });
  await container.writeAll();
  await container.writeAll();
  expect(await stored()).toEqual({ [TODAY]: { ASSIGNED: 50, FAILED: 50 } });
  expect(outcomes.writes()).toBe(1);
});

it('An outcome of an account that is not connected is not counted, because the account may be forgotten', async () => {
  container.noteOutcome(PORTAL_A, { outcome: 'FAILED', errorCode: 'PORTAL_NOT_CONNECTED' });
  await container.writeAll();
  expect(outcomes.writes()).toBe(0);
});

it('[D1] A container keeps its counts while the table is away, fails no execution and does not retry each time', async () => {
  outcomes.outage.fail(new StoreUnavailableError('away'));
  await answer();
  await answer();
  expect(telemetry.lines).toEqual(['warn outcomes could not be counted yet']);
  outcomes.outage.recover();
  clock.advance(20_000);
  await answer();
  expect(await stored()).toEqual({ [TODAY]: { ASSIGNED: 3 } });
});

it('A fault of our own while outcomes are counted is thrown', async () => {
  outcomes.outage.fail(new Error('a fault'));
  await expect(answer()).rejects.toThrow('a fault');
});
