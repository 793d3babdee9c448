import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runServerless } from '../../../local/deploy/serverless-cli.ts';
import type { Program } from '../../../local/run-program.ts';
import { PROJECT_DIR } from '../../architecture/imports.ts';

it('What the Serverless CLI leaves in the temporary folder is removed when it ends, well or not', async () => {
  const folders: string[] = [];
  const run = async ({ environment = {} }: Program) => {
    const { TMPDIR = '', TEMP, TMP } = environment;
    expect([TEMP, TMP]).toEqual([TMPDIR, TMPDIR]);
    writeFileSync(join(TMPDIR, 'bundle.js'), '');
    folders.push(TMPDIR);
    return { exitCode: folders.length - 1, output: '' };
  };
  const packageOnce = () => runServerless(run, PROJECT_DIR, { args: ['package'] });
  expect([(await packageOnce()).exitCode, (await packageOnce()).exitCode]).toEqual([0, 1]);
  expect(folders.map((folder) => existsSync(folder))).toEqual([false, false]);
});
