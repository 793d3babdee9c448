import {
  FIND_OWNER_BY_EMAIL,
  OUTPUT_FIELDS,
  type OutputField,
  SET_OWNER_BY_EMAIL,
} from '../../lib/action/definition.ts';
import en from '../../lib/action/labels/en.json' with { type: 'json' };
import { type ActionLabels, LANGUAGES, type LanguageTexts, LOCALES, toActionLabels } from '../../lib/action/labels.ts';
import { PROJECT_ACTIONS } from '../../local/hubspot-project/hubspot-project.ts';
import { placeholdersIn } from './placeholders.ts';

const rows = PROJECT_ACTIONS.flatMap(({ key, definition }) =>
  LOCALES.map((locale) => ({
    locale,
    key,
    definition,
    labels: toActionLabels(LANGUAGES[locale], key, definition.inputFields),
    english: toActionLabels(LANGUAGES.en, key, definition.inputFields),
  })),
);

function leaves(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [];
}

describe.each(rows)('The action $key in $locale', ({ locale, key, definition, labels, english }) => {
  it('A language has texts for the fields of the action and for no others', () => {
    const inputs = definition.inputFields.map(({ name }) => name).sort();
    const withOptions = definition.inputFields.filter((field) => field.options !== undefined);

    expect(Object.keys(labels.inputFieldLabels).sort()).toEqual(inputs);
    expect(Object.keys(labels.inputFieldDescriptions).sort()).toEqual(inputs);
    expect(Object.keys(labels.outputFieldLabels).sort()).toEqual(OUTPUT_FIELDS.map(({ name }) => name).sort());
    expect(Object.keys(labels.inputFieldOptionLabels).sort()).toEqual(withOptions.map(({ name }) => name).sort());
    for (const { name, options } of withOptions) {
      expect(Object.keys(labels.inputFieldOptionLabels[name] ?? {}).sort()).toEqual([...(options ?? [])].sort());
    }
  });

  it('A language has one text for each execution rule', () => {
    const rules = definition.executionRules.map(({ labelName }) => labelName).sort();
    expect(Object.keys(labels.executionRules).sort()).toEqual(rules);
  });

  it('A language has no empty, untrimmed or overlong text', () => {
    for (const text of leaves(labels)) {
      expect(text).toMatch(/^\S(.*\S)?$/su);
      expect(text.length).toBeLessThanOrEqual(400);
    }
    expect(labels.actionName.length).toBeLessThanOrEqual(60);
  });

  it('A language uses only declared inputs on the card and only declared outputs in the rules', () => {
    const inputs = definition.inputFields.map(({ name }) => name);
    const outputs: readonly string[] = definition.outputFields.map(({ name }) => name);

    expect(placeholdersIn(labels.actionCardContent)).toEqual(['ownerEmail']);
    expect(inputs).toEqual(expect.arrayContaining([...placeholdersIn(labels.actionCardContent)]));
    for (const text of Object.values(labels.executionRules)) {
      expect(outputs).toEqual(expect.arrayContaining([...placeholdersIn(text)]));
    }
  });

  it('A language uses no placeholder anywhere else, and leaves no brace open', () => {
    const { actionCardContent, executionRules, ...rest }: ActionLabels = labels;
    for (const text of leaves(rest)) expect(text).not.toMatch(/[{}]/);
    for (const text of [actionCardContent, ...Object.values(executionRules)]) {
      expect(text.replaceAll(/\{\{ ?\w+ ?\}\}/g, '')).not.toMatch(/[{}]/);
    }
  });

  it('A language uses the same outputs as English', () => {
    const named = (rules: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(rules).map(([label, text]) => [label, placeholdersIn(text)]));
    expect(named(labels.executionRules)).toEqual(named(english.executionRules));
  });

  it('A language is really translated', () => {
    if (locale === 'en') return;
    for (const label of Object.keys(english.executionRules) as (keyof ActionLabels['executionRules'])[]) {
      expect(labels.executionRules[label]).not.toBe(english.executionRules[label]);
    }
    expect(LANGUAGES[locale][key].actionName).not.toBe(english.actionName);
  });
});

it('The option values of one field have different texts in every language', () => {
  for (const locale of LOCALES) {
    for (const texts of Object.values(LANGUAGES[locale].inputFieldOptionLabels)) {
      expect(new Set(Object.values(texts)).size).toBe(Object.values(texts).length);
    }
  }
});

