import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Aws } from './aws.ts';
import { type Finding, good, skipped, wrong } from './finding.ts';

const SERVICE = 'set-owner-by-email';

export type DeployedFunction = {
  readonly name: string;
  readonly timeoutSeconds: number;
  readonly variables: Readonly<Record<string, string>>;
};

export type Deployment = {
  readonly functions: readonly DeployedFunction[];
  /** All variables of all functions together. */
  readonly environment: Readonly<Record<string, string>>;
  readonly findings: readonly Finding[];
};

/** By the project's rule a file `functions/set-owner-by-email.ts` is the function `setOwnerByEmail`. */
export function listFunctionNames(projectDir: string): readonly string[] {
  return readdirSync(join(projectDir, 'functions'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length).replace(/-(\w)/g, (_match, letter: string) => letter.toUpperCase()))
    .sort();
}

/**
 * Reads the configuration of a stage's functions (GetFunctionConfiguration, Lambda API reference, read 2026-11-25). Their
 * variables contain no secrets, only names of SSM parameters.
 */
export async function readDeployment(
  { getLambda }: Pick<Aws, 'getLambda'>,
  stage: string,
  names: readonly string[],
): Promise<Deployment> {
  const functions: DeployedFunction[] = [];
  const findings: Finding[] = [];
  for (const name of names) {
    const { status, body } = await getLambda(`/2015-03-31/functions/${SERVICE}-${stage}-${name}/configuration`);
    const problem = status === 200 ? findProblem(body) : refusalOf(status, stage);
    if (problem !== undefined) findings.push(wrong(`function ${name}`, problem));
    if (status === 200) functions.push(toFunction(name, body));
  }
  const shared = mergeVariables(functions);
  const sound = names.length - findings.length;
  if (sound > 0) findings.unshift(good('functions', `${sound} of ${names.length} are deployed and active`));
  return { functions, environment: shared.environment, findings: [...findings, ...shared.findings] };
}

function refusalOf(status: number, stage: string): string {
  if (status === 404) return `is not deployed in this region; npm run deploy -- --stage ${stage}`;
  if (status === 403) return 'your AWS credentials must allow lambda:GetFunctionConfiguration';
  return `Lambda answered with status ${status}`;
}

function findProblem(body: Record<string, unknown>): string | undefined {
  const { State, StateReason, LastUpdateStatus, LastUpdateStatusReason } = body;
  if (State !== undefined && State !== 'Active' && State !== 'Inactive') return `is ${State}: ${StateReason ?? ''}`;
  if (LastUpdateStatus === 'Failed') return `its last update failed: ${LastUpdateStatusReason ?? ''}; deploy again`;
  return undefined;
}

function toFunction(name: string, body: Record<string, unknown>): DeployedFunction {
  const { Variables = {} } = Object(body.Environment) as { Variables?: Record<string, string> };
  return { name, timeoutSeconds: Number(body.Timeout ?? 0), variables: Variables };
}

/** Variables that belong to one function alone, by the names of Powertools or Node. */
const MAY_DIFFER = /^(POWERTOOLS_|NODE_|AWS_|LOG_LEVEL$)/;

/** If a variable differs between two functions, somebody edited it in the console, or a deployment was interrupted. */
export function mergeVariables(functions: readonly DeployedFunction[]): Pick<Deployment, 'environment' | 'findings'> {
  const environment: Record<string, string> = {};
  const differing = new Set<string>();
  for (const [name, value] of functions.flatMap(({ variables }) => Object.entries(variables))) {
    if (environment[name] !== undefined && environment[name] !== value && !MAY_DIFFER.test(name)) differing.add(name);
    environment[name] ??= value;
  }
  const findings = [...differing].map((name) =>
    wrong(name, 'is not the same for all functions; deploy again, and change nothing in the console'),
  );
  return { environment, findings };
}

/**
 * With less, Lambda refuses requests of a flood before HubSpot's limit does: 300 requests a second, 200 ms each, and the workers.
 */
const ENOUGH_AT_ONCE = 100;

/** How many functions the account may run at a time (GetAccountSettings, Lambda API reference, read 2026-11-25). */
export async function checkConcurrency({ getLambda }: Pick<Aws, 'getLambda'>): Promise<Finding> {
  const subject = 'concurrency';
  const { status, body } = await getLambda('/2016-08-19/account-settings/');
  const limit = Number((Object(body.AccountLimit) as { ConcurrentExecutions?: number }).ConcurrentExecutions);
  if (status !== 200 || Number.isNaN(limit))
    return skipped(subject, `is not known: Lambda answered with status ${status}`);
  if (limit >= ENOUGH_AT_ONCE) return good(subject, `${limit} functions may run at a time`);
  return skipped(
    subject,
    `only ${limit} functions may run at a time; ask AWS for more before a flood (docs/scaling.md)`,
  );
}
