import fc from 'fast-check';
import type { CallEnd } from '../../lib/domain/queued-execution.ts';
import { useAdapters } from '../hubspot/adapters.ts';
import { idsOf, makeCompleting } from '../support/completing.ts';

const current = useAdapters();
const { block, complete } = makeCompleting(current);

describe('callbacks that others complete, too, over a bad line', () => {
  it('[H24] lets nobody be passed over, whomever others told and whether a try without an answer had its effect', async () => {
    const places = fc.uniqueArray(fc.oneof(fc.constantFrom(0, 3, 4, 8, 9), fc.nat({ max: 9 })), { maxLength: 6 });
    const fault = fc.constantFrom('none', 'before', 'after');
    const alone = fc.array(fault, { maxLength: 2 });
    let from = 0;
    await fc.assert(
      fc.asyncProperty(places, places, fault, alone, async (toldPlaces, contestedPlaces, tried, triedAlone) => {
        from += 100;
        const ids = idsOf(10, from);
        const at = (some: readonly number[]) => new Set(some.map((place) => ids[place] ?? ''));
        const told = at(toldPlaces);
        const contested = at(contestedPlaces.filter((place) => !toldPlaces.includes(place)));
        current().clock.advance(86_400_000);
        const ends = block(ids);
        await complete([...told], { deadlineEpochMs: current().clock.now() + 8_000 });
        const { faults } = current().simulator;
        const fail = (route: 'POST callbacks' | 'POST callback', when: string) => {
          if (when === 'before') faults.script({ route, fault: { kind: 'status', status: 503 } });
          if (when === 'after') faults.script({ route, fault: { kind: 'resetAfterEffect' } });
        };
        fail('POST callbacks', tried);
        for (const when of triedAlone) fail('POST callback', when);
        const noted: [readonly string[], CallEnd][] = [];
        const report = await complete(ids, {
          deadlineEpochMs: current().clock.now() + 8_000,
          noteCall: async (callbackIds) => ({
            end: async (end) => void noted.push([callbackIds, end]),
            others: async () => ({ told, contested }),
          }),
        });
        faults.clear();
        // Whoever is neither completed nor given back would wait for ever.
        expect(ids.filter((id) => !ends.has(id) && !report.untold.has(id))).toEqual([]);
        expect([...report.untold].filter((id) => !contested.has(id))).toEqual([]);
        // Unknown is only who was completed by a try without an answer.
        expect([...report.unknown].filter((id) => !report.unclear.has(id) || !ends.has(id))).toEqual([]);
        // What is noted as completed is.
        const completed = noted.flatMap(([callbackIds, end]) => (end === 'completed' ? callbackIds : []));
        expect(completed.filter((id) => !ends.has(id))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('[H24] says nothing about executions that HubSpot may not know yet: they are told again', async () => {
    current().simulator.faults.script({ route: 'POST callbacks', fault: { kind: 'status', status: 503 } });
    const report = await complete(idsOf(5), { mayBeEarly: true });
    expect(report).toMatchObject({ unknown: new Set(), untold: new Set(idsOf(5)) });
    expect(current().simulator.calls.count()).toBe(2);
  });
});
