import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cliCache } from '../../local/cli-cache.ts';
import { runProgram } from './start-program.ts';

jest.setTimeout(180_000);

const folder = () => mkdtempSync(join(tmpdir(), 'home-'));

it('The Serverless CLI keeps its cache in the home folder where it can write there', () => {
  expect(cliCache('/project', folder())).toEqual({});
});

it('The Serverless CLI keeps its cache in the project where it cannot write into the home folder', () => {
  const home = join(folder(), 'a-file');
  writeFileSync(home, '');
  const projectDir = folder();
  const cache = join(projectDir, '.local/serverless');
  expect(cliCache(projectDir, home)).toEqual({ SLS_SCHEMA_CACHE_BASE_DIR: cache });
  expect(existsSync(cache)).toBe(true);
});

it('The command npm run package reads the settings without a home folder that can be written, and names a wrong one', async () => {
  const { code, output } = await runProgram('package.ts', [], { HOME: '/dev/null', AWS_REGION: 'mars' });
  expect(output).toContain("'provider.region'");
  expect(output).not.toContain('ENOTDIR');
  expect(code).toBe(1);
});
