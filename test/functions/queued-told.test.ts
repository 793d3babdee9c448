import { createTellings } from '../../lib/store/tellings.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { toPortalId } from '../builders/ids.ts';
import { type FloodService, startFloodService } from '../support/flood-service.ts';
import type { Execution } from '../support/queued-enrolment.ts';
import { PORTAL } from '../support/service.ts';
import { withoutProof } from '../support/without-proof.ts';

const TELL = 'worker POST /automation/actions/callbacks/2026-09/complete';

/** A worker that died after it had told HubSpot, and before its messages were deleted. */
describe('messages of executions that are told already', () => {
  let flood: FloodService;

  beforeEach(async () => {
    flood = await startFloodService({ config: { queuedPortals: new Set([toPortalId(PORTAL)]) } });
    addActiveOwner(flood.simulator.state, PORTAL, { email: 'jane@example.com' });
  });
  afterEach(() => flood.close());

  it.each([100, 4, 1])('[Q1] %i of them cost no more calls when they come again', async (count) => {
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
    expect(flood.simulator.calls.since(mark)).toEqual([]);
    expect(flood.queue.live.messages).toEqual([]);
  });

  /** A service whose workers die right before they complete several callbacks, and seven executions in its queue. */
  async function startMortal() {
    const life = { isMortal: true };
    await flood.close();
    flood = await startFloodService({
      config: { queuedPortals: new Set([toPortalId(PORTAL)]) },
      fate: (step) => (life.isMortal && step === TELL ? 'before' : undefined),
    });
    addActiveOwner(flood.simulator.state, PORTAL, { email: 'jane@example.com' });
    const executions = Array.from({ length: 7 }, () => flood.hubspot.enrol());
    for (const execution of executions) await flood.deliver(execution);
    flood.clock.advance(5_000);
    return { life, executions };
  }

  it('[Q1] of whom one was told alone are told together, and HubSpot refuses none of it', async () => {
    const { life, executions } = await startMortal();
    const alone = await flood.work({ most: 1 });
    const others = await flood.work();
    expect(executions.map(({ state }) => state)).toEqual(['completed', ...Array(6).fill('waiting')]);

    life.isMortal = false;
    flood.restart();
    flood.clock.advance(3_600_000);
    const mark = flood.simulator.calls.mark();
    await flood.invokeWorker([...alone.records, ...others.records]);
    // The first asks whether the call that nobody heard of had its effect.
    expect(withoutProof(flood.simulator.calls.since(mark))).toMatchObject([
      { route: 'POST callback', status: 204 },
      { route: 'POST callbacks', status: 204 },
    ]);
    expect(executions.map(({ outputs }) => outputs?.outcome)).toEqual(Array(7).fill('ASSIGNED'));
  });

  it('[Q1] are told although HubSpot refuses them together with one whom somebody else tells meanwhile', async () => {
    await flood.close();
    let tellFirst: () => Promise<unknown> = async () => undefined;
    flood = await startFloodService({
      config: { queuedPortals: new Set([toPortalId(PORTAL)]) },
      world: {
        async fetch(url, init) {
          if (String(url).endsWith('/2026-09/complete')) await tellFirst();
          return fetch(url, init);
        },
      },
    });
    addActiveOwner(flood.simulator.state, PORTAL, { email: 'jane@example.com' });
    const executions = Array.from({ length: 7 }, () => flood.hubspot.enrol());
    for (const execution of executions) await flood.deliver(execution);
    flood.clock.advance(5_000);
    // Another worker got one of them a second time, and is done with it just before this one asks.
    tellFirst = async () => {
      tellFirst = async () => undefined;
      const { callbackId } = executions[0] as Execution;
      const tellings = createTellings(flood.table, flood.clock.now, () => 'other');
      const callId = await tellings.note(toPortalId(PORTAL), [callbackId]);
      const outputFields = { outcome: 'ASSIGNED', hs_execution_state: 'SUCCESS' };
      flood.simulator.state.blocked.complete(PORTAL, [{ callbackId, outputFields }], 'each');
      await tellings.end(toPortalId(PORTAL), callId, 'completed');
    };
    await flood.work();
    expect(executions.map(({ outputs }) => outputs?.outcome)).toEqual(Array(7).fill('ASSIGNED'));
    const told = flood.simulator.calls.all().filter(({ route }) => route?.startsWith('POST callback'));
    expect(told.map(({ route, status }) => `${route} ${status}`)).toEqual(['POST callbacks 400', 'POST callbacks 204']);
    expect(flood.queue.live.messages).toEqual([]);
  });

  it('[Q1] are left alone while somebody may be telling them, and no longer', async () => {
    const { life } = await startMortal();
    const { records } = await flood.work();
    life.isMortal = false;
    flood.restart();
    flood.clock.advance(12_000);
    const before = flood.queue.sent.length;
    const mark = flood.simulator.calls.mark();
    expect(await flood.invokeWorker(records)).toEqual({ batchItemFailures: [] });
    expect(flood.simulator.calls.since(mark)).toEqual([]);
    // A call takes no longer than twenty seconds.
    expect(flood.queue.sent.slice(before).map(({ delaySeconds }) => delaySeconds)).toEqual(Array(7).fill(8));
  });

  it('[Q2] are not taken for told because one of them was, by a try whose answer was lost', async () => {
    const { life, executions } = await startMortal();
    const { records } = await flood.work();
    life.isMortal = false;
    flood.restart();
    flood.clock.advance(30_000);
    // A copy of one message comes first. HubSpot completes its execution, and does not know it when the call is repeated.
    flood.simulator.faults.script({ route: 'POST callback', fault: { kind: 'resetAfterEffect' } });
    await flood.invokeWorker(records.slice(3, 4));
    expect(executions.filter(({ state }) => state === 'completed')).toHaveLength(1);

    flood.clock.advance(30_000);
    await flood.invokeWorker(records);
    expect(executions.map(({ outputs }) => outputs?.outcome)).toEqual(Array(7).fill('ASSIGNED'));
  });

  it('[Q2] are all told in the end, however often a worker dies right before it tells them', async () => {
    const { life, executions } = await startMortal();
    for (let life = 0; life < 2; life += 1) {
      flood.clock.advance(3_600_000);
      await flood.work();
      flood.restart();
    }
    life.isMortal = false;
    flood.clock.advance(3_600_000);
    await flood.work();
    expect(executions.map(({ outputs }) => outputs?.outcome)).toEqual(Array(7).fill('ASSIGNED'));
  });
});
