import { mostInWindow } from '../../../local/call-chart.ts';
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
    peak: Math.max(0, ...[...portals.values()].map((own) => mostInWindow(own.map(at), BURST_WINDOW_MS))),
  };
}

const at = ({ atEpochMs }: Call): number => atEpochMs;
