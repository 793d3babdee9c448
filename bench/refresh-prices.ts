import type { Night } from './refresh-queue.ts';
import type { Report } from './report.ts';

/** AWS list prices in us-east-1, in US dollars, as of 2026-11-23, without free tiers: check them before relying on them. */
const DOLLARS = {
  writeUnits: 0.625 / 1e6,
  readUnits: 0.125 / 1e6,
  gbSeconds: 0.0000133334,
  invocations: 0.2 / 1e6,
  sqsRequests: 0.4 / 1e6,
} as const;
const NIGHTS = 30;
const MEMORY_GB = 0.5;
const PORTALS = 1_000;

/** What a month of such nights costs, for a thousand portals. */
export function reportCost(report: Report, night: Night, portals: number): void {
  const { used, invocations, invokedMs } = night;
  const counts = {
    writeUnits: used.writeUnits,
    readUnits: used.readUnits,
    gbSeconds: (invokedMs / 1000) * MEMORY_GB,
    invocations,
    sqsRequests: used.sqsRequests,
  };
  const names = Object.keys(DOLLARS) as (keyof typeof DOLLARS)[];
  const rows = names.map((name) => {
    const monthly = (counts[name] / portals) * PORTALS * NIGHTS;
    return { name, perPortal: counts[name] / portals, monthly, dollars: monthly * DOLLARS[name] };
  });

  report.line();
  report.line(
    `Cost of ${PORTALS} portals for a month = Σ measured per portal and night × ${PORTALS} × ${NIGHTS} × price`,
  );
  report.table(
    ['', 'per portal and night', 'a month', '$ per million', '$ a month'],
    rows.map(({ name, perPortal, monthly, dollars }) => [
      name,
      perPortal.toFixed(3),
      Math.round(monthly).toLocaleString('en-US'),
      (DOLLARS[name] * 1e6).toFixed(3),
      dollars.toFixed(2),
    ]),
  );
  const total = rows.reduce((sum, { dollars }) => sum + dollars, 0);
  report.line(
    `Together $${total.toFixed(2)} a month. AWS list prices of us-east-1 as of 2026-11-23, to check; no free tier.`,
  );
  report.line(
    `Lambda arm64 with ${MEMORY_GB} GB. Its time is an upper bound: ten runs at once shared one thread here.`,
  );
  report.line(
    'Not in it: storage, log lines, first refreshes, and the looks of the event source into the empty queue.',
  );
}
