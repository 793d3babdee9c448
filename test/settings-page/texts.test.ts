import { ACTION_TEXTS } from '../../hubspot/src/app/settings/action-texts.ts';
import { en } from '../../hubspot/src/app/settings/texts/en.ts';
import { chooseLanguage, fill, TEXTS } from '../../hubspot/src/app/settings/texts.ts';
import { LOCALES } from '../../lib/action/labels.ts';
import { STANDARD_OBJECTS } from '../../lib/domain/scopes.ts';
import { createFakePortal } from './fake-portal.ts';
import { openPage } from './render-page.ts';

/** Every text with where it is. */
function leaves(value: object, path = ''): readonly (readonly [string, string])[] {
  return Object.entries(value).flatMap(([name, each]) =>
    typeof each === 'string' ? [[`${path}${name}`, each] as const] : leaves(each, `${path}${name}.`),
  );
}

const english = new Map(leaves(en));
const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

it('The settings page has every language that the actions have', () => {
  expect(Object.keys(TEXTS)).toEqual([...LOCALES]);
  expect(Object.keys(ACTION_TEXTS)).toEqual([...LOCALES]);
});

describe.each(LOCALES)('the settings page in %s', (locale) => {
  const texts = leaves(TEXTS[locale]);

  it('Each language of the settings page has the texts that it has in English, and no others', () => {
    expect(texts.map(([path]) => path)).toEqual([...english.keys()]);
  });

  it('Each language of the settings page names the same values as in English', () => {
    const named = texts.filter(
      ([path, text]) => `${placeholders(text)}` !== `${placeholders(english.get(path) ?? '')}`,
    );
    expect(named).toEqual([]);
  });

  it('Each language of the settings page has no empty, untrimmed or overlong text', () => {
    const odd = texts.filter(
      ([path, text]) => path !== 'common.listSeparator' && !(/^\S(.*\S)?$/su.test(text) && text.length <= 300),
    );
    expect(odd).toEqual([]);
  });

  it('Each language of the settings page is right for one record as for many: no word follows a count', () => {
    const counted = texts.filter(
      ([path, text]) => path !== 'common.atLeast' && /\{(count|records|calls|total|seconds)\} ?\p{L}{2}/u.test(text),
    );
    if (locale !== 'ja') expect(counted).toEqual([]);
  });

  // A container writes its last counts when the next execution comes, which may be tomorrow (docs/decisions/023-outcome-counts.md).
  it('Each language of the settings page promises no time after which an execution is counted', () => {
    expect(TEXTS[locale].outcomes.note).not.toMatch(/minu|分/i);
  });

  it('Each language of the settings page names every object that handovers look through', () => {
    expect(Object.keys(TEXTS[locale].handovers.objects)).toEqual(
      expect.arrayContaining(STANDARD_OBJECTS.map(({ typeId }) => typeId)),
    );
  });

  it('Each language of the settings page is translated', () => {
    if (locale === 'en') return;
    const same = texts.filter(([path, text]) => text === english.get(path) && text.length > 12);
    expect(same).toEqual([]);
  });
});

it.each([
  ['de', undefined, 'de'],
  ['pt-br', undefined, 'pt-br'],
  ['pt_BR', undefined, 'pt-br'],
  ['pt', undefined, 'pt-br'],
  ['DE-at', undefined, 'de'],
  [undefined, 'nl-nl', 'nl'],
  ['sv', 'fr-fr', 'fr'],
  ['sv', undefined, 'en'],
  ['', '', 'en'],
  [undefined, undefined, 'en'],
])('With the language %s and the locale %s HubSpot’s user reads %s', (language, locale, expected) => {
  expect(chooseLanguage(language, locale)).toBe(expected);
});

it('A value that is missing leaves its name in the text, and one that looks like a pattern is put in as it is', () => {
  expect(fill('{a} and {b}', { a: '$& {b}' })).toBe('$& {b} and {b}');
});

it('The page shows times in the time zone of HubSpot’s account, or of the browser where that is not known', async () => {
  const at = async (zone: string) =>
    (await openPage(createFakePortal(), 'unresolved', { language: 'de' }, zone)).text();
  expect(await at('America/New_York')).toContain('26.11.2026, 10:00');
  const here = new Intl.DateTimeFormat('de', { dateStyle: 'medium', timeStyle: 'short' });
  expect(await at('US_EASTERN')).toContain(here.format(new Date('2026-11-26T15:00:00Z')));
});

it('The page is shown in the language of whoever opens it, dates and numbers included', async () => {
  const page = await openPage(createFakePortal(), 'unresolved', { language: 'de' });
  expect(page.text()).toContain(TEXTS.de.tabs.unresolved);
  expect(page.text()).toContain('26.11.2026, 15:00');
});
