import { linkSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What a local stack says about itself while it runs, in `.local/<port>/lock`. For this user only: it opens the stack. */
export type StackLock = {
  readonly pid: number;
  readonly port: number;
  /** A demo's stack ends with the demo, so that the commands for a running stack do not look at it. */
  readonly purpose: 'start' | 'demo';
  readonly control: { readonly url: string; readonly token: string };
};

export type StackFolder = {
  /** Absolute. */
  readonly path: string;
  /** `.local/3000`, for the screen. */
  readonly shownPath: string;
  /** Takes the folder away. */
  readonly release: () => void;
};

const FILES = { lock: 'lock', environment: 'environment', log: 'functions.log', build: 'build' } as const;
const [ONLY_ME, ONLY_MY_FILE] = [0o700, 0o600];

/** In the place of a lock that cannot be read: its stack is not running any more. */
const NOBODYS: StackLock = { pid: 0, port: 0, purpose: 'start', control: { url: '', token: '' } };

export type LockedFolder = { readonly path: string; readonly lock: StackLock; readonly isAlive: boolean };

/** Every stack has a folder of its own. Tests keep theirs apart from those of a developer. */
function stacksFolder(projectDir: string): string {
  return process.env.LOCAL_STACKS_FOLDER || join(projectDir, '.local');
}

/**
 * Makes the folder of a stack, with its lock, and takes away the folders that killed stacks left behind.
 * @throws when another stack has this port
 */
export function claimStackFolder(projectDir: string, lock: StackLock): StackFolder {
  for (const { path, isAlive } of readLocks(projectDir)) if (!isAlive) removeFolder(projectDir, path);
  const all = stacksFolder(projectDir);
  const folder = join(all, String(lock.port));
  mkdirSync(folder, { recursive: true, mode: ONLY_ME });
  // A link appears with all that is in it, or not at all: two stacks cannot both get it, and nobody reads half of a lock.
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

/** Undefined where a folder is just being made or taken away. */
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
    // Somebody else's process may not be signaled, but it runs.
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
