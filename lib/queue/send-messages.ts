import * as z from 'zod/mini';
import { callAws } from '../aws/signed-call.ts';

/** The most messages SQS takes in one call. */
const BATCH_SIZE = 10;

/** SendMessageBatch (SQS API reference, JSON protocol, read 2026-11-23). */
const sendReply = z.object({
  Successful: z.optional(z.nullable(z.array(z.object({ Id: z.string() })))),
});

export type OutgoingMessage = {
  readonly MessageBody: string;
  readonly MessageGroupId: string | undefined;
  /** 0 to 900. */
  readonly DelaySeconds: number;
};

/**
 * Sends messages, ten a call. Never throws: a reply that was lost means that a message may be there twice, and all of ours may.
 * By signed calls: the SDK's client would cost each cold start of the action more than all of its own code.
 * @returns for each message whether SQS took it
 */
export async function sendMessages(
  queueUrl: string,
  messages: readonly OutgoingMessage[],
  fetchIt?: typeof fetch,
): Promise<readonly boolean[]> {
  const isSent: boolean[] = [];
  while (isSent.length < messages.length) {
    const batch = messages.slice(isSent.length, isSent.length + BATCH_SIZE);
    const Entries = batch.map((message, index) => ({ Id: String(index), ...message }));
    const taken = await reach({ QueueUrl: queueUrl, Entries }, fetchIt);
    isSent.push(...batch.map((_message, index) => taken.has(String(index))));
    // SQS is away, and every further call would cost its time-out.
    if (taken.size === 0) break;
  }
  return isSent;
}

/** The ids of the entries that SQS took; none when it could not be reached. */
async function reach(body: object, fetchIt: typeof fetch | undefined): Promise<ReadonlySet<string>> {
  const call = { service: 'sqs', target: 'AmazonSQS.SendMessageBatch', body } as const;
  const reply = await callAws(call, { fetchIt }).catch(() => undefined);
  const sent = reply?.ok ? sendReply.safeParse(reply.body).data : undefined;
  return new Set(sent?.Successful?.map(({ Id }) => Id) ?? []);
}
