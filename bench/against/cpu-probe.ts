import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Loaded before a container's own code: writes after each event how much processor time all its events have cost so far. */
const folder = process.env.CPU_PROBE_FOLDER;
const send = process.send?.bind(process);

if (folder !== undefined && send !== undefined && process.argv[1]?.endsWith('worker-process.ts') === true) {
  let before: NodeJS.CpuUsage | undefined;
  process.on('message', (message: unknown) => {
    // Starting is not counted: a container does it once.
    if ((message as { readonly name?: string }).name === 'invoke') before ??= process.cpuUsage();
  });
  process.send = (answer: unknown) => {
    if (before !== undefined) {
      const { user, system } = process.cpuUsage(before);
      writeFileSync(join(folder, String(process.pid)), String((user + system) / 1_000));
    }
    return send(answer);
  };
}
