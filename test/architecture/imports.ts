import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

export type SourceFile = {
  /** From the project's folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Paths for our own files, package specifiers for others. Types count: they are arrows too. */
  readonly imports: readonly string[];
};

export const PROJECT_DIR = join(__dirname, '../..');

const IMPORT = /(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s+'([^']+)'|import\('([^']+)'\)|(?:^|\n)import\s+'([^']+)'/g;

export function readSources(...folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(PROJECT_DIR, folder), { recursive: true, encoding: 'utf8' })
      // The mutation tests install packages of their own below `test`.
      .filter((name) => name.endsWith('.ts') && !name.split(sep).includes('node_modules'))
      .map((name) => {
        const file = join(PROJECT_DIR, folder, name);
        const text = readFileSync(file, 'utf8');
        const found = [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
        return { path: relative(PROJECT_DIR, file), text, imports: found.map((target) => resolve(file, target)) };
      }),
  );
}

function resolve(file: string, target: string): string {
  return target.startsWith('.') ? relative(PROJECT_DIR, join(dirname(file), target)) : target;
}
