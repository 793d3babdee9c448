import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIR, readSources } from '../architecture/imports.ts';
import { CHECKS } from '../hubspot-contract/all-checks.ts';
import { NOT_DOCUMENTED } from '../hubspot-contract/check.ts';
import { read } from './pages.ts';

const page = read('docs/assumptions.md');
const rows = [...page.matchAll(/^\| `([^`]+)` \| (.+) \| (.+) \| `([^`]+)` \|$/gm)];
const listed = rows.map(([, id = '']) => id);

it('Each assumption names a check that answers it, and a file that is right either way', () => {
  const ids = CHECKS.map(({ id }) => id);
  expect(listed.filter((id) => !ids.includes(id))).toEqual([]);
  expect(rows.map(([, , , , file = '']) => file).filter((file) => !existsSync(join(PROJECT_DIR, file)))).toEqual([]);
  expect(new Set(listed).size).toBe(listed.length);
});

it('Each check of what HubSpot does not document, and each one by hand, is listed', () => {
  const open = CHECKS.filter((check) => check.source === NOT_DOCUMENTED || 'byHand' in check);
  expect(open.length).toBeGreaterThan(30);
  expect(open.map(({ id }) => id).filter((id) => !listed.includes(id))).toEqual([]);
});

it('No row is written so that it is not read', () => {
  expect(page.match(/^\| `/gm)).toHaveLength(rows.length);
});

it('The page names the flags and variables that the program has, and all of them', () => {
  const program = read('test/hubspot-contract/run-contract.ts');
  const variables = new Set(program.match(/HUBSPOT_[A-Z_]+/g));
  expect([...variables].filter((name) => !page.includes(name))).toEqual([]);
  const flagsIn = (text: string) => [...new Set(text.match(/(?<=[\s`[])--[a-z][a-z-]*/g))].sort();
  expect(flagsIn(page)).toEqual(flagsIn(program));
});

it('Each comment of lib on what HubSpot does not document is about something that the page lists', () => {
  const says = /not documented|HubSpot does not document|not confirmed|\(unconfirmed/;
  // The ports are types: the page names what implements them.
  const files = readSources('lib').filter(({ path }) => !path.startsWith('lib/ports/'));
  const open = files.filter(({ text }) =>
    (text.match(/\/\*\*[\s\S]*?\*\/|\/\/ .*/g) ?? []).some((comment) => says.test(comment)),
  );
  expect(open.length).toBeGreaterThan(4);
  expect(open.map(({ path }) => path).filter((path) => !page.includes(`\`${path}\``))).toEqual([]);
});
