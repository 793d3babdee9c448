import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PROJECT_DIR, readSources } from '../architecture/imports.ts';
import { declares, isInProject, namesIn } from './code-names.ts';
import { inlineCode, read } from './pages.ts';

const page = read('docs/architecture.md');
const chart = /```mermaid\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
const walks = page
  .split('\n## ')
  .slice(1)
  .map((section) => ({ title: section.split('\n')[0] ?? '', steps: section.match(/^\d+\. .*$/gm) ?? [] }))
  .filter(({ steps }) => steps.length > 0);

/** A subgraph stands for each of its boxes. */
function boxesOf(name: string): readonly string[] {
  const inside = new RegExp(`^ *subgraph ${name}\\n([\\s\\S]*?)^ *end$`, 'm').exec(chart)?.[1];
  return inside === undefined ? [name] : inside.trim().split(/\s+/);
}

function drawnArrows(): string[] {
  const arrows = [...chart.matchAll(/^ *(\S+) (?:-->|-\.->\|"[^"]+"\|) (\S+)$/gm)];
  return arrows.flatMap(([, from = '', to = '']) =>
    boxesOf(from).flatMap((one) => boxesOf(to).map((other) => `${one} → ${other}`)),
  );
}

function realArrows(): string[] {
  const folderOf = (path: string) => (path.startsWith('lib/') ? path.split('/')[1] : path.split('/')[0]);
  const arrows = readSources('lib', 'functions').flatMap(({ path, imports }) =>
    imports.filter((target) => target.startsWith('lib/')).map((target) => [folderOf(path), folderOf(target)]),
  );
  return [...new Set(arrows.filter(([from, to]) => from !== to).map(([from, to]) => `${from} → ${to}`))];
}

it('The architecture chart draws every import between the folders of lib, and no other arrow', () => {
  expect(drawnArrows().length).toBeGreaterThan(30);
  expect(drawnArrows().sort()).toEqual(realArrows().sort());
});

it('The architecture guide walks through four things in at most ten steps each', () => {
  expect(walks.map(({ title }) => title)).toEqual([
    'An execution that is answered at once',
    'An execution that waits in the queue',
    'A nightly refresh',
    'An access token',
  ]);
  for (const { steps } of walks) expect(steps.length).toBeLessThanOrEqual(10);
});

it.each(walks)('The walk "$title" names functions that are in the files that it links', ({ steps }) => {
  const places = [...steps.join('\n').matchAll(/((?:`\w+`(?:, | and )?)+) in \[([^\]]+)\]\(\.\.\/([^)]+)\)/g)];
  expect(places.length).toBeGreaterThan(8);
  for (const [, names = '', label, file = ''] of places) {
    const missing = inlineCode(names).filter((name) => !declares(file, name));
    expect({ file, label, missing }).toEqual({ file, label: basename(file), missing: [] });
  }
});

it('The architecture guide says of every folder of lib what is in it', () => {
  const rows = [...page.matchAll(/^\| `lib\/([\w-]+)\/` \|/gm)].map(([, folder]) => folder);
  expect(rows.sort()).toEqual(readdirSync(join(PROJECT_DIR, 'lib')).sort());
});

it.each(['docs/architecture.md', 'docs/glossary.md', 'docs/changing-it.md'])(
  '%s names only paths, functions and words that are in the project',
  (name) => {
    expect(namesIn(name).length).toBeGreaterThan(40);
    expect(namesIn(name).filter((text) => !isInProject(text))).toEqual([]);
  },
);

it('The glossary has each term once and fits two screens', () => {
  const glossary = read('docs/glossary.md');
  const terms = [...glossary.matchAll(/^\| ([^|]+) \|/gm)].map(([, term = '']) => term);
  expect(glossary.split('\n').length).toBeLessThan(120);
  expect(new Set(terms.filter((term) => term !== 'Term' && term !== '---')).size).toBeGreaterThan(60);
});

it('Every group of the glossary is in alphabetical order', () => {
  for (const group of read('docs/glossary.md').split('\n## ').slice(1)) {
    const terms = [...group.matchAll(/^\| ([^|]+) \|/gm)].map(([, term = '']) =>
      term.replaceAll('`', '').toLowerCase(),
    );
    const listed = terms.filter((term) => term !== 'term' && term !== '---');
    expect(listed).toEqual(listed.toSorted((one, other) => one.localeCompare(other)));
  }
});
