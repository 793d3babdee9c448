import { type Chaos, type ChaosPlan, createChaos } from './chaos.ts';
import type { Fault } from './fault.ts';
import type { RouteName } from './routes/route-name.ts';

type FaultScript = {
  readonly route: RouteName;
  readonly portalId?: number;
  /** The first matching call to hit, counted from 1 and from when the script was added. Default 1. */
  readonly nth?: number;
  /** How many matching calls to hit. Default 1. */
  readonly times?: number;
  readonly fault: Fault;
};

export type Faults = {
  script(script: FaultScript): void;
  /** Scripts with remaining hits, so that a test can fail on leftovers. */
  unread(): readonly FaultScript[];
  /** Random faults, for the calls that no script hits, until `clear` or the next chaos. */
  chaos(plan: ChaosPlan): Pick<Chaos, 'counts' | 'calls'>;
  /** Ends scripts and chaos. */
  clear(): void;
};

/** Scripts are tried in the order they were added; a call gets one fault at most. */
export function createFaults(): {
  readonly faults: Faults;
  readonly take: (route: RouteName, portalId: number | undefined) => Fault | undefined;
} {
  let entries: { readonly script: FaultScript; seen: number; hits: number }[] = [];
  let chaos: Chaos | undefined;
  const hasHitsLeft = (entry: (typeof entries)[number]): boolean => entry.hits < (entry.script.times ?? 1);

  function take(route: RouteName, portalId: number | undefined): Fault | undefined {
    const matching = entries.filter(
      ({ script }) => script.route === route && (script.portalId === undefined || script.portalId === portalId),
    );
    for (const entry of matching) entry.seen += 1;
    const hit = matching.find((entry) => entry.seen >= (entry.script.nth ?? 1) && hasHitsLeft(entry));
    if (hit === undefined) return chaos?.take(route);
    hit.hits += 1;
    return hit.script.fault;
  }

  return {
    take,
    faults: {
      script(script) {
        entries.push({ script, seen: 0, hits: 0 });
      },
      unread: () => entries.filter(hasHitsLeft).map(({ script }) => script),
      chaos(plan) {
        chaos = createChaos(plan);
        return chaos;
      },
      clear() {
        entries = [];
        chaos = undefined;
      },
    },
  };
}
