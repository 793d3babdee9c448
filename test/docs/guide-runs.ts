import type { ShellCommand } from './shell.ts';

/** The npm scripts that ask a local stack, and so are run on one. */
const ON_A_STACK = ['doctor', 'invoke', 'logs', 'record', 'replay', 'send'];

/** Why a command is not run by the test of the guides, by how it begins. */
const NOT_RUN: readonly (readonly [start: string, why: string])[] = [
  ['cd set-owner-by-email', 'is the folder of a clone'],
  ['git clone https://github.com/your-company/', 'stands for the address of your repository'],
  ['grep -rl ', 'lists the files that the next one changes'],
  ['npm ci', 'installs; continuous integration does it'],
  ['npm run bench', 'measures for minutes'],
  ['npm run check', 'runs the test that reads this'],
  ['npm run demo', 'test/local/demo.test.ts runs it, and continuous integration does'],
  ['npm run package', 'test/packaging builds the package, and continuous integration does'],
  ['npm run smoke', 'test/local/side-by-side.test.ts runs it, where no account is set to wait in the queue'],
  ['npm run typecheck', 'is a part of npm run check'],
  ['npm start', 'is the stack on which the others are run'],
  ['npm test', 'runs the test that reads this'],
  ['npx jest ', 'runs tests that npm test runs'],
  ['xargs sed -i', 'changes the files of the project'],
];

/** `stack`: on a local stack. `folder`: in an empty folder. Otherwise why it is not run; undefined if nobody said so. */
export function wayToRun({ text, words }: ShellCommand): 'stack' | 'folder' | { readonly why: string } | undefined {
  const [program = '', first = '', script = ''] = words;
  if (text.includes('…') || text.endsWith('--')) return { why: 'stands for a longer one' };
  if (program === 'npm' && first === 'run' && ON_A_STACK.includes(script)) return 'stack';
  if (program === 'npm' && ['setup', 'hubspot:configure'].includes(script) && words.length > 3) return 'folder';
  if (program === 'sed' || (program === 'npx' && first === 'node')) return 'folder';
  const reason = NOT_RUN.find(([start]) => words.join(' ').startsWith(start));
  return reason === undefined ? undefined : { why: reason[1] };
}

/** Reasons for commands that no guide has any more. */
export function findStaleReasons(commands: readonly ShellCommand[]): readonly string[] {
  return NOT_RUN.map(([start]) => start).filter(
    (start) => !commands.some(({ words }) => words.join(' ').startsWith(start)),
  );
}
