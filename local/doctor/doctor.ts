import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { print, printError } from '../output.ts';
import { type Aws, createAws } from './aws.ts';
import { listFunctionNames, readDeployment } from './deployment.ts';
import { examine } from './examine.ts';
import { attempt, type Finding, formatFinding, summarize, wrong } from './finding.ts';
import { type Environment, resolveSecrets } from './variables.ts';

const USAGE = `usage: npm run doctor                                     the local stack that npm start keeps up
       npm run doctor -- --stage prod --region eu-central-1  a deployment, with your AWS credentials`;

type Options = { readonly stage?: string | undefined; readonly region?: string | undefined };

/** Looks at a deployment or the local stack and says what to fix, one line each. Exit code 0 only if nothing is wrong. */
async function run(projectDir: string, { stage, region }: Options): Promise<0 | 1> {
  const findings: Finding[] = [];
  const tell = (told: readonly Finding[]) => {
    findings.push(...told);
    for (const finding of told) print(formatFinding(finding));
  };
  print(stage === undefined ? 'The local stack' : `Stage ${stage}`);
  const local = stage === undefined ? readLocalEnvironment(projectDir) : undefined;
  if (local !== undefined) takeAwsVariables(local);
  const aws = createAws(region === undefined ? {} : { region });
  const deployment = stage === undefined ? undefined : await readStage(aws, stage, projectDir);
  tell(deployment?.findings ?? []);
  const environment = local ?? deployment?.environment;
  if (environment === undefined) tell([wrong('local stack', 'was never started; npm start in another terminal')]);
  else if (deployment?.functions.length !== 0) {
    let resolved: Environment = environment;
    tell(
      await attempt('parameters', async () => {
        const secrets = await resolveSecrets(environment, (names) => readParameters(aws, names));
        resolved = secrets.environment;
        return secrets.findings;
      }),
    );
    const world = { now: Date.now, sleep: (ms: number) => delay(ms), fetch };
    const patient = { projectDir, stage, environment: resolved, functions: deployment?.functions, aws, ...world };
    for await (const finding of examine(patient)) tell([finding]);
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

/** What `npm start` wrote for its functions; undefined before the first start. */
function readLocalEnvironment(projectDir: string): Record<string, string> | undefined {
  const file = join(projectDir, '.local/environment');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
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

function readOptions(args: readonly string[]): Options | undefined {
  try {
    const options = { stage: { type: 'string' }, region: { type: 'string' } } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch {
    return undefined;
  }
}

const options = readOptions(process.argv.slice(2));
if (options === undefined) {
  printError(USAGE);
  process.exitCode = 1;
} else {
  process.exitCode = await run(process.cwd(), options);
}
