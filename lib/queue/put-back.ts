import { parsePortalId } from '../domain/ids.ts';
import { sendMessages } from './send-messages.ts';

export type QueueRecord = {
  readonly messageId: string;
  readonly body: string;
  readonly attributes?: { readonly MessageGroupId?: string | undefined };
};

/** Time enough for a short trouble to be over; spread, so that the workers do not all come back together. */
const MIN_DELAY_SECONDS = 60;
const MAX_DELAY_SECONDS = 120;

/**
 * Sends messages back to their queue as they are. A copy counts its receives anew, so that a worker that cannot even start
 * costs no message one of its tries. The original may be deleted once its copy is sent.
 * @param random a number in [0, 1)
 * @returns the ids of the messages that could not be sent
 */
export async function putBack(
  queueUrl: string,
  records: readonly QueueRecord[],
  random: () => number,
): Promise<readonly string[]> {
  const messages = records.map((record) => ({
    MessageBody: record.body,
    ...groupOf(record),
    DelaySeconds: MIN_DELAY_SECONDS + Math.floor(random() * (MAX_DELAY_SECONDS - MIN_DELAY_SECONDS + 1)),
  }));
  const isSent = await sendMessages(queueUrl, messages);
  return records.filter((_record, index) => !isSent[index]).map(({ messageId }) => messageId);
}

/** AWS does not say whether a function is told the group of a message from a standard queue. Ours name their portal. */
function groupOf({ attributes, body }: QueueRecord): { readonly MessageGroupId?: string } {
  const told = attributes?.MessageGroupId ?? portalIn(body);
  return told === undefined ? {} : { MessageGroupId: told };
}

function portalIn(body: string): string | undefined {
  try {
    return parsePortalId(Object(JSON.parse(body)).portalId);
  } catch {
    return undefined;
  }
}
