import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { BLOCK_MS } from '../../lib/domain/execution.ts';
import { createQueue, type EmbeddedSqs, startEmbeddedSqs } from '../../local/embedded-sqs.ts';
import { type EventSource, startEventSource } from '../../local/event-source/event-source.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { readRecordProperty } from '../../local/simulator/seed-records.ts';
import { toPortalId } from '../builders/ids.ts';
import { type FloodService, startFloodService } from '../support/flood-service.ts';
import { type Fate, KILLED } from '../support/mortal.ts';
import type { Execution } from '../support/queued-enrollment.ts';
import { PORTAL } from '../support/service.ts';

/** A message comes back after so long, where AWS takes six minutes. */
const VISIBILITY_SECONDS = 2;

let engine: EmbeddedSqs;
let client: SQSClient;
let queueUrl: string;
let deadUrl: string;
let flood: FloodService;
let fate: Fate;
let sources: EventSource[];
let janeId: string;
let queues = 0;

beforeAll(async () => {
  engine = await startEmbeddedSqs();
  process.env.AWS_ENDPOINT_URL_SQS = engine.endpoint;
});

afterAll(async () => {
  delete process.env.AWS_ENDPOINT_URL_SQS;
  await engine.close();
});

beforeEach(async () => {
  queues += 1;
  client = new SQSClient({ endpoint: engine.endpoint });
  const deadLetter = { name: `dead-${queues}`, maxReceiveCount: 3 };
  deadUrl = await createQueue(client, { name: deadLetter.name, visibilityTimeoutSeconds: VISIBILITY_SECONDS });
  const settings = { name: `assign-${queues}`, visibilityTimeoutSeconds: VISIBILITY_SECONDS, deadLetter };
  queueUrl = await createQueue(client, settings);
  fate = () => undefined;
  sources = [];
  flood = await startFloodService({
    usesRealQueue: true,
    config: { assignQueueUrl: queueUrl, queuedPortals: new Set([toPortalId(PORTAL)]) },
    fate: (step) => fate(step),
  });
  janeId = addActiveOwner(flood.simulator.state, PORTAL, { email: 'jane@example.com' }).id;
});

afterEach(async () => {
  await Promise.all(sources.map((source) => source.stop()));
  client.destroy();
  await flood.close();
  expect(flood.hubspot.violations).toEqual([]);
  expect(flood.simulator.violations).toEqual([]);
});

/** Lambda's part: invokes the function with what the queue has, with the settings of serverless.yml. */
function start(url: string, invoke: (event: SQSEvent) => Promise<unknown>): EventSource {
  const source = startEventSource({
    client,
    queueUrl: url,
    idlePollMs: 20,
    batchSize: 500,
    maximumBatchingWindowSeconds: 1,
    maximumConcurrency: 5,
    reportBatchItemFailures: true,
    onError: () => undefined,
    invoke,
  });
  sources.push(source);
  return source;
}

async function work({ Records }: SQSEvent): Promise<unknown> {
  const answer = await flood.invokeWorker(Records);
  if (answer !== KILLED) return answer;
  flood.restart();
  throw new Error('the function ended');
}

async function queueSome(count: number): Promise<Execution[]> {
  const executions = Array.from({ length: count }, () => flood.hubspot.enroll());
  for (const execution of executions) await flood.deliver(execution);
  expect(executions.every(({ state }) => state === 'waiting')).toBe(true);
  // HubSpot has read all the answers by now, so that nothing is completed too early.
  flood.clock.advance(60_000);
  return executions;
}

const ownerOf = ({ objectId }: Execution) =>
  readRecordProperty(flood.simulator.state, PORTAL, '0-1', objectId, 'hubspot_owner_id');

it('Every execution that waits in SQS is set and completed, and then the queue is empty', async () => {
  const executions = await queueSome(25);
  await start(queueUrl, work).settled();
  for (const execution of executions) {
    expect(execution).toMatchObject({ state: 'completed', outputs: { outcome: 'ASSIGNED', ownerId: janeId } });
    expect(ownerOf(execution)).toBe(janeId);
  }
});

it('[Q3, Q11] An execution that crashes every worker and a poison message become dead letters, and the workflow gets the error', async () => {
  await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'not json' }));
  const [execution] = (await queueSome(1)) as [Execution];
  // There is no time left to try again.
  flood.clock.advance(BLOCK_MS - 2 * 3_600_000);
  fate = (step) => (step === 'worker POST /crm/objects/2026-09/0-1/batch/update' ? 'before' : undefined);
  const deadBodies: string[] = [];
  const { promise: told, resolve: tell } = Promise.withResolvers<void>();
  const source = start(queueUrl, work);
  start(deadUrl, async ({ Records }) => {
    deadBodies.push(...Records.map(({ body }) => body));
    const answer = await flood.invokeDead(Records);
    if (execution.state === 'completed') tell();
    return answer;
  });
  await source.settled();
  await told;
  expect(deadBodies).toContain('not json');
  expect(execution.outputs).toMatchObject({ outcome: 'FAILED', errorCode: 'EXPIRED_IN_QUEUE' });
  expect(ownerOf(execution)).toBe('');
});

it('[Q7] A message whose visibility timeout ends during the work is processed twice, with the same result', async () => {
  const executions = await queueSome(3);
  const { promise: second, resolve: begin } = Promise.withResolvers<void>();
  let invocations = 0;
  const source = start(queueUrl, async (event) => {
    invocations += 1;
    // The first one takes its time until the messages were handed out again.
    if (invocations === 1) await second;
    else begin();
    return work(event);
  });
  await source.settled();
  expect(invocations).toBeGreaterThan(1);
  for (const execution of executions) {
    expect(execution).toMatchObject({
      state: 'completed',
      outputs: { ownerId: janeId, hs_execution_state: 'SUCCESS' },
    });
    expect(ownerOf(execution)).toBe(janeId);
  }
});

it('[Q8] An execution is returned to HubSpot while SQS is away, and queued when it is back', async () => {
  const endpoint = process.env.AWS_ENDPOINT_URL_SQS;
  process.env.AWS_ENDPOINT_URL_SQS = 'http://127.0.0.1:9';
  const execution = flood.hubspot.enroll();
  expect(await flood.deliver(execution)).toMatchObject({ statusCode: 503 });
  process.env.AWS_ENDPOINT_URL_SQS = endpoint;
  await flood.deliver(execution);
  expect(execution.state).toBe('waiting');
  flood.clock.advance(60_000);
  await start(queueUrl, work).settled();
  expect(execution.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: janeId });
});
