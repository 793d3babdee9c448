import { readCommand } from '../command/command-line.ts';
import { describeFault } from '../describe-fault.ts';
import { print, printError } from '../output.ts';
import { runProgram } from '../run-program.ts';
import { chooseInputs, DEPLOY_COMMAND, type Flags, readFlags } from './deploy-options.ts';
import { createHasTable, createReadStack } from './deployed-stack.ts';
import { runDeploy } from './run-deploy.ts';
import { readAccepted, readSettings, settingsPath } from './settings.ts';

async function main(projectDir: string, flags: Flags): Promise<void> {
  const settings = readSettings(projectDir, flags.stage);
  if (settings === undefined)
    print(`There is no ${settingsPath(flags.stage)}: only flags and variables of the shell count`);
  const { region, inputs } = chooseInputs(flags, settings, process.env, readAccepted(projectDir));
  const target = { projectDir, stage: flags.stage, region, inputs };
  const { allowedLosses, dryRun, force } = flags;
  const options = { ...target, allowedLosses, dryRun, force };
  const reads = { readStack: createReadStack(region), hasTable: createHasTable(region) };
  await runDeploy(options, { run: runProgram, ...reads, tell: print });
}

const given = readCommand(DEPLOY_COMMAND);
try {
  await main(process.cwd(), readFlags(given));
} catch (error) {
  printError(describeFault(error));
  process.exitCode = 1;
}
