import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NOT_ASSIGNABLE_CODES } from '../../lib/domain/outcome.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';

const read = (name: string) => readFileSync(join(PROJECT_DIR, name), 'utf8');
const GUIDES = ['docs/operators.md', 'docs/resolve-owners.md', 'docs/install.md'];
const functionNames = [...read('serverless.yml').matchAll(/^ {2}(\w+):\n {4}handler:/gm)].map((match) => match[1]);
/** What an operator may put into each event; the handlers refuse everything else. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  explainOwner: ['portalId', 'value', 'fromPortalId', 'report'],
  setSuccessor: ['portalId', 'leaver', 'successor', 'remove'],
  resolveOwners: ['portalId', 'emails'],
  forgetPortal: ['portalId'],
  scheduleOwnerRefresh: ['atOnce', 'force'],
};

describe.each(GUIDES)('%s', (guide) => {
  const text = read(guide);
  const invokes = [...text.matchAll(/--function (\w+) --data '([^']*)'/g)];

  it('invokes functions that exist, with events that they understand', () => {
    expect(invokes.length).toBeGreaterThan(0);
    for (const [, name = '', data = ''] of invokes) {
      expect(functionNames).toContain(name);
      const unknown = Object.keys(JSON.parse(data)).filter((field) => !FIELDS[name]?.includes(field));
      expect(unknown).toEqual([]);
    }
  });

  it('links only to files and headings that exist', () => {
    for (const [, link = ''] of text.matchAll(/\]\(([^):]+)\)/g)) {
      const [file = '', heading] = link.split('#');
      const target = read(join('docs', file));
      const headings = [...target.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => toAnchor(title));
      if (heading !== undefined) expect(headings).toContain(heading);
    }
  });

  it('is linked from the README', () => {
    expect(read('README.md')).toContain(`](${guide})`);
  });
});

it('tells what to do with every verdict on an e-mail, and with everything that comes back later', () => {
  const guide = read('docs/resolve-owners.md');
  const errors = read('lib/domain/errors.ts').split('\nexport class ');
  const later = errors
    .filter((text) => text.includes('retryable = true'))
    .flatMap((text) => /code = '(\w+)'/.exec(text)?.[1] ?? []);
  const neverAnswered = ['CONFIG_INVALID', 'EXECUTION_IN_PROGRESS'];
  expect(later.length).toBeGreaterThan(neverAnswered.length + 3);
  const told = later.filter((code) => !neverAnswered.includes(code));
  const codes = [...NOT_ASSIGNABLE_CODES, 'MISSING_SCOPES', 'PORTAL_NOT_CONNECTED', ...told];
  expect(codes.filter((code) => !guide.includes(`\`${code}\``))).toEqual([]);
});

it('tells what every likely cause means', () => {
  const kinds = [...read('lib/domain/unresolved.ts').matchAll(/kind: '(\w+)'/g)].map((match) => match[1]);
  expect(kinds.length).toBeGreaterThan(5);
  expect(kinds.filter((kind) => !read('docs/operators.md').includes(`| \`${kind}\` |`))).toEqual([]);
});

function toAnchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}
