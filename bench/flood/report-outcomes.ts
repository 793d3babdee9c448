import { inTimes, type Report } from '../report.ts';
import type { FloodOutcome } from './flood.ts';

const COLUMNS = ['way', 'records', 'HubSpot calls', '429s', 'of calls', 'sent by HubSpot', 'completed after'];
const ENDS = ['never assigned', 'of records', 'wrong owners'];

/** One row a way. With our own outcome, it comes first, and each row says how many times its calls and its time it took. */
export function reportOutcomes(report: Report, others: readonly FloodOutcome[], ours?: FloodOutcome): void {
  const rows = ours === undefined ? others : [ours, ...others];
  const ratios = ours === undefined ? [] : ['calls, ours = 1', 'time, ours = 1'];
  report.table(
    [...COLUMNS, ...ENDS, ...ratios],
    rows.map((outcome) => [...toCells(outcome), ...(ours === undefined ? [] : toRatios(outcome, ours))]),
  );
}

function toCells(outcome: FloodOutcome): string[] {
  const { way, records, calls, refused, deliveries, settledAfterMs, neverAssigned, wrongOwners } = outcome;
  return [
    way,
    inThousands(records),
    inThousands(calls),
    inThousands(refused),
    inPercent(refused, calls),
    deliveries === undefined ? '–' : inThousands(deliveries),
    inDuration(settledAfterMs),
    inThousands(neverAssigned),
    inPercent(neverAssigned, records),
    inThousands(wrongOwners),
  ];
}

function toRatios(outcome: FloodOutcome, ours: FloodOutcome): string[] {
  return [inTimes(outcome.calls / ours.calls), inTimes(outcome.settledAfterMs / ours.settledAfterMs)];
}

export const inThousands = (count: number): string => count.toLocaleString('en-US');

function inPercent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((part / whole) * 100).toFixed(1)} %`;
}

/** In the unit that leaves a number people can read: seconds below two minutes, minutes below two hours, then hours. */
export function inDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  return seconds < 7_200 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
