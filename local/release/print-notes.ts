import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { print, printError } from '../output.ts';
import { readRelease } from './read-release.ts';

const USAGE = `usage: node local/release/print-notes.ts --tag v1.2.3

Prints the CHANGELOG's section of a version. Exits with 1 if package.json, the lockfile or the CHANGELOG have another version.`;

function run(args: readonly string[]): void {
  const options = { tag: { type: 'string' }, help: { type: 'boolean' } } as const;
  const { tag, help } = parseArgs({ args: [...args], options }).values;
  if (help === true || tag === undefined) {
    print(USAGE);
    process.exitCode = help === true ? 0 : 1;
    return;
  }
  const read = (name: string) => readFileSync(name, 'utf8');
  const { notes } = readRelease({
    tag,
    packageJson: read('package.json'),
    packageLock: read('package-lock.json'),
    changelog: read('CHANGELOG.md'),
  });
  print(notes);
}

try {
  run(process.argv.slice(2));
} catch (error) {
  printError(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
