import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { ja } from './ja.ts';
import type { LanguageTexts, Locale } from './labels.ts';
import { nl } from './nl.ts';
import { ptBr } from './pt-br.ts';

/** Keyed as HubSpot names its locales. English comes first because it is the required one. */
export const LANGUAGES: Readonly<Record<Locale, LanguageTexts>> = { en, de, fr, es, 'pt-br': ptBr, ja, nl };
