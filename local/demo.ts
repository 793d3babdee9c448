import { randomBytes } from 'node:crypto';
import { FIND_OWNER_BY_EMAIL, SET_OWNER_BY_EMAIL } from '../lib/action/definition.ts';
import { parsePortalId } from '../lib/domain/ids.ts';
import { CALLBACK_ROUTE } from '../lib/domain/install-routes.ts';
import { SCENARIOS } from './demo-scenarios.ts';
import { type Environment, readGivenEnvironment } from './environment.ts';
import { actionLabels } from './history-labels.ts';
import { installApp } from './install-app.ts';
import { invokeLocally } from './local-refresh.ts';
import { print, printError } from './output.ts';
import { formatResults } from './print-results.ts';
import { formatRefreshReport, readRefreshReport } from './refresh-report.ts';
import { runScenario, type ScenarioResult } from './run-scenario.ts';
import { LOCAL_ACCESS_TOKEN, LOCAL_PORTAL_ID, SECOND_PORTAL_ID, seedSecondPortal } from './seed.ts';
import { runUntilStopped } from './shutdown.ts';
import { addActiveOwner } from './simulator/seed-owners.ts';
import { addPortal, revokeToken } from './simulator/seed-portals.ts';
import { createWorkflowEngine } from './simulator/workflow-engine.ts';
import { startLocalStack } from './stack.ts';

/**
 * Starts the local stack, installs the app in two accounts, whose owners are then refreshed, enrols records that between them
 * show every outcome and the main errors, and prints what happened. Ends with 0 only when the CRM holds what the table claims.
 */
await runUntilStopped(async (onStop) => {
  const projectDir = process.cwd();
  const given = forInstalls(readGivenEnvironment(projectDir));
  if (given('HUBSPOT_API_BASE_URL') !== undefined) {
    printError('HUBSPOT_API_BASE_URL: the demo enrols made-up records, so it runs on the simulator only; unset it');
    return 1;
  }
  print('Starting DynamoDB, SQS, HubSpot and the functions on this machine …');
  const log: string[] = [];
  const stack = await startLocalStack({ projectDir, given, onLine: (line) => log.push(line), onStop });
  if (stack.simulation === undefined) throw new Error('the demo has no simulator to run on');
  const { simulator, people } = stack.simulation;

  const accounts = {
    first: { portalId: LOCAL_PORTAL_ID, people },
    second: { portalId: SECOND_PORTAL_ID, people: seedSecondPortal(simulator.state, people) },
    notConnected: { portalId: addPortal(simulator.state).portalId, people },
  };
  // From here on nothing but what an install grants opens an account.
  revokeToken(simulator.state, LOCAL_PORTAL_ID, LOCAL_ACCESS_TOKEN);
  const engine = createWorkflowEngine({
    state: simulator.state,
    clientSecret: stack.environment.HUBSPOT_CLIENT_SECRET ?? '',
    actionBaseUrl: stack.url,
    signedBaseUrl: stack.environment.PUBLIC_BASE_URL ?? stack.url,
    labels: actionLabels([SET_OWNER_BY_EMAIL, FIND_OWNER_BY_EMAIL]),
  });
  for (const { portalId } of [accounts.first, accounts.second]) {
    const target = {
      url: stack.url,
      hubspotUrl: simulator.url,
      redirectUri: redirectUriOf(stack.environment),
      portalId,
    };
    print(await installApp(target));
  }
  // Each install queued the first refresh of its account.
  await stack.refresh.settled();
  for (const { portalId } of [accounts.first, accounts.second]) {
    const report = await readRefreshReport(stack.environment, parsePortalId(portalId));
    if (report === undefined) throw new Error(`the refresh of account ${portalId} left no report`);
    print(`Account ${portalId}. ${formatRefreshReport(report)}`);
  }

  const { retired, omar } = people;
  const successor = { portalId: String(LOCAL_PORTAL_ID), leaver: retired.id, successor: omar.id };
  const named = await invokeLocally(stack.lambdaUrl, 'setSuccessor')(successor);
  if (!isSet(named)) throw new Error(`the successor was not set: ${JSON.stringify(named)}`);
  print(`Successor of ${retired.email}: ${omar.email}`);

  // Hired after the refresh: nobody has told the cache.
  addActiveOwner(simulator.state, LOCAL_PORTAL_ID, { email: 'nia@example.com', firstName: 'Nia', lastName: 'Hire' });
  const rows: ScenarioResult[] = [];
  for (const scenario of SCENARIOS) {
    rows.push(await runScenario(scenario, { simulator, accounts, engine }));
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

/**
 * With a client id accounts install the app, and the key that encrypts their tokens has to be a local one. It lives as long as
 * this run: whatever a table that was given holds of an earlier one, the installs replace.
 */
function forInstalls(given: (name: string) => string | undefined): (name: string) => string | undefined {
  const set: Readonly<Record<string, string | undefined>> = {
    HUBSPOT_CLIENT_ID: given('HUBSPOT_CLIENT_ID') ?? 'local-demo',
    TOKEN_KMS_KEY_ID: undefined,
    LOCAL_TOKEN_KEY: randomBytes(32).toString('base64'),
    LOCAL_TOKEN_KEY_PREVIOUS: undefined,
  };
  return (name) => (name in set ? set[name] : given(name));
}

function redirectUriOf({ HUBSPOT_REDIRECT_URI, PUBLIC_BASE_URL }: Environment): string {
  return HUBSPOT_REDIRECT_URI ?? `${PUBLIC_BASE_URL}${CALLBACK_ROUTE}`;
}

function isSet(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'status' in answer && answer.status === 'set';
}
