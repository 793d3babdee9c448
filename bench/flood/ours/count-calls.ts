import type { Call } from '../../../local/simulator/call-log.ts';
import { BURST_WINDOW_MS } from '../../../local/simulator/rate-limit.ts';

export type HubSpotCalls = {
  readonly total: number;
  readonly refused: number;
  /** Route → calls. */
  readonly byRoute: Readonly<Record<string, number>>;
  /** The most that any ten seconds held, of one portal. */
  readonly peak: number;
};

export function countCalls(calls: readonly Call[]): HubSpotCalls {
  const byRoute: Record<string, number> = {};
  for (const { route = 'none' } of calls) byRoute[route] = (byRoute[route] ?? 0) + 1;
  const portals = Map.groupBy(calls, ({ portalId }) => portalId);
  return {
    total: calls.length,
    refused: calls.filter(({ status }) => status === 429).length,
    byRoute,
    peak: Math.max(0, ...[...portals.values()].map(peakOf)),
  };
}

function peakOf(calls: readonly Call[]): number {
  let first = 0;
  let peak = 0;
  for (const [last, { atEpochMs }] of calls.entries()) {
    while ((calls[first]?.atEpochMs ?? atEpochMs) <= atEpochMs - BURST_WINDOW_MS) first += 1;
    peak = Math.max(peak, last - first + 1);
  }
  return peak;
}
