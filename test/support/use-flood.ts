import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { readRecordProperty } from '../../local/simulator/seed-records.ts';
import type { SimulatedOwner } from '../../local/simulator/state.ts';
import { type FloodOptions, type FloodService, startFloodService } from './flood-service.ts';
import type { EnrollOptions, Execution } from './queued-enrollment.ts';
import { PORTAL } from './service.ts';
import { withoutProof } from './without-proof.ts';

/** The delay of a message before the worker may see it. */
export const HOLD_BACK_MS = 5_000;
/** Time enough for a spent budget of `queued` to be over. */
export const LATER_MS = 5_000;

export type RunningFlood = {
  (): FloodService;
  /** An owner of the portal; Jane unless said otherwise. */
  hire(spec?: { readonly email?: string; readonly portalId?: number }): SimulatedOwner;
  /** Enrolls records while the portal's budget is used up: each of them waits in the queue. */
  queued(...enrollments: readonly EnrollOptions[]): Promise<Execution[]>;
  /** Enrolls a record and hears its answer. */
  enroll(options?: EnrollOptions): Promise<Execution>;
  /** Lets the time of the messages come, and works until the queue shows nothing more. */
  processExecutions(): Promise<void>;
  /** Works whenever a message is due, until there are none. */
  workAll(): Promise<void>;
  ownerOf(execution: Execution): string;
  /** HubSpot calls of `work`, by route. */
  callsOf(work: () => Promise<unknown>): Promise<string[]>;
  count(metric: string): number;
};

/** A flood service for each test, which must end without a fault left over and without a call that no good client makes. */
export function useFlood(options: FloodOptions = {}): RunningFlood {
  let service: FloodService;

  beforeEach(async () => {
    service = await startFloodService(options);
  });

  afterEach(async () => {
    // Closed before anything can fail, or a failing test would keep the run from ending.
    await service.close();
    expect(service.simulator.violations).toEqual([]);
    expect(service.simulator.faults.unread()).toEqual([]);
    expect(service.hubspot.violations).toEqual([]);
  });

  async function enroll(enrollment: EnrollOptions = {}): Promise<Execution> {
    const execution = service.hubspot.enroll(enrollment);
    await service.deliver(execution);
    return execution;
  }

  return Object.assign(() => service, {
    hire({ email = 'jane@example.com', portalId = PORTAL } = {}) {
      return addActiveOwner(service.simulator.state, portalId, { email, firstName: 'Jane', lastName: 'Doe' });
    },
    async queued(...enrollments: readonly EnrollOptions[]) {
      const executions: Execution[] = [];
      // A container that holds permits would use them up first.
      service.restart();
      for (const enrollment of enrollments) {
        await service.spendBudget(LATER_MS, enrollment.portalId);
        const execution = await enroll(enrollment);
        expect(execution).toMatchObject({ state: 'waiting' });
        executions.push(execution);
        // So that one was queued before the other.
        service.clock.advance(1);
      }
      service.clock.advance(LATER_MS);
      return executions;
    },
    enroll,
    async processExecutions() {
      service.clock.advance(HOLD_BACK_MS);
      for (let round = 0; round < 50 && (await service.work()).records.length > 0; round += 1);
    },
    async workAll() {
      const { queue, clock } = service;
      for (let round = 0; round < 1_000 && queue.live.messages.length > 0; round += 1) {
        clock.advance(Math.max(0, (queue.live.nextAtEpochMs() ?? 0) - clock.now()));
        await service.work();
      }
    },
    ownerOf: ({ portalId, objectId }: Execution) =>
      readRecordProperty(service.simulator.state, portalId, '0-1', objectId, 'hubspot_owner_id'),
    async callsOf(work: () => Promise<unknown>) {
      const mark = service.simulator.calls.mark();
      await work();
      return withoutProof(service.simulator.calls.since(mark)).map(({ route }) => route ?? 'unknown');
    },
    count: (metric: string) => service.telemetry.counted.filter(({ name }) => name === metric).length,
  });
}
