import { revokeToken } from '../../local/simulator/seed-portals.ts';
import type { Execution } from '../support/queued-enrollment.ts';
import { PORTAL, tokenOf } from '../support/service.ts';
import { useFlood } from '../support/use-flood.ts';

const BLOCK_MS = 2 * 86_400_000;
const LAST_CALL_MS = 30 * 60_000;

let killAt: string | undefined;
const flood = useFlood({ fate: (step) => (step === killAt ? 'after' : undefined) });
beforeEach(() => {
  killAt = undefined;
});

/** Moves the clock to so long before the block of an execution that was queued just now is over. */
function moveToEnd(leftMs: number): void {
  const { clock, queue } = flood();
  const [message] = queue.sent;
  clock.advance((message?.sentAtEpochMs ?? 0) + BLOCK_MS - leftMs - clock.now());
}

async function queueOne(): Promise<Execution> {
  flood.hire();
  const [execution] = await flood.queued({});
  return execution as Execution;
}

it('[Q10] An execution near the end of its wait reports that it expired, and nothing is written', async () => {
  const execution = await queueOne();
  moveToEnd(LAST_CALL_MS - 1_000);
  await flood().work();
  expect(execution).toMatchObject({
    state: 'completed',
    outputs: { outcome: 'FAILED', errorCode: 'EXPIRED_IN_QUEUE', hs_execution_state: 'FAIL_CONTINUE' },
  });
  expect(flood.ownerOf(execution)).toBe('');
  expect(flood().queue.live.messages).toEqual([]);
});

it('[Q10] An execution shortly before the expiry margin is still set', async () => {
  const execution = await queueOne();
  moveToEnd(LAST_CALL_MS + 60_000);
  await flood().work();
  expect(execution).toMatchObject({ state: 'completed', outputs: { outcome: 'ASSIGNED' } });
});

it('[Q10] After HubSpot stopped waiting, nothing is written or completed, and the execution is counted as late', async () => {
  const execution = await queueOne();
  moveToEnd(-1_000);
  const calls = await flood.callsOf(() => flood().work());
  expect(calls).toEqual([]);
  expect(flood.ownerOf(execution)).toBe('');
  expect(flood.count('ExecutionsLate')).toBe(1);
  expect(flood().queue.live.messages).toEqual([]);
  flood().simulator.state.blocked.expireDue();
  await Promise.resolve();
  expect(execution.state).toBe('expired');
});

it('[Q10] An expiring execution reports success when a crashed worker had set its owner', async () => {
  const execution = await queueOne();
  flood().clock.advance(BLOCK_MS - LAST_CALL_MS - 120_000);
  killAt = 'worker POST /crm/objects/2026-09/0-1/batch/update';
  expect((await flood().work()).failedIds).toBeUndefined();
  killAt = undefined;
  flood().restart();
  flood().clock.advance(360_000);
  await flood().work();
  expect(execution).toMatchObject({
    state: 'completed',
    outputs: { outcome: 'ALREADY_ASSIGNED', ownerId: flood.ownerOf(execution), hs_execution_state: 'SUCCESS' },
  });
});

it('A disconnected account takes one try every fifteen minutes, and none after HubSpot stopped waiting', async () => {
  const execution = await queueOne();
  const { simulator, queue, clock } = flood();
  revokeToken(simulator.state, PORTAL, tokenOf(PORTAL));
  let rounds = 0;
  for (; queue.live.messages.length > 0 && rounds < 1_000; rounds += 1) {
    clock.advance(Math.max(0, (queue.live.nextAtEpochMs() ?? 0) - clock.now()));
    const worked = await flood().work();
    expect(worked.failedIds).toEqual([]);
  }
  // Every quarter of an hour for two days.
  expect(rounds).toBeLessThanOrEqual(2 * 96 + 3);
  expect(queue.live.messages).toEqual([]);
  expect(flood.ownerOf(execution)).toBe('');
});

it('While HubSpot is away at the end of a wait, it is called at intervals and never in a loop', async () => {
  const execution = await queueOne();
  moveToEnd(LAST_CALL_MS - 1_000);
  const { simulator, queue, clock } = flood();
  simulator.faults.chaos({ seed: 1, shares: { status5xx: 1 } });
  let rounds = 0;
  for (; queue.live.messages.length > 0 && rounds < 1_000; rounds += 1) {
    clock.advance(Math.max(0, (queue.live.nextAtEpochMs() ?? 0) - clock.now()));
    await flood().work();
  }
  simulator.faults.clear();
  expect(rounds).toBeLessThan(60);
  expect(flood.ownerOf(execution)).toBe('');
});
