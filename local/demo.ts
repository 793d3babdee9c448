import { parseArgs } from 'node:util';
import { FIND_OWNER_BY_EMAIL, SET_OWNER_BY_EMAIL } from '../lib/action/definition.ts';
import { chooseScenarios, scopesOfDemo } from './demo-choice.ts';
import { demoFlood, MOST_RECORDS } from './demo-flood.ts';
import { SCENARIOS } from './demo-scenarios.ts';
import { connectAccounts, startDemoStack } from './demo-stack.ts';
import { actionLabels } from './history-labels.ts';
import { invokeLocally } from './local-refresh.ts';
import { print, printError } from './output.ts';
import { formatResults } from './print-results.ts';
import { runScenario, type ScenarioResult } from './run-scenario.ts';
import { LOCAL_PORTAL_ID, SECOND_PORTAL_ID, seedSecondPortal } from './seed.ts';
import { runUntilStopped } from './shutdown.ts';
import { addActiveOwner } from './simulator/seed-owners.ts';
import { addPortal } from './simulator/seed-portals.ts';
import { createWorkflowEngine } from './simulator/workflow-engine.ts';

/**
 * Starts the local stack, installs the app in two accounts, whose owners are then refreshed, enrolls records that between them
 * show every outcome and the main errors, and prints what happened. Ends with 0 only when the CRM holds what the table claims.
 * With `--flood 10000` it enrolls so many at once instead. With `--auth static` one account has the app of `hubspot/` and its token.
 */
await runUntilStopped(async (onStop) => {
  const { flood, auth = 'oauth' } = parseArgs({
    options: { flood: { type: 'string' }, auth: { type: 'string' } },
  }).values;
  if (auth !== 'oauth' && auth !== 'static') throw new Error('--auth: give oauth or static');
  if (flood !== undefined) {
    const count = Number(flood);
    if (Number.isInteger(count) && count >= 1 && count <= MOST_RECORDS) return demoFlood(onStop, count, auth);
    throw new Error(`--flood: give a number from 1 to ${MOST_RECORDS}`);
  }
  const demo = await startDemoStack(onStop, auth);
  const { stack, simulator, people, log } = demo;
  const accounts = {
    first: { portalId: LOCAL_PORTAL_ID, people },
    second: { portalId: SECOND_PORTAL_ID, people: seedSecondPortal(simulator.state, people) },
    notConnected: { portalId: addPortal(simulator.state).portalId, people },
  };
  const engine = createWorkflowEngine({
    state: simulator.state,
    clientSecret: stack.environment.HUBSPOT_CLIENT_SECRET ?? '',
    actionBaseUrl: stack.url,
    signedBaseUrl: stack.environment.PUBLIC_BASE_URL ?? stack.url,
    labels: actionLabels([SET_OWNER_BY_EMAIL, FIND_OWNER_BY_EMAIL]),
  });
  await connectAccounts(demo, auth, [accounts.first.portalId, accounts.second.portalId]);

  const { retired, omar } = people;
  const successor = { portalId: String(LOCAL_PORTAL_ID), leaver: retired.id, successor: omar.id };
  const named = await invokeLocally(stack.lambdaUrl, 'setSuccessor')(successor);
  if (!isSet(named)) throw new Error(`the successor was not set: ${JSON.stringify(named)}`);
  print(`Successor of ${retired.email}: ${omar.email}`);

  // Hired after the refresh: the cache does not know.
  addActiveOwner(simulator.state, LOCAL_PORTAL_ID, { email: 'nia@example.com', firstName: 'Nia', lastName: 'Hire' });
  const { scenarios, leftOut } = chooseScenarios(SCENARIOS, { auth, scopes: scopesOfDemo(simulator.state) });
  const rows: ScenarioResult[] = [];
  for (const scenario of scenarios) {
    rows.push(await runScenario(scenario, { simulator, accounts, engine }));
  }

  print(`\n${formatResults(rows)}\n`);
  for (const shows of leftOut) print(`Left out, because this app cannot do it: ${shows}`);
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
