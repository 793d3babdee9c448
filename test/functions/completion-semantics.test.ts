import fc from 'fast-check';
import type { Faults } from '../../local/simulator/faults.ts';
import { toPortalId } from '../builders/ids.ts';
import type { Execution } from '../support/queued-enrollment.ts';
import { PORTAL } from '../support/service.ts';
import { useFlood } from '../support/use-flood.ts';

jest.setTimeout(180_000);

const flood = useFlood({ config: { queuedPortals: new Set([toPortalId(PORTAL)]) } });
const HOUR_MS = 3_600_000;
/** Long before HubSpot stops waiting. */
const MOST_HOURS = 3;

const fault: fc.Arbitrary<Parameters<Faults['script']>[0]['fault']> = fc.constantFrom(
  { kind: 'resetAfterEffect' },
  { kind: 'truncate' },
  { kind: 'reset' },
  { kind: 'status', status: 503 },
);
const semantics = fc.record({
  unknownCallback: fc.constantFrom('byRoute', '400', '404', '409', '410', '422', 'silent'),
  completionPolicy: fc.constantFrom('allOrNothing', 'each', 'some'),
  completionReply: fc.constantFrom('204', '200', '200error', '202', '207'),
  callbackKnownAfterMs: fc.constantFrom(0, 1_000, 3_000),
} as const);
const scenario = fc.record({
  semantics,
  count: fc.integer({ min: 1, max: 14 }),
  left: fc.uniqueArray(fc.nat({ max: 13 }), { maxLength: 4 }),
  batchFaults: fc.array(fault, { maxLength: 4 }),
  singleFaults: fc.array(fault, { maxLength: 4 }),
  /** Executions whose first BLOCK is lost, and when HubSpot sends them again: also while the worker is at them. */
  lost: fc.uniqueArray(fc.tuple(fc.nat({ max: 13 }), fc.integer({ min: 2_000, max: 5_500 })), {
    maxLength: 4,
    selector: ([index]) => index,
  }),
});

it("[W1, W3, W4] Every waiting enrollment gets its own result, whatever HubSpot's completions mean", async () => {
  const [jane, bob] = [flood.hire(), flood.hire({ email: 'bob@example.com' })];
  await fc.assert(
    fc.asyncProperty(scenario, async ({ semantics: given, count, left, batchFaults, singleFaults, lost }) => {
      const { simulator, clock, queue } = flood();
      const people = ['jane@example.com', 'bob@example.com', 'nobody@example.com'];
      const executions: Execution[] = [];
      for (let index = 0; index < count; index += 1) {
        const execution = flood().hubspot.enroll({ email: people[index % 3] ?? '' });
        await flood().deliver(execution, { isAnswerLost: lost.some(([one]) => one === index) });
        executions.push(execution);
      }
      const again = lost.flatMap(([index, afterMs]) => {
        const execution = executions[index];
        return execution === undefined ? [] : [{ execution, atEpochMs: clock.now() + afterMs }];
      });
      Object.assign(simulator.settings, given);
      simulator.state.blocked.unenroll(left.flatMap((index) => executions[index]?.callbackId ?? []));
      for (const each of batchFaults) simulator.faults.script({ route: 'POST callbacks', fault: each });
      for (const each of singleFaults) simulator.faults.script({ route: 'POST callback', fault: each });

      const end = clock.now() + MOST_HOURS * HOUR_MS;
      const nextAt = () => Math.min(queue.live.nextAtEpochMs() ?? end, ...again.map(({ atEpochMs }) => atEpochMs));
      for (let next = nextAt(); next < end; next = nextAt()) {
        clock.advance(Math.max(0, next - clock.now()));
        const due = again.findIndex(({ atEpochMs }) => atEpochMs <= clock.now());
        for (const { execution } of due < 0 ? [] : again.splice(due, 1)) await flood().deliver(execution);
        expect((await flood().work()).failedIds).toEqual([]);
      }

      const expected = executions.map(({ state }, index) =>
        state === 'unenrolled' ? undefined : [jane.id, bob.id, ''][index % 3],
      );
      expect(executions.map(({ outputs }) => outputs?.ownerId)).toEqual(expected);
      expect(executions.filter(({ state }) => state === 'waiting')).toEqual([]);
      expect(queue.dead.messages).toEqual([]);
      // Where HubSpot never says that a callback is completed, its message stays until HubSpot stops waiting.
      const isNeverClear = given.unknownCallback === 'silent' && !['204', '200'].includes(given.completionReply);
      if (!isNeverClear) expect(queue.live.messages).toEqual([]);
      queue.live.delete(queue.live.messages.map(({ messageId }) => ({ messageId })) as never);
      simulator.faults.clear();
      Object.assign(simulator.settings, { unknownCallback: 'byRoute', completionPolicy: 'allOrNothing' });
      Object.assign(simulator.settings, { completionReply: '204', callbackKnownAfterMs: 0 });
    }),
    { numRuns: 60 },
  );
});
