import de from './de.json' with { type: 'json' };
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import fr from './fr.json' with { type: 'json' };
import ja from './ja.json' with { type: 'json' };
import type { LanguageTexts, Locale } from './labels.ts';
import nl from './nl.json' with { type: 'json' };
import ptBr from './pt-br.json' with { type: 'json' };

/** Keyed as HubSpot names its locales. English comes first because it is the required one. */
export const LANGUAGES: Readonly<Record<Locale, LanguageTexts>> = { en, de, fr, es, 'pt-br': ptBr, ja, nl };
