import { readCommand } from './command/command-line.ts';
import { readGivenEnvironment } from './given-environment.ts';
import { print } from './output.ts';
import { startPage } from './page/start-page.ts';
import { configuredPortal, formatRefreshReport, readRefreshReport } from './refresh-report.ts';
import { createExecutionRecorder, type ExecutionRecorder } from './send/execution-recorder.ts';
import { namedPeople } from './send/named-people.ts';
import { createStackHandlers } from './send/stack-handlers.ts';
import { runUntilStopped } from './shutdown.ts';
import { startLocalStack } from './stack.ts';
import { checkTokenOfPortal } from './token-check.ts';
import { writeTryOut } from './try-out.ts';

readCommand({
  script: 'start',
  does: 'Starts DynamoDB, SQS, the HubSpot simulator and the functions on this machine, until Ctrl-C.',
  flags: {},
  examples: ['PORT=3000 npm start', 'HUBSPOT_CLIENT_ID=local-app npm start'],
});

/** A night is short here. */
const REFRESH_EVERY_MS = 5 * 60_000;

await runUntilStopped(async (onStop) => {
  const projectDir = process.cwd();
  const given = readGivenEnvironment(projectDir);
  let recorder: ExecutionRecorder | undefined;
  const stack = await startLocalStack({
    projectDir,
    given,
    purpose: 'start',
    checkEnvironment: checkTokenOfPortal,
    onStep: (step) => print(`Starting ${step} …`),
    onTrouble: print,
    onAction: (event) => recorder?.record(event),
    onStop,
  });
  recorder = createExecutionRecorder(stack.simulation === undefined ? {} : namedPeople(stack.simulation.people));
  await stack.refresh.run();
  const report = await readRefreshReport(stack.environment, configuredPortal(stack.environment));
  if (report !== undefined) print(formatRefreshReport(report));
  stack.control.open(createStackHandlers(projectDir, stack, recorder));
  const page = await startPage(stack, given);
  if (page !== undefined) onStop(() => page.close());
  print(await writeTryOut(stack, page?.url));
  let running = false;
  const timer = setInterval(async () => {
    if (running) return;
    running = true;
    await stack.refresh.run().catch((error: unknown) => print(String(error)));
    running = false;
  }, REFRESH_EVERY_MS);
  onStop(async () => clearInterval(timer));
  return stack.ended;
});
