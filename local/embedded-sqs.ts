import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

export type EmbeddedSqs = { readonly endpoint: string; readonly close: () => Promise<void> };

export type QueueSettings = {
  readonly name: string;
  readonly visibilityTimeoutSeconds: number;
  /** Where SQS moves a message instead of delivering it again after `maxReceiveCount` receives. */
  readonly deadLetter?: { readonly name: string; readonly maxReceiveCount: number };
};

/**
 * An SQS engine, in memory, on a free port of the loopback interface. It runs in a thread: the engine is an ES module
 * only, which the tests' CommonJS cannot load, and a thread ends with its open connections at once.
 */
export async function startEmbeddedSqs(): Promise<EmbeddedSqs> {
  const thread = new Worker(fileURLToPath(new URL('./event-source/sqs-thread.ts', import.meta.url)));
  const endpoint = await new Promise<string>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`the queue engine ended with code ${code} before it listened`)));
  });
  return {
    endpoint,
    close: async () => {
      await thread.terminate();
    },
  };
}

/**
 * Creates a standard queue, and its dead-letter queue first. Returns the queue's URL. Safe to repeat with the same settings;
 * other settings than those of the existing queue are an error, as in SQS.
 */
export async function createQueue(client: SQSClient, settings: QueueSettings): Promise<string> {
  const { name, visibilityTimeoutSeconds, deadLetter } = settings;
  const attributes: Record<string, string> = { VisibilityTimeout: String(visibilityTimeoutSeconds) };
  if (deadLetter !== undefined) {
    const deadLetterUrl = await createWithAttributes(client, deadLetter.name, {});
    const deadLetterTargetArn = await getArn(client, deadLetterUrl);
    const { maxReceiveCount } = deadLetter;
    attributes.RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount });
  }
  return await createWithAttributes(client, name, attributes);
}

async function createWithAttributes(
  client: SQSClient,
  name: string,
  attributes: Readonly<Record<string, string>>,
): Promise<string> {
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  if (QueueUrl === undefined) throw new Error(`no URL came back for the queue ${name}`);
  return await toReachableUrl(client, QueueUrl);
}

/**
 * The engine's URLs contain a host like `sqs.eu-central-1.localhost`, which many machines cannot resolve, and the SDK sends a
 * call to the host of the queue's URL instead of its own endpoint. The engine only reads the path.
 */
async function toReachableUrl(client: SQSClient, queueUrl: string): Promise<string> {
  const endpoint = await client.config.endpoint?.();
  if (endpoint === undefined) return queueUrl;
  const { protocol, hostname, port } = endpoint;
  return new URL(new URL(queueUrl).pathname, `${protocol}//${hostname}:${port ?? ''}`).href;
}

async function getArn(client: SQSClient, queueUrl: string): Promise<string> {
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] });
  const arn = (await client.send(command)).Attributes?.QueueArn;
  if (arn === undefined) throw new Error(`the queue ${queueUrl} has no ARN`);
  return arn;
}
