import type { SQSRecord } from 'aws-lambda';
import { toRecord } from '../../../local/event-source/to-record.ts';

export type RecordSpec = { readonly body?: string; readonly messageId?: string; readonly group?: string };

export function makeRecord({ body = '', messageId = 'id', group }: RecordSpec = {}): SQSRecord {
  const timestamps = { SentTimestamp: '1', ApproximateFirstReceiveTimestamp: '1' };
  return toRecord(
    {
      MessageId: messageId,
      ReceiptHandle: `handle of ${messageId}`,
      Body: body,
      MD5OfBody: 'md5',
      Attributes: {
        ApproximateReceiveCount: '1',
        SenderId: 'sender',
        ...timestamps,
        ...(group === undefined ? {} : { MessageGroupId: group }),
      },
    },
    'arn:aws:sqs:eu-central-1:000000000000:queue',
  );
}
