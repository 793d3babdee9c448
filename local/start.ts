import { readGivenEnvironment } from './environment.ts';
import { print } from './output.ts';
import { configuredPortal, formatRefreshReport, readRefreshReport } from './refresh-report.ts';
import { runUntilStopped } from './shutdown.ts';
import { startLocalStack } from './stack.ts';
import { checkTokenOfPortal } from './token-check.ts';
import { writeTryOut } from './try-out.ts';

/** A night is short here. */
const REFRESH_EVERY_MS = 5 * 60_000;

/** Starts the local stack, prints how to use it, and keeps it up until Ctrl-C. */
await runUntilStopped(async (onStop) => {
  const projectDir = process.cwd();
  const given = readGivenEnvironment(projectDir);
  print('Starting …');
  const stack = await startLocalStack({ projectDir, given, onLine: print, onStop });
  await checkTokenOfPortal(stack.environment);
  await stack.refresh.run();
  const report = await readRefreshReport(stack.environment, configuredPortal(stack.environment));
  if (report !== undefined) print(formatRefreshReport(report));
  print(await writeTryOut(projectDir, stack));
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
