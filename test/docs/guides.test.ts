import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { NOT_ASSIGNABLE_CODES } from '../../lib/domain/outcome.ts';
import { PROJECT_DIR, readSources } from '../architecture/imports.ts';
import { read, template } from './pages.ts';

const GUIDES = readdirSync(join(PROJECT_DIR, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);
const PAGES = [...GUIDES, 'README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'];
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const functionNames = [...template.matchAll(/^ {2}(\w+):\n {4}handler:/gm)].map((match) => match[1]);
/** What an operator may put into each event; the handlers refuse everything else. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  explainOwner: ['portalId', 'value', 'fromPortalId', 'report'],
  setSuccessor: ['portalId', 'leaver', 'successor', 'remove'],
  setAlias: ['portalId', 'alias', 'to', 'remove'],
  handOver: ['portalId', 'leaver', 'target', 'clear', 'start', 'stop', 'undo', 'nightly'],
  resolveOwners: ['portalId', 'emails'],
  forgetPortal: ['portalId'],
  scheduleOwnerRefresh: ['atOnce', 'force'],
};

describe.each(PAGES)('%s', (page) => {
  const text = read(page);

  it('A guide invokes functions that exist, with events that they accept', () => {
    for (const [, name = ''] of text.matchAll(/(?:--function|invoke -f) (\w+)/g)) expect(functionNames).toContain(name);
    for (const [, name = '', data = ''] of text.matchAll(/--function (\w+)[\s\\]+--data '([^'…]*)'/g)) {
      const unknown = Object.keys(JSON.parse(data)).filter((field) => !FIELDS[name]?.includes(field));
      expect({ name, unknown }).toEqual({ name, unknown: [] });
    }
  });

  it('A guide names only npm scripts that exist', () => {
    const names = [...text.matchAll(/npm run ([a-z]+(?::[a-z]+)?)/g)].map((match) => match[1] ?? '');
    expect(names.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it('A guide links only to files and headings that exist', () => {
    for (const [, link = ''] of text.matchAll(/\]\(([^):\s]+)\)/g)) {
      const [file = '', heading] = link.split('#');
      const target = file === '' ? page : join(dirname(page), file);
      expect({ link, exists: existsSync(join(PROJECT_DIR, target)) }).toEqual({ link, exists: true });
      if (heading !== undefined) expect(headingsOf(read(target))).toContain(heading);
    }
  });
});

it('Every picture of a guide exists, says in words what it shows, and is made by npm run screenshots', () => {
  const shown = PAGES.flatMap((page) =>
    [...read(page).matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)].map(([, words = '', file = '']) => ({
      words,
      file: join(dirname(page), file),
    })),
  );
  expect(shown.filter(({ words }) => words.length < 40)).toEqual([]);
  const files = readdirSync(join(PROJECT_DIR, 'docs/images')).map((name) => `docs/images/${name}`);
  expect([...new Set(shown.map(({ file }) => file))].sort()).toEqual(files.sort());
  const scripts = readSources('local/page').map(({ text }) => text);
  const isMade = (file: string) => scripts.some((text) => text.includes(`'${basename(file, '.png')}'`));
  expect(files.filter((file) => !isMade(file))).toEqual([]);
});

it('Every picture of a guide loads fast, over a slow line, too', () => {
  const sizes = readdirSync(join(PROJECT_DIR, 'docs/images')).map((name) => ({
    name,
    bytes: statSync(join(PROJECT_DIR, 'docs/images', name)).size,
  }));
  expect(sizes.filter(({ bytes }) => bytes > 170_000)).toEqual([]);
});

it.each(GUIDES)('%s is linked from the README', (guide) => {
  expect(read('README.md')).toContain(`](${guide})`);
});

it('Every decision has at most forty lines', () => {
  const decisions = readdirSync(join(PROJECT_DIR, 'docs/decisions'));
  expect(decisions.filter((name) => read(`docs/decisions/${name}`).split('\n').length > 41)).toEqual([]);
  expect(new Set(decisions.map((name) => name.slice(0, 3))).size).toBe(decisions.length);
});

it('The guide to resolveOwners says what to do with every verdict on an email and with every temporary error', () => {
  const guide = read('docs/resolve-owners.md');
  const errors = read('lib/domain/errors.ts').split('\nexport class ');
  const later = errors
    .filter((text) => text.includes('retryable = true'))
    .flatMap((text) => /code = '(\w+)'/.exec(text)?.[1] ?? []);
  const neverAnswered = [
    'CONFIG_INVALID',
    'DIGEST_NOT_SENT',
    'EXECUTION_IN_PROGRESS',
    'QUEUE_UNAVAILABLE',
    'WRITES_UNDER_WAY',
  ];
  expect(later.length).toBeGreaterThan(neverAnswered.length + 3);
  const told = later.filter((code) => !neverAnswered.includes(code));
  const codes = [...NOT_ASSIGNABLE_CODES, 'MISSING_SCOPES', 'PORTAL_NOT_CONNECTED', ...told];
  expect(codes.filter((code) => !guide.includes(`\`${code}\``))).toEqual([]);
});

it('The guide for operators says what every likely cause means', () => {
  const kinds = [...read('lib/domain/unresolved-email.ts').matchAll(/kind: '(\w+)'/g)].map((match) => match[1]);
  expect(kinds.length).toBeGreaterThan(5);
  expect(kinds.filter((kind) => !read('docs/operators.md').includes(`| \`${kind}\` |`))).toEqual([]);
});

function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => toAnchor(title));
}

function toAnchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}
