import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the Serverless CLI (osls 4.3.1) caches what it compiled, unless a variable names another folder. */
const HOME_FOLDER = '.serverless';
const VARIABLE = 'SLS_SCHEMA_CACHE_BASE_DIR';

export function serverlessScript(projectDir: string): string {
  return createRequire(join(projectDir, 'package.json')).resolve('serverless/bin/serverless.js');
}

/**
 * The variable that the Serverless CLI needs if it cannot write into the home folder, as in a container; otherwise it stops with
 * a stack trace. The folder is in the project instead of the system's temporary folder, because the CLI runs what it finds there.
 * @throws if that folder cannot be created either
 */
export function cliCache(projectDir: string, home = homedir()): Readonly<Record<string, string>> {
  if (process.env[VARIABLE] || isWritable(join(home, HOME_FOLDER))) return {};
  const folder = join(projectDir, '.local/serverless');
  mkdirSync(folder, { recursive: true });
  return { [VARIABLE]: folder };
}

function isWritable(folder: string): boolean {
  try {
    // Not recursive, because Node hangs on a recursive call in a file system without real folders, such as /proc.
    if (!existsSync(folder)) mkdirSync(folder);
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
