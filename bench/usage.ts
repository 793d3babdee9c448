import type { Platform } from '../lib/runtime/platform.ts';

export type Usage = {
  /** Items: DynamoDB bills a batch by what it holds. */
  reads: number;
  /** Conditional writes that failed count too: DynamoDB bills them. */
  writes: number;
  /** Time between a request and the head of its answer, HubSpot's and DynamoDB's added up. */
  waitedMs: number;
};

const KIND_BY_COMMAND: Readonly<Record<string, 'reads' | 'writes'>> = {
  GetItemCommand: 'reads',
  QueryCommand: 'reads',
  BatchGetItemCommand: 'reads',
  BatchWriteItemCommand: 'writes',
  PutItemCommand: 'writes',
  UpdateItemCommand: 'writes',
  DeleteItemCommand: 'writes',
};

/** Watches what goes out of the service. A command the SDK sends twice for lack of an answer counts once. */
export function countUsage(world: Platform): { readonly world: Platform; readonly usage: Readonly<Usage> } {
  const usage: Usage = { reads: 0, writes: 0, waitedMs: 0 };

  async function timed<T>(call: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      return await call();
    } finally {
      usage.waitedMs += performance.now() - startedAt;
    }
  }

  world.table.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        const kind = KIND_BY_COMMAND[commandName];
        if (kind === undefined) throw new Error(`the bench does not know whether ${commandName} reads or writes`);
        // A container counts outcomes every few seconds, whatever it answers: that is no part of an execution.
        if (!isCount(args.input)) usage[kind] += itemsOf(args.input);
        return next(args);
      },
    { step: 'initialize', name: 'countUsage' },
  );
  // The innermost step: what lies below it is the wire and the engine.
  world.table.middlewareStack.add((next) => (args) => timed(() => next(args)), {
    step: 'deserialize',
    priority: 'low',
    name: 'timeRequest',
  });
  return { usage, world: { ...world, fetch: (input, init) => timed(() => world.fetch(input, init)) } };
}

function isCount(input: object): boolean {
  const key = 'Key' in input ? (input.Key as { readonly pk?: { readonly S?: string } }) : undefined;
  return key?.pk?.S?.endsWith('#outcomes') === true;
}

/** One, or as many as a batch holds. */
function itemsOf(input: object): number {
  if (!('RequestItems' in input)) return 1;
  const byTable = Object.values(
    input.RequestItems as Record<string, readonly unknown[] | { Keys: readonly unknown[] }>,
  );
  return byTable.reduce((sum, table) => sum + ('Keys' in table ? table.Keys : table).length, 0);
}
