import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { toPortalId } from '../builders/ids.ts';
import { type FloodService, startFloodService } from '../support/flood-service.ts';
import { PORTAL } from '../support/service.ts';

/** A worker that died after it had told HubSpot, and before its messages were deleted. */
describe('messages of executions that are told already', () => {
  let flood: FloodService;

  beforeEach(async () => {
    flood = await startFloodService({ config: { queuedPortals: new Set([toPortalId(PORTAL)]) } });
    addActiveOwner(flood.simulator.state, PORTAL, { email: 'jane@example.com' });
  });
  afterEach(() => flood.close());

  it.each([
    [100, 0, 'since it was noted that they are told'],
    [4, 7, 'and a few are told again, which costs less than a note: a batch that is halved down to each of them'],
  ])('[Q1] %i of them cost %i more calls when they come again, %s', async (count, calls) => {
    const executions = Array.from({ length: count }, () => flood.hubspot.enrol());
    for (const execution of executions) await flood.deliver(execution);
    flood.clock.advance(5_000);
    const { records } = await flood.work();
    expect(executions.every(({ outputs }) => outputs?.outcome === 'ASSIGNED')).toBe(true);

    flood.restart();
    // Long after HubSpot knew that they wait: whatever it does not know now is done.
    flood.clock.advance(3_600_000);
    const mark = flood.simulator.calls.mark();
    expect(await flood.invokeWorker(records)).toEqual({ batchItemFailures: [] });
    expect(flood.simulator.calls.since(mark).map(({ route }) => route)).toHaveLength(calls);
    expect(flood.queue.live.messages).toEqual([]);
  });

  it('[Q2] are all told in the end, however often a worker dies right before it tells them', async () => {
    const TELL = 'worker POST /automation/actions/callbacks/2026-09/complete';
    let isMortal = true;
    await flood.close();
    flood = await startFloodService({
      config: { queuedPortals: new Set([toPortalId(PORTAL)]) },
      fate: (step) => (isMortal && step === TELL ? 'before' : undefined),
    });
    addActiveOwner(flood.simulator.state, PORTAL, { email: 'jane@example.com' });
    const executions = Array.from({ length: 7 }, () => flood.hubspot.enrol());
    for (const execution of executions) await flood.deliver(execution);
    for (let life = 0; life < 2; life += 1) {
      flood.clock.advance(3_600_000);
      await flood.work();
      flood.restart();
    }
    isMortal = false;
    flood.clock.advance(3_600_000);
    await flood.work();
    expect(executions.map(({ outputs }) => outputs?.outcome)).toEqual(Array(7).fill('ASSIGNED'));
  });
});
