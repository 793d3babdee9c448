import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ResourceInUseException } from '@aws-sdk/client-dynamodb';
import { localDynamoDbClient, localSqsClient } from './clients.ts';
import { createTable, startEmbeddedDynamoDb } from './embedded-dynamodb.ts';
import { startEmbeddedSqs } from './embedded-sqs.ts';
import { completeEnvironment, type Environment } from './environment.ts';
import { ensureAssignQueues, type LocalAssign, startLocalAssign } from './local-assign.ts';
import { readLocalProject } from './local-project.ts';
import { ensureRefreshQueue, type LocalRefresh, startLocalRefresh } from './local-refresh.ts';
import type { ActionEvent } from './offline-lambda.ts';
import { findFreePort, requireFreePort } from './ports.ts';
import { createRefreshProgress } from './refresh-progress.ts';
import { type ControlServer, startControlServer } from './running/control-server.ts';
import { removeAbandoned } from './running/running-stacks.ts';
import { claimStackFolder, type StackFolder, type StackLock, stackFile } from './running/stack-folder.ts';
import { openStackLog, type StackLog } from './running/stack-log.ts';
import { type SeededPeople, seedApp, seedPortal } from './seed.ts';
import { startServerlessOffline } from './serverless-offline.ts';
import { type HubSpotSimulator, startHubSpotSimulator } from './simulator/hubspot-simulator.ts';

export type LocalStack = {
  readonly url: string;
  readonly environment: Environment;
  readonly folder: StackFolder;
  /** Where commands in other terminals ask for something. */
  readonly control: ControlServer;
  /** What the functions and their server printed. */
  readonly log: StackLog;
  /** Absent when a real HubSpot is used. */
  readonly simulation: { readonly simulator: HubSpotSimulator; readonly people: SeededPeople } | undefined;
  readonly refresh: LocalRefresh;
  readonly assign: LocalAssign;
  /** Where functions are invoked by name. */
  readonly lambdaUrl: string;
  /** Resolves when the functions' process ends on its own. */
  readonly ended: Promise<number>;
};

type OnStop = (stop: () => Promise<void>) => void;

export type LocalStackOptions = {
  readonly projectDir: string;
  readonly given: (name: string) => string | undefined;
  readonly purpose: StackLock['purpose'];
  /** Stops the start if something is wrong, before the functions are built. */
  readonly checkEnvironment?: (environment: Environment) => Promise<void>;
  /** Receives what is being started, for a person who waits. */
  readonly onStep?: (step: string) => void;
  /** Receives faults of the queues, which are also in the log. */
  readonly onTrouble?: (line: string) => void;
  /** Receives the requests to the actions. */
  readonly onAction?: (event: ActionEvent) => void;
  /** Gets a function to stop each service as soon as it runs, so that an interrupted start leaves nothing behind. */
  readonly onStop: OnStop;
};

/**
 * Starts DynamoDB, SQS, HubSpot and the functions on this machine. A service whose address is given by its variable
 * (`HUBSPOT_API_BASE_URL`, `AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL_SQS`) is used instead of the one we bring.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { projectDir, given, onStop, onStep = () => undefined, onTrouble = () => undefined } = options;
  const port = given('PORT');
  const httpPort = port === undefined ? await findFreePort() : await requireFreePort(port, 'PORT');
  const { folder, control, log } = await openFolder(options, httpPort);
  const progress = createRefreshProgress(process.stdout);
  const onLine = progress.above(log.write);

  onStep('DynamoDB, SQS and HubSpot');
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
  await options.checkEnvironment?.(environment);
  await ensureTable(environment);
  writeEnvironment(projectDir, folder, environment);

  onStep('the functions');
  const lambdaPort = await findFreePort();
  const buildFolder = relative(projectDir, stackFile(folder.path, 'build'));
  const { onAction } = options;
  const server = { projectDir, buildFolder, httpPort, lambdaPort, environment, onLine };
  const offline = startServerlessOffline({ ...server, ...(onAction !== undefined && { onAction }) });
  onStop(() => offline.stop());
  await offline.ready.catch((error: Error) => {
    throw new Error([error.message, ...log.last()].join('\n'), { cause: error });
  });

  const onError = (error: unknown) => {
    const line = error instanceof Error ? error.message : String(error);
    onLine(line);
    onTrouble(line);
  };
  const lambdaUrl = `http://127.0.0.1:${lambdaPort}`;
  const queueUrl = environment.REFRESH_QUEUE_URL ?? '';
  const refresh = startLocalRefresh({ sqs, queueUrl, lambdaUrl, progress, onError });
  onStop(() => refresh.stop());
  const assign = startLocalAssign({ sqs, ...assignQueues, lambdaUrl, onError });
  onStop(() => assign.stop());
  const url = `http://127.0.0.1:${httpPort}`;
  const { ended } = offline;
  return { url, environment, folder, control, log, simulation, refresh, assign, lambdaUrl, ended };
}

/** Everything of this stack that other terminals can see. It is removed last. */
async function openFolder({ projectDir, purpose, onStop }: LocalStackOptions, port: number) {
  const control = await startControlServer();
  onStop(() => control.close());
  const { url, token } = control;
  await removeAbandoned(projectDir);
  const folder = claimStackFolder(projectDir, { pid: process.pid, port, purpose, control: { url, token } });
  onStop(async () => folder.release());
  const log = openStackLog(stackFile(folder.path, 'log'));
  onStop(() => log.close());
  return { folder, control, log };
}

/** For the doctor, the smoke test and `sls invoke local`, which uses its own build folder. */
function writeEnvironment(projectDir: string, { path }: StackFolder, environment: Environment): void {
  const ESBUILD_WORK_FOLDER = relative(projectDir, join(path, 'invoke'));
  // `sls invoke local` sets Lambda's own variables, with which a function refuses the local key of the tokens.
  const lines = Object.entries({ ...environment, ESBUILD_WORK_FOLDER, IS_OFFLINE: 'true' }).map(
    ([name, value]) => `${name}=${value}\n`,
  );
  writeFileSync(stackFile(path, 'environment'), lines.join(''), { mode: 0o600 });
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
