import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AppPurpose } from '../../lib/domain/scopes.ts';
import type { Settings } from '../deploy/settings.ts';
import { hubspotProjectFiles } from '../hubspot-project/hubspot-project.ts';

/** Where HubSpot's CLI starts from, in the project's folder. Git ignores it. */
export function projectFolder(projectDir: string, stage: string): string {
  return join(projectDir, '.hubspot-project', stage);
}

/** The HubSpot project for an address: path in the project → text. */
export function projectFiles(settings: Settings, publicBaseUrl: string): ReadonlyMap<string, string> {
  const { SETUP_AUTH, SETUP_OBJECTS = '', SETUP_FEATURES = '' } = settings;
  const auth = SETUP_AUTH === 'oauth' ? 'oauth' : 'static';
  const purpose = { objects: toList(SETUP_OBJECTS), features: toList(SETUP_FEATURES) } as unknown as AppPurpose;
  const files = hubspotProjectFiles({
    publicBaseUrl,
    auth,
    ...(auth === 'static' && { purpose }),
    support: {
      supportEmail: settings.SETUP_SUPPORT_EMAIL ?? '',
      documentationUrl: settings.SETUP_DOCUMENTATION_URL ?? '',
      supportUrl: settings.SETUP_SUPPORT_URL ?? '',
    },
  });
  return new Map([...files].map(([path, text]) => [path.replace(/^hubspot\//, ''), text]));
}

/** Makes the folder hold these files and no others. Answers whether anything changed. */
export function writeProject(folder: string, files: ReadonlyMap<string, string>): boolean {
  const surplus = listFiles(folder).filter((path) => !files.has(path));
  const changed = [...files].filter(([path, text]) => readIfThere(join(folder, path)) !== text);
  for (const path of surplus) rmSync(join(folder, path));
  for (const [path, text] of changed) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return surplus.length + changed.length > 0;
}

/** What HubSpot knows the written project and its app by. */
export function readIdentity(folder: string): { readonly projectName: string; readonly appUid: string } {
  const { name } = JSON.parse(readFileSync(join(folder, 'hsproject.json'), 'utf8')) as { name: string };
  const { uid } = JSON.parse(readFileSync(join(folder, 'src/app/app-hsmeta.json'), 'utf8')) as { uid: string };
  return { projectName: name, appUid: uid };
}

/** The same for the same paths and bytes. */
export function digestOf(folder: string): string {
  const hash = createHash('sha256');
  for (const path of listFiles(folder))
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(folder, path)))
      .update('\0');
  return hash.digest('hex');
}

function listFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function toList(text: string): readonly string[] {
  return text.split(',').filter((name) => name !== '');
}
