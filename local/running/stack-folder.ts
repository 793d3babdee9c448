import { linkSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What a local stack says about itself while it runs, in `.local/<port>/lock`. For this user only: it opens the stack. */
export type StackLock = {
  readonly pid: number;
  readonly port: number;
  /** A demo's stack ends with the demo, so the commands for a running stack ignore it. */
  readonly purpose: 'start' | 'demo';
  readonly control: { readonly url: string; readonly token: string };
};

export type StackFolder = {
  /** Absolute. */
  readonly path: string;
  /** `.local/3000`, for the screen. */
  readonly shownPath: string;
  /** Removes the folder. */
  readonly release: () => void;
};

const FILES = { lock: 'lock', environment: 'environment', log: 'functions.log', build: 'build' } as const;
const [ONLY_ME, ONLY_MY_FILE] = [0o700, 0o600];

/** Used for a lock that cannot be read: its stack no longer runs. */
const NOBODYS: StackLock = { pid: 0, port: 0, purpose: 'start', control: { url: '', token: '' } };

export type LockedFolder = { readonly path: string; readonly lock: StackLock; readonly isAlive: boolean };

/** Every stack has its own folder. Tests use another place than a developer. */
function stacksFolder(projectDir: string): string {
  return process.env.LOCAL_STACKS_FOLDER || join(projectDir, '.local');
}

/**
 * Creates the folder of a stack, with its lock, and removes the folders of killed stacks.
 * @throws if another stack has this port
 */
export function claimStackFolder(projectDir: string, lock: StackLock): StackFolder {
  for (const { path, isAlive } of readLocks(projectDir)) if (!isAlive) removeFolder(projectDir, path);
  const all = stacksFolder(projectDir);
  const folder = join(all, String(lock.port));
  mkdirSync(folder, { recursive: true, mode: ONLY_ME });
  // A link appears complete or not at all: two stacks cannot both get it, and nobody reads half of a lock.
  const draft = join(folder, `lock-${lock.pid}`);
  writeFileSync(draft, JSON.stringify(lock), { mode: ONLY_MY_FILE });
  try {
    linkSync(draft, join(folder, FILES.lock));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    throw new Error(`PORT: a local stack runs on port ${lock.port} already; stop it or choose another`, {
      cause: error,
    });
  } finally {
    rmSync(draft);
  }
  return {
    path: folder,
    shownPath: relative(projectDir, folder),
    release: () => removeFolder(projectDir, folder),
  };
}

/** The stacks that were started here, whether they still run or not. */
export function readLocks(projectDir: string): readonly LockedFolder[] {
  const all = stacksFolder(projectDir);
  return listFolders(all).flatMap((name) => {
    const path = join(all, name);
    const lock = readLock(path);
    return lock === undefined ? [] : [{ path, lock, isAlive: lock.pid > 0 && isRunning(lock.pid) }];
  });
}

export function stackFile(path: string, name: keyof typeof FILES): string {
  return join(path, FILES[name]);
}

function listFolders(all: string): readonly string[] {
  try {
    const entries = readdirSync(all, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() && /^\d+$/.test(entry.name)).map(({ name }) => name);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Undefined while a folder is being created or removed. */
function readLock(path: string): StackLock | undefined {
  try {
    return JSON.parse(readFileSync(stackFile(path, 'lock'), 'utf8')) as StackLock;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    // A machine that lost power may have the file without its text.
    if (error instanceof SyntaxError) return NOBODYS;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // We may not send signals to another user's process, but it runs.
    return codeOf(error) === 'EPERM';
  }
}

export function removeFolder(projectDir: string, path: string): void {
  rmSync(path, { recursive: true, force: true });
  try {
    rmdirSync(stacksFolder(projectDir));
  } catch (error) {
    // Another stack still has its folder there.
    if (!['ENOTEMPTY', 'ENOENT', 'EEXIST'].includes(codeOf(error))) throw error;
  }
}

function codeOf(error: unknown): string {
  return String((Object(error) as { code?: unknown }).code);
}
