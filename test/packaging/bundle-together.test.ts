import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildContext, type BuildOptions, build, context } from 'esbuild';
import { bundleTogether } from '../../infra/bundle/bundle-together.ts';

const NAMES = ['first', 'second'];
let folder: string;
let reads: string[];
let contexts: BuildContext[];

/** Notes which files are read. */
const reader = {
  name: 'reader',
  setup({ onLoad }: Parameters<NonNullable<BuildOptions['plugins']>[number]['setup']>[0]) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      reads.push(path.slice(folder.length + 1));
      return undefined;
    });
  },
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'together-'));
  reads = [];
  source('shared', 'export const shared = "before";');
  for (const name of NAMES) source(name, `import { shared } from './shared.ts'; console.log('${name}', shared);`);
  const together = bundleTogether([reader]);
  contexts = await Promise.all(NAMES.map((name) => context({ ...settingsOf(name), plugins: [together] })));
});

afterEach(async () => {
  await Promise.all(contexts.map((each) => each.dispose()));
  rmSync(folder, { recursive: true });
});

const source = (name: string, code: string) => writeFileSync(join(folder, `${name}.ts`), code);
const settingsOf = (name: string): BuildOptions => ({
  absWorkingDir: folder,
  bundle: true,
  entryPoints: [`${name}.ts`],
  outdir: join(folder, 'out'),
  metafile: true,
  logLevel: 'silent',
});
const rebuild = () => Promise.all(contexts.map((each) => each.rebuild()));
const bundles = () => NAMES.map((name) => readFileSync(join(folder, 'out', `${name}.js`), 'utf8'));

it('Functions that are bundled together have the bytes that each has alone, and what they share is read once', async () => {
  await rebuild();
  expect(reads.sort()).toEqual(['first.ts', 'second.ts', 'shared.ts']);
  const together = bundles();
  for (const name of NAMES) await build({ ...settingsOf(name) });
  expect(bundles()).toEqual(together);
});

it('Each function that is bundled together with others tells of its own bundle alone', async () => {
  const results = await rebuild();
  expect(results.map(({ metafile }) => Object.keys(metafile?.outputs ?? {}))).toEqual([
    ['out/first.js'],
    ['out/second.js'],
  ]);
});

it('Functions that are bundled together again have what changed in between', async () => {
  await rebuild();
  source('shared', 'export const shared = "after";');
  await rebuild();
  expect(bundles()).toEqual([expect.stringContaining('"after"'), expect.stringContaining('"after"')]);
});

it('An error in one of the functions that are bundled together fails the bundles of all, with its place', async () => {
  source('second', 'import "./missing.ts";');
  const results = await Promise.allSettled(contexts.map((each) => each.rebuild()));
  for (const result of results) {
    expect(result).toMatchObject({
      status: 'rejected',
      reason: { errors: [{ text: 'Could not resolve "./missing.ts"', location: { file: 'second.ts', line: 1 } }] },
    });
  }
});
