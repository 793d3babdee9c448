import { writeFileSync } from 'node:fs';
import { readCommand } from './command/command-line.ts';
import { PORT_FLAG, useStack } from './command/stack-command.ts';
import { print } from './output.ts';
import { askStack } from './running/running-stacks.ts';
import { savedFile } from './send/saved-execution.ts';

const { flags, words } = readCommand({
  script: 'record',
  does: 'Saves the executions that the local stack received, without addresses, names or IDs of people.',
  flags: PORT_FLAG,
  takes: { name: 'FILE', means: 'where to; default: executions.json' },
  examples: ['npm run record -- executions.json'],
});

await useStack('record', flags.port, async (stack) => {
  const file = words[0] ?? 'executions.json';
  const saved = savedFile.parse(await askStack(stack, 'executions', {}));
  const count = saved.executions.length;
  if (count === 0) throw new Error('The local stack received no execution yet. Send one with: npm run send');
  writeFileSync(file, `${JSON.stringify(saved, null, 2)}\n`);
  print(
    `${count} execution${count === 1 ? '' : 's'} saved in ${file}. Send them again with: npm run replay -- ${file}`,
  );
  return 0;
});
