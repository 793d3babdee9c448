import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliCache, serverlessScript } from '../cli-cache.ts';
import type { Ended, Program, RunProgram } from '../run-program.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { type Inputs, readAccepted } from './settings.ts';
import { parseTemplate, type Template } from './template.ts';

export type Target = {
  readonly projectDir: string;
  readonly stage: string;
  readonly region: string;
  readonly inputs: Inputs;
};

/** A separate folder, so that exactly the compared package is deployed. */
export function packageFolder(projectDir: string, stage: string): string {
  return join(projectDir, '.local/deploy', stage);
}

/**
 * Packages the functions and returns the template that a deployment would send to CloudFormation.
 * @throws if the Serverless CLI fails; it has said why
 */
export async function packageStack(run: RunProgram, target: Target): Promise<Template> {
  const folder = packageFolder(target.projectDir, target.stage);
  // Without it, the Serverless CLI would stop with a stack trace.
  mkdirSync(folder, { recursive: true });
  await callServerless(run, target, ['package', '--package', folder]);
  return parseTemplate(readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8'));
}

/** Deploys what `packageStack` packaged. */
export async function deployPackage(run: RunProgram, target: Target, isForced: boolean): Promise<void> {
  const folder = packageFolder(target.projectDir, target.stage);
  await callServerless(run, target, ['deploy', '--package', folder, ...(isForced ? ['--force'] : [])]);
}

/** Runs the Serverless CLI, whose bundler (serverless-esbuild 1.57.2) leaves a copy of every bundle in the temporary folder. */
export function runServerless(
  run: RunProgram,
  projectDir: string,
  { args, environment = {} }: Pick<Program, 'args' | 'environment'>,
): Promise<Ended> {
  return inTemporaryFolder('serverless-', (folder) =>
    run({
      command: process.execPath,
      args: [serverlessScript(projectDir), ...args],
      cwd: projectDir,
      environment: {
        ...cliCache(projectDir),
        ...environment,
        SLS_NOTIFICATIONS_MODE: 'off',
        TMPDIR: folder,
        TEMP: folder,
        TMP: folder,
      },
      output: 'show',
    }),
  );
}

async function callServerless(run: RunProgram, target: Target, command: readonly string[]): Promise<void> {
  const { projectDir, stage, region, inputs } = target;
  const params = Object.entries(inputs.params).map(([name, value]) => `--param=${name}=${value}`);
  const { exitCode } = await runServerless(run, projectDir, {
    args: [...command, '--stage', stage, '--region', region, ...params],
    environment: {
      // Not even an empty one of the shell, which would replace the template's value.
      ...Object.fromEntries([...readAccepted(projectDir).variables].map((name) => [name, undefined])),
      ...inputs.environment,
      AWS_REGION: region,
    },
  });
  if (exitCode !== 0)
    throw new Error(`serverless ${command[0]} failed with exit code ${exitCode}; see its output above`);
}
