import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  DynamoDBClient,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { createSyncQueue } from '../../lib/queue/sync-queue.ts';
import { createPortalList } from '../../lib/store/portal-list.ts';
import { readSources } from '../architecture/imports.ts';
import { toPortalId } from '../builders/ids.ts';

const NAMED_IMPORTS = /import\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'@aws-sdk\/client-(dynamodb|sqs)'/g;

/**
 * Calls of one item each, which are done or fail as a whole, and two that may leave some over: whoever makes them asks for those
 * again, which tests prove of each file that may (the list of portals below, the others by what the queue’s results are read and written with).
 */
const CALLS = [
  'BatchGetItemCommand',
  'BatchWriteItemCommand',
  'DeleteItemCommand',
  'GetItemCommand',
  'PutItemCommand',
  'QueryCommand',
  'UpdateItemCommand',
];
const BATCH_READERS = ['lib/store/requests.ts'];
const BATCH_WRITERS = ['lib/store/queued-results.ts'];

function callsOf(service: string): string[] {
  const names = readSources('lib', 'functions').flatMap(({ text }) =>
    [...text.matchAll(NAMED_IMPORTS)].flatMap(([, list = '', of]) => (of === service ? list.split(',') : [])),
  );
  const calls = names
    .map((name) => name.trim().replace(/^type /, ''))
    .filter((name) => /(Command|^paginate\w+|^DynamoDB|^SQS)$/.test(name));
  return [...new Set(calls)].sort();
}

it('[D5, D13] The store writes without transactions, so that no write is canceled', () => {
  const commands = callsOf('dynamodb').filter((name) => name.endsWith('Command'));
  expect(commands).toEqual(CALLS);
});

describe('[D5] A listing of accounts whose items come in parts', () => {
  const dynamoDb = mockClient(DynamoDBClient);
  const ids = Array.from({ length: 250 }, (_, n) => String(8_300_000 + n));
  const list = () => createPortalList({ client: new DynamoDBClient({}), tableName: 'owners' }).listConnected();
  const answer = (partSize: number) => (input: BatchGetItemCommandInput) => {
    const { Keys = [] } = input.RequestItems?.owners ?? {};
    const left = Keys.slice(partSize);
    return {
      Responses: { owners: Keys.slice(0, partSize) },
      UnprocessedKeys: left.length === 0 ? {} : { owners: { Keys: left } },
    };
  };

  beforeEach(() => {
    dynamoDb.reset();
    dynamoDb.on(QueryCommand).resolves({ Items: ids.map((id) => ({ sk: { S: id } })) });
  });

  it('A listing of accounts that comes in parts is read until it is complete', async () => {
    dynamoDb.on(BatchGetItemCommand).callsFake(answer(30));
    expect((await Array.fromAsync(list())).flat()).toEqual(ids);
  });

  it('A listing of accounts fails rather than drop an account when the rest never comes', async () => {
    dynamoDb.on(BatchGetItemCommand).callsFake(answer(0));
    await expect(Array.fromAsync(list())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});

it.each([
  ['BatchGetItem', BATCH_READERS],
  ['BatchWriteItem', BATCH_WRITERS],
])('[D5] The store calls %s in %j only, where unprocessed items are sent again', (call, files) => {
  const callers = readSources('lib', 'functions').filter(({ text }) => text.includes(call));
  expect(callers.map(({ path }) => path)).toEqual(files);
});

it('[D5, D13] The store imports the SDK by name, so that the check of its commands sees every call', () => {
  const byOtherWays = readSources('lib', 'functions').filter(({ text }) =>
    /(import\s+\*\s+as\s+\w+\s+from|import\(|require\()\s*'@aws-sdk\/(client|lib)-/.test(text),
  );
  const otherClients = readSources('lib', 'functions').flatMap(({ imports }) =>
    imports.filter((target) => /^@aws-sdk\/(lib|util)-dynamodb/.test(target)),
  );
  expect(byOtherWays.map(({ path }) => path)).toEqual([]);
  expect(otherClients).toEqual([]);
});

describe('[D5] Refresh jobs that SQS takes in part', () => {
  const sqs = mockClient(SQSClient);
  const orders = Array.from({ length: 25 }, (_, index) => ({
    job: {
      portalId: toPortalId(8_300_000 + index),
      runId: `run-${index}`,
      requestedAtEpochMs: 1,
      force: false,
      continuations: 0,
    },
    delaySeconds: index,
  }));
  const send = () => createSyncQueue(new SQSClient({}), 'https://sqs.example.com/refresh').send(orders);

  beforeEach(() => {
    sqs.reset();
    sqs.on(SendMessageBatchCommand).resolves({});
  });

  it('Refresh jobs are sent to SQS ten at a time, each once', async () => {
    await send();
    const batches = sqs.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input.Entries ?? []);
    expect(batches.map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(batches.flat().map(({ DelaySeconds }) => DelaySeconds)).toEqual(orders.map((each) => each.delaySeconds));
    for (const batch of batches) expect(new Set(batch.map(({ Id }) => Id)).size).toBe(batch.length);
  });

  it.each([1, 2, 3])('Sending refresh jobs fails when one of batch %i was not taken', async (failing) => {
    const failed = { Failed: [{ Id: '3', Code: 'InternalError', SenderFault: false }] };
    const replies = Array.from({ length: failing }, (_, index) => (index + 1 === failing ? failed : {}));
    const behaviour = sqs.on(SendMessageBatchCommand).resolves({});
    for (const reply of replies) behaviour.resolvesOnce(reply);
    await expect(send()).rejects.toThrow('1 refresh jobs could not be queued');
  });

  it('A queue of refreshes that cannot be reached is no bug: whoever asked may repeat it', async () => {
    sqs.on(SendMessageBatchCommand).rejects(new Error('the text of somebody else'));
    const away = { code: 'QUEUE_UNAVAILABLE', retryable: true, message: 'the queue of refreshes could not be reached' };
    await expect(send()).rejects.toMatchObject(away);
  });
});
