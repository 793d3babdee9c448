import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { cliCache, serverlessScript } from './cli-cache.ts';
import type { ActionEvent } from './offline-lambda.ts';

export type ServerlessOffline = {
  /** Resolves once the functions answer. */
  readonly ready: Promise<void>;
  /** Resolves with the exit code when the process ends, for whatever reason. */
  readonly ended: Promise<number>;
  stop(): Promise<void>;
};

export type ServerlessOfflineOptions = {
  readonly projectDir: string;
  readonly httpPort: number;
  readonly lambdaPort: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Receives what the process prints, line by line; functions log there too. */
  readonly onLine: (line: string) => void;
  /** Relative to the project's folder. `npm run package` deletes the default one. */
  readonly buildFolder?: string;
  /** Receives the events of requests to the actions. */
  readonly onAction?: (event: ActionEvent) => void;
};

const FAULTS_AS_ON_AWS = new URL('./offline-lambda.ts', import.meta.url).href;
/** A busy machine builds for minutes. A server that ends is noticed immediately. */
const START_TIMEOUT_MS = 240_000;
const STOP_TIMEOUT_MS = 5_000;

/** Builds the functions and serves them as API Gateway and Lambda would. The caller must stop it, ready or not. */
export function startServerlessOffline(options: ServerlessOfflineOptions): ServerlessOffline {
  const { projectDir, httpPort, lambdaPort, environment, onLine, buildFolder, onAction } = options;
  const flags = ['--stage', 'local', '--host', '127.0.0.1', '--httpPort', String(httpPort)];
  const program = ['--import', FAULTS_AS_ON_AWS, serverlessScript(projectDir), 'offline'];
  const child = spawn(process.execPath, [...program, ...flags, '--lambdaPort', String(lambdaPort)], {
    cwd: projectDir,
    env: {
      ...process.env,
      ...cliCache(projectDir),
      ...environment,
      SLS_NOTIFICATIONS_MODE: 'off',
      FORCE_COLOR: '0',
      ...(buildFolder !== undefined && { ESBUILD_WORK_FOLDER: buildFolder }),
    },
    // Through this channel we hear of executions, and the process notices when we are gone, so that a killed stack leaves none
    // behind.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Its own process group: Ctrl-C reaches us alone, and we stop the rest in order.
    detached: true,
  });
  readLines(child, onLine);
  if (onAction !== undefined) child.on('message', (event) => onAction(event as ActionEvent));
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
  const ready = untilHealthy(`http://127.0.0.1:${httpPort}/health`, child);
  return { ready, ended, stop: () => stopGroup(child, ended) };
}

async function untilHealthy(url: string, child: ChildProcess): Promise<void> {
  for (let waitedMs = 0; waitedMs < START_TIMEOUT_MS; waitedMs += 100) {
    if (child.exitCode !== null) throw new Error('serverless offline ended before it answered');
    // A kept connection would delay the server's stop.
    const healthy = await fetch(url, { headers: { connection: 'close' } }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (healthy) return;
    await delay(100);
  }
  throw new Error(
    `The functions did not answer at ${url} within ${START_TIMEOUT_MS / 60_000} minutes. Stop what keeps this machine busy, and start again`,
  );
}

async function stopGroup(child: ChildProcess, ended: Promise<number>): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  signalGroup(child.pid, 'SIGINT');
  const timeout = delay(STOP_TIMEOUT_MS, 'late' as const, { ref: false });
  if ((await Promise.race([ended, timeout])) === 'late') signalGroup(child.pid, 'SIGKILL');
  await ended;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // It ended on its own in the meantime.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function readLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    });
  }
}
