import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: unknown;
};

const HEAD = `The zip files of this release contain set-owner-by-email and parts of the packages below, bundled and minified,
under these licenses.`;
/** Asks for no notice. */
const NO_NOTICE = 'MIT-0';

/** The folders of the packages that the bundles contain something of. */
export function bundledPackages({ outputs }: Metafile): readonly string[] {
  const kept = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const folders = kept.flatMap((path) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  return [...new Set(folders)].sort();
}

/**
 * What the licenses ask of somebody who passes the bundles on: their texts, the copyright lines and the notices.
 * @throws naming a package whose license text is not known
 */
export function licenseTexts(projectDir: string, packages: readonly string[]): string {
  const ownText = readTexts(projectDir);
  const named = new Map<string, string[]>();
  for (const folder of ['.', ...packages].map((path) => join(projectDir, path))) {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    const text = readTexts(folder) || withoutFile(manifest, ownText);
    named.set(text, [...(named.get(text) ?? []), `${manifest.name} ${manifest.version}`]);
  }
  return [HEAD, ...[...named].map(([text, names]) => `${'='.repeat(80)}\n${names.join('\n')}\n\n${text}`), ''].join(
    '\n\n',
  );
}

function readTexts(folder: string): string {
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  return files.map((name) => readFileSync(join(folder, name), 'utf8').trim()).join('\n\n');
}

/** Some packages are published without the file. */
function withoutFile({ name, license, author }: Manifest, ownMit: string): string {
  if (license === NO_NOTICE) return `License: ${NO_NOTICE}`;
  const holder = (author as { name?: string } | undefined)?.name;
  if (license === 'MIT' && holder !== undefined) return ownMit.replace(/^Copyright .*$/m, `Copyright (c) ${holder}`);
  throw new Error(`${name}: has no license text; add it to local/release/licenses.ts`);
}
