import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PROJECTS, sortTests } from '../support/projects.ts';
import { PROJECT_DIR } from './imports.ts';

/** The project of each test file in a folder with these files. */
function sort(files: Readonly<Record<string, string>>): Record<string, readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'projects-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const sorted = sortTests(folder);
  rmSync(folder, { recursive: true });
  return Object.fromEntries([...sorted].map(([name, tests]) => [name, tests.map(({ path }) => path)]));
}

const NONE = Object.fromEntries(PROJECTS.map(({ name }) => [name, []]));

describe('Test files', () => {
  it('A test file is a unit test when it needs nothing but itself', () => {
    const text = `import { a } from '../lib/a.ts';`;
    expect(sort({ 'test/a.test.ts': text, 'lib/a.ts': '' })).toEqual({ ...NONE, unit: ['test/a.test.ts'] });
  });

  it.each([
    ['engine', `import { createTable } from '../../local/embedded-dynamodb.ts';`],
    ['engine', `import {\n  type EmbeddedSqs,\n  startEmbeddedSqs,\n} from '../../local/embedded-sqs.ts';`],
    ['stack', `import { execFile } from 'node:child_process';`],
    ['browser', `import { chromium } from 'playwright-core';`],
  ])('A test file belongs to the project %s when a module that it imports says %j', (project, text) => {
    const files = { 'test/a.test.ts': `import { use } from './support/use.ts';`, 'test/support/use.ts': text };
    expect(sort(files)).toEqual({ ...NONE, [project]: ['test/a.test.ts'] });
  });

  it.each([
    `export { createTable } from '../local/embedded-dynamodb.ts';`,
    `import '../local/embedded-dynamodb.ts';`,
    `const table = await import('../local/embedded-dynamodb.ts');`,
  ])('A test file needs an engine when it says %j', (text) => {
    expect(sort({ 'test/a.test.ts': text })).toEqual({ ...NONE, engine: ['test/a.test.ts'] });
  });

  it('A test file does not need what it imports only as a type', () => {
    const text = `import type { Engine } from '../local/embedded-dynamodb.ts';\nimport type { Page } from 'playwright-core';`;
    expect(sort({ 'test/a.test.ts': text })).toEqual({ ...NONE, unit: ['test/a.test.ts'] });
  });

  it('A test file that starts programs and uses an engine belongs to the stack project', () => {
    const text = `import '../local/embedded-dynamodb.ts';\nimport { spawn } from 'node:child_process';`;
    expect(sort({ 'test/a.test.ts': text })).toEqual({ ...NONE, stack: ['test/a.test.ts'] });
  });

  it('A test file in the docs folder belongs to the docs project, whatever it imports', () => {
    const text = `import { execFile } from 'node:child_process';`;
    expect(sort({ 'test/docs/a.test.ts': text })).toEqual({ ...NONE, docs: ['test/docs/a.test.ts'] });
  });
});

it('Every test project has tests, and the modules that decide exist', () => {
  const sorted = sortTests(PROJECT_DIR);
  expect([...sorted].filter(([, tests]) => tests.length === 0)).toEqual([]);
  const engine = sorted.get('engine') ?? [];
  for (const path of ['local/embedded-dynamodb.ts', 'local/embedded-sqs.ts']) {
    expect(engine.filter(({ loads }) => loads.has(path)).length).toBeGreaterThan(0);
  }
});

it('A unit test uses no engine and starts no program, directly or indirectly', () => {
  const loaded = (sortTests(PROJECT_DIR).get('unit') ?? []).flatMap(({ loads }) => [...loads]);
  expect(
    loaded.filter((path) => /child_process|worker_threads|dynalite$|ask-for-engine|serverless/.test(path)),
  ).toEqual([]);
});

it('Packages of the service are made one after the other, in whichever test file', () => {
  const all = [...sortTests(PROJECT_DIR).values()].flat();
  const building = all.filter(({ loads }) => loads.has('test/packaging/service-package.ts'));
  expect(building.length).toBeGreaterThan(1);
  const heedless = building.filter(({ loads }) => !loads.has('test/support/take-turns.ts'));
  expect(heedless.map(({ path }) => path)).toEqual([]);
});
