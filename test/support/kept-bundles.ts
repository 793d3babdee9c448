import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BuildContext, BuildOptions, Metafile } from 'esbuild';
import { keepFile } from './keep-file.ts';

/**
 * Loaded into every program that a test run starts (global-setup.ts). Bundling all functions is most of the work of a local
 * stack and of a package. A program of the run takes the bundle that another one made, if the options and all sources are the
 * same. The folder of the bundles ends with the run, so that every run makes each bundle at least once.
 */
const FOLDER = process.env.TEST_BUNDLES_FOLDER;

type Esbuild = typeof import('esbuild');
type Kept = {
  /** Every source of the project, with its time and size. Nobody installs packages during a run. */
  readonly sources: Readonly<Record<string, string>>;
  /** From the folder of the output. */
  readonly files: Readonly<Record<string, string>>;
};
type Loader = { _load(request: string, ...rest: unknown[]): unknown };

if (FOLDER) {
  const loader = Module as unknown as Loader;
  const load = loader._load;
  loader._load = function loadModule(request, ...rest) {
    const loaded = load.call(this, request, ...rest);
    return request === 'esbuild' ? keepBundles(loaded as Esbuild, FOLDER) : loaded;
  };
}

function keepBundles(esbuild: Esbuild, folder: string): Esbuild {
  const context = async (options: BuildOptions): Promise<BuildContext> => {
    const file = join(folder, keyOf(options));
    const outputFolder = options.outdir;
    if (outputFolder === undefined) return esbuild.context(options);
    let real: BuildContext | undefined;
    const rebuild = async () => {
      const kept = await findKept(file);
      if (kept !== undefined) {
        for (const [name, text] of Object.entries(kept.files)) write(join(outputFolder, name), text);
        return { errors: [], warnings: [] };
      }
      try {
        real ??= await esbuild.context({ ...options, metafile: true });
        const result = await real.rebuild();
        if (result.metafile !== undefined) keep(file, result.metafile, outputFolder);
        return result;
      } finally {
        rmSync(makerOf(file), { force: true });
      }
    };
    return { rebuild, dispose: async () => real?.dispose() } as BuildContext;
  };
  return { ...esbuild, context: context as Esbuild['context'] };
}

/** The bundle does not depend on the folder that it is written to. */
function keyOf({ outdir, ...options }: BuildOptions): string {
  return createHash('sha256')
    .update(JSON.stringify([process.cwd(), options]))
    .digest('hex');
}

/** Of several programs that need the same bundle, the first makes it, and the others wait. */
async function findKept(file: string): Promise<Kept | undefined> {
  for (;;) {
    const kept = readKept(file);
    if (kept !== undefined || claim(makerOf(file))) return kept;
    await delay(50);
  }
}

const makerOf = (file: string) => `${file}-maker`;

function claim(maker: string): boolean {
  mkdirSync(dirname(maker), { recursive: true });
  const isFree = unless('EEXIST', () => writeFileSync(maker, String(process.pid), { flag: 'wx' }));
  if (isFree) return true;
  // Whoever claimed it may have been killed meanwhile, or be through.
  unless('ENOENT', () => {
    const pid = Number(readFileSync(maker, 'utf8'));
    if (!unless('ESRCH', () => process.kill(pid, 0))) rmSync(maker, { force: true });
  });
  return false;
}

/** @returns whether it was done, and not kept from it in this one way */
function unless(code: string, act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== code) throw error;
    return false;
  }
}

function readKept(file: string): Kept | undefined {
  if (!existsSync(file)) return undefined;
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Kept;
  const isSame = Object.entries(kept.sources).every(([source, stamp]) => stampOf(source) === stamp);
  return isSame ? kept : undefined;
}

function keep(file: string, { inputs, outputs }: Metafile, outputFolder: string): void {
  const paths = Object.keys(inputs).filter((path) => !path.includes('node_modules/'));
  const sources = paths.map((path) => [resolve(path), stampOf(resolve(path))]);
  const files = Object.keys(outputs).map((path) => [relative(outputFolder, path), readFileSync(path, 'utf8')]);
  const kept: Kept = { sources: Object.fromEntries(sources), files: Object.fromEntries(files) };
  keepFile(file, JSON.stringify(kept));
}

function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return `${stats?.mtimeMs} ${stats?.size}`;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
