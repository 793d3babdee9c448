import { setTimeout as delay } from 'node:timers/promises';
import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { readCommand } from '../command/command-line.ts';
import { PORT_FLAG } from '../command/stack-command.ts';
import { checkStage } from '../deploy/deploy-options.ts';
import { REGION, readSettings, settingsPath } from '../deploy/settings.ts';
import { describeFault } from '../describe-fault.ts';
import { print, printError } from '../output.ts';
import { findStack, readEnvironment } from '../running/running-stacks.ts';
import { type Aws, createAws } from './aws.ts';
import { listFunctionNames, readDeployment } from './deployment.ts';
import { examine } from './examine.ts';
import { attempt, type Finding, formatFinding, summarize } from './finding.ts';
import { type Environment, resolveSecrets } from './variables.ts';

type Options = {
  readonly stage?: string | undefined;
  readonly region?: string | undefined;
  readonly port?: string | undefined;
};

/** Checks a deployment or the local stack and says what to fix, one line each. Exit code 0 only if nothing is wrong. */
async function run(projectDir: string, { stage, region: given, port }: Options): Promise<0 | 1> {
  if (stage !== undefined) checkStage(stage);
  const region = given ?? (stage && readSettings(projectDir, stage)?.AWS_REGION);
  if (given !== undefined && !REGION.test(given)) throw new Error('--region must be a region such as eu-central-1');
  if (region && !REGION.test(region))
    throw new Error(`AWS_REGION in ${settingsPath(stage ?? '')} must be a region such as eu-central-1`);
  if (stage !== undefined && port !== undefined) throw new Error('--stage and --port: give one of them');
  const findings: Finding[] = [];
  const report = (found: readonly Finding[]) => {
    findings.push(...found);
    for (const finding of found) print(formatFinding(finding));
  };
  const stack = stage === undefined ? await findStack(projectDir, 'doctor', port) : undefined;
  print(stack === undefined ? `Stage ${stage}` : `The local stack on port ${stack.lock.port}`);
  const local = stack === undefined ? undefined : readEnvironment(stack);
  if (local !== undefined) takeAwsVariables(local);
  const aws = createAws(region ? { region } : {});
  const deployment = stage === undefined ? undefined : await readStage(aws, stage, projectDir);
  report(deployment?.findings ?? []);
  const environment = local ?? deployment?.environment ?? {};
  if (deployment?.functions.length !== 0) {
    let resolved: Environment = environment;
    report(
      await attempt('parameters', async () => {
        const secrets = await resolveSecrets(environment, (names) => readParameters(aws, names));
        resolved = secrets.environment;
        return secrets.findings;
      }),
    );
    const world = { now: Date.now, sleep: (ms: number) => delay(ms), fetch };
    const patient = { projectDir, stage, environment: resolved, functions: deployment?.functions, aws, ...world };
    for await (const finding of examine(patient)) report([finding]);
  }
  const { line, exitCode } = summarize(findings);
  print(line);
  return exitCode;
}

async function readStage(aws: Aws, stage: string, projectDir: string) {
  let deployment: Awaited<ReturnType<typeof readDeployment>> | undefined;
  const findings = await attempt('functions', async () => {
    deployment = await readDeployment(aws, stage, listFunctionNames(projectDir));
    return deployment.findings;
  });
  return deployment ?? { functions: [], environment: {}, findings };
}

/** The SDK reads its own variables from the process. */
function takeAwsVariables(environment: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(environment)) if (name.startsWith('AWS_')) process.env[name] = value;
}

async function readParameters({ ssm }: Aws, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const command = new GetParametersCommand({ Names: [...new Set(names)], WithDecryption: true });
  const { Parameters = [] } = await ssm.send(command);
  return new Map(Parameters.map(({ Name = '', Value = '' }) => [Name, Value]));
}

const { flags } = readCommand({
  script: 'doctor',
  does: 'Checks the local stack, or a deployment, and tells you what to fix.',
  flags: {
    ...PORT_FLAG,
    stage: { type: 'string', value: 'prod', means: 'check this deployment, with your AWS credentials' },
    region: {
      type: 'string',
      value: 'REGION',
      means: 'where it is; default: AWS_REGION of deploy/<stage>.env, else of the shell',
    },
  },
  examples: ['npm run doctor', 'npm run doctor -- --stage prod --region eu-central-1'],
});
try {
  process.exitCode = await run(process.cwd(), flags);
} catch (error) {
  printError(describeFault(error));
  process.exitCode = 1;
}
