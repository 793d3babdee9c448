import { callAws } from '../aws/signed-call.ts';
import type { Digest } from '../domain/digest.ts';
import { DigestNotSentError } from '../domain/errors.ts';
import type { Fetch } from '../network/fetch.ts';
import type { DigestTopic } from '../ports/queue.ts';

/**
 * Publishes to an SNS topic: as text for email, and for HTTPS subscribers as the custom notification that Amazon Q Developer in
 * chat applications reads (custom notifications and SNS message structure, read 2026-11-27).
 */
export function createDigestTopic(topicArn: string, fetchIt?: Fetch): DigestTopic {
  const region = topicArn.split(':')[3] ?? '';
  return {
    async publish({ subject, email, chat }: Digest) {
      const notification = { version: '1.0', source: 'custom', content: { textType: 'client-markdown', ...chat } };
      const message = { default: email, email, https: JSON.stringify(notification) };
      const form = {
        Action: 'Publish',
        Version: '2010-03-31',
        TopicArn: topicArn,
        Subject: subject,
        MessageStructure: 'json',
        Message: JSON.stringify(message),
      };
      // Sent once: a lost reply must not cause a second message.
      const reply = await callAws({ service: 'sns', region, form }, { fetchIt, patience: 'never' }).catch(
        (cause: unknown) => {
          throw new DigestNotSentError('SNS could not be reached', { cause });
        },
      );
      if (!reply.ok) throw new DigestNotSentError(`SNS refused a message with status ${reply.status}`);
    },
  };
}
