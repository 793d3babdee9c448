import {
  CloudFormationClient,
  CloudFormationServiceException,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { createAws } from '../doctor/aws.ts';
import type { Deployed } from './losses.ts';
import { parseTemplate } from './template.ts';

export type DeployedStack = Deployed & {
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
};

/** Undefined if the region has no stack of that name. */
export type ReadStack = (stackName: string) => Promise<DeployedStack | undefined>;

/** Whether there is a table of that name in the region, in a stack or not. */
export type HasTable = (tableName: string) => Promise<boolean>;

/** The SHA-256 of the package that a function runs, in base64; undefined if Lambda does not say it. */
export type ReadCodeHash = (functionName: string) => Promise<string | undefined>;

export function createReadCodeHash(region: string): ReadCodeHash {
  const { getLambda } = createAws({ region });
  return async (functionName) => {
    const { body } = await getLambda(`/2015-03-31/functions/${functionName}/configuration`);
    return typeof body.CodeSha256 === 'string' ? body.CodeSha256 : undefined;
  };
}

export function createHasTable(region: string): HasTable {
  return async (TableName) => {
    const client = new DynamoDBClient({ region });
    try {
      await client.send(new DescribeTableCommand({ TableName }));
      return true;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return false;
      throw error;
    } finally {
      client.destroy();
    }
  };
}

/** Reads a stack with the operator's own credentials. Changes nothing. */
export function createReadStack(region: string): ReadStack {
  return async (stackName) => {
    const client = new CloudFormationClient({ region });
    try {
      return await readStack(client, stackName);
    } finally {
      client.destroy();
    }
  };
}

async function readStack(client: CloudFormationClient, StackName: string): Promise<DeployedStack | undefined> {
  const stack = await describeStack(client, StackName);
  const status = stack?.StackStatus ?? '';
  if (stack === undefined || status === 'DELETE_COMPLETE') return undefined;
  const { TemplateBody = '' } = await client.send(new GetTemplateCommand({ StackName, TemplateStage: 'Original' }));
  return {
    status,
    template: parseTemplate(TemplateBody),
    resources: await listResources(client, StackName),
    outputs: Object.fromEntries(
      (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    ),
  };
}

/** CloudFormation has no error of its own for a stack that does not exist (DescribeStacks, API reference, read 2026-11-27). */
async function describeStack(client: CloudFormationClient, StackName: string) {
  try {
    return (await client.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];
  } catch (error) {
    const isAbsent = error instanceof CloudFormationServiceException && error.name === 'ValidationError';
    if (isAbsent && error.message.includes('does not exist')) return undefined;
    throw error;
  }
}

/** No longer in the stack, or never was. A rollback skips a retained resource, which then exists without the stack. */
const GONE = new Set(['CREATE_FAILED', 'DELETE_COMPLETE', 'DELETE_SKIPPED']);

/** By pages: DescribeStackResources shows the first hundred resources of a stack, and this one has more. */
async function listResources(client: CloudFormationClient, StackName: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListStackResourcesCommand({ StackName, NextToken }));
    for (const { LogicalResourceId = '', ResourceStatus = '' } of page.StackResourceSummaries ?? []) {
      if (!GONE.has(ResourceStatus)) found.add(LogicalResourceId);
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}
