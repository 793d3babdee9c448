import { readCommand } from '../command/command-line.ts';
import { createHasTable, createReadCodeHash, createReadStack } from '../deploy/deployed-stack.ts';
import { readSettings } from '../deploy/settings.ts';
import { describeFault } from '../describe-fault.ts';
import { print, printError } from '../output.ts';
import { runProgram } from '../run-program.ts';
import { createAsk } from './ask.ts';
import { createOwnerRefresh } from './owner-refresh.ts';
import { createParameters } from './parameters.ts';
import { describePlan, runSetup } from './run-setup.ts';
import { completeSettings, type Flags, readFlags, SETUP_COMMAND } from './setup-options.ts';
import { checkProjectStage } from './write-project.ts';

async function main(projectDir: string, flags: Flags): Promise<void> {
  const { stage, dryRun, replaceSecrets, allowedLosses, given } = flags;
  const ask = createAsk(process.stdin, process.stdout);
  try {
    const settings = await completeSettings(given, readSettings(projectDir, stage) ?? {}, ask);
    checkProjectStage(projectDir, stage, settings);
    if (dryRun) return print(describePlan(stage, settings, replaceSecrets).join('\n'));
    const region = settings.AWS_REGION ?? '';
    await runSetup(
      {
        projectDir,
        stage,
        replaceSecrets,
        allowedLosses,
        run: runProgram,
        ask,
        tell: print,
        environment: process.env,
        readStack: createReadStack(region),
        hasTable: createHasTable(region),
        readCodeHash: createReadCodeHash(region),
        parameters: createParameters(region),
        refresh: createOwnerRefresh(region, Date.now),
        fetch,
      },
      settings,
    );
  } finally {
    ask.close();
  }
}

const command = readCommand(SETUP_COMMAND);
try {
  await main(process.cwd(), readFlags(command));
} catch (error) {
  printError(describeFault(error));
  process.exitCode = 1;
}