it.each(LOCALES)('Every value of an output has a label in %s that differs from the value itself', (locale) => {
  const labels = new Map(Object.entries<Readonly<Record<string, string>>>(LANGUAGES[locale].outputFieldOptionLabels));
  const fields: readonly OutputField[] = OUTPUT_FIELDS;
  const choices = fields.filter(({ options }) => options !== undefined);
  expect([...labels.keys()]).toEqual(choices.map(({ name }) => name));
  for (const { name, options = [] } of choices) {
    const texts = labels.get(name) ?? {};
    expect(Object.keys(texts)).toEqual([...options]);
    expect(new Set(Object.values(texts)).size).toBe(options.length);
    for (const [value, text] of Object.entries(texts)) {
      expect(text).not.toBe(value);
      expect(text).toMatch(/^\S(.{0,98}\S)?$/);
    }
  }
});

it('The two actions have different names in every language', () => {
  for (const locale of LOCALES) {
    expect(LANGUAGES[locale].setOwner.actionName).not.toBe(LANGUAGES[locale].findOwner.actionName);
  }
});

it('Sentences end without a space in Japanese and with one in English', () => {
  const rule = (texts: LanguageTexts) =>
    toActionLabels(texts, 'findOwner', FIND_OWNER_BY_EMAIL.inputFields).executionRules.OWNER_IS_QUEUE;
  expect(rule(LANGUAGES.ja)).not.toMatch(/。\s/);
  expect(rule(LANGUAGES.en)).toBe("{{ ownerEmail }} belongs to a queue, not to a person. Use a person's email.");
});

it('A text contains the cause only where it does not say it itself, and details only where there are some', () => {
  const { executionRules } = toActionLabels(en, 'setOwner', SET_OWNER_BY_EMAIL.inputFields);
  const labelsWith = (output: string) =>
    Object.entries(executionRules).flatMap(([label, text]) => (placeholdersIn(text).includes(output) ? [label] : []));
  expect(labelsWith('errorMessage').sort()).toEqual([
    'CLEARED',
    'CLEARED_REPLACED',
    'FALLBACK_ASSIGNED',
    'FALLBACK_ASSIGNED_REPLACED',
    'LEFT_UNCHANGED',
  ]);
  expect(labelsWith('errorDetails')).toEqual(expect.arrayContaining(['VALUE_IS_USER_ID', 'PROPERTY_NOT_FOUND']));
  expect(executionRules.EMAIL_MISSING).not.toContain('errorDetails');
});

it.each(LOCALES.filter((locale) => locale !== 'en'))(
  'A text in %s says so where it ends with English words',
  (locale) => {
    const { executionRules } = toActionLabels(LANGUAGES[locale], 'setOwner', SET_OWNER_BY_EMAIL.inputFields);
    const note = /\(.+?\)/.exec(LANGUAGES[locale].cause)?.[0] ?? 'none';
    const noted = Object.entries(executionRules).flatMap(([label, text]) => (text.includes(note) ? [label] : []));
    const labels = ['CLEARED', 'CLEARED_REPLACED', 'EMAIL_INVALID', 'FALLBACK_ASSIGNED', 'FALLBACK_ASSIGNED_REPLACED'];
    expect(noted.sort()).toEqual([...labels, 'LEFT_UNCHANGED']);
  },
);

it('The compiler refuses a language with a missing or unknown text', () => {
  // @ts-expect-error the texts of the other errors are missing
  const tooFew: LanguageTexts['errors'] = { EMAIL_MISSING: en.errors.EMAIL_MISSING };
  // @ts-expect-error a failure is named by its code, so the outcome has no text
  const tooMany: LanguageTexts['outcomes'] = { ...en.outcomes, FAILED: 'The action failed.' };
  expect([tooFew, tooMany]).toHaveLength(2);
});

it.each(LOCALES)('[Q15] The two reasons why an owner was kept have different texts in %s', (locale) => {
  const { KEPT_EXISTING, KEPT_CHANGED_SINCE } = LANGUAGES[locale].outcomes;
  expect(KEPT_EXISTING).toContain('{{ previousOwnerName }}');
  expect(KEPT_CHANGED_SINCE).not.toBe(KEPT_EXISTING);
  expect(KEPT_CHANGED_SINCE.length).toBeGreaterThan(10);
});

it.each(LOCALES)('The language %s has every text that English has, and none that is never shown', (locale) => {
  expect(pathsIn(LANGUAGES[locale])).toEqual(pathsIn(LANGUAGES.en));
  const { outputFieldOptionLabels } = LANGUAGES[locale];
  const shown = rows.filter((row) => row.locale === locale).flatMap(({ labels }) => leaves(labels));
  shown.push(...leaves(outputFieldOptionLabels));
  expect(leaves(LANGUAGES[locale]).filter((text) => !shown.some((whole) => whole.includes(text)))).toEqual([]);
});

function pathsIn(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value)
    .flatMap(([name, member]) => pathsIn(member, `${path}.${name}`))
    .sort();
}
