import { ResourceInUseException } from '@aws-sdk/client-dynamodb';
import { localDynamoDbClient, localSqsClient } from './clients.ts';
import { createTable, startEmbeddedDynamoDb } from './embedded-dynamodb.ts';
import { startEmbeddedSqs } from './embedded-sqs.ts';
import { completeEnvironment, type Environment } from './environment.ts';
import { ensureAssignQueues, type LocalAssign, startLocalAssign } from './local-assign.ts';
import { readLocalProject } from './local-project.ts';
import { ensureRefreshQueue, type LocalRefresh, startLocalRefresh } from './local-refresh.ts';
import { findFreePort, requireFreePort } from './ports.ts';
import { createRefreshProgress } from './refresh-progress.ts';
import { type SeededPeople, seedApp, seedPortal } from './seed.ts';
import { startServerlessOffline } from './serverless-offline.ts';
import { type HubSpotSimulator, startHubSpotSimulator } from './simulator/hubspot-simulator.ts';

export type LocalStack = {
  readonly url: string;
  readonly environment: Environment;
  /** Absent when a real HubSpot is used. */
  readonly simulation: { readonly simulator: HubSpotSimulator; readonly people: SeededPeople } | undefined;
  readonly refresh: LocalRefresh;
  readonly assign: LocalAssign;
  /** Where functions are invoked by name. */
  readonly lambdaUrl: string;
  /** Resolves when the functions' process ends on its own. */
  readonly ended: Promise<number>;
};

export type LocalStackOptions = {
  readonly projectDir: string;
  readonly given: (name: string) => string | undefined;
  readonly onLine: (line: string) => void;
  /** Gets a way to stop each service as soon as it runs, so that a start that is cut short leaves nothing behind. */
  readonly onStop: (stop: () => Promise<void>) => void;
};

/**
 * Starts DynamoDB, SQS, HubSpot and the functions on this machine. A service whose address is given by its variable
 * (`HUBSPOT_API_BASE_URL`, `AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL_SQS`) is used instead of the one we bring.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { projectDir, given, onStop } = options;
  const progress = createRefreshProgress(process.stdout);
  const onLine = progress.above(options.onLine);
  const port = given('PORT');
  const httpPort = port === undefined ? await findFreePort() : await requireFreePort(port, 'PORT');

  const isSimulated = given('HUBSPOT_API_BASE_URL') === undefined;
  const simulation = isSimulated ? await startSimulation() : undefined;
  if (simulation !== undefined) onStop(() => simulation.simulator.close());
  const embedded = given('AWS_ENDPOINT_URL_DYNAMODB') === undefined ? await startEmbeddedDynamoDb() : undefined;
  if (embedded !== undefined) onStop(() => embedded.close());

  const embeddedSqs = given('AWS_ENDPOINT_URL_SQS') === undefined ? await startEmbeddedSqs() : undefined;
  if (embeddedSqs !== undefined) onStop(() => embeddedSqs.close());
  const sqsUrl = embeddedSqs?.endpoint ?? given('AWS_ENDPOINT_URL_SQS') ?? '';

  const sqs = localSqsClient(sqsUrl, given);
  const assignQueues = await ensureAssignQueues(sqs);
  const environment = await completeEnvironment(given, {
    httpPort,
    hubspotUrl: simulation?.simulator.url,
    dynamoDbUrl: embedded?.endpoint,
    sqsUrl,
    refreshQueueUrl: await ensureRefreshQueue(sqs),
    assignQueueUrl: assignQueues.queueUrl,
  });
  if (simulation !== undefined) seedApp(simulation.simulator.state, environment, readLocalProject(projectDir, given));
  await ensureTable(environment);
  const lambdaPort = await findFreePort();
  const offline = startServerlessOffline({ projectDir, httpPort, lambdaPort, environment, onLine });
  onStop(() => offline.stop());
  await offline.ready;
  const tell = (error: unknown) => onLine(error instanceof Error ? error.message : String(error));
  const lambdaUrl = `http://127.0.0.1:${lambdaPort}`;
  const refresh = startLocalRefresh({
    sqs,
    queueUrl: environment.REFRESH_QUEUE_URL ?? '',
    lambdaUrl,
    progress,
    onError: tell,
  });
  onStop(() => refresh.stop());
  const assign = startLocalAssign({ sqs, ...assignQueues, lambdaUrl, onError: tell });
  onStop(() => assign.stop());
  const url = `http://127.0.0.1:${httpPort}`;
  return { url, environment, simulation, refresh, assign, lambdaUrl, ended: offline.ended };
}

async function startSimulation() {
  const simulator = await startHubSpotSimulator();
  return { simulator, people: seedPortal(simulator.state) };
}

async function ensureTable(environment: Environment): Promise<void> {
  const client = localDynamoDbClient(environment);
  try {
    await createTable(client, environment.TABLE_NAME ?? '');
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  } finally {
    client.destroy();
  }
}
