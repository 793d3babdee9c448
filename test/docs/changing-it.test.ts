import { OUTPUT_FIELDS } from '../../lib/action/definition.ts';
import en from '../../lib/action/labels/en.json' with { type: 'json' };
import { LOCALES } from '../../lib/action/labels.ts';
import { ERROR_CODES } from '../../lib/domain/outcome.ts';
import { APP_OBJECTS } from '../../lib/domain/scopes.ts';
import { HUBSPOT_API_VERSION } from '../../lib/hubspot/versions.ts';
import { readSources, type SourceFile } from '../architecture/imports.ts';
import { filesOf, isPath, withoutComments } from './code-names.ts';
import { inlineCode, read, template } from './pages.ts';

const page = read('docs/changing-it.md');
const sections = page.split(/\n## (?=\d+\. )/).slice(1);
const changes = sections.map((text) => ({ title: text.split('\n')[0] ?? '', text }));
const lib = readSources('lib', 'functions').map((file) => ({ ...file, text: withoutComments(file.text) }));

/** The paths of a list, each with its own number of files; one that is still to be made is one file. */
function countFiles(text: string): number {
  const paths = inlineCode(text.replace(/\([^)]*\)/g, '')).filter(isPath);
  return paths.flatMap((path) => filesOf(path) ?? [path]).length;
}

