import { AppError } from '../lib/domain/errors.ts';
import { printError } from './output.ts';

type Stop = () => Promise<void>;

/**
 * Runs a program until it returns its exit code or the user stops it, and then stops what it started, in order.
 * A mistake of the user's, such as a wrong variable or a taken port, is reported in one line.
 */
export async function runUntilStopped(program: (onStop: (stop: Stop) => void) => Promise<number>): Promise<void> {
  const stops: Stop[] = [];
  const interrupted = new Promise<number>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(0));
  });
  try {
    process.exitCode = await Promise.race([program((stop) => stops.push(stop)), interrupted]);
  } catch (error) {
    printError(describe(error));
    process.exitCode = 1;
  }
  for (const stop of stops.reverse()) await stop();
  process.exit();
}

function describe(error: unknown): string {
  if (error instanceof AppError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
