import { readFileSync } from 'node:fs';
import { SET_OWNER_BY_EMAIL } from '../lib/action/definition.ts';
import { formatCallChart } from './call-chart.ts';
import type { DemoApp } from './demo-choice.ts';
import { connectAccounts, startDemoStack } from './demo-stack.ts';
import { showFloodProgress } from './flood-progress.ts';
import { actionLabels } from './history-labels.ts';
import { print, printError } from './output.ts';
import { stackFile } from './running/stack-folder.ts';
import { LOCAL_PORTAL_ID } from './seed.ts';
import type { FloodReport } from './simulator/flood-ledger.ts';
import { BURST_WINDOW_MS } from './simulator/rate-limit.ts';
import { addRecords, readRecordProperty } from './simulator/seed-records.ts';
import { createWorkflowEngine } from './simulator/workflow-engine.ts';

/** HubSpot's limit for a marketplace app, and the usual duration of a call. HubSpot sends up to 300 executions a second. */
const LIMIT = { burstLimit: 110, dailyLimit: 'none', latencyMs: 120 } as const;
const PER_SECOND = 300;
/** serverless-offline starts a thread for each open request. */
const MAX_IN_FLIGHT = 8;
const CONTACTS = '0-1';
/** The lines to show from the output of the functions and their server: errors, warnings, and lines that are not log lines. */
const COMPLAINT = /"level":"(ERROR|WARN)"|✖|[Ee]rror:|[Tt]imeout/;
export const MOST_RECORDS = 20_000;

/**
 * Enrolls many contacts of one account as fast as HubSpot does, shows the progress and the cost. Exits with 0 only if every
 * contact has the right owner and every workflow was informed.
 */
export async function demoFlood(
  onStop: (stop: () => Promise<void>) => void,
  count: number,
  auth: DemoApp['auth'],
): Promise<number> {
  const demo = await startDemoStack(onStop, auth);
  const { stack, simulator, people } = demo;
  const { state } = simulator;
  await connectAccounts(demo, auth, [LOCAL_PORTAL_ID]);
  Object.assign(simulator.settings, LIMIT);

  const owners = [people.jane, people.omar, people.desk];
  const enrollments = addRecords(state, LOCAL_PORTAL_ID, CONTACTS, count).flatMap(({ id }, index) => {
    const owner = owners[index % owners.length];
    if (owner === undefined) return [];
    const inputFields = { ownerEmail: owner.email ?? '' };
    return [{ portalId: LOCAL_PORTAL_ID, objectType: 'CONTACT', objectId: id, inputFields, expectedOwnerId: owner.id }];
  });
  const engine = createWorkflowEngine({
    state,
    clientSecret: stack.environment.HUBSPOT_CLIENT_SECRET ?? '',
    actionBaseUrl: stack.url,
    signedBaseUrl: stack.environment.PUBLIC_BASE_URL ?? stack.url,
    labels: actionLabels([SET_OWNER_BY_EMAIL]),
    maxAttempts: 12,
  });

  print(`\nEnrolling ${inThousands(count)} contacts of account ${LOCAL_PORTAL_ID}, up to ${PER_SECOND} a second.`);
  const mark = simulator.calls.mark();
  const startedAt = Date.now();
  const flood = engine.flood({
    action: SET_OWNER_BY_EMAIL,
    enrollments,
    perSecond: PER_SECOND,
    maxInFlight: MAX_IN_FLIGHT,
  });
  const endProgress = showFloodProgress(process.stdout, flood.report, count);
  // Far longer than needed, so that a hanging flood ends as one that has lost something.
  const report = await flood.settled({ untilEpochMs: startedAt + 60_000 + count * 60 });
  endProgress();
  const tookMs = Date.now() - startedAt;
  // A worker may still have to find that a copy of a message is done.
  await Promise.race([stack.assign.settled(), stack.ended]);

  const calls = simulator.calls.since(mark);
  const unlike = enrollments.filter(
    ({ objectId, expectedOwnerId }) =>
      readRecordProperty(state, LOCAL_PORTAL_ID, CONTACTS, objectId, 'hubspot_owner_id') !== expectedOwnerId,
  ).length;
  const refused = calls.filter(({ status }) => status === 429).length;
  const limit = { calls: LIMIT.burstLimit, windowMs: BURST_WINDOW_MS };
  print(
    `\n${formatCallChart(
      calls.map(({ atEpochMs }) => atEpochMs),
      limit,
    )}\n`,
  );
  print(formatTotals(report, { tookMs, calls: calls.length, refused, unlike }));

  const problems = [...problemsOf(report, unlike), ...simulator.violations];
  if (problems.length === 0) return 0;
  printError(`${problems.length} problem(s):\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  const log = readFileSync(stackFile(stack.folder.path, 'log'), 'utf8').split('\n');
  const complaints = log.filter((line) => COMPLAINT.test(line));
  printError(`What the functions complained of last:\n${complaints.slice(-50).join('\n')}`);
  return 1;
}

type Totals = { readonly tookMs: number; readonly calls: number; readonly refused: number; readonly unlike: number };

function formatTotals(report: FloodReport, { tookMs, calls, refused, unlike }: Totals): string {
  const { enrolled, answeredInline, completed, lost, wrong, latencyMs } = report;
  const inSeconds = (ms = 0) => `${(ms / 1_000).toFixed(1)} s`;
  const share = (calls / enrolled).toFixed(3);
  return [
    `${inThousands(enrolled)} executions in ${inSeconds(tookMs)}`,
    `  ${inThousands(answeredInline)} answered at once, ${inThousands(completed)} completed from the queue`,
    `  half of them within ${inSeconds(latencyMs?.p50)}, 95 % within ${inSeconds(latencyMs?.p95)}`,
    `${inThousands(calls)} HubSpot calls, ${share} an execution`,
    `  ${refused} refused with a 429`,
    `${lost} lost, ${wrong} wrong answers, ${unlike} contacts without the owner they should have`,
    '',
  ].join('\n');
}

function problemsOf(report: FloodReport, unlike: number): string[] {
  const { enrolled, answeredInline, completed, failed, wrong } = report;
  const without = enrolled - answeredInline - completed;
  return [
    ...(without > 0 ? [`${without} executions without an end`] : []),
    ...(failed > 0 ? [`${failed} executions failed`] : []),
    ...(wrong > 0 ? [`${wrong} workflows received a wrong answer`] : []),
    ...(unlike > 0 ? [`${unlike} contacts without the owner they should have`] : []),
    ...Object.entries(report.violations).map(([text, times]) => `${text} (${times} ×)`),
  ];
}

function inThousands(value: number): string {
  return value.toLocaleString('en-US');
}
