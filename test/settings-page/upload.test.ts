import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { listFiles } from '../../local/hubspot-project/project-folder.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';

const FOLDER = join(PROJECT_DIR, 'hubspot/src/app/settings');
const sources = listFiles(FOLDER).filter((path) => /\.tsx?$/.test(path));

/** What HubSpot's build installs: the dependencies of the page's own package.json. */
const { dependencies } = JSON.parse(readFileSync(join(FOLDER, 'package.json'), 'utf8'));
const root = JSON.parse(readFileSync(join(PROJECT_DIR, 'package.json'), 'utf8'));

function importsOf(path: string): string[] {
  const source = readFileSync(join(FOLDER, path), 'utf8');
  return [...source.matchAll(/\bfrom '([^']+)'|\bimport\('([^']+)'\)/g)].map(
    ([, from, dynamic]) => from ?? dynamic ?? '',
  );
}

describe('the settings page as HubSpot builds it', () => {
  it('The settings page as HubSpot builds it needs React and HubSpot’s components alone, in the versions that it is tested with', () => {
    expect(Object.keys(dependencies).sort()).toEqual(['@hubspot/ui-extensions', 'react']);
    for (const [name, version] of Object.entries(dependencies)) expect(root.devDependencies[name]).toBe(version);
  });

  it('The settings page as HubSpot builds it imports those and its own files, by name and nothing outside of its folder', () => {
    const imports = sources.flatMap((path) => importsOf(path).map((target) => ({ path, target })));
    expect(imports.length).toBeGreaterThan(50);
    const strange = imports.filter(({ path, target }) => {
      if (target in dependencies) return false;
      return !target.startsWith('.') || !sources.includes(join(path, '..', target));
    });
    expect(strange).toEqual([]);
  });

  it('The settings page as HubSpot builds it uses nothing of a browser page, which a HubSpot extension does not have', () => {
    const used = sources.filter((path) =>
      /\b(document|window|localStorage|navigator|alert)\s*[.(]/.test(readFileSync(join(FOLDER, path), 'utf8')),
    );
    expect(used).toEqual([]);
  });

  it('The settings page as HubSpot builds it builds offline, is small, and holds nothing of the desk or of Node', async () => {
    const { outputFiles, metafile, warnings } = await build({
      entryPoints: [join(FOLDER, 'Settings.tsx')],
      bundle: true,
      minify: true,
      write: false,
      metafile: true,
      format: 'esm',
      jsx: 'automatic',
      external: Object.keys(dependencies),
      absWorkingDir: PROJECT_DIR,
      logLevel: 'silent',
    });
    expect(warnings).toEqual([]);
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.filter((path) => !path.startsWith('hubspot/src/app/settings/'))).toEqual([]);
    // Every file that is uploaded is used, apart from types.
    expect(sources.filter((path) => !inputs.includes(`hubspot/src/app/settings/${path}`))).toEqual(['portal-api.ts']);
    const [output] = outputFiles;
    expect(output?.contents.length).toBeLessThan(190_000);
    expect(output?.text).not.toMatch(/stand-in|127\.0\.0\.1|localhost|node:/);
  });
});
