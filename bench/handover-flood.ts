import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { createHandler } from '../functions/assign-owners.ts';
import type { QueueConfig } from '../lib/config/load-config.ts';
import { createEmailCipher } from '../lib/crypto/email-cipher.ts';
import { BLOCK_MS, MIN_BLOCK_AGE_MS, type QueuedExecution } from '../lib/domain/execution.ts';
import type { ObjectId, ObjectTypeId, PortalId } from '../lib/domain/ids.ts';
import { type Fetch, type FetchedReply, nodeFetch } from '../lib/network/fetch.ts';
import { createTelemetry } from '../lib/observability/telemetry.ts';
import { toExecutionMessage } from '../lib/queue/execution-messages.ts';
import { backgroundPlatform } from '../lib/runtime/platform.ts';
import { createQueueRuntime } from '../lib/runtime/queue-runtime.ts';
import type { BlockedExecutions } from '../local/simulator/blocked-executions.ts';

/** `maximumConcurrency` of `assignOwners` in serverless.yml. */
const WORKERS = 5;
/**
 * Fewer messages than SQS may give: three calls to HubSpot serve these as they serve a hundred, and all containers share this
 * process. So HubSpot's limit decides how long a round takes, and not the machine.
 */
const BATCH_SIZE = 25;
const FUNCTION_TIMEOUT_MS = 60_000;
const PAUSE_MS = 20;

type Message = { readonly body: string; readonly visibleAtEpochMs: number };

export type FloodedPortal = {
  readonly portalId: PortalId;
  readonly objectType: ObjectTypeId;
  readonly property: string;
  readonly records: readonly ObjectId[];
  /** The records get each of them in turn, so that no round finds its work done. */
  readonly emails: readonly string[];
};

/**
 * A flood behind the queue, from its messages to the last callback: the function itself, in containers that stay warm from round
 * to round, and a queue in memory that keeps SQS's delays.
 */
export function createFlood(
  config: Omit<QueueConfig, 'secrets' | 'assignQueueUrl' | 'publicBaseUrl'>,
  portal: FloodedPortal,
  blocked: BlockedExecutions,
) {
  const secrets = { current: `secret-bench-${randomBytes(8).toString('hex')}` };
  const emailCipher = createEmailCipher(secrets);
  const telemetry = createTelemetry('bench');
  const whole = { ...config, secrets, assignQueueUrl: 'http://127.0.0.1:9/bench', publicBaseUrl: '' };
  const queued: Message[] = [];
  let rounds = 0;
  const containers = Array.from({ length: WORKERS }, () => {
    const runtime = createQueueRuntime(whole, telemetry, { ...backgroundPlatform(), fetch: fetchOrQueue });
    return createHandler(telemetry, async () => runtime);
  });

  /** @returns milliseconds from the first message to the last callback */
  return async function runRound(): Promise<number> {
    const startedAt = Date.now();
    const ids = portal.records.map((record, index) => [record, `ap-bench-${rounds}-${index}-0`] as const);
    const ended = ids.map(([, callbackId]) =>
      blocked.block({ callbackId, portalId: Number(portal.portalId), expiresAtEpochMs: startedAt + BLOCK_MS }),
    );
    const email = portal.emails[rounds % portal.emails.length] ?? '';
    for (const [record, executionId] of ids) {
      const execution = executionOf(record, executionId, email, startedAt);
      queued.push({ body: toExecutionMessage(execution, emailCipher), visibleAtEpochMs: startedAt });
    }
    rounds += 1;
    let isOver = false;
    const working = Promise.all(containers.map((container) => work(container, () => isOver)));
    await Promise.race([Promise.all(ended), working.then(() => Promise.reject(new Error('the workers ended first')))]);
    const ms = Date.now() - startedAt;
    isOver = true;
    await working;
    return ms;
  };

  async function work(container: ReturnType<typeof createHandler>, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const bodies = receive();
      if (bodies.length === 0) {
        await delay(PAUSE_MS);
        continue;
      }
      const endsAt = Date.now() + FUNCTION_TIMEOUT_MS;
      const Records = bodies.map((body, index) => {
        return { messageId: String(index), body, attributes: { ApproximateReceiveCount: '1' } } as SQSRecord;
      });
      const context = { getRemainingTimeInMillis: () => endsAt - Date.now() } as Context;
      const { batchItemFailures } = await container({ Records } satisfies SQSEvent, context);
      for (const { itemIdentifier } of batchItemFailures) {
        queued.push({ body: bodies[Number(itemIdentifier)] ?? '', visibleAtEpochMs: Date.now() });
      }
    }
  }

  function receive(): string[] {
    const now = Date.now();
    const bodies: string[] = [];
    for (let index = 0; index < queued.length && bodies.length < BATCH_SIZE; ) {
      const message = queued[index];
      if (message !== undefined && message.visibleAtEpochMs <= now) bodies.push(...queued.splice(index, 1).map(toBody));
      else index += 1;
    }
    return bodies;
  }

  /** What goes back to the queue comes again after its delay (SendMessageBatch, JSON protocol, read 2026-11-23). */
  async function fetchOrQueue(...[input, init]: Parameters<Fetch>): Promise<FetchedReply> {
    if (!init.headers['x-amz-target']?.startsWith('AmazonSQS.')) return nodeFetch(input, init);
    const { Entries } = JSON.parse(String(init.body)) as {
      readonly Entries: readonly { readonly Id: string; readonly MessageBody: string; readonly DelaySeconds: number }[];
    };
    for (const { MessageBody: body, DelaySeconds } of Entries) {
      queued.push({ body, visibleAtEpochMs: Date.now() + DelaySeconds * 1_000 });
    }
    return Response.json({ Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] });
  }

  function executionOf(objectId: ObjectId, executionId: string, ownerEmail: string, now: number): QueuedExecution {
    const { portalId, objectType, property } = portal;
    return {
      key: { portalId, executionId },
      payloadHash: 'a'.repeat(64),
      command: {
        portalId,
        workflowId: '1',
        record: { objectType, objectId },
        ownerEmail,
        ownerProperty: property,
        overwrite: 'ALWAYS',
        ifNotAssignable: 'FAIL',
        fallbackOwner: '',
        currentValue: undefined,
        firstSeenAtEpochMs: now,
        isLate: true,
      },
      // A callback that is younger waits for a while before it is completed.
      queuedAtEpochMs: now - MIN_BLOCK_AGE_MS,
      expiresAtEpochMs: now + BLOCK_MS,
      requeueCount: 0,
      refusals: 0,
      deadLetterCount: 0,
    };
  }
}

const toBody = ({ body }: Message): string => body;
