import type { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent } from 'aws-lambda';
import { createHandler as createHandOverHandler } from '../../functions/hand-over.ts';
import { createHandler as createRefreshHandler } from '../../functions/refresh-owners.ts';
import type { HandoverView } from '../../lib/domain/handover-view.ts';
import { nodeFetch } from '../../lib/network/fetch.ts';
import { createHandoverRuntime } from '../../lib/runtime/handover-runtime.ts';
import type { Platform } from '../../lib/runtime/platform.ts';
import { createSyncRuntime } from '../../lib/runtime/sync-runtime.ts';
import { toPortalId } from '../builders/ids.ts';
import { makeContext } from './http-events.ts';
import { OTHER_PORTAL, PORTAL, type Service, tokenOf } from './service.ts';

const HANDOVER_QUEUE_URL = 'https://sqs.example.com/refresh';
const MOST_MESSAGES = 500;

export type HandoverAnswers = HandoverView & { readonly handovers?: readonly HandoverView[] };

/**
 * The operator's function and the one behind the queue, over the service's table and simulator. What the queue holds is in
 * `messages`; a message whose function throws or reports it stays there, as in SQS.
 */
export function makeHandoverService(service: Service, world: Partial<Platform> = {}) {
  const { simulator, clock, table, telemetry } = service;
  const messages: string[] = [];
  // The one call of the SDK that the queue makes.
  const sqs = {
    async send(command: SendMessageBatchCommand) {
      for (const { MessageBody = '' } of command.input.Entries ?? []) messages.push(MessageBody);
      return {};
    },
  } as unknown as SQSClient;
  const config = {
    hubspotApiBaseUrl: simulator.url,
    staticTokens: new Map([PORTAL, OTHER_PORTAL].map((id) => [toPortalId(id), tokenOf(id)])),
    tableName: table.tableName,
    refreshQueueUrl: HANDOVER_QUEUE_URL,
    ownerMaxAgeMs: 26 * 3_600_000,
  };
  let ids = 0;
  const platform: Platform = {
    now: clock.now,
    sleep: clock.sleep,
    random: () => 0.5,
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    table: table.client,
    fetch: nodeFetch,
    ...world,
  };
  const control = createHandOverHandler(telemetry, async () => createHandoverRuntime(config, telemetry, platform, sqs));
  // A new container for each message: nothing is remembered.
  const worker = () => createRefreshHandler(telemetry, async () => createSyncRuntime(config, telemetry, platform, sqs));

  async function work(body: string, remainingMs: number): Promise<void> {
    const event = { Records: [{ messageId: 'm1', body }] } as SQSEvent;
    const context = { getRemainingTimeInMillis: () => remainingMs } as Context;
    const { batchItemFailures } = await worker()(event, context);
    if (batchItemFailures.length > 0) messages.push(body);
  }

  return {
    messages,
    ask: async (data: object): Promise<HandoverAnswers> =>
      (await control({ portalId: String(PORTAL), ...data }, makeContext(30_000))) as HandoverAnswers,
    async list(): Promise<readonly HandoverView[]> {
      return (await this.ask({})).handovers ?? [];
    },
    /** The next message of the queue. */
    async step(): Promise<void> {
      await work(messages.shift() ?? '', 300_000);
    },
    /** Until the queue is empty. */
    async drain(remainingMs = 300_000): Promise<number> {
      for (let count = 0; count < MOST_MESSAGES; count += 1) {
        const body = messages.shift();
        if (body === undefined) return count;
        await work(body, remainingMs);
        clock.advance(1_000);
      }
      throw new Error('the queue does not become empty');
    },
  };
}
