import { FIND_OWNER_BY_EMAIL, SET_OWNER_BY_EMAIL } from '../lib/action/definition.ts';
import { readCommand } from './command/command-line.ts';
import { openBrowserAdmin } from './demo-browser.ts';
import { chooseScenarios, type DemoApp, scopesOfDemo } from './demo-choice.ts';
import { fixUnresolvedEmail, mayFixEmails } from './demo-fix.ts';
import { demoFlood, MOST_RECORDS } from './demo-flood.ts';
import { formatGroup, formatResult, formatSummary } from './demo-report.ts';
import { SCENARIO_GROUPS } from './demo-scenarios.ts';
import { connectAccounts, printStep, startDemoStack } from './demo-stack.ts';
import { actionLabels } from './history-labels.ts';
import { invokeLocally } from './local-refresh.ts';
import { print, printError } from './output.ts';
import { paint } from './paint.ts';
import { runScenario, type ScenarioResult } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import { LOCAL_PORTAL_ID, SECOND_PORTAL_ID, seedSecondPortal } from './seed.ts';
import { runUntilStopped } from './shutdown.ts';
import { addActiveOwner } from './simulator/seed-owners.ts';
import { addPortal } from './simulator/seed-portals.ts';
import { createWorkflowEngine } from './simulator/workflow-engine.ts';

const { flags } = readCommand({
  script: 'demo',
  does: 'Installs the app in two simulated accounts, enrolls records, and prints what became of each. With Chromium, an admin also uses the settings page.',
  flags: {
    flood: { type: 'string', value: 'N', means: `enroll N records at once instead, up to ${MOST_RECORDS}` },
    auth: {
      type: 'string',
      value: 'KIND',
      means: 'oauth, or static for one account with the app of hubspot/; default: oauth',
    },
  },
  examples: ['npm run demo', 'npm run demo -- --flood 500'],
});

/**
 * Enrolls records that together show every outcome and the main errors. Exits with 0 only if the CRM has what the answers claim.
 */
await runUntilStopped(async (onStop) => {
  const startedAt = performance.now();
  const { auth = 'oauth' } = flags;
  if (auth !== 'oauth' && auth !== 'static') throw new Error('--auth: give oauth or static');
  if (flags.flood !== undefined) {
    const count = Number(flags.flood);
    if (Number.isInteger(count) && count >= 1 && count <= MOST_RECORDS) return demoFlood(onStop, count, auth);
    throw new Error(`--flood: give a number from 1 to ${MOST_RECORDS}`);
  }
  const demo = await startDemoStack(onStop, auth);
  const { stack, simulator, people } = demo;
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
  const admin = await openBrowserAdmin(stack, onStop);
  await connectAccounts(demo, auth, [accounts.first.portalId, accounts.second.portalId], admin);

  const { retired, omar } = people;
  const successor = { portalId: String(LOCAL_PORTAL_ID), leaver: retired.id, successor: omar.id };
  const named = await invokeLocally(stack.lambdaUrl, 'setSuccessor')(successor);
  if (!isSet(named)) throw new Error(`the successor was not set: ${JSON.stringify(named)}`);
  printStep(`${omar.email} is the successor of ${retired.email}, who is deactivated`);

  // Hired after the refresh, so the cache does not know her.
  addActiveOwner(simulator.state, LOCAL_PORTAL_ID, { email: 'nia@example.com', firstName: 'Nia', lastName: 'Hire' });
  const rows: ScenarioResult[] = [];
  const enrollingSince = performance.now();
  const app: DemoApp = { auth, scopes: scopesOfDemo(simulator.state) };
  const leftOut: string[] = [];
  const run = async (scenario: Scenario) => {
    const row = await runScenario(scenario, { simulator, accounts, engine });
    print(formatResult(row, paint));
    rows.push(row);
  };
  for (const group of SCENARIO_GROUPS) {
    print(formatGroup(group.title, paint));
    const { scenarios, leftOut: without } = chooseScenarios(group.scenarios, app);
    leftOut.push(...without);
    for (const scenario of scenarios) await run(scenario);
  }
  const fix = 'An admin fixes an email on the settings page';
  if (mayFixEmails(app)) {
    print(formatGroup(fix, paint));
    if ('notRun' in admin) printStep(admin.notRun);
    else await fixUnresolvedEmail(admin, run, printStep);
  } else leftOut.push(fix);

  if (leftOut.length > 0) print(formatGroup('Left out, because this app cannot do it', paint));
  for (const shows of leftOut) printStep(shows);
  const faults = simulator.faults.unread().map(() => 'a scripted fault was never met');
  const problems = [...rows.flatMap((row) => row.problems), ...simulator.violations, ...faults];
  if (problems.length === 0) {
    const now = performance.now();
    const [tookMs, demoMs] = [now - enrollingSince, now - startedAt];
    const hubspotCalls = rows.reduce((sum, row) => sum + row.hubspotCalls, 0);
    print(formatSummary(rows, { executions: rows.length, hubspotCalls, tookMs, demoMs }, paint));
    return 0;
  }
  printError(`${problems.length} problem(s):\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  printError(`What the functions logged last:\n${stack.log.last().join('\n')}`);
  return 1;
}, 'Stopped before the demo ended');

function isSet(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'status' in answer && answer.status === 'set';
}
