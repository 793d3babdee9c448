import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cliCache } from '../../local/cli-cache.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'home-'));

it('The Serverless CLI keeps its cache in the home folder where it can write there', () => {
  expect(cliCache('/project', folder())).toEqual({});
});

it('The Serverless CLI keeps its cache in the project where it cannot write into the home folder', () => {
  const home = join(folder(), 'a-file');
  writeFileSync(home, '');
  expect(cliCache('/project', home)).toEqual({ SLS_SCHEMA_CACHE_BASE_DIR: '/project/.local/serverless' });
});
