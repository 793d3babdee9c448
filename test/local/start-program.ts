import { type ChildProcess, spawn } from 'node:child_process';
import { PROJECT_DIR } from '../architecture/imports.ts';

export type Program = {
  readonly output: () => string;
  /** Resolves once the output matches; rejects when the program ends before that. */
  until(pattern: RegExp): Promise<RegExpMatchArray>;
  /** What Ctrl-C does. Resolves with the exit code. */
  interrupt(): Promise<number | null>;
  readonly ended: Promise<number | null>;
};

const running = new Set<ChildProcess>();

/** Runs a program of `local/` as its npm script does, with the given variables and none of a developer's own. */
export function startProgram(file: string, environment: Readonly<Record<string, string>>): Program {
  const child = spawn(process.execPath, [`local/${file}`], {
    cwd: PROJECT_DIR,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...environment },
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
    ended,
  };
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
