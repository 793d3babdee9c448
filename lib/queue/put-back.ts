import type { SQSRecord } from 'aws-lambda';
import { parsePortalId } from '../domain/ids.ts';
import { sendMessages } from './send-messages.ts';

/** Time enough for a short trouble to pass; spread, so that not all workers come back together. */
const MIN_DELAY_SECONDS = 60;
const MAX_DELAY_SECONDS = 120;

/**
 * Sends messages back to their queue as they are. A copy counts its receives anew; its original may be deleted.
 * @param random a number in [0, 1)
 * @returns the ids of the messages that could not be sent
 */
export async function putBack(
  queueUrl: string,
  records: readonly SQSRecord[],
  random: () => number,
): Promise<readonly string[]> {
  const messages = records.map(({ body, attributes }) => ({
    MessageBody: body,
    // AWS does not say whether a function is told the group of a message. Ours name their portal.
    MessageGroupId: attributes?.MessageGroupId ?? portalIn(body),
    DelaySeconds: MIN_DELAY_SECONDS + Math.floor(random() * (MAX_DELAY_SECONDS - MIN_DELAY_SECONDS + 1)),
  }));
  const isSent = await sendMessages(queueUrl, messages);
  return records.filter((_record, index) => !isSent[index]).map(({ messageId }) => messageId);
}

function portalIn(body: string): string | undefined {
  try {
    return parsePortalId(Object(JSON.parse(body)).portalId);
  } catch {
    return undefined;
  }
}
