import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { COLUMNS } from '../../wrap.ts';
import type { Camera } from './camera.ts';
import { shorten } from './shorten-demo.ts';
import { toTerminalPage } from './terminal-page.ts';

/** Runs the demo and shows what it printed: the beginning, the first record of each group, and the end. */
export async function takeDemoPicture(camera: Camera, onStop: (stop: () => Promise<void>) => void): Promise<void> {
  const output = await runDemo(onStop);
  const page = await camera.openPage({ width: 1_000, height: 600 });
  await page.setContent(toTerminalPage(`$ npm run demo\n${shorten(output)}`, COLUMNS));
  await camera.take('demo', page.locator('body'));
}

async function runDemo(onStop: (stop: () => Promise<void>) => void): Promise<string> {
  const demo = spawn(process.execPath, ['local/demo.ts'], {
    env: { ...process.env, FORCE_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(demo, 'exit');
  onStop(async () => {
    if (demo.exitCode === null && demo.kill('SIGTERM')) await ended;
  });
  const [output, [exitCode]] = await Promise.all([text(demo.stdout), ended]);
  if (exitCode !== 0) throw new Error(`npm run demo exits with ${exitCode}`);
  return output;
}
