import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { widthOf } from '../../../local/wrap.ts';
import { PROJECT_DIR } from '../../architecture/imports.ts';
import { programEnvironment } from '../start-program.ts';

const run = promisify(execFile);
const { scripts } = JSON.parse(readFileSync(join(PROJECT_DIR, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
/** The scripts that are programs of this project, not other tools. */
const programs = Object.entries(scripts).flatMap(([name, line]) => {
  const file = /^node (?:-r \S+ )?(\S+\.ts)$/.exec(line)?.[1];
  return file === undefined ? [] : [{ name, file }];
});

async function runProgram(file: string, args: readonly string[]) {
  const options = { cwd: PROJECT_DIR, env: programEnvironment() };
  return run(process.execPath, [file, ...args], options).then(
    ({ stdout, stderr }) => ({ stdout, stderr, code: 0 }),
    ({ stdout, stderr, code }) => ({ stdout: String(stdout), stderr: String(stderr), code: Number(code) }),
  );
}

it('All programs of the project are found in package.json', () => {
  expect(programs.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['start', 'demo', 'doctor', 'send', 'bench']),
  );
});

it.each(programs)('The help of npm run $name says what it does and how it is used', async ({ file, name }) => {
  const { stdout, stderr, code } = await runProgram(file, ['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`Usage: ${name === 'start' ? 'npm start' : `npm run ${name}`} -- `);
  expect(stdout).toContain('--help');
  expect(stdout.split('\n').filter((line) => widthOf(line) > 80 && !line.startsWith('  npm run'))).toEqual([]);
});

it.each(programs)(
  'The command npm run $name names the option that a misspelled one means, and does nothing',
  async ({ file }) => {
    const { stdout, stderr, code } = await runProgram(file, ['--hepl']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Unknown option --hepl. Did you mean --help?');
  },
);
