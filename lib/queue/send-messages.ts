import type { SQSRecord } from 'aws-lambda';
import { callAws } from '../aws/signed-call.ts';
import { chunk } from '../domain/batches.ts';
import { inParallel } from '../domain/concurrency.ts';
import { parsePortalId } from '../domain/ids.ts';
import { asJsonObject, parseJson } from '../domain/json-object.ts';
import type { Fetch } from '../network/fetch.ts';

/** The maximum number of messages in one call of SQS. */
export const BATCH_SIZE = 10;

export type OutgoingMessage = {
  readonly MessageBody: string;
  readonly MessageGroupId: string | undefined;
  /** 0 to 900. */
  readonly DelaySeconds: number;
};

/**
 * Sends messages, ten with each call, and after the first call many side by side: a worker must return all of its messages before
 * its time is over, even if SQS is slow. Never throws: after a lost reply, a message may be there twice, which does no harm. Uses
 * signed calls, because the SDK's client would cost each cold start of the action more than all of its own code.
 * @returns for each message whether SQS took it
 */
export async function sendMessages(
  queueUrl: string,
  messages: readonly OutgoingMessage[],
  fetchIt?: Fetch,
): Promise<readonly boolean[]> {
  const entries = messages.map((message, index) => ({ Id: String(index), ...message }));
  const [first, ...others] = chunk(entries, BATCH_SIZE);
  const sent = new Set<string>();
  let isAway = false;
  const sendBatch = async (Entries: typeof entries) => {
    const taken = await reach({ QueueUrl: queueUrl, Entries }, fetchIt);
    for (const { Id } of Entries) if (taken.has(Id)) sent.add(Id);
    // SQS is down, and every further call would take its whole time-out.
    isAway ||= taken.size === 0;
  };
  if (first !== undefined) await sendBatch(first);
  await inParallel(others, sendBatch, { mayGoOn: () => !isAway });
  return entries.map(({ Id }) => sent.has(Id));
}

/** The IDs of the entries that SQS took; none if it could not be reached. */
async function reach(body: object, fetchIt: Fetch | undefined): Promise<ReadonlySet<string>> {
  const call = { service: 'sqs', target: 'AmazonSQS.SendMessageBatch', body } as const;
  const reply = await callAws(call, { fetchIt }).catch(() => undefined);
  // SendMessageBatch (SQS API reference, JSON protocol, read 2026-11-23).
  const taken = reply?.ok === true ? reply.body.Successful : undefined;
  const ids = Array.isArray(taken) ? taken.map((entry) => asJsonObject(entry).Id) : [];
  return new Set(ids.every((id) => typeof id === 'string') ? ids : []);
}

/** Long enough for a short failure to pass; spread, so that not all workers come back together. */
const MIN_DELAY_SECONDS = 60;
const MAX_DELAY_SECONDS = 120;

/**
 * Sends messages back to their queue unchanged. A copy counts its receives from zero. The original may be deleted.
 * @param random a number in [0, 1)
 * @returns the IDs of the messages that could not be sent
 */
export async function requeueMessages(
  queueUrl: string,
  records: readonly SQSRecord[],
  random: () => number,
): Promise<readonly string[]> {
  const messages = records.map(({ body, attributes }) => ({
    MessageBody: body,
    // AWS does not document whether a function gets the group of a message. Our messages name their portal.
    MessageGroupId: attributes?.MessageGroupId ?? portalIn(body),
    DelaySeconds: MIN_DELAY_SECONDS + Math.floor(random() * (MAX_DELAY_SECONDS - MIN_DELAY_SECONDS + 1)),
  }));
  const isSent = await sendMessages(queueUrl, messages);
  return records.filter((_record, index) => !isSent[index]).map(({ messageId }) => messageId);
}

function portalIn(body: string): string | undefined {
  return parsePortalId(asJsonObject(parseJson(body)).portalId);
}
