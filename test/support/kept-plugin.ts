import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Loaded into every program that a test run starts (global-setup.ts). A third of the time of a `serverless` program goes into the
 * 1,700 files that its esbuild plugin loads. The first program of a run makes one file of those that the plugin uses, and
 * the next ones load that. The code is the plugin's own.
 */
const FOLDER = process.env.TEST_BUNDLES_FOLDER;
const PLUGIN = /[/\\]serverless-esbuild[/\\]dist[/\\]index\.js$/;
/** As imports of ES modules, of which the bundler keeps what is used. */
const REQUIRE = /^const (\w+) = require\("(effect|@effect\/[\w-]+)"\);$/gm;

type Loader = { _load(request: string, ...rest: unknown[]): unknown };

if (FOLDER) {
  const loader = Module as unknown as Loader;
  const load = loader._load;
  loader._load = function loadModule(request, ...rest) {
    return load.call(this, PLUGIN.test(request) ? keepPlugin(request, FOLDER) : request, ...rest);
  };
}

/** @returns the file to load: the plugin's own as long as another program is making the bundle */
function keepPlugin(plugin: string, folder: string): string {
  const bundle = join(folder, 'plugin', 'index.cjs');
  if (existsSync(bundle)) return bundle;
  if (!claim(dirname(bundle))) return plugin;
  const from = copy(dirname(plugin), join(dirname(bundle), 'dist'));
  const { buildSync } = createRequire(plugin)('esbuild') as typeof import('esbuild');
  buildSync({
    entryPoints: [join(from, 'index.js')],
    outfile: `${bundle}.draft`,
    bundle: true,
    platform: 'node',
    minifyWhitespace: true,
    // Where the plugin is, its packages are.
    nodePaths: [join(dirname(plugin), '../..')],
    external: ['esbuild'],
    banner: { js: `require = require('node:module').createRequire(${JSON.stringify(plugin)});` },
  });
  renameSync(`${bundle}.draft`, bundle);
  return bundle;
}

function claim(folder: string): boolean {
  mkdirSync(dirname(folder), { recursive: true });
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

function copy(from: string, to: string): string {
  for (const name of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.js')) continue;
    const code = readFileSync(join(from, name), 'utf8').replace(REQUIRE, 'import * as $1 from "$2";');
    mkdirSync(dirname(join(to, name)), { recursive: true });
    writeFileSync(join(to, name), code);
  }
  return to;
}
