import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { RunProgram } from '../run-program.ts';
import { checkValues } from './check-values.ts';
import type { DeployedStack, HasTable, ReadCodeHash, ReadStack } from './deployed-stack.ts';
import { findChanges, findLosses, isSameStack, type Loss } from './losses.ts';
import { deployPackage, packageFolder, packageStack, type Target } from './serverless-cli.ts';
import { settingsPath, stackNameOf } from './settings.ts';
import type { Template } from './template.ts';

export type DeployWorld = {
  readonly run: RunProgram;
  readonly readStack: ReadStack;
  readonly hasTable?: HasTable;
  readonly readCodeHash?: ReadCodeHash;
  readonly tell: (line: string) => void;
};

export type DeployOptions = Target & {
  /** Names of the accepted losses. */
  readonly allowedLosses: readonly string[];
  /** Compare without a change. */
  readonly dryRun?: boolean;
  /** Deploy even if nothing changed. */
  readonly force?: boolean;
  /** Do not touch a stack that equals the package. */
  readonly onlyIfDifferent?: boolean;
  /** For the first deployment without a domain, before HubSpot's client ID exists. */
  readonly withoutId?: boolean;
};

/**
 * Packages, compares with the deployed stack, and deploys unless something would be lost.
 * @throws with what is wrong, or with the list of losses
 */
export async function runDeploy(options: DeployOptions, world: DeployWorld): Promise<'deployed' | 'unchanged'> {
  const { stage, inputs } = options;
  const { HUBSPOT_PORTAL_ID, HUBSPOT_CLIENT_ID } = inputs.environment;
  if (!HUBSPOT_PORTAL_ID && !HUBSPOT_CLIENT_ID && options.withoutId !== true) {
    throw new Error(
      `HUBSPOT_PORTAL_ID or HUBSPOT_CLIENT_ID is missing: without one no account is connected. npm run setup writes it to ${settingsPath(stage)}`,
    );
  }
  const stackName = stackNameOf(stage);
  const deployed = await world.readStack(stackName);
  refuseUnfinished(stackName, deployed?.status);
  world.tell(`Packages the functions for stage ${stage} …`);
  const packaged = await packageStack(world.run, options);
  checkValues(packaged);
  await refuseLeftOver(packaged, deployed, options.region, world);
  if (deployed === undefined) {
    world.tell(`${options.region} has no stack ${stackName}: this is its first deployment`);
  } else {
    stopForLosses(findLosses(deployed, packaged), options.allowedLosses, world.tell);
    const mayBeSame = options.onlyIfDifferent === true && isSameStack(deployed.template, packaged);
    if (mayBeSame && (await runsPackagedCode(packaged, options, world))) return 'unchanged';
    tellChanges(deployed.template, packaged, world.tell);
  }
  if (options.dryRun === true) {
    world.tell('Dry run: nothing was deployed');
    return 'unchanged';
  }
  await deployPackage(world.run, options, options.force === true);
  return 'deployed';
}

/** The template names the packages of the functions and does not depend on what is in them. */
async function runsPackagedCode(
  { Resources }: Template,
  { projectDir, stage }: Target,
  { readCodeHash }: DeployWorld,
): Promise<boolean> {
  if (readCodeHash === undefined) return true;
  const functions = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  const isSame = await Promise.all(
    functions.map(async ({ Properties }) => {
      const { S3Key = '' } = Object(Properties?.Code) as { S3Key?: string };
      const packaged = readFileSync(join(packageFolder(projectDir, stage), basename(S3Key)));
      const hash = createHash('sha256').update(packaged).digest('base64');
      return (await readCodeHash(String(Properties?.FunctionName))) === hash;
    }),
  );
  return !isSame.includes(false);
}

function refuseUnfinished(stackName: string, status = ''): void {
  if (status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS') {
    throw new Error(`stack ${stackName} is ${status}: another deployment is running. Wait until it ends`);
  }
  if (status === 'ROLLBACK_COMPLETE' || status === 'ROLLBACK_FAILED' || status === 'DELETE_FAILED') {
    throw new Error(`stack ${stackName} is ${status}: CloudFormation cannot update it. Delete the stack first`);
  }
}

/**
 * A table outlives its stack, also after a first deployment that was rolled back. CloudFormation cannot create a table that
 * exists.
 */
async function refuseLeftOver(
  { Resources }: Template,
  deployed: DeployedStack | undefined,
  region: string,
  { hasTable }: DeployWorld,
): Promise<void> {
  const tables = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::DynamoDB::Table');
  for (const [id, { Properties }] of tables) {
    const name = String(Properties?.TableName);
    if (deployed?.resources.has(id) === true || (await hasTable?.(name)) !== true) continue;
    const table = `--region ${region} --table-name ${name}`;
    throw new Error(
      [
        `Stopped before deploying: table ${name} is of a stack that was removed or rolled back. If nothing in it is needed, delete it:`,
        `  aws dynamodb update-table ${table} --no-deletion-protection-enabled`,
        `  aws dynamodb delete-table ${table}`,
      ].join('\n'),
    );
  }
}

function stopForLosses(losses: readonly Loss[], allowed: readonly string[], tell: (line: string) => void): void {
  const strange = allowed.filter((name) => !losses.some((loss) => loss.name === name));
  if (strange.length > 0) tell(`--allow-loss ${strange.join(', ')}: this deployment does not lose that`);
  for (const { name, detail } of losses) if (allowed.includes(name)) tell(`Allowed loss: ${name}: ${detail}`);
  const stopping = losses.filter(({ name }) => !allowed.includes(name));
  if (stopping.length === 0) return;
  throw new Error(
    [
      'Stopped before deploying. This would be lost:',
      ...stopping.map(({ name, detail }) => `  ${name}: ${detail}`),
      'Add the missing settings to the deployment. If a loss is meant, add:',
      `  ${stopping.map(({ name }) => `--allow-loss ${name}`).join(' ')}`,
    ].join('\n'),
  );
}

function tellChanges(deployed: Template, packaged: Template, tell: (line: string) => void): void {
  const changes = findChanges(deployed, packaged);
  if (changes.length > 0) tell(`Changes the variables ${changes.join(', ')}`);
}
