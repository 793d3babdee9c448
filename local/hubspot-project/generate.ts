import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { readConfigured } from './configured-project.ts';
import { hubspotProjectFiles, type ProjectOptions } from './hubspot-project.ts';
import { actionReference, fillRegions, regionTexts } from './reference-tables.ts';

export type Drift = { readonly path: string; readonly kind: 'missing' | 'changed' | 'surplus' };

/** Everything that is derived from the action definition, path in the repository → text. */
export function generatedFiles(root: string, options: ProjectOptions): ReadonlyMap<string, string> {
  const files = new Map(hubspotProjectFiles(options));
  files.set('docs/action-reference.md', actionReference());
  const readme = readIfThere(join(root, 'README.md'));
  if (readme !== undefined) files.set('README.md', fillRegions(readme, regionTexts()));
  return files;
}

/**
 * Where the files on disk differ from what the definition says. Surplus files are looked for under `hubspot/` only: HubSpot
 * would deploy them.
 */
export function findDrift(root: string, expected: ReadonlyMap<string, string>): readonly Drift[] {
  const drifted: Drift[] = [];
  for (const [path, text] of expected) {
    const actual = readIfThere(join(root, path));
    if (actual === undefined) drifted.push({ path, kind: 'missing' });
    else if (actual !== text) drifted.push({ path, kind: 'changed' });
  }
  const surplus = listFiles(root, 'hubspot').filter((path) => !expected.has(path));
  return [...drifted, ...surplus.map((path): Drift => ({ path, kind: 'surplus' }))];
}

export function describeDrift({ path, kind }: Drift): string {
  if (kind === 'surplus') return `${path}: not part of the generated project; delete it`;
  const problem = kind === 'missing' ? 'is missing' : 'does not match the action definition';
  return `${path}: ${problem}; run npm run generate`;
}

export type GenerateOptions = ProjectOptions & { readonly check: boolean };
export type GenerateReport = { readonly lines: readonly string[]; readonly exitCode: 0 | 1 };

/** Writes all files, or with `check` only compares. Nothing is ever deleted: a surplus file is for a person to delete. */
export function generate(root: string, { check, ...options }: GenerateOptions): GenerateReport {
  const expected = generatedFiles(root, options);
  const drift = findDrift(root, expected);
  if (check) {
    if (drift.length > 0) return { lines: drift.map(describeDrift), exitCode: 1 };
    return { lines: [`${expected.size} generated files are up to date`], exitCode: 0 };
  }
  const written = drift.filter(({ kind }) => kind !== 'surplus').map(({ path }) => path);
  for (const path of written) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), expected.get(path) ?? '');
  }
  const surplus = drift.filter(({ kind }) => kind === 'surplus').map(describeDrift);
  const lines = [...written.map((path) => `${path}: written`), ...surplus];
  return { lines: lines.length > 0 ? lines : ['nothing to change'], exitCode: 0 };
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function listFiles(root: string, folder: string): readonly string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? listFiles(root, path) : [path];
    })
    .sort();
}

function runAsCommand(script: string): void {
  const { lines, exitCode } = runWith(process.argv.slice(2), resolve(dirname(script), '../..'));
  const stream = exitCode === 0 ? process.stdout : process.stderr;
  stream.write(`${lines.join('\n')}\n`);
  process.exitCode = exitCode;
}

/** A misspelt `--check` must not write. */
function runWith(args: readonly string[], root: string): GenerateReport {
  const unknown = args.filter((arg) => arg !== '--check');
  if (unknown.length > 0) return { lines: [`unknown option: ${unknown.join(' ')}; known is --check`], exitCode: 1 };
  try {
    return generate(root, { ...readConfigured(root), check: args.includes('--check') });
  } catch (error) {
    if (error instanceof TypeError) return { lines: [error.message], exitCode: 1 };
    throw error;
  }
}

/** The script that was started tells whether this file is the command, in ES modules and in CommonJS alike. */
const startedScript = process.argv[1];
if (startedScript !== undefined && basename(startedScript) === 'generate.ts') runAsCommand(startedScript);
