import { describeFault } from './describe-fault.ts';
import { printError } from './output.ts';

/** With what a shell answers for a program that one of them ended. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

type Stop = () => Promise<void>;

/**
 * Runs a program until it returns its exit code or the user stops it, and then stops what it started, in order.
 * A mistake of the user's, such as a wrong variable or a taken port, is reported in one line.
 * @param cutShort what to say where a stop is not how the program ends as a rule. The exit code is the shell's for that signal then
 */
export async function runUntilStopped(
  program: (onStop: (stop: Stop) => void) => Promise<number>,
  cutShort?: string,
): Promise<void> {
  const stops: Stop[] = [];
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
