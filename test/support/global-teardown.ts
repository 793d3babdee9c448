import { rmSync } from 'node:fs';
import type { EngineDesk } from './engine-desk.ts';

export type RunningServices = { readonly desk: EngineDesk };

export default async function globalTeardown(): Promise<void> {
  const { desk } = (globalThis as unknown as { runningServices: RunningServices }).runningServices;
  await desk.close();
  const scratch = process.env.TEST_SCRATCH_DIR;
  if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
}
