import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIR } from '../architecture/imports.ts';

type Manifest = {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
};
type Locked = {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
};
type Lock = { readonly packages: Readonly<Record<string, Locked>> };

const read = <T>(name: string) => JSON.parse(readFileSync(join(PROJECT_DIR, name), 'utf8')) as T;
const { dependencies, devDependencies, allowScripts } = read<Manifest>('package.json');
const lock = read<Lock>('package-lock.json');
/** Tools of the desk that follow their platform; the lockfile pins them all the same. */
const FOLLOWS_ITS_PLATFORM = ['node', '@types/node', 'serverless'];

it('[X14] The package names every dependency by its exact version, and few of them for production', () => {
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([name, version]) => !/^\d+\.\d+\.\d+$/.test(version) && !FOLLOWS_ITS_PLATFORM.includes(name),
  );
  expect(loose).toEqual([]);
  expect(Object.keys(dependencies).length).toBeLessThanOrEqual(12);
});

it('[X14] The lock file pins every package to its content, and contains no registry address', () => {
  const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
  expect(packages.length).toBeGreaterThan(300);
  expect(packages.filter(([, { integrity, link }]) => integrity === undefined && link !== true)).toEqual([]);
  expect(
    packages.filter(
      ([, { resolved }]) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'),
    ),
  ).toEqual([]);
});

it("[X14] Every install script is allowed or forbidden, and only Node's is allowed, which installs Node 24", () => {
  const withScript = Object.entries(lock.packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([path]) => path.split('node_modules/').at(-1));
  expect(Object.keys(allowScripts).sort()).toEqual([...new Set(withScript)].sort());
  expect(Object.keys(allowScripts).filter((name) => allowScripts[name] === true)).toEqual(['node']);
});

it('Every package that CONTRIBUTING.md lists as large is installed', () => {
  const section = readFileSync(join(PROJECT_DIR, 'CONTRIBUTING.md'), 'utf8').split('## What is installed')[1] ?? '';
  const rows = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| (`.*?) \|/gm)];
  const names = rows.flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''));
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => lock.packages[`node_modules/${name}`] === undefined)).toEqual([]);
});
