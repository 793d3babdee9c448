import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

export type TestFile = {
  /** From the project's folder, with forward slashes. */
  readonly path: string;
  /** Everything that loads with it: our own files by their path, packages by their name. */
  readonly loads: ReadonlySet<string>;
};

type Project = { readonly name: string; readonly takes: (file: TestFile) => boolean };

const loadsAny = (...names: readonly string[]) => {
  return ({ loads }: TestFile) => names.some((name) => loads.has(name));
};

/**
 * A test file belongs to the first project that takes it. What a file needs to run shows in what it imports, itself or through
 * others, so that no file can be in the wrong project and none has to be named after it.
 */
export const PROJECTS: readonly Project[] = [
  { name: 'docs', takes: ({ path }) => /^test\/(docs|architecture)\//.test(path) },
  { name: 'browser', takes: loadsAny('playwright-core') },
  // Other programs: the local stack, the packaging, containers in a process of their own.
  { name: 'stack', takes: loadsAny('node:child_process', 'esbuild') },
  {
    name: 'engine',
    takes: loadsAny('local/embedded-dynamodb.ts', 'local/embedded-sqs.ts', 'test/support/ask-for-engine.ts'),
  },
  { name: 'unit', takes: () => true },
];

/** An import that is still there when the types are gone, `import type` is not. */
const IMPORT =
  /^\s*(?:import|export)\s(?!type\s)[^'";]*?from\s+'([^']+)'|^import\s+'([^']+)'|(?:import|require)\('([^']+)'\)/gm;

/** The test files of each project, by its name. */
export function sortTests(projectDir: string): ReadonlyMap<string, readonly TestFile[]> {
  const sorted = new Map<string, TestFile[]>(PROJECTS.map(({ name }) => [name, []]));
  for (const file of readTests(projectDir)) sorted.get(projectOf(file))?.push(file);
  return sorted;
}

function projectOf(file: TestFile): string {
  return PROJECTS.find(({ takes }) => takes(file))?.name ?? '';
}

function readTests(projectDir: string): TestFile[] {
  const known = new Map<string, readonly string[]>();
  const importsOf = (path: string) => {
    const imports = known.get(path) ?? readImports(projectDir, path);
    known.set(path, imports);
    return imports;
  };
  return readdirSync(join(projectDir, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !name.split(sep).includes('node_modules'))
    .map((name) => ['test', ...name.split(sep)].join('/'))
    .sort()
    .map((path) => ({ path, loads: closure(path, importsOf) }));
}

function closure(path: string, importsOf: (path: string) => readonly string[]): ReadonlySet<string> {
  const loads = new Set([path]);
  // A set is walked through to its end, whatever is added meanwhile.
  for (const each of loads) for (const target of importsOf(each)) loads.add(target);
  return loads;
}

function readImports(projectDir: string, path: string): readonly string[] {
  const file = join(projectDir, path);
  if (!path.endsWith('.ts') || !existsSync(file)) return [];
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(([, from, bare, dynamic]) => {
    const target = from ?? bare ?? dynamic ?? '';
    if (!target.startsWith('.')) return target;
    return relative(projectDir, join(dirname(file), target))
      .split(sep)
      .join('/');
  });
}
