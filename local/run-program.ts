import { spawn } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { SECRET_VARIABLES } from '../lib/config/variables.ts';

export type Program = {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** In addition to the variables of this process. Undefined removes one. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** `show`: the person sees the output and can answer questions. `keep`: the caller reads it. */
  readonly output: 'show' | 'keep';
};
export type Ended = { readonly exitCode: number; readonly output: string };
export type RunProgram = (program: Program) => Promise<Ended>;

/** What a shell returns for a command that it cannot find. */
export const NOT_FOUND = 127;

/** On Windows, npm installs scripts, which only a shell can start. None of our arguments needs quotes. */
export function startedBy({ command, args }: Pick<Program, 'command' | 'args'>, platform: NodeJS.Platform) {
  if (platform !== 'win32' || isAbsolute(command)) return { command, args, shell: false };
  return { command: [command, ...args].join(' '), args: [], shell: true };
}

/** Runs a program to its end. It never gets this process's secrets. */
export const runProgram: RunProgram = ({ command, args, cwd, environment = {}, output }) =>
  new Promise((resolve, reject) => {
    const isShown = output === 'show';
    // Secrets that are piped to us are not for the program.
    const input = isShown && process.stdin.isTTY ? 'inherit' : 'ignore';
    const started = startedBy({ command, args }, process.platform);
    const child = spawn(started.command, started.args, {
      cwd,
      shell: started.shell,
      env: { ...withoutSecrets(process.env), ...environment },
      stdio: [input, isShown ? 'inherit' : 'pipe', isShown ? 'inherit' : 'pipe'],
    });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve({ exitCode: NOT_FOUND, output: '' });
      else reject(error);
    });
    child.once('close', (code) =>
      resolve({ exitCode: code ?? 1, output: Buffer.concat(chunks).toString('utf8').trim() }),
    );
  });

function withoutSecrets(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const secrets: readonly string[] = SECRET_VARIABLES;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !secrets.includes(name)));
}
