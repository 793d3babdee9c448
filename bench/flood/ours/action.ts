import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Ask } from './channel.ts';
import { forkContainer, stopContainer } from './containers.ts';
import { addUsage, type ContainerSetup, type FloodUsage, NOTHING_USED } from './setup.ts';

const PROCESSES = 2;

/** The action itself, or something quicker that fills the queue in its place. */
export type ActionKind = 'action' | 'quick';
const FILES = { action: './action-process.ts', quick: './quick-queue-process.ts' } as const;

export type FloodedAction = { usage(): Promise<FloodUsage>; stop(): Promise<void> };

/** Takes a port first, because the settings of the functions name it. */
export async function reserveAction(): Promise<{
  readonly port: number;
  start(setup: ContainerSetup, kind: ActionKind): Promise<FloodedAction>;
}> {
  const handle = createServer().listen(0, '127.0.0.1');
  await once(handle, 'listening');
  const address = handle.address();
  if (address === null || typeof address === 'string') throw new Error('the action has no TCP port');
  return {
    port: address.port,
    async start(setup, kind) {
      const processes = Array.from({ length: PROCESSES }, () => forkContainer(FILES[kind], setup));
      await Promise.all(processes.map(({ ask }) => ask('ready')));
      for (const { child } of processes) child.send({ question: 0, name: 'listen' }, handle);
      // Accepts nothing here any more: only the processes do.
      handle.close();
      return {
        usage: async () => sum(processes.map(({ ask }) => ask)),
        stop: async () => void (await Promise.all(processes.map(stopContainer))),
      };
    },
  };
}

async function sum(asks: readonly Ask[]): Promise<FloodUsage> {
  const all = await Promise.all(asks.map((ask) => ask<FloodUsage>('usage')));
  return all.reduce((total, one) => addUsage(total, one), NOTHING_USED);
}
