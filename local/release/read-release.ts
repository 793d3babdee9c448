/** What a release is made from, as the repository has it at the tag. */
export type Sources = {
  /** `v` and the version. */
  readonly tag: string;
  readonly packageJson: string;
  readonly packageLock: string;
  readonly changelog: string;
};

export type Release = { readonly version: string; readonly date: string; readonly notes: string };

const TAG = /^v(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)$/;
const HEADING = /^## \[?([^\]\s]+)\]?(?: - (\d{4}-\d{2}-\d{2}))?$/;

/** @throws naming the file whose version is not the tag's, or what the CHANGELOG lacks */
export function readRelease({ tag, packageJson, packageLock, changelog }: Sources): Release {
  const version = TAG.exec(tag)?.[1];
  if (version === undefined) throw new Error(`The tag ${tag} is not v and a version, such as v1.2.3.`);
  const { version: packaged } = JSON.parse(packageJson) as { version?: string };
  const { version: locked, packages } = JSON.parse(packageLock) as {
    version?: string;
    packages?: Record<string, { version?: string }>;
  };
  for (const [file, found] of [
    ['package.json', packaged],
    ['package-lock.json', locked],
    ['package-lock.json, packages[""]', packages?.['']?.version],
  ]) {
    if (found !== version) throw new Error(`${file} has version ${found}, but the tag is ${tag}.`);
  }
  return { version, ...readSection(changelog, version) };
}

function readSection(changelog: string, version: string): Pick<Release, 'date' | 'notes'> {
  const lines = changelog.split('\n');
  const start = lines.findIndex((line) => HEADING.exec(line)?.[1] === version);
  if (start === -1) throw new Error(`CHANGELOG.md has no section for ${version}. Add "## ${version} - <date>".`);
  const date = HEADING.exec(lines[start] ?? '')?.[2];
  if (date === undefined) throw new Error(`CHANGELOG.md: the section ${version} has no date. Add it as YYYY-MM-DD.`);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^## |^\[[^\]]+\]: /.test(line));
  const notes = rest
    .slice(0, end === -1 ? undefined : end)
    .join('\n')
    .trim();
  if (notes === '') throw new Error(`CHANGELOG.md: the section ${version} is empty.`);
  return { date, notes };
}
