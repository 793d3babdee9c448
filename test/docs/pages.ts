import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIR } from '../architecture/imports.ts';

export const read = (name: string) => readFileSync(join(PROJECT_DIR, name), 'utf8');

export function listInfra(): string[] {
  const folder = join(PROJECT_DIR, 'infra');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .map((name) => `infra/${name}`);
}

/** serverless.yml and the files that it is put together from. */
export const template = ['serverless.yml', ...listInfra()].map(read).join('\n');

export function inlineCode(words: string): readonly string[] {
  return [...words.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}
