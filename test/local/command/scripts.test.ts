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

/** The text is that of the help, which the same function prints (command-line.test.ts). */
it.each(programs)(
  'The command npm run $name names the option that a misspelled one means, says how it is used, and does nothing',
  async ({ file, name }) => {
    const { stdout, stderr, code } = await runProgram(file, ['--hepl']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Unknown option --hepl. Did you mean --help?');
    expect(stderr).toContain(`Usage: ${name === 'start' ? 'npm start' : `npm run ${name}`} -- `);
    expect(stderr.split('\n').filter((line) => widthOf(line) > 80 && !line.startsWith('  npm run'))).toEqual([]);
  },
);

it('The help of a command is its output, and no error', async () => {
  const { stdout, stderr, code } = await runProgram('local/logs.ts', ['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Usage: npm run logs -- ');
  expect(stdout).toContain('--help');
});
