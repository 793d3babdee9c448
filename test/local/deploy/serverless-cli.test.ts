import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runServerless } from '../../../local/deploy/serverless-cli.ts';
import { type RunProgram, runProgram } from '../../../local/run-program.ts';

it('What the Serverless CLI leaves in the temporary folder is removed when it ends, well or not', async () => {
  const projectDir = mkdtempSync(join(tmpdir(), 'project-'));
  mkdirSync(join(projectDir, 'node_modules/serverless/bin'), { recursive: true });
  const leaves = `const left = require('node:path').join(require('node:os').tmpdir(), 'bundle.js');
    require('node:fs').writeFileSync(left, '');
    process.exit(Number(process.argv[2]));`;
  writeFileSync(join(projectDir, 'node_modules/serverless/bin/serverless.js'), leaves);
  const folders: string[] = [];
  const run: RunProgram = async (program) => {
    const ended = await runProgram(program);
    folders.push(program.environment?.TMPDIR ?? '');
    expect(existsSync(join(folders.at(-1) ?? '', 'bundle.js'))).toBe(true);
    return ended;
  };

  for (const exitCode of [0, 1]) {
    expect(await runServerless(run, projectDir, { args: [String(exitCode)] })).toMatchObject({ exitCode });
  }
  expect(folders.map((folder) => existsSync(folder))).toEqual([false, false]);
});
