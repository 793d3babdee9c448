import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { readCommand } from '../command/command-line.ts';
import { print, printError } from '../output.ts';
import { findSampleProblems } from './check-samples.ts';
import { type Drift, findDrift } from './drift.ts';
import { hubspotProjectFiles, TEMPLATE } from './hubspot-project.ts';
import { isMadeByPeople, listFiles, TEMPLATE_FOLDER } from './project-folder.ts';
import { actionReference, fillRegions, regionTexts } from './reference-tables.ts';

/** The template's files, path in the repository → text. */
export function templateFiles(files = hubspotProjectFiles(TEMPLATE)): ReadonlyMap<string, string> {
  return new Map([...files].map(([path, text]) => [`${TEMPLATE_FOLDER}/${path}`, text]));
}

/** Everything that is derived from the action definition, path in the repository → text. */
export function generatedFiles(root: string, template = templateFiles()): ReadonlyMap<string, string> {
  const files = new Map(template);
  files.set('docs/action-reference.md', actionReference());
  const readme = join(root, 'README.md');
  if (existsSync(readme)) files.set('README.md', fillRegions(readFileSync(readme, 'utf8'), regionTexts()));
  return files;
}

/**
 * The differences between the files on disk and the definition. In the template, additional files count, because people would
 * copy them.
 */
export function findTemplateDrift(root: string, expected: ReadonlyMap<string, string>): readonly Drift[] {
  const surplus = listFiles(join(root, TEMPLATE_FOLDER))
    .filter((path) => !isMadeByPeople(path))
    .map((path) => `${TEMPLATE_FOLDER}/${path}`);
  return findDrift(root, expected, surplus);
}

export function describeDrift({ path, kind }: Drift): string {
  if (kind === 'surplus') return `${path}: not part of the generated project; delete it`;
  const problem = kind === 'missing' ? 'is missing' : 'does not match the action definition';
  return `${path}: ${problem}; run npm run generate`;
}

export type GenerateReport = { readonly lines: readonly string[]; readonly exitCode: 0 | 1 };

/** Writes all files. It deletes nothing: a person must delete an additional file. */
export function generate(root: string, expected = generatedFiles(root)): GenerateReport {
  const drift = findTemplateDrift(root, expected);
  const written = drift.filter(({ kind }) => kind !== 'surplus').map(({ path }) => path);
  for (const path of written) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), expected.get(path) ?? '');
  }
  const surplus = drift.filter(({ kind }) => kind === 'surplus').map(describeDrift);
  const lines = [...written.map((path) => `${path}: written`), ...surplus];
  return { lines: lines.length > 0 ? lines : ['nothing to change'], exitCode: 0 };
}

/** Compares only. */
export function checkGenerated(root: string, expected = generatedFiles(root)): GenerateReport {
  const drift = findTemplateDrift(root, expected);
  if (drift.length > 0) return { lines: drift.map(describeDrift), exitCode: 1 };
  return { lines: [`${expected.size} generated files are up to date`], exitCode: 0 };
}

async function runAsCommand(script: string): Promise<void> {
  const { flags } = readCommand({
    script: 'generate',
    does: 'Writes what is made from the action: the HubSpot project and the tables in the guides.',
    flags: { check: { type: 'boolean', means: 'only compare, and exit with 1 if something differs' } },
  });
  const { lines, exitCode } = await runWith(flags.check === true, resolve(dirname(script), '../..'));
  for (const line of lines) (exitCode === 0 ? print : printError)(line);
  process.exitCode = exitCode;
}

async function runWith(isCheck: boolean, root: string): Promise<GenerateReport> {
  if (!isCheck) return generate(root);
  const report = checkGenerated(root);
  if (report.exitCode !== 0) return report;
  const problems = await findSampleProblems(root);
  if (problems.length > 0) return { lines: problems, exitCode: 1 };
  return { lines: [...report.lines, 'HubSpot’s library finds nothing wrong with the projects'], exitCode: 0 };
}

/** By the script that was started: whether this file is the command, in ES modules and in CommonJS alike. */
const startedScript = process.argv[1];
if (startedScript !== undefined && basename(startedScript) === 'generate.ts') void runAsCommand(startedScript);
