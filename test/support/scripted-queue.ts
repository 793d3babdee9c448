import type { SQSRecord } from 'aws-lambda';
import type { Now } from '../../lib/ports/telemetry.ts';

/** As infra/queues.yml sets them. */
const VISIBILITY_MS = 360_000;
export const MAX_RECEIVES = 10;

type ScriptedMessage = {
  readonly messageId: string;
  readonly body: string;
  readonly groupId: string;
  readonly sentAtEpochMs: number;
  readonly delaySeconds: number;
  visibleAtEpochMs: number;
  receives: number;
};

export type Mailbox = {
  /** Every message that is not deleted, in flight or not, oldest first. */
  readonly messages: readonly ScriptedMessage[];
  /** Up to `max` of the messages that may be seen now; each of them counts as received. */
  receive(max: number): SQSRecord[];
  delete(records: readonly SQSRecord[]): void;
  /** When the next message may be seen; undefined when there is none. */
  nextAtEpochMs(): number | undefined;
};

export type ScriptedQueue = {
  readonly url: string;
  readonly live: Mailbox;
  readonly dead: Mailbox;
  /** Every message that was ever sent. */
  readonly sent: readonly ScriptedMessage[];
  /** What SendMessageBatch does: takes everything, is away, or takes all but the first entry. */
  mood: 'well' | 'away' | 'refusesFirst';
  /** Answers a call of SQS's JSON protocol. */
  answer(body: string): Response;
  /** Puts a message in as it is, poison included. */
  put(body: string, groupId?: string): ScriptedMessage;
  /** Delivers a message twice, as SQS now and then does: it may be seen at once although it is in flight. */
  showAgain(message: ScriptedMessage): void;
};

/**
 * A standard queue with its dead-letter queue, in the test's hand: delays and visibility go by the test's clock, receives are
 * counted, and what was received ten times without being deleted is moved.
 */
export function createScriptedQueue(now: Now, maxReceives = MAX_RECEIVES): ScriptedQueue {
  const sent: ScriptedMessage[] = [];
  let ids = 1;
  const dead = createMailbox(now, () => false);
  const live = createMailbox(now, (message) => {
    if (message.receives < maxReceives) return false;
    dead.add({ ...message, receives: 0, visibleAtEpochMs: now() });
    return true;
  });

  function put(body: string, groupId = 'none', delaySeconds = 0): ScriptedMessage {
    const message: ScriptedMessage = {
      messageId: `message-${ids++}`,
      body,
      groupId,
      sentAtEpochMs: now(),
      delaySeconds,
      visibleAtEpochMs: now() + delaySeconds * 1_000,
      receives: 0,
    };
    sent.push(message);
    live.add(message);
    return message;
  }

  const queue: ScriptedQueue = {
    url: 'https://sqs.example.com/assign',
    live,
    dead,
    sent,
    mood: 'well',
    answer(body) {
      if (queue.mood === 'away') return new Response('away', { status: 503 });
      const { Entries } = JSON.parse(body) as { Entries: readonly Entry[] };
      const trouble = troubleWith(Entries);
      if (trouble !== undefined) return Response.json({ __type: `com.amazonaws.sqs#${trouble}` }, { status: 400 });
      const taken = queue.mood === 'refusesFirst' ? Entries.slice(1) : Entries;
      for (const entry of taken) put(entry.MessageBody, entry.MessageGroupId, entry.DelaySeconds);
      const refused = Entries.slice(0, Entries.length - taken.length);
      return Response.json({ Successful: taken.map(toId), Failed: refused.map(toId) });
    },
    put,
    showAgain(message) {
      message.visibleAtEpochMs = now();
    },
  };
  return queue;
}

type Entry = {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageGroupId?: string;
  readonly DelaySeconds: number;
};

const toId = ({ Id }: Entry) => ({ Id });

/** Why SQS would take none of a batch (SendMessageBatch, SQS API reference, read 2026-11-26). */
function troubleWith(entries: readonly Entry[]): string | undefined {
  if (entries.length === 0) return 'EmptyBatchRequest';
  if (entries.length > 10) return 'TooManyEntriesInBatchRequest';
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) return 'BatchEntryIdsNotDistinct';
  const bytes = entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0);
  if (bytes > 1_048_576) return 'BatchRequestTooLong';
  const isGood = ({ MessageBody, MessageGroupId = 'none', DelaySeconds }: Entry) =>
    MessageBody !== '' && /^[!-~]{1,128}$/.test(MessageGroupId) && DelaySeconds >= 0 && DelaySeconds <= 900;
  return entries.every(isGood) ? undefined : 'InvalidParameterValueException';
}

/** `isMoved` says whether a message goes elsewhere instead of being received once more. */
function createMailbox(now: Now, isMoved: (message: ScriptedMessage) => boolean) {
  const messages: ScriptedMessage[] = [];
  const remove = (message: ScriptedMessage) => messages.splice(messages.indexOf(message), 1);
  return {
    messages,
    add: (message: ScriptedMessage) => void messages.push(message),
    receive(max: number): SQSRecord[] {
      const records: SQSRecord[] = [];
      for (const message of messages.filter(({ visibleAtEpochMs }) => visibleAtEpochMs <= now())) {
        if (records.length === max) break;
        if (isMoved(message)) {
          remove(message);
          continue;
        }
        message.receives += 1;
        message.visibleAtEpochMs = now() + VISIBILITY_MS;
        records.push(toRecord(message));
      }
      return records;
    },
    delete(records: readonly SQSRecord[]): void {
      for (const { messageId } of records) {
        const message = messages.find((each) => each.messageId === messageId);
        if (message !== undefined) remove(message);
      }
    },
    nextAtEpochMs(): number | undefined {
      const times = messages.map(({ visibleAtEpochMs }) => visibleAtEpochMs);
      return times.length === 0 ? undefined : Math.min(...times);
    },
  };
}

function toRecord({ messageId, body, receives, sentAtEpochMs }: ScriptedMessage): SQSRecord {
  return {
    messageId,
    receiptHandle: `${messageId}/${receives}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: String(sentAtEpochMs),
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: String(sentAtEpochMs),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:assign',
    awsRegion: 'eu-central-1',
  };
}
