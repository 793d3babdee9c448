import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimStackFolder, readLocks, type StackLock, stackFile } from '../../../local/running/stack-folder.ts';

/** No system gives a process a number of this size. */
const DEAD = 2_000_000_000;
let projectDir: string;

beforeEach(() => {
  projectDir = mkdtempSync(join(tmpdir(), 'stacks-'));
});
afterEach(() => rmSync(projectDir, { recursive: true }));

function lockOf(port: number, pid = process.pid): StackLock {
  return { pid, port, purpose: 'start', control: { url: 'http://127.0.0.1:9', token: 'token' } };
}

/** As a stack that was killed leaves it. */
function leaveBehind(port: number): string {
  const folder = join(projectDir, '.local', String(port));
  mkdirSync(folder, { recursive: true });
  writeFileSync(stackFile(folder, 'lock'), JSON.stringify(lockOf(port, DEAD)));
  writeFileSync(stackFile(folder, 'log'), 'a line\n');
  return folder;
}

it('Every stack has a folder with its lock, which is removed when the stack ends', () => {
  const [one, other] = [claimStackFolder(projectDir, lockOf(3000)), claimStackFolder(projectDir, lockOf(3001))];
  expect([one.shownPath, other.shownPath]).toEqual([join('.local', '3000'), join('.local', '3001')]);
  expect(readLocks(projectDir).map(({ lock, isAlive }) => [lock.port, isAlive])).toEqual([
    [3000, true],
    [3001, true],
  ]);
  one.release();
  expect(readLocks(projectDir).map(({ lock }) => lock.port)).toEqual([3001]);
  other.release();
  expect(existsSync(join(projectDir, '.local'))).toBe(false);
});

it('A second stack on the port of a running one is refused', () => {
  const { release } = claimStackFolder(projectDir, lockOf(3000));
  expect(() => claimStackFolder(projectDir, lockOf(3000))).toThrow('PORT: a local stack runs on port 3000 already');
  expect(readLocks(projectDir)).toHaveLength(1);
  release();
});

it('A new stack recognizes stacks that were killed, and removes their folders, on the same port and on others', () => {
  const [same, other] = [leaveBehind(3000), leaveBehind(3001)];
  expect(readLocks(projectDir).map(({ isAlive }) => isAlive)).toEqual([false, false]);
  const { release } = claimStackFolder(projectDir, lockOf(3000));
  expect(existsSync(stackFile(same, 'log'))).toBe(false);
  expect(existsSync(other)).toBe(false);
  release();
});

it('A new stack takes the place of a killed one whose lock lost its text, which no command minds', () => {
  writeFileSync(stackFile(leaveBehind(3000), 'lock'), '');
  expect(readLocks(projectDir).map(({ isAlive }) => isAlive)).toEqual([false]);
  claimStackFolder(projectDir, lockOf(3000)).release();
});

it('Folders that belong to no stack are ignored', () => {
  mkdirSync(join(projectDir, '.local', '3000'), { recursive: true });
  mkdirSync(join(projectDir, '.local', 'notes'));
  writeFileSync(join(projectDir, '.local', 'environment'), '');
  expect(readLocks(projectDir)).toEqual([]);
});
