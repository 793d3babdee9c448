import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectFiles } from './project-folder.ts';

/** A file that differs from the expected one, is not there, or is there though nothing expects it. */
export type Drift = { readonly path: string; readonly kind: 'missing' | 'changed' | 'surplus' };

/**
 * Where a folder differs from what is expected in it.
 * @param present the files that must be expected, because HubSpot would deploy them or people would copy them
 */
export function findDrift(root: string, expected: ProjectFiles, present: readonly string[]): readonly Drift[] {
  const drifted: Drift[] = [];
  for (const [path, content] of expected) {
    const file = join(root, path);
    if (!existsSync(file)) drifted.push({ path, kind: 'missing' });
    else if (!readFileSync(file).equals(Buffer.from(content))) drifted.push({ path, kind: 'changed' });
  }
  const surplus = present.filter((path) => !expected.has(path));
  return [...drifted, ...surplus.map((path): Drift => ({ path, kind: 'surplus' }))];
}
