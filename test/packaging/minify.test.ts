import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { readBundleSettings } from '../../infra/bundle/settings.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';

const OURS = `
  import { Theirs, theirFunction } from 'their-package';
  import { readOwner as otherReadOwner } from './other.ts';
  function readOwner(longParameter: string) { return [longParameter, 'ü → 山田']; }
  async function* eachOwner() { yield 1; }
  const findOwner = (longParameter: string) => longParameter;
  const holder = { before: function checkBefore() {} };
  function makeReader() { return function innerReader() {}; }
  class OwnerTable { readRow() {} }
  class MissingOwner extends Theirs {}
  export const functions = [readOwner, eachOwner, findOwner, holder.before, makeReader, makeReader(), theirFunction];
  export const classes = [OwnerTable, MissingOwner, Theirs];
  export const sameName = otherReadOwner;
  export const [, text] = readOwner('any');
`;
const SOURCES = {
  'lib/ours.ts': OURS,
  'lib/other.ts': 'export function readOwner() {}',
  'node_modules/their-package/index.js': `
    export class Theirs {}
    export function theirFunction() {}
  `,
};

type Named = { readonly name: string };
type Loaded = { functions: Named[]; classes: Named[]; sameName: Named; text: string };

let folder: string;
let code: string;
let loaded: Loaded;

async function bundle(): Promise<string> {
  const { outputFiles = [] } = await build({
    ...readBundleSettings(PROJECT_DIR),
    absWorkingDir: folder,
    entryPoints: ['lib/ours.ts'],
    write: false,
  });
  return outputFiles.map(({ text }) => text).join('');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'names-'));
  for (const [path, content] of Object.entries(SOURCES)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  code = await bundle();
  await writeFile(join(folder, 'bundle.cjs'), code);
  loaded = createRequire(join(folder, 'any.cjs'))('./bundle.cjs');
});

afterAll(() => rm(folder, { recursive: true }));

it('A function keeps its name in a bundle, however it is written', () => {
  const names = ['eachOwner', 'findOwner', 'checkBefore', 'makeReader', 'innerReader', 'theirFunction'];
  expect(loaded.functions.map(({ name }) => name)).toEqual([expect.stringMatching(/^readOwner\d?$/), ...names]);
});

it('A class keeps its name in a bundle, because errors are named after their class', () => {
  expect(loaded.classes.map(({ name }) => name)).toEqual(['OwnerTable', 'MissingOwner', 'Theirs']);
});

it('Of two functions with the same name one is numbered in a bundle', () => {
  const names = [loaded.functions[0], loaded.sameName].map((each) => each?.name);
  expect(names.sort()).toEqual(['readOwner', 'readOwner2']);
});

it('A variable has a short name in a bundle', () => {
  expect(code).not.toContain('longParameter');
});

it('A bundle is ASCII and its texts are the same', () => {
  expect(code).toMatch(/^\p{ASCII}*$/u);
  expect(loaded.text).toBe('ü → 山田');
});

it('A bundle has the same bytes each time it is made', async () => {
  expect(await bundle()).toBe(code);
});
