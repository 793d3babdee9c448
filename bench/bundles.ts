import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { readBundleSettings } from '../infra/bundle/settings.ts';

export type Bundle = {
  readonly name: string;
  readonly file: string;
  /** Bytes of each input file that reached the bundle, by path from the project, before names are shortened. */
  readonly bytesByInput: ReadonlyMap<string, number>;
};

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
  const settings = readBundleSettings(projectDir);

  async function bundle(name: string, source: BuildOptions): Promise<Bundle> {
    const file = join(outDir, `${name}.cjs`);
    const ours = { outfile: file, metafile: true, logLevel: 'error' } as const;
    const { metafile } = await build({ ...settings, ...source, ...ours });
    const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
    return { name, file, bytesByInput: new Map(inputs.map(([path, { bytesInOutput }]) => [path, bytesInOutput])) };
  }
  const bare = { stdin: { contents: BARE_GET_ITEM, resolveDir: projectDir, sourcefile: 'bare-get-item.ts' } } as const;
  return {
    set: await bundle('set', { entryPoints: [FUNCTIONS.set] }),
    find: await bundle('find', { entryPoints: [FUNCTIONS.find] }),
    health: await bundle('health', { entryPoints: [FUNCTIONS.health] }),
    // As esbuild bundles a function that leaves nothing out: the yardstick stays the same whatever ours do.
    bare: await bundle('GetItem only', { ...bare, alias: {}, plugins: [], minifySyntax: true }),
    bareWithAliases: await bundle('GetItem only, bundled as ours', bare),
  };
}
