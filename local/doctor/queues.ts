import { GetQueueAttributesCommand, GetQueueUrlCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import * as families from '../../lib/config/variables.ts';
import type { Aws } from './aws.ts';
import type { DeployedFunction } from './deployment.ts';
import { type Finding, good, skipped, wrong } from './finding.ts';
import type { Environment } from './variables.ts';

/** Six times the function's time-out, as AWS advises for queues that invoke functions (SQS with Lambda, read 2026-11-23). */
const VISIBILITY_FACTOR = 6;

/** Every variable of the functions that names a queue, whichever family it belongs to. */
export function queueVariables(): readonly string[] {
  const names = Object.values(families).flatMap((family) => Object.keys(family));
  return [...new Set(names)].filter((name) => name.endsWith('_QUEUE_URL')).sort();
}

export type QueueDeps = {
  readonly sqs: SQSClient;
  /** Undefined locally, where no event source is configured on AWS. */
  readonly lambda?: { readonly get: Aws['getLambda']; readonly functions: readonly DeployedFunction[] };
};

export async function checkQueue(deps: QueueDeps, variable: string, environment: Environment) {
  const url = environment[variable];
  const subject = `queue ${variable}`;
  if (url === undefined || url === '') return [wrong(subject, 'the variable is missing; deploy again')];
  const attributes = await readAttributes(deps.sqs, url);
  if (attributes === undefined) return [wrong(subject, 'does not exist; deploy again')];
  const findings = [good(subject, `exists; ${attributes.ApproximateNumberOfMessages ?? '0'} messages wait`)];
  findings.push(...(await checkRedrive(deps.sqs, subject, attributes.RedrivePolicy, url)));
  findings.push(...(await checkConsumer(deps, subject, attributes)));
  return findings;
}

type Attributes = Readonly<Record<string, string>>;

async function readAttributes(sqs: SQSClient, QueueUrl: string): Promise<Attributes | undefined> {
  try {
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
    return (await sqs.send(command)).Attributes ?? {};
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
  }
}

async function checkRedrive(
  sqs: SQSClient,
  subject: string,
  policy: string | undefined,
  url: string,
): Promise<readonly Finding[]> {
  const { deadLetterTargetArn } = Object(JSON.parse(policy ?? '{}')) as { deadLetterTargetArn?: string };
  const name = deadLetterTargetArn?.split(':').at(-1);
  if (name === undefined) {
    return [wrong(subject, 'has no dead-letter queue: a message that always fails would come back for ever')];
  }
  const attributes = await readAttributes(sqs, await urlOfSibling(sqs, name, url));
  if (attributes === undefined) return [wrong(subject, `its dead-letter queue ${name} does not exist; deploy again`)];
  // A message that failed again in its function is in flight until its next delivery.
  const { ApproximateNumberOfMessages: visible = 0, ApproximateNumberOfMessagesNotVisible: inFlight = 0 } = attributes;
  const count = Number(visible) + Number(inFlight);
  const dead = `dead-letter queue ${name}`;
  return [count === 0 ? good(dead, 'is empty') : wrong(dead, `holds ${count} messages; see docs/alarms.md`)];
}

/** The SDK calls the host of a queue's URL, and the names of a local engine may not resolve. */
async function urlOfSibling(sqs: SQSClient, QueueName: string, url: string): Promise<string> {
  try {
    const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    return new URL(new URL(QueueUrl).pathname, url).href;
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return url.replace(/[^/]*$/, QueueName);
    throw error;
  }
}

async function checkConsumer({ lambda }: QueueDeps, subject: string, attributes: Attributes): Promise<Finding[]> {
  if (lambda === undefined) return [skipped(subject, 'which function reads it is not known outside AWS')];
  const query = { EventSourceArn: attributes.QueueArn ?? '' };
  const { status, body } = await lambda.get('/2015-03-31/event-source-mappings/', query);
  if (status !== 200) return [wrong(subject, `who reads it is unknown: Lambda answered with status ${status}`)];
  const [mapping] = (body.EventSourceMappings ?? []) as { FunctionArn?: string; State?: string }[];
  if (mapping === undefined) return [wrong(subject, 'no function reads it; deploy again')];
  const { FunctionArn = '', State } = mapping;
  if (State !== 'Enabled') return [wrong(subject, `its event source is ${State}, so nothing is worked off; enable it`)];
  const reader = lambda.functions.find(({ name }) => FunctionArn.endsWith(`-${name}`));
  if (reader === undefined) return [wrong(subject, 'is read by a function of another stage or application')];
  const visibilitySeconds = Number(attributes.VisibilityTimeout ?? 0);
  if (visibilitySeconds < reader.timeoutSeconds * VISIBILITY_FACTOR) {
    return [wrong(subject, `its messages come back after ${visibilitySeconds} s, while ${reader.name} may still work`)];
  }
  return [good(subject, `${reader.name} reads it`)];
}
