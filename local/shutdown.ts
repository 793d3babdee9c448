import { describeFault } from './describe-fault.ts';
import { printError } from './output.ts';

/** The exit codes of a shell for a program that a signal ended. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** How often a program looks whether npm still runs. */
const LOOK_MS = 1_000;

type Stop = () => Promise<void>;

/**
 * Runs a program until it returns its exit code or the user stops it, and then stops what it started, in order. A user's mistake,
 * such as a wrong variable or a taken port, is reported in one line.
 * @param cutShort the message if a stop is not the normal end of the program. The exit code is then the shell's for that signal
 */
export async function runUntilStopped(
  program: (onStop: (stop: Stop) => void) => Promise<number>,
  cutShort?: string,
): Promise<void> {
  const stops: Stop[] = [];
  stopWithNpm();
  const interrupted = new Promise<number>((resolve) => {
    for (const [signal, exitCode] of Object.entries(SIGNALS)) {
      process.once(signal, () => {
        if (cutShort !== undefined) printError(cutShort);
        resolve(cutShort === undefined ? 0 : exitCode);
      });
    }
  });
  try {
    process.exitCode = await Promise.race([program((stop) => stops.push(stop)), interrupted]);
  } catch (error) {
    printError(describeFault(error));
    process.exitCode = 1;
  }
  for (const stop of stops.reverse()) await stop();
  process.exit();
}

/** A signal that ends npm itself, as `kill $!` in a script does, does not reach the program that npm started. */
function stopWithNpm(): void {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === undefined) return;
  setInterval(() => {
    if (process.ppid !== parent) process.emit('SIGTERM', 'SIGTERM');
  }, LOOK_MS).unref();
}
