import { toPortalId } from '../builders/ids.ts';
import type { Execution } from '../support/queued-enrollment.ts';
import { PORTAL } from '../support/service.ts';
import { useFlood } from '../support/use-flood.ts';

jest.setTimeout(180_000);

const flood = useFlood({ config: { queuedPortals: new Set([toPortalId(PORTAL)]) } });
const HOUR_MS = 3_600_000;

async function enrollAndUnenroll(count: number, hasLeft: (index: number) => boolean): Promise<Execution[]> {
  flood.hire();
  const executions: Execution[] = [];
  for (let index = 0; index < count; index += 1) executions.push(await flood.enroll());
  const left = executions.filter((_execution, index) => hasLeft(index));
  flood().simulator.state.blocked.unenroll(left.map(({ callbackId }) => callbackId));
  return executions;
}

/** @returns the calls that HubSpot answered meanwhile, and how many of them with an error */
async function workFor(hours: number): Promise<{ readonly calls: number; readonly errors: number }> {
  const { simulator, clock, queue } = flood();
  const mark = simulator.calls.mark();
  const end = clock.now() + hours * HOUR_MS;
  for (let next = queue.live.nextAtEpochMs(); next !== undefined && next < end; next = queue.live.nextAtEpochMs()) {
    clock.advance(Math.max(0, next - clock.now()));
    await flood().work();
  }
  const calls = simulator.calls.since(mark);
  return { calls: calls.length, errors: calls.filter(({ status = 0 }) => status >= 400).length };
}

const waiting = (executions: readonly Execution[]) => executions.filter(({ state }) => state === 'waiting').length;

describe('Queued executions whose records left their workflows', () => {
  it('[W5] Unenrolled executions are found among many others with few errors', async () => {
    const executions = await enrollAndUnenroll(1_000, (index) => index % 100 === 37);
    const { calls, errors } = await workFor(1);
    expect(waiting(executions)).toBe(0);
    expect(errors / calls).toBeLessThanOrEqual(0.05);
    expect(flood.count('BreakerOpened')).toBe(0);
  });

  it('[W5] Many unenrolled executions do not stop any other from being completed in time', async () => {
    const executions = await enrollAndUnenroll(300, (index) => index % 4 === 0);
    await workFor(40);
    expect(waiting(executions)).toBe(0);
    expect(flood.count('BreakerOpened')).toBe(0);
  });

  it('[W5] A queue of only unenrolled executions causes a few errors an hour', async () => {
    await enrollAndUnenroll(300, () => true);
    const { errors } = await workFor(3);
    expect(errors).toBeLessThanOrEqual(70);
    expect(flood.count('BreakerOpened')).toBe(0);
  });
});
