import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ParsedProject } from './check-project.ts';
import { isGeneratedSetting, SETTINGS_FOLDER } from './settings-component.ts';

/** A project's files, path in it → content. */
export type ProjectFiles = ReadonlyMap<string, string | Buffer>;

/** The template, under version control. */
export const TEMPLATE_FOLDER = 'hubspot';

/**
 * The folder of a stage's project. Git ignores it, so that an update of the repository never conflicts with somebody's own
 * addresses.
 */
export function stageFolder(stage: string): string {
  return `.hubspot-project/${stage}`;
}

/** The settings page, which people write. */
const SETTINGS_PAGE = 'src/app/settings/';

/** Made by people, in the template, and uploaded unchanged. A name that ends with a slash is a folder with all of its files. */
const ASSETS = ['src/app/app-logo.png', SETTINGS_FOLDER];
/** Only in the template: explanations, and sources of other files. */
const NOT_UPLOADED = ['README.md', 'src/app/app-logo.svg'];

function isAsset(path: string): boolean {
  const isThere = ASSETS.some((asset) => path === asset || (asset.endsWith('/') && path.startsWith(asset)));
  return isThere && !isGeneratedSetting(path);
}

export function isMadeByPeople(path: string): boolean {
  return isAsset(path) || NOT_UPLOADED.includes(path) || path.startsWith(SETTINGS_PAGE);
}

/**
 * HubSpot's CLI leaves out what has a hidden folder anywhere in its whole path, and uploads an empty project, unless this file
 * says from where on to look (`hs` 8.6 and `@hubspot/local-dev-lib` 5.10, read 2026-11-27).
 */
const HSIGNORE =
  '# Nothing is left out. HubSpot’s CLI looks at paths from this file on, not at the folders above it.\n';

/** The part of a project that is not generated: the unchanged files of the template, and what its upload needs. */
export function readAssets(root: string): ProjectFiles {
  const template = join(root, TEMPLATE_FOLDER);
  const paths = listFiles(template).filter(isAsset);
  const assets = paths.map((path) => [path, readFileSync(join(template, path))] as const);
  return new Map<string, string | Buffer>([['.hsignore', HSIGNORE], ...assets]);
}

/** Paths of all files in a folder that HubSpot would upload, with forward slashes; none where there is no folder. */
export function listFiles(folder: string, below = ''): readonly string[] {
  if (!existsSync(join(folder, below))) return [];
  return readdirSync(join(folder, below), { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && !name.startsWith('.'))
    .flatMap((entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? listFiles(folder, path) : [path];
    })
    .sort();
}

/** Makes a folder hold exactly these files. Returns what was changed, one line each. */
export function writeFolder(folder: string, files: ProjectFiles): readonly string[] {
  const changes: string[] = [];
  for (const [path, content] of files) {
    const file = join(folder, path);
    if (existsSync(file) && readFileSync(file).equals(Buffer.from(content))) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    changes.push(`${path}: written`);
  }
  // HubSpot would deploy what an earlier version left.
  for (const path of listFiles(folder).filter((name) => !files.has(name))) {
    rmSync(join(folder, path));
    changes.push(`${path}: deleted`);
  }
  return changes;
}

export function parseFiles(files: ProjectFiles): ParsedProject {
  return new Map([...files].map(([path, content]) => [path, parseJson(path, content)]));
}

/** A project on disk, for `findProjectProblems`. */
export function readProject(projectDir: string): ParsedProject {
  return parseFiles(new Map(listFiles(projectDir).map((path) => [path, readFileSync(join(projectDir, path))])));
}

function parseJson(path: string, content: string | Buffer): unknown {
  if (!path.endsWith('.json')) return undefined;
  try {
    return JSON.parse(String(content));
  } catch {
    // The check reports it.
    return undefined;
  }
}
