import fc from 'fast-check';
import type { Faults } from '../../local/simulator/faults.ts';
import { toPortalId } from '../builders/ids.ts';
import type { Execution } from '../support/queued-enrollment.ts';
import { PORTAL } from '../support/service.ts';
import { useFlood } from '../support/use-flood.ts';

jest.setTimeout(60_000);

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
  unknownCallback: fc.constantFrom('byRoute', '400', '404', '410', '422', 'silent'),
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
});

it("[W1, W3, W4] Every waiting enrollment gets its own result, whatever HubSpot's completions mean", async () => {
  const [jane, bob] = [flood.hire(), flood.hire({ email: 'bob@example.com' })];
  await fc.assert(
    fc.asyncProperty(scenario, async ({ semantics: given, count, left, batchFaults, singleFaults }) => {
      const { simulator, clock, queue } = flood();
      const people = ['jane@example.com', 'bob@example.com', 'nobody@example.com'];
      const executions: Execution[] = [];
      for (let index = 0; index < count; index += 1) {
        executions.push(await flood.enroll({ email: people[index % 3] ?? '' }));
      }
      Object.assign(simulator.settings, given);
      simulator.state.blocked.unenroll(left.flatMap((index) => executions[index]?.callbackId ?? []));
      for (const each of batchFaults) simulator.faults.script({ route: 'POST callbacks', fault: each });
      for (const each of singleFaults) simulator.faults.script({ route: 'POST callback', fault: each });

      const end = clock.now() + MOST_HOURS * HOUR_MS;
      for (let next = queue.live.nextAtEpochMs(); next !== undefined && next < end; next = queue.live.nextAtEpochMs()) {
        clock.advance(Math.max(0, next - clock.now()));
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
