import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findJavaProblem } from './dynamodb-local.ts';
import { openEngineDesk } from './engine-desk.ts';
import type { RunningServices } from './global-teardown.ts';

/** What every run has. The engines start when a test file asks for one. */
export default async function globalSetup(): Promise<void> {
  process.env.AWS_REGION = 'eu-central-1';
  process.env.AWS_ACCESS_KEY_ID = 'local';
  process.env.AWS_SECRET_ACCESS_KEY = 'local';
  process.env.LOG_LEVEL = 'DEBUG';
  const scratch = mkdtempSync(join(tmpdir(), 'set-owner-by-email-'));
  process.env.TEST_SCRATCH_DIR = scratch;
  // What tests and the programs they start leave behind goes with it. The Serverless CLI leaves a copy of each bundle.
  process.env.TMPDIR = join(scratch, 'tmp');
  mkdirSync(process.env.TMPDIR);
  shareWork(scratch);

  const javaProblem = findJavaProblem();
  if (javaProblem !== undefined) process.env.TEST_DYNAMODB_LOCAL_ABSENT = javaProblem;
  const desk = await openEngineDesk();
  process.env.TEST_ENGINE_DESK = desk.url;
  const services: RunningServices = { desk };
  Object.assign(globalThis, { runningServices: services });
}

/** What one program compiled or bundled, the next ones of this run take from the scratch folder. */
function shareWork(scratch: string): void {
  process.env.NODE_COMPILE_CACHE = join(scratch, 'compiled');
  process.env.TEST_BUNDLES_FOLDER = join(scratch, 'bundles');
  const preload = ['kept-bundles.ts', 'kept-plugin.ts', 'kept-validator.ts', 'quick-cycles.ts'].map(
    (file) => `--require=${JSON.stringify(join(import.meta.dirname, file))}`,
  );
  process.env.NODE_OPTIONS = [process.env.NODE_OPTIONS, ...preload].filter(Boolean).join(' ');
}
