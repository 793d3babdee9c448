import { loadavg } from 'node:os';
import { inSeconds, inTimes, type Report } from '../report.ts';
import { FLOOD, type FloodOutcome } from './flood.ts';
import { reportOtherWays } from './other-ways.ts';
import { CHAOS_SHARES, type Chaotic, measureChaos } from './ours/chaos.ts';
import { type Drained, measureDrain, VISIBILITY_SECONDS } from './ours/drain.ts';
import { type EndToEnd, measureEndToEnd } from './ours/end-to-end.ts';
import type { Settled } from './ours/hubspot-thread.ts';
import { measureQuiet, type QuietBeside } from './ours/quiet.ts';
import type { FloodPortal } from './ours/setup.ts';
import { inDuration, inThousands } from './report-outcomes.ts';

const { records: RECORDS, activeOwners: OWNERS } = FLOOD;
const ONE = makePortal(5_000_001, RECORDS, OWNERS);
const MANY = Array.from({ length: 20 }, (_, index) => makePortal(5_100_001 + index, RECORDS / 20, OWNERS / 10));
const QUIET = [makePortal(5_200_001, 40, OWNERS), makePortal(5_200_002, 40, OWNERS)] as const;
const inCount = (value: number): string => inThousands(Math.round(value));
const inPercent = (value: number): string => `${value.toFixed(2)} %`;

/** The flood: what our way of doing the job needs for it, when all goes well and when nearly everything goes wrong. */
export async function reportFlood(report: Report): Promise<void> {
  report.heading('Flood');
  report.line(
    `${inThousands(RECORDS)} records, ${FLOOD.burstLimit} calls in ten seconds, HubSpot ${FLOOD.latencyMs} ms.`,
  );
  report.line(
    'Real time. Five containers behind the queue, each a process with one event at a time; the action in two more;',
  );
  report.line('DynamoDB, SQS and HubSpot on threads. Batches of 500, a window of 1 s. Everything shares this machine.');
  report.line(`A message that was handed out and not deleted comes again after ${VISIBILITY_SECONDS} s.`);
  const clean = await measureDrain([ONE]);
  reportDrain(report, clean);
  const cold = await measureDrain(MANY, { quick: true });
  reportMany(report, await measureDrain(MANY, { quick: true, temperature: 'warm' }), cold.ms);
  reportQuiet(report, await measureQuiet(ONE, QUIET));
  reportChaos(report, await measureChaos(ONE), clean);
  const ours = await measureEndToEnd(ONE, FLOOD.enrolledPerSecond);
  reportEndToEnd(report, ours);
  await reportOtherWays(report, toOutcome(ours));
}

function reportDrain(report: Report, { settled, enrollment, ms, calls, used, invocations }: Drained): void {
  part(report, 'One portal, everything queued before the workers start');
  report.line(
    `Queued by the action in ${inSeconds(enrollment.ms)}, ${inCount(RECORDS / (enrollment.ms / 1_000))}/s on this machine. HubSpot sends`,
  );
  report.line(
    `at most ${FLOOD.enrolledPerSecond}/s to one host: there it takes at least ${inSeconds((RECORDS / FLOOD.enrolledPerSecond) * 1_000)}.`,
  );
  reportEnd(report, settled);
  const perRecord = (count: number) => (count / RECORDS).toFixed(2);
  report.line(
    `A record: ${perRecord(used.reads)} reads, ${perRecord(used.writes)} writes, ${perRecord(used.sqsRequests)} SQS requests. ` +
      `${invocations.assign} invocations of assignOwners, ${invocations.stranded} of failStranded.`,
  );
  report.line(`HubSpot calls: ${inRoutes(calls.byRoute)}; at most ${calls.peak} in any ten seconds.`);
  const what = `flood of ${inThousands(RECORDS)} records, one portal`;
  report.budget({ what: `${what}, from the workers' start`, limit: 36_000, measured: ms, format: inSeconds });
  report.budget({ what: `${what}, HubSpot calls`, limit: 310, measured: calls.total, format: inCount });
  report.budget({
    what: `${what}, share of 429s`,
    limit: 1,
    measured: (calls.refused / calls.total) * 100,
    format: inPercent,
  });
  budgetOfEnd(report, what, settled);
}

function reportMany(report: Report, { settled, ms, calls }: Drained, coldMs: number): void {
  part(report, `${MANY.length} portals, queued before the workers start, ${OWNERS / 10} owners each`);
  reportEnd(report, settled);
  report.line(`HubSpot calls: ${inRoutes(calls.byRoute)}; at most ${calls.peak} of a portal in any ten seconds.`);
  report.line('By containers that have worked off a small flood before, as those of a service in use have.');
  report.line(
    `By containers that never have: ${inSeconds(coldMs)}. All five share two or so cores, where Lambda gives each its own.`,
  );
  const what = `flood of ${inThousands(RECORDS)} records over ${MANY.length} portals`;
  // The cores of the machine decide how long it takes, so that it is no budget.
  report.line(`From the workers' start: ${inSeconds(ms)}.`);
  budgetOfEnd(report, what, settled);
}

