import type { PortalId } from '../../lib/domain/ids.ts';
import { addOutcomes, type OutcomeCounts } from '../../lib/domain/outcome-counts.ts';
import type { OutcomeLog } from '../../lib/ports/store.ts';
import { makeOutage, type Outage } from './outage.ts';

export type FakeOutcomeLog = OutcomeLog & {
  /** Every day, or those that are asked for. */
  readonly list: (portalId: PortalId, days?: readonly string[]) => Promise<ReadonlyMap<string, OutcomeCounts>>;
  readonly outage: Outage;
  readonly writes: () => number;
};

/** Counts of outcomes in a map. */
export function createFakeOutcomeLog(): FakeOutcomeLog {
  const days = new Map<string, OutcomeCounts>();
  const outage = makeOutage();
  let writes = 0;
  return {
    outage,
    writes: () => writes,
    async add(portalId, day, counts) {
      outage.check();
      writes += 1;
      if (Object.keys(counts).length === 0) return;
      days.set(`${portalId} ${day}`, addOutcomes(days.get(`${portalId} ${day}`) ?? {}, counts));
    },
    async list(portalId, asked) {
      outage.check();
      const own = [...days].flatMap(([key, counts]) => {
        const [portal, day = ''] = key.split(' ');
        return portal === portalId && (asked?.includes(day) ?? true) ? [[day, counts] as const] : [];
      });
      return new Map(own);
    },
  };
}