/** Each list of files to edit: what it says that it has, and what it has. */
function editLists(text: string): { readonly said: number; readonly listed: number }[] {
  return [...text.matchAll(/[Ee]dit (\d+) (?:more )?files?[^:\n]*:\n\n((?:- .*\n| {2}.*\n)+)/g)].map(
    ([, said, list = '']) => {
      const bullets = list.split(/^- /m).map((bullet) => bullet.replace(/(`):[\s\S]*$/, '$1'));
      return { said: Number(said), listed: countFiles(bullets.join('\n')) };
    },
  );
}

function testLists(text: string): { readonly said: number; readonly listed: number }[] {
  return [...text.matchAll(/Tests, (\d+) files?: ([\s\S]*?)\.(?=\s)/g)].map(([, said, list = '']) => ({
    said: Number(said),
    listed: countFiles(list),
  }));
}

const filesWith = (files: readonly SourceFile[], words: RegExp) =>
  files.filter(({ text }) => words.test(text)).map(({ path }) => path);
const pathsIn = (title: RegExp) => inlineCode(changes.find((change) => title.test(change.title))?.text ?? '');

it('The guide to changes numbers them, each with a command that shows that it works', () => {
  expect(changes.map(({ title }) => title.split('.')[0])).toEqual(changes.map((_, at) => String(at + 1)));
  expect(changes.filter(({ text }) => !/```sh\n[\s\S]*(npx jest|npm run) [\s\S]*```/.test(text))).toEqual([]);
});

it.each(changes)('The change "$title" counts the files that it lists', ({ text }) => {
  const lists = [...editLists(text), ...testLists(text)];
  expect(lists.length).toBeGreaterThan(0);
  expect(lists.map(({ said }) => said)).toEqual(lists.map(({ listed }) => listed));
});

it('The table of changes has the numbers that each change counts', () => {
  const rows = [...page.matchAll(/^\| (\d+) \| \[[^|]+ \| ([^|]+) \| ([^|]+) \|/gm)];
  expect(rows.length).toBe(changes.length);
  const numbersOf = (text = '') => (text.match(/\d+/g) ?? []).map(Number);
  for (const [, number, edit, tests] of rows) {
    if (number === '13') continue;
    const text = sections[Number(number) - 1] ?? '';
    const said = [editLists(text), testLists(text)].map((lists) => lists.map((list) => list.said));
    const table = [numbersOf(edit), numbersOf(tests).filter((count) => count > 0 && !/about|or/.test(tests ?? ''))];
    expect([number, ...table]).toEqual([number, ...said]);
  }
  // This one is another change and more.
  const [before, more] = [sections[10] ?? '', sections[12] ?? ''].map((text) => editLists(text)[0]?.said ?? Number.NaN);
  expect(numbersOf(rows[12]?.[2])).toEqual([Number(before) + Number(more)]);
});

describe('the code is as the page says', () => {
  it('The English labels have a text for every error code, and no other', () => {
    expect(Object.keys(en.errors).sort()).toEqual([...ERROR_CODES].sort());
  });

  it('The English labels have a label for every output, and no other', () => {
    expect(Object.keys(en.outputFieldLabels).sort()).toEqual(OUTPUT_FIELDS.map(({ name }) => name).sort());
  });

  it('Each locale has one file of labels', () => {
    const files = LOCALES.map((locale) => `lib/action/labels/${locale}.json`);
    expect([...(filesOf('lib/action/labels/*.json') ?? [])].sort()).toEqual([...files].sort());
  });

  it('The date of HubSpot’s API is in one file of the functions', () => {
    expect(filesWith(lib, new RegExp(HUBSPOT_API_VERSION))).toEqual(['lib/hubspot/versions.ts']);
  });

  it('The date of HubSpot’s API is in the listed files of the simulator and the bench, and in no other', () => {
    const others = readSources('local', 'bench').map((file) => ({ ...file, text: withoutComments(file.text) }));
    const listed = pathsIn(/HubSpot API date/).filter((path) => /^(local\/simulator|bench)\/.*\.ts$/.test(path));
    expect(filesWith(others, new RegExp(`/${HUBSPOT_API_VERSION}`)).sort()).toEqual(listed.sort());
  });

  it('About as many test files as the page says name a dated path of HubSpot', () => {
    const named = filesWith(readSources('test'), new RegExp(`/${HUBSPOT_API_VERSION}`)).length;
    const said = Number(/about (\d+) test files name a dated path/.exec(page)?.[1]);
    expect(Math.abs(named - said)).toBeLessThan(10);
  });

  it('One file says how long anything is trusted, cached or kept', () => {
    expect(filesWith(lib, /const \w+_(MAX_AGE|IN_MEMORY|ROW)_MS = /)).toEqual(['lib/domain/ages.ts']);
  });

  it('One file says how many records or callbacks a call to HubSpot takes', () => {
    expect(filesWith(lib, /const \w+_PER_(BATCH|PAGE|EMAIL_PAGE) = /)).toEqual(['lib/domain/batches.ts']);
  });

  it('The worker gets batches of the same size on AWS, in the local stack and in the bench', () => {
    const sizes = ['serverless.yml', 'local/local-assign.ts', 'bench/flood/ours/worker.ts'].map(
      (path) => /batchSize: (\d+)/.exec(read(path))?.[1],
    );
    expect(new Set(sizes).size).toBe(1);
  });

  it('Only the store imports DynamoDB, and only the listed files of the runtime import the store', () => {
    const importing = (prefix: string) =>
      lib.filter(({ imports }) => imports.some((target) => target.startsWith(prefix))).map(({ path }) => path);
    const outside = (path: string) => !path.startsWith('lib/store/');
    expect(importing('@aws-sdk/client-dynamodb').filter(outside)).toEqual([]);
    const listed = pathsIn(/Another database/);
    const listedIn = (folder: string) => listed.filter((path) => path.startsWith(folder)).sort();
    expect(importing('lib/store/').filter(outside).sort()).toEqual(listedIn('lib/runtime/'));
    const stores = lib.filter(({ path }) => path.startsWith('lib/store/')).flatMap(({ imports }) => imports);
    const ports = new Set(stores.filter((path) => path.startsWith('lib/ports/') && !path.endsWith('/telemetry.ts')));
    expect([...ports].sort()).toEqual(listedIn('lib/ports/'));
    const isOfTable = (path: string) => path.startsWith('lib/store/') || path === '@aws-sdk/client-dynamodb';
    const local = readSources('local').filter(({ imports }) => imports.some(isOfTable));
    expect([...local.map(({ path }) => path)].sort()).toEqual(listedIn('local/'));
  });

  it('The guides for admins and for deploying name every object that the app asks for', () => {
    const [deploying, admins] = ['docs/deploy.md', 'docs/admins.md'].map((path) => read(path).replace(/\s+/g, ' '));
    const taken = inlineCode(/Objects are ([^.]+)\./.exec(deploying ?? '')?.[1] ?? '');
    expect(taken).toEqual([...APP_OBJECTS]);
    const planned = /counts every owner property of ([^.]+), some/.exec(admins ?? '')?.[1]?.split(/\W+/);
    expect(APP_OBJECTS.filter((object) => planned?.includes(object) !== true)).toEqual([]);
  });

  const secondsOf = (name: string) => {
    const own = template.split(/^ {2}(?=\w+:\n {4}handler:)/m).find((text) => text.startsWith(`${name}:`));
    return Number((/^ {4}timeout: (\d+)/m.exec(own ?? '') ?? /^ {2}timeout: (\d+)/m.exec(template))?.[1]);
  };
  const millisecondsIn = (path: string, name: string) =>
    (new RegExp(`const ${name} = ([\\d_* ]+);`).exec(read(path))?.[1] ?? '')
      .split('*')
      .reduce((product, factor) => product * Number(factor.replaceAll('_', '')), 1);

  it.each([
    ['setOwnerByEmail', 'lib/use-cases/executions/run-once.ts'],
    ['portalPage', 'lib/use-cases/page/change-once.ts'],
    ['refreshOwners', 'lib/use-cases/owner-sync/sync-owners.ts'],
  ])('The time-out of %s is shorter than LEASE_MS in %s: while it runs, nobody else does the same', (name, path) => {
    expect(secondsOf(name) * 1_000).toBeLessThan(millisecondsIn(path, 'LEASE_MS'));
  });

  it.each([
    ['setOwnerByEmail', 'lib/http/action-handler.ts'],
    ['findOwnerByEmail', 'lib/http/action-handler.ts'],
    ['portalPage', 'functions/portal-page.ts'],
  ])('The time-out of %s is longer than MAX_WORK_MS in %s, so that there is time for an answer', (name, path) => {
    expect(secondsOf(name) * 1_000).toBeGreaterThan(millisecondsIn(path, 'MAX_WORK_MS'));
  });
});