function reportQuiet(report: Report, { inline, queued, backlog, backlogLeft }: QuietBeside): void {
  part(report, `Two quiet portals, two executions a second each, beside a backlog of ${inThousands(backlog)}`);
  report.line(`Of the backlog ${inThousands(backlogLeft)} still waited when they were done.`);
  report.table(
    ['quiet portal', 'executions', 'at once', 'p50', 'p95', 'max'],
    [
      ['at once as far as its limit allows', inline] as const,
      ['always queued: delayed by 5 s, window 1 s', queued] as const,
    ].map(([name, { report: own }]) => [
      name,
      inCount(own.enrolled),
      inCount(own.answeredInline),
      ...(['p50', 'p95', 'max'] as const).map((which) => inSeconds(own.latencyMs?.[which] ?? Number.NaN)),
    ]),
  );
  for (const [name, settled] of [['inline', inline] as const, ['queued', queued] as const]) {
    const what = `quiet portal (${name}) beside a backlog`;
    const measured = settled.report.latencyMs?.p95 ?? Number.POSITIVE_INFINITY;
    const limit = name === 'inline' ? 5_000 : 10_000;
    report.budget({ what: `${what}, p95 from enrollment to completion`, limit, measured, format: inSeconds });
    budgetOfEnd(report, what, settled);
  }
}

function reportChaos(
  report: Report,
  { settled, ms, calls, killed, sentTwice, unconfirmed, invocations }: Chaotic,
  clean: Drained,
) {
  part(report, 'One portal in chaos');
  const shares = Object.entries(CHAOS_SHARES).map(([kind, share = 0]) => `${kind} ${share * 100} %`);
  report.line(
    `Of HubSpot's calls: ${shares.join(', ')}. ${killed} containers killed at work, ${sentTwice} messages sent twice,`,
  );
  report.line(`${unconfirmed} events that were worked off and not heard of, so that their messages came again.`);
  reportEnd(report, settled);
  report.line(
    `HubSpot calls: ${inRoutes(calls.byRoute)}. ${invocations.assign} + ${invocations.stranded} invocations.`,
  );
  const what = 'flood in chaos';
  // What was not done has taken longer than anybody waited.
  const measured = settled.report.lost > 0 ? Number.POSITIVE_INFINITY : ms / clean.ms;
  report.budget({ what: `${what}, time against the clean drain`, limit: 2.5, measured, format: inTimes });
  budgetOfEnd(report, what, settled);
}

function reportEndToEnd(report: Report, { settled, ms, calls, used }: EndToEnd): void {
  part(report, `One portal, sent by HubSpot at ${FLOOD.enrolledPerSecond}/s, workers there from the start`);
  reportEnd(report, settled);
  const { answeredInline } = settled.report;
  report.line(`${inCount(answeredInline)} were done at once. HubSpot calls: ${inRoutes(calls.byRoute)}.`);
  report.line(`A record: ${(used.reads / RECORDS).toFixed(2)} reads, ${(used.writes / RECORDS).toFixed(2)} writes.`);
  report.line(`From the first execution to the last end: ${inDuration(ms)}.`);
  const what = 'flood as HubSpot sends it';
  report.budget({ what: `${what}, 429s of HubSpot`, limit: 0, measured: calls.refused, format: inCount });
  const perRecord = calls.total / RECORDS;
  report.budget({ what: `${what}, HubSpot calls per record`, limit: 0.05, measured: perRecord, format: inTimes });
  budgetOfEnd(report, 'flood as HubSpot sends it', settled);
}

function reportEnd(report: Report, { report: own, neverAssigned, violations }: Settled): void {
  const { latencyMs } = own;
  report.line(
    `Ended: ${inCount(own.completed)} by callback, ${inCount(own.answeredInline)} at once, ${inCount(own.failed)} of them failed; ` +
      `late ${own.late}, doubled ${inCount(own.doubled)}; 429 to HubSpot ${own.answered429}, 5xx ${own.answered5xx}.`,
  );
  const [p50, p95] = [latencyMs?.p50 ?? Number.NaN, latencyMs?.p95 ?? Number.NaN];
  report.line(
    `From enrollment to the end: p50 ${inSeconds(p50)}, p95 ${inSeconds(p95)}. In the CRM without an owner: ${neverAssigned}.`,
  );
  if (violations.length > 0) report.line(`HubSpot would not take ${violations.length} calls: ${violations[0]}`);
}

/** 0 of anything that breaks a promise: without an end, given up, refused, expired, or not what the CRM holds. */
function budgetOfEnd(report: Report, what: string, { report: own, wrongOwners }: Settled): void {
  const lost = own.lost + own.gaveUp + own.refused + own.expired;
  report.budget({ what: `${what}, lost`, limit: 0, measured: lost, format: inCount });
  report.budget({
    what: `${what}, wrong owners or answers`,
    limit: 0,
    measured: own.wrong + wrongOwners,
    format: inCount,
  });
}

function toOutcome({ settled, ms, calls }: EndToEnd): FloodOutcome {
  return {
    way: 'this project (real time)',
    records: RECORDS,
    calls: calls.total,
    refused: calls.refused,
    settledAfterMs: ms,
    neverAssigned: settled.neverAssigned,
    wrongOwners: settled.wrongOwners,
    deliveries: settled.report.requests,
  };
}

function part(report: Report, text: string): void {
  const load = loadavg()[0]?.toFixed(1);
  report.line();
  report.line(`${text} (load average ${load}):`);
}

function inRoutes(byRoute: Readonly<Record<string, number>>): string {
  const total = Object.values(byRoute).reduce((sum, count) => sum + count, 0);
  return `${inCount(total)} (${Object.entries(byRoute)
    .map(([route, count]) => `${route} ${inCount(count)}`)
    .join(', ')})`;
}

function makePortal(portalId: number, records: number, owners: number): FloodPortal {
  return { portalId, token: `pat-test-flood-${portalId}`, records, owners };
}
