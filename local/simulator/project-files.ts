import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from './json.ts';

/** Path in the project, with `/` → text. */
export type ProjectFiles = ReadonlyMap<string, string>;

export type AppFile = {
  readonly uid: string;
  readonly name: string;
  readonly auth: string;
  readonly distribution: string;
  readonly redirectUrls: readonly string[];
  readonly requiredScopes: readonly string[];
  readonly optionalScopes: readonly string[];
  readonly conditionalScopes: readonly string[];
  readonly support: Readonly<Record<string, unknown>>;
};

export type ActionFile = { readonly path: string; readonly actionUrl: string };

export type ReadProject = {
  readonly name: string;
  readonly platformVersion: string;
  /** Of every component, whatever its type. */
  readonly uids: readonly string[];
  readonly apps: readonly AppFile[];
  readonly actions: readonly ActionFile[];
  /** Files that HubSpot could not read. */
  readonly refusals: readonly string[];
};

/** What HubSpot keeps of the last upload of a project. */
export type UploadedProject = {
  readonly name: string;
  readonly app: AppFile;
  /** Of a static app, by the account where it is installed. */
  readonly tokens: Map<number, string>;
};

type Fields = Readonly<Record<string, unknown>>;

/** The manifests in a project's folder, as an upload takes them. */
export function readProjectFolder(folder: string): ProjectFiles {
  return new Map(listManifests(folder, '').map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

function listManifests(folder: string, below: string): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : listManifests(folder, path);
    return entry.name.endsWith('.json') ? [path] : [];
  });
}

/** Reads the files that HubSpot finds by their names; missing members are empty here. */
export function readProject(files: ProjectFiles): ReadProject {
  const refusals: string[] = [];
  const project = parse('hsproject.json');
  const srcDir = textOf(project.srcDir);
  const components = [...files.keys()]
    .filter((path) => path.startsWith(`${srcDir}/`) && path.endsWith('-hsmeta.json'))
    .map((path) => ({ path, ...parse(path) }) as Fields & { readonly path: string });
  for (const { path, type } of components) if (textOf(type) === '') refusals.push(`${path}: type is missing`);
  return {
    name: textOf(project.name),
    platformVersion: textOf(project.platformVersion),
    uids: components.map(({ uid }) => textOf(uid)),
    apps: components.filter(({ type }) => type === 'app').map(toApp),
    actions: components
      .filter(({ type }) => type === 'workflow-action')
      .map(({ path, config }) => ({ path, actionUrl: textOf(fieldsOf(config).actionUrl) })),
    refusals,
  };

  function parse(path: string): Fields {
    const text = files.get(path);
    if (text === undefined) refusals.push(`${path}: is missing`);
    try {
      return fieldsOf(text === undefined ? undefined : JSON.parse(text));
    } catch {
      refusals.push(`${path}: is no JSON`);
      return {};
    }
  }
}

function toApp({ uid, config }: Fields): AppFile {
  const { name, distribution, auth, support } = fieldsOf(config);
  const { type, redirectUrls, requiredScopes, optionalScopes, conditionallyRequiredScopes } = fieldsOf(auth);
  return {
    uid: textOf(uid),
    name: textOf(name),
    auth: textOf(type),
    distribution: textOf(distribution),
    redirectUrls: textsOf(redirectUrls),
    requiredScopes: textsOf(requiredScopes),
    optionalScopes: textsOf(optionalScopes),
    conditionalScopes: textsOf(conditionallyRequiredScopes),
    support: fieldsOf(support),
  };
}

function fieldsOf(value: unknown): Fields {
  return isObject(value) ? value : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A value that is not text stays in the list as an empty one: it is neither a scope nor an address. */
function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(textOf) : [];
}
