import { setTimeout as delay } from 'node:timers/promises';
import { print, printError } from '../../local/output.ts';
import { runContract } from './run-contract.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
try {
  process.exitCode = await runContract({
    args: process.argv.slice(2),
    environment: process.env,
    print,
    printError,
    sleep: (ms) => delay(ms),
    stop: stop.signal,
  });
} catch (error) {
  printError(error instanceof Error ? error.message : 'unknown fault');
  process.exitCode = 1;
}
