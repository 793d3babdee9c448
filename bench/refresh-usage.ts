import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Fetch } from '../lib/network/fetch.ts';
import type { Platform } from '../lib/runtime/platform.ts';

export type RefreshUsage = {
  calls: number;
  reads: number;
  writes: number;
  /** What DynamoDB bills, by the capacity that the engine reports with each answer. */
  readUnits: number;
  writeUnits: number;
  /** Looks into the empty queue are not in it: how many there are says nothing about the work. */
  sqsRequests: number;
};

const WRITES = ['PutItemCommand', 'UpdateItemCommand', 'DeleteItemCommand'];
const READS = ['GetItemCommand', 'QueryCommand'];
const SQS_WORK = ['SendMessageBatchCommand', 'DeleteMessageBatchCommand'];

export function createUsage(): RefreshUsage {
  return { calls: 0, reads: 0, writes: 0, readUnits: 0, writeUnits: 0, sqsRequests: 0 };
}

/** What was used since `before` was copied. */
export function usedSince(before: RefreshUsage, now: RefreshUsage): RefreshUsage {
  const names = Object.keys(before) as (keyof RefreshUsage)[];
  return Object.fromEntries(names.map((name) => [name, now[name] - before[name]])) as RefreshUsage;
}

/** Counts into `usage` what goes from the service to HubSpot and DynamoDB. */
export function countWorld(world: Platform, usage: RefreshUsage): Platform {
  world.table.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const kind = kindOf(commandName);
        usage[kind] += 1;
        const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
        usage[kind === 'reads' ? 'readUnits' : 'writeUnits'] += unitsOf(answer.output);
        return answer;
      },
    { step: 'initialize', name: 'countRefreshUsage' },
  );
  const counted: Fetch = (input, init) => {
    usage.calls += 1;
    return world.fetch(input, init);
  };
  return { ...world, fetch: counted };
}

export function countQueue(client: SQSClient, usage: RefreshUsage): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const answer = await next(args);
        const brought = 'Messages' in answer.output && (answer.output.Messages?.length ?? 0) > 0;
        if (brought || SQS_WORK.includes(commandName)) usage.sqsRequests += 1;
        return answer;
      },
    { step: 'initialize', name: 'countSqsRequests' },
  );
}

function kindOf(commandName: string): 'reads' | 'writes' {
  if (WRITES.includes(commandName)) return 'writes';
  if (READS.includes(commandName)) return 'reads';
  throw new Error(`the bench does not know whether ${commandName} reads or writes`);
}

function unitsOf(output: object): number {
  const capacity = 'ConsumedCapacity' in output ? (output.ConsumedCapacity as { CapacityUnits?: number }) : undefined;
  if (capacity?.CapacityUnits === undefined) throw new Error('the engine did not say what capacity was used');
  return capacity.CapacityUnits;
}
