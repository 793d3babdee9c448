import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { SQSMessageAttribute, SQSRecord } from 'aws-lambda';

/** A message as the function finds it in `event.Records` ("Using Lambda with Amazon SQS", read 2026-11-23). */
export function toRecord(message: Message, queueArn: string): SQSRecord {
  const { MessageId, ReceiptHandle, Body, Attributes = {}, MD5OfBody, MD5OfMessageAttributes } = message;
  const [, , , awsRegion = ''] = queueArn.split(':');
  return {
    messageId: required(MessageId, 'MessageId'),
    receiptHandle: required(ReceiptHandle, 'ReceiptHandle'),
    body: required(Body, 'Body'),
    attributes: {
      ...Attributes,
      ApproximateReceiveCount: required(Attributes.ApproximateReceiveCount, 'ApproximateReceiveCount'),
      SentTimestamp: required(Attributes.SentTimestamp, 'SentTimestamp'),
      SenderId: required(Attributes.SenderId, 'SenderId'),
      ApproximateFirstReceiveTimestamp: required(
        Attributes.ApproximateFirstReceiveTimestamp,
        'ApproximateFirstReceiveTimestamp',
      ),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, toAttribute(value)]),
    ),
    md5OfBody: required(MD5OfBody, 'MD5OfBody'),
    ...(MD5OfMessageAttributes === undefined ? {} : { md5OfMessageAttributes: MD5OfMessageAttributes }),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion,
  };
}

/** The lists are reserved and always empty. */
function toAttribute({ StringValue, BinaryValue, DataType }: MessageAttributeValue): SQSMessageAttribute {
  return {
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined ? {} : { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    stringListValues: [],
    binaryListValues: [],
    dataType: required(DataType, 'DataType'),
  };
}

function required(value: string | undefined, name: string): string {
  if (value === undefined) throw new Error(`the queue sent a message without ${name}`);
  return value;
}
