import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LANGUAGES, LOCALES } from '../../../lib/action/labels.ts';
import { textsIn } from '../../../lib/http/install/texts.ts';
import { PROJECT_DIR } from '../../architecture/imports.ts';

/** Every text by the path to it, such as `links.used.title`. */
function leaves(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(Object(value)).flatMap(([name, inner]) =>
    leaves(inner, path === '' ? name : `${path}.${name}`),
  );
}

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
const english = new Map(leaves(textsIn('en')));

it('The install pages have a file for each language of the actions, and no other', () => {
  const files = readdirSync(join(PROJECT_DIR, 'lib/http/install/texts')).sort();
  expect(files).toEqual(LOCALES.map((locale) => `${locale}.json`).sort());
});

describe.each(LOCALES)('The install pages in %s', (locale) => {
  const texts = leaves(textsIn(locale));

  it('The install pages have every text and no other', () => {
    expect(texts.map(([path]) => path)).toEqual([...english.keys()]);
  });

  it('The install pages have no empty or untrimmed text, and no markup', () => {
    for (const [, text] of texts) expect(text).toMatch(/^[^\s<>][^<>]*[^\s<>]$/u);
  });

  it('The install pages fill in the same values as the English text', () => {
    for (const [path, text] of texts) {
      expect([path, placeholders(text)]).toEqual([path, placeholders(english.get(path) ?? '')]);
    }
  });

  it('The install pages name the actions as the workflow editor does', () => {
    const { setOwner, findOwner } = textsIn(locale);
    expect([setOwner, findOwner]).toEqual([
      LANGUAGES[locale].setOwner.actionName,
      LANGUAGES[locale].findOwner.actionName,
    ]);
  });

  it('The install pages are translated', () => {
    const same = texts.filter(([path, text]) => english.get(path) === text);
    expect(same.length).toBe(locale === 'en' ? texts.length : 0);
  });
});
