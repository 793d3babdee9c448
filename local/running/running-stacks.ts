import { readFileSync } from 'node:fs';
import { describeNetworkFault } from '../network-fault.ts';
import { type LockedFolder, readLocks, removeFolder, stackFile } from './stack-folder.ts';

/** `silent`: its process runs and does not answer. */
export type RunningStack = LockedFolder & { readonly state: 'ready' | 'starting' | 'silent' };

const STATUS_TIMEOUT_MS = 5_000;

/** There is no stack that the command could use, or more than one; the message says what to do. */
class NoStackError extends Error {}

/**
 * The stack that a command means: the only one, or the one on `port`.
 * @throws {NoStackError}
 */
export async function findStack(projectDir: string, script: string, port?: string): Promise<RunningStack> {
  const running = await listStacks(projectDir);
  const ports = running.map(({ lock }) => lock.port);
  if (running.length === 0) throw new NoStackError('Nothing is running. Start the local stack with: npm start');
  const chosen = port === undefined ? running : running.filter(({ lock }) => String(lock.port) === port);
  const [stack, ...others] = chosen;
  if (stack === undefined) {
    throw new NoStackError(`No local stack is running on port ${port}. There is one on: ${ports.join(', ')}`);
  }
  if (others.length > 0) {
    throw new NoStackError(
      `${running.length} local stacks are running, on ports ${ports.join(' and ')}. ` +
        `Choose one: npm run ${script} -- --port ${ports[0]}`,
    );
  }
  const { state, lock } = stack;
  if (state === 'ready') return stack;
  const problem = state === 'starting' ? 'is still starting. Wait until it prints its address' : 'does not answer';
  throw new NoStackError(`The local stack on port ${lock.port} ${problem}.`);
}

/** Stacks of `npm start` that run now, by port. */
export async function listStacks(projectDir: string): Promise<readonly RunningStack[]> {
  const alive = readLocks(projectDir).filter(({ lock, isAlive }) => isAlive && lock.purpose === 'start');
  const stacks = await Promise.all(alive.map(async (folder) => ({ ...folder, state: await readState(folder) })));
  return stacks.flatMap((stack) => (stack.state === 'gone' ? [] : [{ ...stack, state: stack.state }]));
}

/** Removes the folders of killed stacks whose process ID now belongs to another program, as after a restart of a container. */
export async function removeAbandoned(projectDir: string): Promise<void> {
  const alive = readLocks(projectDir).filter(({ isAlive }) => isAlive);
  const states = await Promise.all(alive.map(readState));
  for (const [index, { path }] of alive.entries()) if (states[index] === 'gone') removeFolder(projectDir, path);
}

/** What the functions of a stack run with. */
export function readEnvironment({ path }: RunningStack): Record<string, string> {
  const lines = readFileSync(stackFile(path, 'environment'), 'utf8').split('\n').filter(Boolean);
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

/** Sends a command to the stack, and returns its answer. */
export async function askStack({ lock }: RunningStack, command: string, input: object): Promise<unknown> {
  const response = await ask(lock, command, { method: 'POST', body: JSON.stringify(input) }).catch((cause) => {
    throw new Error(`The local stack on port ${lock.port} ended before it answered (${describeNetworkFault(cause)})`, {
      cause,
    });
  });
  const answer = (await response.json()) as { error?: string };
  if (response.status !== 200) throw new Error(answer.error ?? `the stack answered with status ${response.status}`);
  return answer;
}

/** The process ID of a killed stack may now belong to another program: only a stack knows its token. */
async function readState({ lock }: LockedFolder): Promise<RunningStack['state'] | 'gone'> {
  try {
    const response = await ask(lock, 'status', { signal: AbortSignal.timeout(STATUS_TIMEOUT_MS) });
    if (response.status !== 200) return 'gone';
    return ((await response.json()) as { isReady: boolean }).isReady ? 'ready' : 'starting';
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'silent' : 'gone';
  }
}

function ask({ control }: LockedFolder['lock'], command: string, init: RequestInit): Promise<Response> {
  return fetch(`${control.url}/${command}`, { ...init, headers: { authorization: `Bearer ${control.token}` } });
}
