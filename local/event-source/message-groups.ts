import type { buildApp } from 'fauxqs';

type Engine = ReturnType<typeof buildApp>;
type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/**
 * Lets a standard queue keep the `MessageGroupId` of a message and hand it out with it, as SQS does since it has fair queues.
 * The engine (2.4) takes the id of such a message and forgets it, so it is remembered here, from the request and the answer of
 * each call, until the message is deleted.
 */
export function keepMessageGroups(engine: Engine): void {
  const groupByMessage = new Map<string, string>();
  const messageByReceipt = new Map<string, string>();

  function noteSent(entry: Fields, answer: Fields | undefined): void {
    const group = textOf(entry.MessageGroupId);
    const messageId = textOf(answer?.MessageId);
    if (group !== '' && messageId !== '') groupByMessage.set(messageId, group);
  }

  function noteReceived(body: Fields, message: Fields): Fields {
    const messageId = textOf(message.MessageId);
    const group = groupByMessage.get(messageId);
    if (group === undefined) return message;
    messageByReceipt.set(textOf(message.ReceiptHandle), messageId);
    const asked = [body.AttributeNames, body.MessageSystemAttributeNames].flat();
    if (!asked.includes('All') && !asked.includes('MessageGroupId')) return message;
    return {
      ...message,
      Attributes: { ...(isFields(message.Attributes) ? message.Attributes : {}), MessageGroupId: group },
    };
  }

  function noteDeleted(receipt: string): void {
    groupByMessage.delete(messageByReceipt.get(receipt) ?? '');
    messageByReceipt.delete(receipt);
  }

  engine.addHook('preSerialization', async (request, _reply, payload) => {
    const { body } = request;
    if (!isFields(body) || !isFields(payload)) return payload;
    switch (request.headers['x-amz-target']) {
      case 'AmazonSQS.SendMessage':
        noteSent(body, payload);
        return payload;
      case 'AmazonSQS.SendMessageBatch': {
        const answers = new Map(listOf(payload.Successful).map((answer) => [answer.Id, answer]));
        for (const entry of listOf(body.Entries)) noteSent(entry, answers.get(entry.Id));
        return payload;
      }
      case 'AmazonSQS.ReceiveMessage':
        if (groupByMessage.size === 0 || payload.Messages === undefined) return payload;
        return { ...payload, Messages: listOf(payload.Messages).map((message) => noteReceived(body, message)) };
      case 'AmazonSQS.DeleteMessage':
        noteDeleted(textOf(body.ReceiptHandle));
        return payload;
      case 'AmazonSQS.DeleteMessageBatch':
        for (const { ReceiptHandle } of listOf(body.Entries)) noteDeleted(textOf(ReceiptHandle));
        return payload;
      default:
        return payload;
    }
  });
}
