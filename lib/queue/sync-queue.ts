import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { chunk } from '../domain/batches.ts';
import { QueueUnavailableError } from '../domain/errors.ts';
import { type PortalId, parsePortalId } from '../domain/ids.ts';
import type { RefreshJob } from '../domain/owner-sync.ts';
import type { HandoverJob } from '../ports/handovers.ts';
import type { HandoverQueue, SyncQueue } from '../ports/queue.ts';
import { BATCH_SIZE } from './send-messages.ts';

export function createSyncQueue(client: SQSClient, queueUrl: string): SyncQueue & HandoverQueue {
  return {
    send: (jobs) =>
      sendAll(jobs.map(({ job, delaySeconds }) => ({ MessageBody: toSyncMessage(job), DelaySeconds: delaySeconds }))),
    sendPurges: (portalIds, delaySeconds = 0) =>
      sendAll(portalIds.map((portalId) => ({ MessageBody: toPurgeMessage(portalId), DelaySeconds: delaySeconds }))),
    sendHandover: (job, delaySeconds) => sendAll([{ MessageBody: toHandoverMessage(job), DelaySeconds: delaySeconds }]),
  };

  async function sendAll(messages: readonly { readonly MessageBody: string; readonly DelaySeconds?: number }[]) {
    for (const batch of chunk(messages, BATCH_SIZE)) {
      const Entries = batch.map((message, index) => ({ Id: String(index), ...message }));
      const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries });
      const { Failed = [] } = await client.send(command).catch(unavailable);
      if (Failed.length > 0) throw new QueueUnavailableError(`${Failed.length} refresh jobs could not be queued`);
    }
  }
}

function unavailable(cause: unknown): never {
  throw new QueueUnavailableError('the queue of refreshes could not be reached', { cause });
}

/** A message contains its format, so that a new deployment understands messages of the old one. */
const VERSION = 1;

const purgeBody = z.object({ version: z.literal(VERSION), kind: z.literal('purge'), portalId: z.string() });
const refreshBody = z.object({
  version: z.literal(VERSION),
  kind: z.optional(z.literal('refresh')),
  portalId: z.string(),
  runId: z.string().check(z.regex(/^[\w-]{1,64}$/)),
  requestedAtEpochMs: z.number().check(z.gt(0)),
  force: z.boolean(),
  continuations: z.number().check(z.gte(0)),
});

const handoverBody = z.object({
  version: z.literal(VERSION),
  kind: z.literal('handover'),
  portalId: z.string(),
  handoverId: z.string().check(z.regex(/^[\w-]{1,64}$/)),
  isCount: z.optional(z.literal(true)),
});

const messageBody = z.union([purgeBody, handoverBody, refreshBody]);

export type SyncMessage =
  | { readonly kind: 'refresh'; readonly job: RefreshJob }
  | { readonly kind: 'handover'; readonly job: HandoverJob }
  | { readonly kind: 'purge'; readonly portalId: PortalId };

export function toSyncMessage(job: RefreshJob): string {
  return JSON.stringify({ version: VERSION, ...job });
}

export function toPurgeMessage(portalId: PortalId): string {
  return JSON.stringify({ version: VERSION, kind: 'purge', portalId });
}

function toHandoverMessage(job: HandoverJob): string {
  return JSON.stringify({ version: VERSION, kind: 'handover', ...job });
}

/** @throws if this version does not understand the body; the message then ends in the dead-letter queue */
export function fromSyncMessage(body: string): SyncMessage {
  const parsed = messageBody.parse(JSON.parse(body));
  const portalId = parsePortalId(parsed.portalId);
  if (portalId === undefined) throw new Error('the message names no portal');
  if (parsed.kind === 'purge') return { kind: 'purge', portalId };
  if (parsed.kind === 'handover') {
    const { handoverId, isCount } = parsed;
    return { kind: 'handover', job: { portalId, handoverId, ...(isCount && { isCount }) } };
  }
  const { version: _version, kind: _kind, ...job } = parsed;
  return { kind: 'refresh', job: { ...job, portalId } };
}
