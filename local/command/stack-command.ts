import { describeFault } from '../describe-fault.ts';
import { printError } from '../output.ts';
import { findStack, type RunningStack } from '../running/running-stacks.ts';

/** Every command that uses a running stack has it. */
export const PORT_FLAG = {
  port: { type: 'string', value: '3000', means: 'the port of the local stack, where several run' },
} as const;

/** Runs a command on the chosen stack. If it cannot, it says why in one line. */
export async function useStack(
  script: string,
  port: string | undefined,
  use: (stack: RunningStack) => Promise<number>,
): Promise<void> {
  try {
    process.exitCode = await use(await findStack(process.cwd(), script, port));
  } catch (error) {
    printError(describeFault(error));
    process.exitCode = 1;
  }
}
