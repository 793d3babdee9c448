import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { type FloodService, startFloodService } from '../support/flood-service.ts';
import { PORTAL } from '../support/service.ts';

describe('A flood that the worker has seen', () => {
  let flood: FloodService;

  async function processExecutions(count: number): Promise<void> {
    flood = await startFloodService();
    addActiveOwner(flood.simulator.state, PORTAL, { email: 'jane@example.com' });
    // HubSpot says that its limit is used up: the first of them wait, whatever comes next.
    await flood.spendBudget(1_000);
    for (let index = 0; index < count; index += 1) await flood.deliver(flood.hubspot.enroll());
    flood.clock.advance(5_000);
    await flood.work();
  }
  afterEach(() => flood.close());

  it.each([
    [50, 1, 'a backlog is noted for five seconds'],
    [49, 0, 'too few for a backlog'],
  ])('After a flood of %i executions, this many new records wait with the others: %i (%s)', async (count, waiting) => {
    await processExecutions(count);
    const execution = flood.hubspot.enroll();
    await flood.deliver(execution);
    expect(flood.queue.live.messages).toHaveLength(waiting);
    flood.clock.advance(5_001);
    await flood.deliver(flood.hubspot.enroll());
    expect(flood.queue.live.messages).toHaveLength(waiting);
  });
});
