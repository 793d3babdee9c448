import type { RouteName } from './routes/route-name.ts';

/** One call as it arrived. It contains no query, body or token, so it can be printed. */
export type Call = {
  readonly atEpochMs: number;
  readonly method: string;
  readonly path: string;
  /** Undefined for a path that HubSpot does not have. */
  route: RouteName | undefined;
  /** Undefined if the token opens no portal. */
  portalId: number | undefined;
  /** Undefined until an answer starts, and permanently if none does. */
  status: number | undefined;
};

export type CallFilter = { readonly route?: RouteName; readonly portalId?: number; readonly status?: number };

export type CallLog = {
  all(): readonly Call[];
  count(filter?: CallFilter): number;
  /** Remembers this moment for `since`. */
  mark(): number;
  since(mark: number): readonly Call[];
};

export function createCallLog(): { readonly log: CallLog; readonly record: (call: Call) => void } {
  const calls: Call[] = [];

  function matches(call: Call, filter: CallFilter): boolean {
    return (
      (filter.route === undefined || call.route === filter.route) &&
      (filter.portalId === undefined || call.portalId === filter.portalId) &&
      (filter.status === undefined || call.status === filter.status)
    );
  }

  return {
    record: (call) => void calls.push(call),
    log: {
      all: () => calls,
      count: (filter = {}) => calls.filter((call) => matches(call, filter)).length,
      mark: () => calls.length,
      since: (mark) => calls.slice(mark),
    },
  };
}
