import { Worker } from 'node:worker_threads';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createQueue, startEmbeddedSqs } from '../../../local/embedded-sqs.ts';
import { completeEnvironment } from '../../../local/environment.ts';
import { toPortalId } from '../../refresh-portals.ts';
import { startRefreshService } from '../../refresh-service.ts';
import { TABLE_NAME, useSettings } from '../../settings.ts';
import { startServerThread } from '../../workers.ts';
import { FLOOD } from '../flood.ts';
import { type FloodedAction, reserveAction } from './action.ts';
import { type Ask, createAsking } from './channel.ts';
import type { HubSpotSetup } from './hubspot-thread.ts';
import type { ContainerSetup, FloodPortal } from './setup.ts';

export type StageOptions = {
  readonly portals: readonly FloodPortal[];
  /** Portals whose executions are all queued. */
  readonly queued: readonly number[];
  /** How long the messages of a container that died stay away. On AWS that is 361 s. */
  readonly visibilityTimeoutSeconds: number;
  /** Beside the action something quicker that fills the queue. */
  readonly quick?: boolean;
};

/** Everything a flood needs but those who work off the queue. */
export type Stage = {
  readonly hubspot: Ask;
  readonly action: FloodedAction;
  readonly actionUrl: string;
  /** Where executions are queued without much ado; the action's address when there is nothing quicker. */
  readonly fillUrl: string;
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly deadLetterUrl: string;
  readonly setup: ContainerSetup;
};

/** Starts servers and action for some portals, whose owners are cached, and stops everything afterwards. */
export async function onStage<T>(
  { portals, queued, visibilityTimeoutSeconds, quick = false }: StageOptions,
  use: (stage: Stage) => Promise<T>,
): Promise<T> {
  const stops: (() => Promise<unknown>)[] = [];
  try {
    const { burstLimit, latencyMs } = FLOOD;
    const hubspot = startHubSpot({ burstLimit, latencyMs, portals });
    stops.push(hubspot.stop);
    const hubspotUrl = await hubspot.ask<string>('url');
    const dynamoDb = await startServerThread('./dynamodb-thread.ts', { tableName: TABLE_NAME });
    stops.push(dynamoDb.stop);
    const embedded = await startEmbeddedSqs();
    stops.push(embedded.close);
    const sqs = new SQSClient({
      endpoint: embedded.endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    stops.push(async () => sqs.destroy());
    const deadLetter = { name: 'flood-dead', maxReceiveCount: 10 };
    const deadLetterUrl = await createQueue(sqs, { name: deadLetter.name, visibilityTimeoutSeconds });
    const queueUrl = await createQueue(sqs, { name: 'flood', visibilityTimeoutSeconds, deadLetter });
    const reserved = await reserveAction();
    const settings: Record<string, string> = { QUEUED_PORTAL_IDS: queued.join(',') };
    const environment = await completeEnvironment((name) => settings[name] || undefined, {
      httpPort: reserved.port,
      hubspotUrl,
      dynamoDbUrl: dynamoDb.url,
      sqsUrl: embedded.endpoint,
      refreshQueueUrl: 'http://127.0.0.1:9/unused',
      assignQueueUrl: queueUrl,
    });
    useSettings(environment);
    const setup = { environment, portals };
    await cacheOwners(setup, hubspotUrl, dynamoDb.url);
    const action = await reserved.start(setup, 'action');
    stops.push(action.stop);
    const actionUrl = environment.PUBLIC_BASE_URL ?? '';
    const filler = quick ? await reserveAction() : undefined;
    const filling = await filler?.start(setup, 'quick');
    if (filling !== undefined) stops.push(filling.stop);
    const fillUrl = filler === undefined ? actionUrl : `http://127.0.0.1:${filler.port}`;
    return await use({ hubspot: hubspot.ask, action, actionUrl, fillUrl, sqs, queueUrl, deadLetterUrl, setup });
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

function startHubSpot(setup: HubSpotSetup): { readonly ask: Ask; stop(): Promise<unknown> } {
  const thread = new Worker(new URL('./hubspot-thread.ts', import.meta.url), { workerData: setup });
  const { ask, fail } = createAsking({
    send: (message) => thread.postMessage(message),
    onMessage: (listener) => void thread.on('message', listener),
  });
  thread.once('error', fail).once('exit', () => fail(new Error('HubSpot is gone')));
  return { ask, stop: () => thread.terminate() };
}

/** The night before. */
async function cacheOwners({ portals }: ContainerSetup, hubspotUrl: string, dynamoDbUrl: string): Promise<void> {
  const tokens = new Map(portals.map(({ portalId, token }) => [toPortalId(portalId), token]));
  const service = await startRefreshService({ hubspotUrl, dynamoDbUrl }, tokens);
  try {
    for (const portalId of tokens.keys()) await service.refresh(portalId);
  } finally {
    service.close();
  }
}
