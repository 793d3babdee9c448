import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeProject } from '../../../local/hubspot-project/configure.ts';
import { listFiles } from '../../../local/hubspot-project/project-folder.ts';
import { PROJECT_DIR } from '../../architecture/imports.ts';
import { BASE_URL, makeRoot, SUPPORT } from './template-root.ts';

/** HubSpot's CLI asks this of each file of `src`, by its path in there, before it packs the file for an upload. */
const RULES = pathToFileURL(join(PROJECT_DIR, 'node_modules/@hubspot/local-dev-lib/lib/ignoreRules.js')).href;

let root: string;
beforeEach(() => {
  root = makeRoot();
});
afterEach(() => rmSync(root, { recursive: true }));

function leftOut(folder: string, files: readonly string[]): string[] {
  const program = `import { shouldIgnoreFile } from '${RULES}';
    const left = JSON.parse(process.argv[1]).filter((file) => shouldIgnoreFile(file, true));
    console.log(JSON.stringify(left));`;
  const args = ['--input-type=module', '--eval', program, JSON.stringify(files)];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }));
}

it('HubSpot’s CLI leaves out no file of a written project, though its folder is hidden', async () => {
  const { projectDir } = await writeProject({ root, publicBaseUrl: BASE_URL, support: SUPPORT });
  const files = listFiles(join(projectDir, 'src'));
  expect(files).toEqual(
    expect.arrayContaining([
      'app/app-hsmeta.json',
      'app/app-logo.png',
      'app/settings/settings-hsmeta.json',
      'app/settings/Settings.tsx',
      'app/settings/package.json',
      'app/settings/texts/ja.ts',
    ]),
  );
  expect(leftOut(projectDir, files)).toEqual([]);
});

it('HubSpot’s CLI leaves out everything in a hidden folder that does not say from where on to look', () => {
  const folder = join(root, '.hidden');
  mkdirSync(folder);
  expect(leftOut(folder, ['app/app-hsmeta.json'])).toEqual(['app/app-hsmeta.json']);
});
