import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Loaded before a container's own code: keeps writing how much processor time its events have cost so far. */
const SAMPLE_MS = 100;
const folder = process.env.CPU_PROBE_FOLDER;

if (folder !== undefined && process.argv[1]?.endsWith('worker-process.ts') === true) {
  let before: NodeJS.CpuUsage | undefined;
  const onMessage = (message: unknown) => {
    if ((message as { readonly name?: string }).name !== 'invoke') return;
    // Starting is not counted: a container does it once.
    before = process.cpuUsage();
    process.off('message', onMessage);
  };
  process.on('message', onMessage);
  setInterval(() => {
    if (before === undefined) return;
    const { user, system } = process.cpuUsage(before);
    writeFileSync(join(folder, String(process.pid)), String((user + system) / 1_000));
  }, SAMPLE_MS).unref();
}
