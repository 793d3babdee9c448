import type { Locale } from '../../action/labels.ts';
import type { Permission } from '../../domain/scopes.ts';
import de from './texts/de.json' with { type: 'json' };
import en from './texts/en.json' with { type: 'json' };
import es from './texts/es.json' with { type: 'json' };
import fr from './texts/fr.json' with { type: 'json' };
import ja from './texts/ja.json' with { type: 'json' };
import nl from './texts/nl.json' with { type: 'json' };
import ptBr from './texts/pt-br.json' with { type: 'json' };

/** What happened, and a sentence that explains it. */
export type Notice = { readonly title: string; readonly why: string };

/**
 * The install pages in one language. The compiler rejects a file without a text. Words in braces are replaced. The names of the
 * actions are those of `lib/action/labels`, which is in no bundle; a test compares them.
 */
export type PageTexts = Omit<typeof en, 'permissions'> & {
  /** What the app may do with a permission, and what does not work without it. */
  readonly permissions: Readonly<Record<Permission, { readonly allows: string; readonly without: string }>>;
};

const TEXTS: Readonly<Record<Locale, PageTexts>> = { en, de, fr, es, 'pt-br': ptBr, ja, nl };

export function textsIn(locale: Locale): PageTexts {
  return TEXTS[locale];
}
