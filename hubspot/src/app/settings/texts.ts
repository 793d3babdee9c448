import { de } from './texts/de.ts';
import { en, type Texts } from './texts/en.ts';
import { es } from './texts/es.ts';
import { fr } from './texts/fr.ts';
import { ja } from './texts/ja.ts';
import { nl } from './texts/nl.ts';
import { ptBr } from './texts/pt-br.ts';

export const TEXTS = { en, de, fr, es, 'pt-br': ptBr, ja, nl } as const satisfies Readonly<Record<string, Texts>>;

export type Language = keyof typeof TEXTS;

/**
 * The first language that the page has texts in. HubSpot documents `user.language` and `user.locale` without their forms:
 * `pt-br`, `pt_BR` and `pt` are all read.
 */
export function chooseLanguage(...wishes: readonly (string | undefined)[]): Language {
  const languages = Object.keys(TEXTS) as Language[];
  for (const wish of wishes) {
    const tag = (wish ?? '').toLowerCase().replaceAll('_', '-');
    const found =
      languages.find((language) => language === tag) ?? languages.find((language) => sameBase(language, tag));
    if (found !== undefined) return found;
  }
  return 'en';
}

function sameBase(language: string, tag: string): boolean {
  return language.split('-')[0] === tag.split('-')[0];
}

/** Puts values in the place of `{names}`. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
