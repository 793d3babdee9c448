import { createReadStream, readFileSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { readCommand } from './command/command-line.ts';
import { PORT_FLAG, useStack } from './command/stack-command.ts';
import { print } from './output.ts';
import { stackFile } from './running/stack-folder.ts';

const DEFAULT_LINES = 20;
const LOOK_EVERY_MS = 250;

const { flags } = readCommand({
  script: 'logs',
  does: 'Prints the last lines that the functions of the local stack logged.',
  flags: {
    lines: { type: 'string', value: 'N', means: `how many; default: ${DEFAULT_LINES}` },
    follow: { type: 'boolean', means: 'go on with new lines until Ctrl-C, or until the stack ends' },
    ...PORT_FLAG,
  },
  examples: ['npm run logs -- --follow'],
});

await useStack('logs', flags.port, async (stack) => {
  const lines = Number(flags.lines ?? DEFAULT_LINES);
  if (!Number.isInteger(lines) || lines < 0) throw new Error('--lines: must be a whole number');
  const file = stackFile(stack.path, 'log');
  const text = readFileSync(file);
  const last = text
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
    .slice(-lines || Number.POSITIVE_INFINITY);
  if (last.length > 0) print(last.join('\n'));
  if (flags.follow === true) await follow(file, text.length);
  return 0;
});

async function follow(file: string, from: number): Promise<void> {
  let start = from;
  for (;;) {
    const size = statSync(file, { throwIfNoEntry: false })?.size;
    if (size === undefined) return;
    if (size > start) await pipeline(createReadStream(file, { start, end: size - 1 }), process.stdout, { end: false });
    start = size;
    await delay(LOOK_EVERY_MS);
  }
}
