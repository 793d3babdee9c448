import { FIND_OWNER_BY_EMAIL, SET_OWNER_BY_EMAIL } from '../lib/action/definition.ts';
import { SCENARIOS } from './demo-scenarios.ts';
import { readGivenEnvironment } from './environment.ts';
import { actionLabels } from './history-labels.ts';
import { invokeLocally } from './local-refresh.ts';
import { print, printError } from './output.ts';
import { formatResults } from './print-results.ts';
import { formatRefreshReport, readRefreshReport } from './refresh-report.ts';
import { runScenario, type ScenarioResult } from './run-scenario.ts';
import { LOCAL_PORTAL_ID } from './seed.ts';
import { runUntilStopped } from './shutdown.ts';
import { addActiveOwner } from './simulator/seed-owners.ts';
import { addPortal } from './simulator/seed-portals.ts';
import { createWorkflowEngine } from './simulator/workflow-engine.ts';
import { startLocalStack } from './stack.ts';

/**
 * Starts the local stack, refreshes the owners, enrols records that between them show every outcome and the main errors, and prints what
 * happened. Ends with 0 only when the CRM holds what the table claims.
 */
await runUntilStopped(async (onStop) => {
  const projectDir = process.cwd();
  const given = readGivenEnvironment(projectDir);
  if (given('HUBSPOT_API_BASE_URL') !== undefined) {
    printError('HUBSPOT_API_BASE_URL: the demo enrols made-up records, so it runs on the simulator only; unset it');
    return 1;
  }
  print('Starting DynamoDB, SQS, HubSpot and the functions on this machine …');
  const log: string[] = [];
  const stack = await startLocalStack({ projectDir, given, onLine: (line) => log.push(line), onStop });
  if (stack.simulation === undefined) throw new Error('the demo has no simulator to run on');
  const { simulator, people } = stack.simulation;

  const unknownPortalId = addPortal(simulator.state).portalId;
  const engine = createWorkflowEngine({
    state: simulator.state,
    clientSecret: stack.environment.HUBSPOT_CLIENT_SECRET ?? '',
    actionBaseUrl: stack.url,
    signedBaseUrl: stack.environment.PUBLIC_BASE_URL ?? stack.url,
    labels: actionLabels([SET_OWNER_BY_EMAIL, FIND_OWNER_BY_EMAIL]),
  });
  await stack.refresh.run();
  const report = await readRefreshReport(stack.environment);
  if (report === undefined) throw new Error('the refresh left no report');
  print(formatRefreshReport(report));

  const { retired, omar } = people;
  const successor = { portalId: String(LOCAL_PORTAL_ID), leaver: retired.id, successor: omar.id };
  const named = await invokeLocally(stack.lambdaUrl, 'setSuccessor')(successor);
  if (!isSet(named)) throw new Error(`the successor was not set: ${JSON.stringify(named)}`);
  print(`Successor of ${retired.email}: ${omar.email}`);

  // Hired after the refresh: nobody has told the cache.
  addActiveOwner(simulator.state, LOCAL_PORTAL_ID, { email: 'nia@example.com', firstName: 'Nia', lastName: 'Hire' });
  const rows: ScenarioResult[] = [];
  for (const scenario of SCENARIOS) {
    rows.push(await runScenario(scenario, { simulator, people, engine, unknownPortalId }));
  }

  print(`\n${formatResults(rows)}\n`);
  const faults = simulator.faults.unread().map(() => 'a scripted fault was never met');
  const problems = [...rows.flatMap((row) => row.problems), ...simulator.violations, ...faults];
  if (problems.length === 0) {
    print(`${rows.length} executions, ${simulator.calls.count()} HubSpot calls. The CRM holds what the table claims.`);
    return 0;
  }
  printError(`${problems.length} problem(s):\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  printError(`What the functions printed:\n${log.join('\n')}`);
  return 1;
});

function isSet(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'status' in answer && answer.status === 'set';
}
