import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type Ask, createAsking } from './channel.ts';
import { addUsage, type ContainerSetup, type FloodUsage, NOTHING_USED, TOKENS_VARIABLE, toTokens } from './setup.ts';

type Container = { readonly child: ChildProcess; readonly ask: Ask };

export type Containers = {
  /** Hands an event to a container that is idle. Rejects when the container is killed meanwhile. */
  invoke(name: string, event: object): Promise<unknown>;
  /** Kills one that is at work, as abruptly as can be; false when none is. */
  killOne(random: () => number): boolean;
  usage(): Promise<FloodUsage>;
  stop(): Promise<void>;
};

export function forkContainer(file: `./${string}.ts`, { environment, portals }: ContainerSetup): Container {
  const { AWS_PROFILE: _profile, ...inherited } = process.env;
  const child = fork(new URL(file, import.meta.url), {
    env: {
      ...inherited,
      LOG_LEVEL: 'INFO',
      ...environment,
      [TOKENS_VARIABLE]: toTokens(portals),
    },
    // What the functions print is made and dropped.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const { ask, fail } = createAsking({
    send: (message) => void child.send(message as object, () => undefined),
    onMessage: (listener) => void child.on('message', listener),
  });
  child.once('exit', () => fail(new Error('the container is gone')));
  return { child, ask };
}

export async function stopContainer({ child }: Container): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Containers of the functions behind the queue, each a process. One that is killed is replaced by a cold one. */
export async function startContainers(setup: ContainerSetup, count: number): Promise<Containers> {
  const idle: Container[] = [];
  const busy = new Set<Container>();
  const wanted: ((container: Container) => void)[] = [];
  let isStopped = false;
  for (let index = 0; index < count; index += 1) idle.push(forkContainer('./worker-process.ts', setup));
  await Promise.all(idle.map(({ ask }) => ask('ready')));

  function give(container: Container): void {
    const next = wanted.shift();
    if (next === undefined) idle.push(container);
    else next(container);
  }

  const take = (): Promise<Container> => {
    const container = idle.pop();
    return container === undefined ? new Promise((resolve) => wanted.push(resolve)) : Promise.resolve(container);
  };

  return {
    async invoke(name, event) {
      const container = await take();
      busy.add(container);
      try {
        return await container.ask('invoke', { name, event });
      } finally {
        busy.delete(container);
        const isAlive = container.child.exitCode === null && container.child.signalCode === null;
        if (!isStopped) give(isAlive ? container : forkContainer('./worker-process.ts', setup));
      }
    },
    killOne(random) {
      const victim = [...busy][Math.floor(random() * busy.size)];
      return victim?.child.kill('SIGKILL') === true;
    },
    async usage() {
      const all = await Promise.all([...idle, ...busy].map(({ ask }) => ask<FloodUsage>('usage')));
      return all.reduce((sum, one) => addUsage(sum, one), NOTHING_USED);
    },
    async stop() {
      isStopped = true;
      await Promise.all([...idle, ...busy].map(stopContainer));
    },
  };
}
