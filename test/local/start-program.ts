import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_DIR } from '../architecture/imports.ts';

export type Program = {
  readonly pid: number;
  readonly output: () => string;
  /** Resolves once the output matches; rejects when the program ends before that. */
  until(pattern: RegExp): Promise<RegExpMatchArray>;
  /** What Ctrl-C does. Resolves with the exit code. */
  interrupt(): Promise<number | null>;
  /** Leaves it no time to stop anything. */
  kill(): Promise<number | null>;
  readonly ended: Promise<number | null>;
};

const running = new Set<ChildProcess>();
/** Of this test file: no stack of another one, or of a developer, is found from here. */
const LOCAL_STACKS_FOLDER = mkdtempSync(join(tmpdir(), 'stacks-'));
/** Where the programs of a run find what others of it have made (global-setup.ts). */
const SHARED_WORK = ['NODE_OPTIONS', 'NODE_COMPILE_CACHE', 'TEST_BUNDLES_FOLDER'];

export function programEnvironment(given: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...pick(['PATH', 'HOME', ...SHARED_WORK]), LOCAL_STACKS_FOLDER, ...given };
}

function pick(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
}

/** Runs a program of `local/` as its npm script does, with the given variables and none of a developer's own. */
export function startProgram(
  file: string,
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Program {
  const child = spawn(process.execPath, [`local/${file}`, ...args], {
    cwd: PROJECT_DIR,
    env: programEnvironment(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  return {
    pid: child.pid ?? 0,
    output: () => output,
    until(pattern) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const match = output.match(pattern);
          if (match !== null) resolve(match);
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`ended before it printed ${pattern}: ${output}`)));
      });
    },
    interrupt() {
      child.kill('SIGINT');
      return ended;
    },
    kill() {
      child.kill('SIGKILL');
      return ended;
    },
    ended,
  };
}

export type Ended = { readonly code: number | null; readonly output: string };

/** Runs a program of `local/` to its end. */
export async function runProgram(file: string, args: readonly string[] = [], given = {}): Promise<Ended> {
  const program = startProgram(file, given, args);
  const code = await program.ended;
  return { code, output: program.output() };
}

/** Ends what a failed test left behind. */
export async function stopPrograms(): Promise<void> {
  await Promise.all(
    [...running].map((child) => {
      const closed = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGINT');
      return closed;
    }),
  );
}
