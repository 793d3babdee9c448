import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CallerGo, CallerOrder, CallerReport } from './token-caller.ts';

export type TokenProcess = {
  /** Tells it to go, and answers what it reports. Its clock is so far ahead of the machine's. */
  go(clockOffsetMs?: number): Promise<Exclude<CallerReport, { kind: 'ready' }>>;
  /** Ends it where it stands, as Lambda or the kernel does, and answers the signal that it died of. */
  kill(): Promise<NodeJS.Signals | null>;
};

/** A process that does not end is killed before a test's own time is over. */
const TIMEOUT_MS = 18_000;
const running = new Set<ChildProcess>();

/** A container in a process of its own, started and waiting. */
export async function startTokenProcess(order: CallerOrder): Promise<TokenProcess> {
  const child = fork(join(__dirname, 'token-caller.ts'), [JSON.stringify(order)], {
    execArgv: [],
    timeout: TIMEOUT_MS,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  running.add(child);
  const ended = once(child, 'exit').then(([, signal]) => {
    running.delete(child);
    return signal as NodeJS.Signals | null;
  });
  const next = async (): Promise<CallerReport> => {
    const early = ended.then(() => Promise.reject(new Error('the process ended before it reported')));
    // Whoever kills it does not wait for its next report.
    early.catch(() => undefined);
    const [report] = await Promise.race([once(child, 'message'), early]);
    return report as CallerReport;
  };
  const first = await next();
  if (first.kind !== 'ready') throw new Error(`a process began with ${first.kind}`);
  return {
    async go(clockOffsetMs = 0) {
      const reported = next();
      child.send({ clockOffsetMs } satisfies CallerGo);
      const report = await reported;
      if (report.kind === 'ready') throw new Error('a process was ready twice');
      return report;
    },
    kill() {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

/** Ends what a failed test left behind. */
export async function endTokenProcesses(): Promise<void> {
  const left = [...running];
  await Promise.all(
    left.map((child) => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      return ended;
    }),
  );
}
