import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { keepOut } from '../../infra/bundle/keep-out.ts';
import { readBundleSettings } from '../../infra/bundle/settings.ts';
import { PROJECT_ACTIONS } from '../../local/hubspot-project/hubspot-project.ts';
import { bundledPackages, licenseTexts } from '../../local/release/licenses.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';
import { tableOperations } from './describe-permissions.ts';
import type { Packages } from './service-package.ts';

const MAX_BYTES = 153_000;
/** A workflow, or a person who builds one, waits for these to start. */
const MAX_BYTES_WAITED_FOR = 131_000;
const isWaitedFor = (name: string) => isAction(name) || name === 'listOwnerProperties';

/** What comes along with packages and is never reached (docs/decisions/003-cold-start.md). */
const KEPT_OUT = [
  /node_modules\/(form-data|mime-db|mnemonist|@aws-sdk\/client-ssm|@smithy\/core\/.*\/event-streams)\//,
  /node_modules\/@hubspot\/.*\/(Transport|owners\/models\/\w+)\.js$/,
  /node_modules\/@aws-sdk\/core\/.*\/emitWarningIfUnsupportedVersion\.js$/,
  /node_modules\/@(aws-sdk|smithy)\/core\/.*\/(loggerMiddleware|service-customizations\/\w+)\.js$/,
  /node_modules\/@smithy\/.*\/(AdaptiveRetryStrategy|DefaultRateLimiter|Sha256Js|date-utils|getInstanceMetadataRegion|parseIni)\.js$/,
];

/** The bundles once more, to see what went into them. To shorten names would take half of the time, and is described nowhere. */
async function inspectBundles(): Promise<Metafile> {
  const { metafile } = await build({
    ...readBundleSettings(PROJECT_DIR),
    plugins: [keepOut()],
    entryPoints: ['functions/*.ts'],
    outdir: PROJECT_DIR,
    write: false,
    metafile: true,
  });
  if (metafile === undefined) throw new Error('esbuild did not describe its bundles');
  return metafile;
}

const toFile = (name: string) => `functions/${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`;
const isAction = (name: string) => PROJECT_ACTIONS.some(({ fileName }) => toFile(name) === `functions/${fileName}.ts`);

export function describeBundles(packages: () => Packages, names: readonly string[]): void {
  let metafile: Metafile;
  beforeAll(async () => {
    metafile = await inspectBundles();
    // As long as the package, of which this is the first half.
  }, 300_000);

  /** What is left of each file in a function's bundle. */
  const partsOf = (name: string) => {
    const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint === toFile(name));
    return Object.entries(output?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [path] : [],
    );
  };

  describe.each(names)('The package of %s', (name) => {
    it('[C6] The package of a function is one file below the size budget', async () => {
      const path = join(packages().plain.folder, `${name}.zip`);
      const headers = (await readFile(path)).toString('latin1').split('PK\x01\x02').length - 1;
      expect(headers).toBe(1);
      expect((await stat(path)).size).toBeLessThan(isWaitedFor(name) ? MAX_BYTES_WAITED_FOR : MAX_BYTES);
    });

    it('[C6] The package of a function has the same bytes whenever and for whichever stage it is made', async () => {
      const [plain, full] = await Promise.all(
        [packages().plain, packages().full].map(({ folder }) => readFile(join(folder, `${name}.zip`))),
      );
      expect(full?.equals(plain ?? Buffer.alloc(0))).toBe(true);
    });

    it('[C2] The package of a function can send the commands to the table that its role allows', () => {
      const commands = partsOf(name).flatMap((path) => /client-dynamodb\/.*\/(\w+)Command\.js$/.exec(path)?.[1] ?? []);
      expect(tableOperations(name).filter((operation) => !commands.includes(operation))).toEqual([]);
    });

    it('[C5] The handler in a package is called by Lambda with an event and a context, and no callback', async () => {
      const { handler } = await import(join(PROJECT_DIR, toFile(name)));
      expect(typeof handler).toBe('function');
      expect(handler.length).toBeLessThanOrEqual(2);
    });
  });

  it('[C6] The package of a function contains nothing of the local stack or the tests, and no SDK by its root', () => {
    const inputs = Object.keys(metafile.inputs);
    expect(inputs).toContain('lib/domain/assignment.ts');
    expect(inputs.filter((path) => /^(local|test|bench)\//.test(path))).toEqual([]);
    expect(inputs.filter((path) => path.includes('lib/action/labels/'))).toEqual([]);
    expect(inputs.filter((path) => /@hubspot\/api-client\/lib\/(index|src\/client)/.test(path))).toEqual([]);
    const parts = [...new Set(names.flatMap(partsOf))];
    expect(parts.filter((path) => KEPT_OUT.some((kind) => kind.test(path)))).toEqual([]);
  });

  it('The licenses of everything in the packages are known', () => {
    const bundled = bundledPackages(metafile);
    expect(bundled.length).toBeGreaterThan(10);
    expect(() => licenseTexts(PROJECT_DIR, bundled)).not.toThrow();
  });

  it('[C6] The packages know only those errors of DynamoDB by their class that a call about items can meet', () => {
    const sizes = Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
        /client-dynamodb\/.*\/models\/errors\.js$/.test(path) ? [bytesInOutput] : [],
      ),
    );
    expect(Math.min(...sizes)).toBeGreaterThan(1_000);
    // All of them have 13 kB.
    expect(Math.max(...sizes)).toBeLessThan(5_000);
  });

  it('[C6] Only the packages of functions that serve install pages contain the texts of these pages', () => {
    const serving = names.filter((name) => partsOf(name).some((path) => path.startsWith('lib/http/install/texts/')));
    expect(serving.sort()).toEqual(['finishInstall', 'startInstall']);
  });

  it('[C6] The packages of the actions contain no schema library, and no client for a single call', () => {
    const actions = names.filter(isAction);
    expect(actions).toHaveLength(PROJECT_ACTIONS.length);
    const parts = actions.flatMap(partsOf);
    expect(parts.length).toBeGreaterThan(0);
    expect(parts.filter((path) => /node_modules\/(zod|@aws-sdk\/client-sqs)\//.test(path))).toEqual([]);
  });

  it('[C6] The package of a function loads no ES module on demand, which would bundle shared code twice', () => {
    const loads = [...new Set(names.flatMap(partsOf))].flatMap((from) =>
      (metafile.inputs[from]?.imports ?? [])
        .filter(({ kind, external }) => kind === 'dynamic-import' && external !== true)
        .filter(({ path }) => metafile.inputs[path]?.format !== 'cjs')
        .map(({ path }) => path),
    );
    expect(loads).toEqual(['infra/bundle/no-event-streams.ts']);
  });
}
