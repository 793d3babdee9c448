import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as ages from '../../lib/domain/ages.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';
import { read } from './pages.ts';

const AGES: Readonly<Record<string, unknown>> = { ...ages };
const filesIn = (folder: string) => readdirSync(join(PROJECT_DIR, folder)).map((name) => `${folder}/${name}`);
const stores = filesIn('lib/store').map((path) => ({ path, text: read(path) }));

/** The words of each union that is named so, as in `type Kind = 'written' | 'completed'`. */
const unionsIn = (text: string) =>
  [...text.matchAll(/[Kk]ind(?::| =) ((?:(?:'\w+'|`\w+[^`]*`)(?: \| )?)+)/g)].flatMap(([, union = '']) =>
    [...union.matchAll(/['`](\w+)/g)].map(([, word = '']) => word),
  );

it('The security guide lists every kind of row that is stored', () => {
  const kinds = stores.flatMap(({ text }) => [
    ...[...text.matchAll(/`portal#\$\{portalId\}#(\w+)/g)].map(([, kind = '']) => kind),
    ...(/`portal#\$\{portalId\}#\$\{kind\}/.test(text) ? unionsIn(text) : []),
  ]);
  expect(kinds.length).toBeGreaterThan(20);
  const guide = read('docs/security.md');
  expect(kinds.filter((kind) => !new RegExp(`\`[^\`]*#${kind}\\b`).test(guide))).toEqual([]);
});

it('The key of a row begins with its account, by which a deletion finds it, or is one of two that belong to none', () => {
  const beginnings = stores.flatMap(({ text }) => [...text.matchAll(/pk: \{ S: ['`]([^'`$]*)/g)]).map(([, key]) => key);
  expect([...new Set(beginnings)].sort()).toEqual(['install#', 'portal#']);
  expect(read('lib/store/portal-list.ts')).toContain("const DIRECTORY = 'portals'");
});

const IN_WORDS: Readonly<Record<string, number>> = { 'A day': 1, four: 4, nine: 9, 'three weeks': 21 };
const languages = filesIn('hubspot/src/app/settings/texts');

/** Where people read how long something is kept, with the number of days. */
const SAID: readonly [age: keyof typeof ages, page: string, text: RegExp][] = [
  ['LEARNED_OWNER_ROW_MS', 'docs/security.md', /learned between two refreshes: (\d+) days/],
  ['EXECUTION_ROW_MS', 'docs/security.md', /#execution#.*\| (\d+) days/],
  ['EXECUTION_ROW_MS', 'docs/security.md', /in the ledger for (\w+) days/],
  ['EXECUTION_ROW_MS', 'docs/decisions/006-ledger-without-names.md', /(\w+) days/],
  ['WORK_LOG_ROW_MS', 'docs/security.md', /#written`.*\| (\d+) days/],
  ['WORK_LOG_ROW_MS', 'docs/security.md', /#completed`.*\| (\d+) days/],
  ['WORK_LOG_ROW_MS', 'docs/security.md', /#blocked`.*\| (\d+) days/],
  ['WORK_LOG_ROW_MS', 'docs/glossary.md', /answers of an account, kept for (\w+) days/],
  ['UNRESOLVED_EMAIL_ROW_MS', 'docs/security.md', /#unresolved`.*, (\d+) days at most/],
  ['UNRESOLVED_EMAIL_ROW_MS', 'docs/operators.md', /kept for (\d+) days at most and never logged/],
  ['OUTCOME_COUNT_ROW_MS', 'docs/security.md', /#outcomes`.*\| (\d+) days/],
  ['CHANGE_ROW_MS', 'docs/security.md', /#change`.*\| (\d+) days/],
  ['CHANGE_ROW_MS', 'docs/security.md', /the settings page name them for (\d+) days/],
  ['CHANGE_ROW_MS', 'docs/admins.md', /keeps every change for (\d+) days/],
  ['CHANGE_ROW_MS', 'docs/decisions/024-settings-page.md', /kept for (\d+) days/],
  ...languages.flatMap((page): (typeof SAID)[number][] => [
    ['CHANGE_ROW_MS', page, /intro: '\D*(\d+).*\n\s+empty/],
    ['CHANGE_ROW_MS', page, /intro: .*\n\s+empty: '\D*(\d+)/],
    ['HANDOVER_UNDO_MS', page, /TOO_OLD: '\D*(\d+)/],
  ]),
  ['HANDOVER_UNDO_MS', 'lib/domain/handover-refusals.ts', /more than (\d+) days ago/],
  ['HANDOVER_UNDO_MS', 'docs/admins.md', /\*\*Undo\*\*, if you need to, within (\d+) days/],
  ['HANDOVER_UNDO_MS', 'docs/operators.md', /\*\*Undo\*\* it, if you need to, within (\d+) days/],
  ['HANDOVER_UNDO_MS', 'docs/operators.md', /"undo, (\d+) days"/],
  ['HANDOVER_ROW_MS', 'docs/security.md', /#handovers`.*\| (\d+) days/],
  ['SYNC_CHECKPOINT_ROW_MS', 'docs/security.md', /#sweep#.*\| (A day)/],
  ['RATE_LIMIT_ROW_MS', 'docs/security.md', /#budget`.*\| (\d+) days/],
  ['DISCONNECTED_PORTAL_MS', 'docs/security.md', /Until (three weeks) after the app was uninstalled/],
  ['FORGOTTEN_MARK_MS', 'docs/security.md', /or (\d+) days after the account was deleted/],
  ['FORGOTTEN_MARK_MS', 'docs/security.md', /One row stays for (\d+) days/],
];

it.each(SAID)('%s is the time that %s says (%s)', (age, page, text) => {
  const said = text.exec(read(page))?.[1] ?? 'nothing';
  expect(`${IN_WORDS[said] ?? said} days`).toBe(`${Number(AGES[age]) / ages.DAY_MS} days`);
});

it('The guides say how long each kind of row is kept that is kept for a day or longer', () => {
  const kept = Object.entries(AGES).filter(([name, ms]) => name.endsWith('_ROW_MS') && Number(ms) >= ages.DAY_MS);
  expect(kept.map(([name]) => name).filter((name) => !SAID.some(([age]) => age === name))).toEqual([]);
});
