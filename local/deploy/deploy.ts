import { print, printError } from '../output.ts';
import { runProgram } from '../run-program.ts';
import { chooseInputs, readFlags, USAGE } from './deploy-options.ts';
import { createReadStack } from './deployed-stack.ts';
import { runDeploy } from './run-deploy.ts';
import { readAccepted, readSettings, settingsPath } from './settings.ts';

async function main(projectDir: string, args: readonly string[]): Promise<void> {
  const flags = readFlags(args);
  if (flags.help) return print(USAGE);
  const settings = readSettings(projectDir, flags.stage);
  if (settings === undefined)
    print(`There is no ${settingsPath(flags.stage)}: only flags and variables of the shell count`);
  const { region, inputs } = chooseInputs(flags, settings, process.env, readAccepted(projectDir));
  const target = { projectDir, stage: flags.stage, region, inputs };
  const { allowedLosses, dryRun, force } = flags;
  const options = { ...target, allowedLosses, dryRun, force };
  await runDeploy(options, { run: runProgram, readStack: createReadStack(region), tell: print });
}

try {
  await main(process.cwd(), process.argv.slice(2));
} catch (error) {
  printError(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
