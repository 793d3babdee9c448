import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

export type Bundle = {
  readonly name: string;
  readonly file: string;
  /** Bytes of each input file that reached the bundle, by path from the project. */
  readonly bytesByInput: ReadonlyMap<string, number>;
};

/** The settings of the package: esbuild's own, and the three keys that only serverless-esbuild knows. */
type PackageSettings = BuildOptions & { outputFileExtension?: string; outputWorkFolder?: string; exclude?: string[] };

const FUNCTIONS = {
  set: 'functions/set-owner-by-email.ts',
  find: 'functions/find-owner-by-email.ts',
  health: 'functions/health.ts',
} as const;
/** The least that a function with a DynamoDB table can import. */
const BARE_GET_ITEM = "export { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';";

export type Bundles = { readonly [Name in keyof typeof FUNCTIONS | 'bare' | 'bareWithAliases']: Bundle };

/** Bundles the functions as `npm run package` does, and beside them what they are compared with. */
export async function buildBundles(projectDir: string, outDir: string): Promise<Bundles> {
  const { outputFileExtension, outputWorkFolder, exclude, ...settings } = readSettings(projectDir);

  async function bundle(name: string, source: BuildOptions): Promise<Bundle> {
    const file = join(outDir, `${name}${outputFileExtension ?? '.js'}`);
    const ours = { absWorkingDir: projectDir, outfile: file, metafile: true, logLevel: 'error' } as const;
    const { metafile } = await build({ ...settings, ...source, ...ours });
    const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
    return { name, file, bytesByInput: new Map(inputs.map(([path, { bytesInOutput }]) => [path, bytesInOutput])) };
  }
  const bare = { stdin: { contents: BARE_GET_ITEM, resolveDir: projectDir, sourcefile: 'bare-get-item.ts' } } as const;
  return {
    set: await bundle('set', { entryPoints: [FUNCTIONS.set] }),
    find: await bundle('find', { entryPoints: [FUNCTIONS.find] }),
    health: await bundle('health', { entryPoints: [FUNCTIONS.health] }),
    // As a function is bundled that knows of no alias: the yardstick stays the same whatever ours leave out.
    bare: await bundle('GetItem only', { ...bare, alias: {} }),
    bareWithAliases: await bundle('GetItem only, with our aliases', bare),
  };
}

function readSettings(projectDir: string): PackageSettings {
  const settings = JSON.parse(readFileSync(join(projectDir, 'esbuild.config.json'), 'utf8')) as PackageSettings;
  if (settings.exclude !== undefined && settings.exclude.length > 0) {
    throw new Error('esbuild.config.json excludes packages, which this bench does not know how to do');
  }
  return settings;
}
