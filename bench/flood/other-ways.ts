import { basename } from 'node:path';
import { createReport, inSeconds, type Report } from '../report.ts';
import { FLOOD, type Flood, type FloodOutcome } from './flood.ts';
import { measureLimiterPerProcess } from './limiter-per-process.ts';
import { measureLookupEachTime } from './lookup-each-time.ts';
import { measurePastedSnippet } from './pasted-snippet.ts';
import { inThousands, reportOutcomes } from './report-outcomes.ts';

const PROCESSES = [5, 10, 30] as const;
/** So few that the snippet finds them all on its first page: the kindest case for it. */
const ONE_PAGE: Flood = { ...FLOOD, activeOwners: 90 };
/** HubSpot's waits exactly as it describes them: what was refused together comes back together. */
const ON_SCHEDULE: Flood = { ...FLOOD, spread: 0 };
/** The whole flood takes the look-up some 170,000 calls, most of them refused, which is too long to watch. */
const SMALL_ON_SCHEDULE: Flood = { ...ON_SCHEDULE, records: 1_000 };

/** Measures the flood done in three other ways. Each is written from its behavior. */
export async function reportOtherWays(report: Report, ours?: FloodOutcome): Promise<void> {
  const startedAt = performance.now();
  const outcomes = [
    await measurePastedSnippet(FLOOD),
    await measurePastedSnippet(ONE_PAGE),
    await measureLookupEachTime(FLOOD),
  ];
  for (const processes of PROCESSES) outcomes.push(await measureLimiterPerProcess(FLOOD, processes));
  const onSchedule = [
    await measureLookupEachTime(SMALL_ON_SCHEDULE),
    await measureLimiterPerProcess(ON_SCHEDULE, PROCESSES[0]),
  ];

  const { records, enrolledPerSecond, burstLimit, latencyMs, activeOwners, archivedOwners, spread } = FLOOD;
  report.heading('Flood, other ways of doing the job');
  report.line(
    `${inThousands(records)} records of one portal enrolled at ${enrolledPerSecond}/s, each with an owner to get;`,
  );
  report.line(`${burstLimit} calls in ten seconds, no daily limit; HubSpot's API takes ${latencyMs} ms.`);
  report.line(
    `${activeOwners} active owners with emails, ${archivedOwners} archived. The pasted snippet is shown with fewer too.`,
  );
  report.line(
    'Virtual time, every call over HTTP to the simulator. Never assigned: the CRM holds no owner at the end.',
  );
  report.line('Pasted snippet: any error ends the run for good. Look-up: any error is a 5xx, and HubSpot sends again.');
  report.line('Cache: 9 calls a second and 6 at once for each process, which waits 10 s × n after a 429, within 20 s.');
  report.line(`HubSpot sends again after 1 min, 2 min … 8 h, for 3 days, each wait spread by ±${spread * 100} %.`);
  report.line();
  reportOutcomes(report, outcomes, ours);
  report.line();
  report.line('The same, should HubSpot not spread its waits, which it does not say:');
  reportOutcomes(report, onSchedule);
  report.line(`The other ways took ${inSeconds(performance.now() - startedAt)} to measure.`);
}

/** By the script that was started: whether this file is the command. */
const startedScript = process.argv[1];
if (startedScript !== undefined && basename(startedScript) === 'other-ways.ts') await reportOtherWays(createReport());
