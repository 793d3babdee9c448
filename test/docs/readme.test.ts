import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actionVariables, assignVariables, refreshVariables, setOwnerVariables } from '../../lib/config/variables.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';

const read = (name: string) => readFileSync(join(PROJECT_DIR, name), 'utf8');
const readme = read('README.md');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** What the README tells people to type. */
const commands = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((match) => (match[1] ?? '').split('\n'));
const mentioned = [...readme.matchAll(/npm (?:run )?([a-z]+(?::[a-z]+)?)/g)].map((match) => match[1] ?? '');

it('The README names only npm scripts that exist', () => {
  const names = mentioned.filter((name) => !['ci', 'run', 'install'].includes(name));
  expect(names).toEqual(expect.arrayContaining(['demo', 'start', 'test', 'check', 'bench', 'package']));
  expect(names.filter((name) => scripts[name] === undefined)).toEqual([]);
});

it('Continuous integration runs the commands of the README', () => {
  const ci = read('.ci/run')
    .split('\n')
    .filter((line) => line.startsWith('npm '));
  expect(ci).toEqual(
    expect.arrayContaining(['npm ci', 'npm test', 'npm run check', 'npm run demo', 'npm run package']),
  );
  const told = commands.flatMap((line) => line.split(' && '));
  expect(ci.filter((line) => !told.includes(line))).toEqual([]);
});

it('GitHub runs the script of continuous integration', () => {
  expect(read('.github/workflows/ci.yml')).toContain('run: bash .ci/run');
});

it('The README has a row for every variable of the functions', () => {
  const families = [actionVariables, setOwnerVariables, assignVariables, refreshVariables];
  const variables = [...families.flatMap((family) => Object.keys(family)), 'LOG_LEVEL'];
  expect(variables.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});

it('The README links only to files that exist', () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1] ?? '');
  expect(links.length).toBeGreaterThan(0);
  for (const link of links) expect(() => readFileSync(join(PROJECT_DIR, link))).not.toThrow(/ENOENT/);
});

describe('.env.example', () => {
  const names = [...read('.env.example').matchAll(/^([A-Z0-9_]+)=/gm)].map((match) => match[1] ?? '');
  const readers = ['environment', 'stack', 'clients', 'local-project'].map((name) => read(`local/${name}.ts`)).join('');
  const used = [...readers.matchAll(/given\('([A-Z0-9_]+)'\)/g)].map((match) => match[1] ?? '');

  it('The file .env.example names every variable that the local stack takes, and no other', () => {
    expect(names.sort()).toEqual([...new Set(used)].sort());
  });

  it('The file .env.example names every variable of the functions, each without a value', () => {
    expect(Object.keys(actionVariables).filter((name) => !names.includes(name))).toEqual([]);
    expect(read('.env.example')).not.toMatch(/^[A-Z0-9_]+=.+$/m);
  });
});
