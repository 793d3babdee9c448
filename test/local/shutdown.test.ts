import { spawn } from 'node:child_process';
import { PROJECT_DIR } from '../architecture/imports.ts';
import { programEnvironment } from './start-program.ts';

const PROGRAM = `
  import { runUntilStopped } from './local/shutdown.ts';
  setInterval(() => {}, 60_000);
  await runUntilStopped(async (onStop) => {
    onStop(async () => console.log('stopped'));
    console.log(process.ppid);
    return new Promise(() => {});
  });
`;

it('A program stops what it started when npm, which does not pass on a signal of its own, is ended', async () => {
  const command = `"${process.execPath}" --input-type=module -e "$PROGRAM" & wait`;
  const env = { ...programEnvironment(), PROGRAM, npm_lifecycle_event: 'start' };
  const npm = spawn('sh', ['-c', command], { cwd: PROJECT_DIR, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  for await (const chunk of npm.stdout.setEncoding('utf8')) {
    lines.push(...chunk.trim().split('\n'));
    if (lines[0] === String(npm.pid)) npm.kill('SIGTERM');
  }
  // The output ends with the program, which has it from npm.
  expect(lines).toEqual([String(npm.pid), 'stopped']);
});
