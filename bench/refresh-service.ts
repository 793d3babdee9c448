import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { loadSyncConfig } from '../lib/config/load-config.ts';
import { readSsmSecrets } from '../lib/config/secrets.ts';
import { toDeadline } from '../lib/domain/deadline.ts';
import type { PortalId } from '../lib/domain/ids.ts';
import type { RefreshReport } from '../lib/domain/owner-sync.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { livePlatform } from '../lib/runtime/platform.ts';
import { createSyncRuntime, type SyncRuntime } from '../lib/runtime/sync-runtime.ts';
import type { Table } from '../lib/store/table.ts';
import { completeEnvironment } from '../local/environment.ts';
import { countQueue, countWorld, createUsage, type RefreshUsage } from './refresh-usage.ts';
import { TABLE_NAME, useSettings } from './settings.ts';

export type RefreshServers = {
  readonly dynamoDbUrl: string;
  readonly hubspotUrl: string;
  readonly sqs?: { readonly url: string; readonly queueUrl: string };
};

export type RefreshService = {
  readonly runtime: SyncRuntime;
  readonly telemetry: Telemetry;
  /** Everything the service has asked for so far. */
  readonly usage: Readonly<RefreshUsage>;
  readonly queueClient: SQSClient;
  /** Refreshes one portal. */
  refresh(portalId: PortalId): Promise<RefreshReport>;
  close(): void;
};

/** The time-outs of production, 0.2 and 0.3 seconds, are for DynamoDB; the embedded engine is slower when ten runs write. */
const PATIENT = { connectionTimeout: 10_000, requestTimeout: 10_000, throwOnRequestTimeout: true };
const RUN_MS = 270_000;

/**
 * The runtime and the telemetry of the refresh functions, against these servers.
 * @param prepareTable gets the table's client before it is counted
 */
export async function startRefreshService(
  { dynamoDbUrl, hubspotUrl, sqs }: RefreshServers,
  staticTokens: ReadonlyMap<PortalId, string>,
  prepareTable: (client: Table['client']) => void = () => undefined,
): Promise<RefreshService> {
  const refreshQueueUrl = sqs?.queueUrl ?? 'http://127.0.0.1:9/unused';
  const local = {
    httpPort: 3000,
    hubspotUrl,
    dynamoDbUrl,
    sqsUrl: sqs?.url ?? 'http://127.0.0.1:9',
    refreshQueueUrl,
    assignQueueUrl: 'http://127.0.0.1:9/unused',
  };
  const environment = await completeEnvironment(() => undefined, local);
  useSettings(environment);
  const config = { ...(await loadSyncConfig({ ...environment, TABLE_NAME }, readSsmSecrets)), staticTokens };
  const telemetry = createTelemetry('bench');
  const usage = createUsage();
  const queueClient = new SQSClient({});
  countQueue(queueClient, usage);
  const table = new DynamoDBClient({ maxAttempts: 2, requestHandler: PATIENT });
  prepareTable(table);
  const runtime = createSyncRuntime(config, telemetry, countWorld({ ...livePlatform(), table }, usage), queueClient);
  return {
    runtime,
    telemetry,
    usage,
    queueClient,
    async refresh(portalId) {
      const requestedAtEpochMs = Date.now();
      const order = { portalId, runId: randomUUID(), requestedAtEpochMs, force: false, continuations: 0 };
      const outcome = await runtime.runRefresh(order, toDeadline(requestedAtEpochMs + RUN_MS));
      if (outcome?.kind === 'done') return outcome.report;
      throw new Error(`a refresh did not end as done: ${JSON.stringify(outcome)}`);
    },
    close() {
      table.destroy();
      queueClient.destroy();
    },
  };
}
