import { existsSync } from 'node:fs';
import { readCommand } from './command/command-line.ts';
import { PORT_FLAG, useStack } from './command/stack-command.ts';
import { print } from './output.ts';
import { readText } from './read-text.ts';
import { askStack } from './running/running-stacks.ts';
import type { EnrollAnswer } from './send/enroll.ts';
import { exitCodeOf, formatAnswerLine } from './send/format-answer.ts';
import { type SavedExecution, savedFile } from './send/saved-execution.ts';

const DEFAULT_FILE = 'executions.json';

const { flags, words } = readCommand({
  script: 'replay',
  does: "Sends saved executions to the local stack again: for new records, with the simulator's people, signed afresh.",
  flags: PORT_FLAG,
  takes: { name: 'FILE', means: `from npm run record; default: ${DEFAULT_FILE}` },
  examples: ['npm run replay -- executions.json'],
});

await useStack('replay', flags.port, async (stack) => {
  let failed = 0;
  const [file = DEFAULT_FILE] = words;
  if (words.length === 0 && !existsSync(file)) throw new Error(`${file} does not exist. Save it with: npm run record`);
  for (const execution of readSaved(file)) {
    const answer = (await askStack(stack, 'replay', execution)) as EnrollAnswer;
    print(formatAnswerLine(answer));
    failed += exitCodeOf(answer);
  }
  if (failed > 0) print(`${failed} without an answer; see npm run logs`);
  return failed === 0 ? 0 : 1;
});

function readSaved(file: string): readonly SavedExecution[] {
  const text = readText(file, file);
  try {
    return savedFile.parse(JSON.parse(text)).executions;
  } catch (cause) {
    throw new Error(`${file} is not a file of npm run record`, { cause });
  }
}
