import { DAY_MS } from './ages.ts';
import { OUTCOMES, type Outcome } from './outcome.ts';

/** The number of executions with each outcome. An outcome without executions may be absent. */
export type OutcomeCounts = Readonly<Partial<Record<Outcome, number>>>;

/** A day in UTC as `YYYY-MM-DD`. */
export function dayOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/** The last `days` days up to today, the oldest first. */
export function lastDays(nowEpochMs: number, days: number): string[] {
  return Array.from({ length: days }, (_, index) => dayOf(nowEpochMs - (days - 1 - index) * DAY_MS));
}

export function addOutcomes(one: OutcomeCounts, other: OutcomeCounts): OutcomeCounts {
  const sums = OUTCOMES.map((outcome) => [outcome, (one[outcome] ?? 0) + (other[outcome] ?? 0)] as const);
  return Object.fromEntries(sums.filter(([, sum]) => sum > 0));
}

export function totalOf(counts: OutcomeCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
