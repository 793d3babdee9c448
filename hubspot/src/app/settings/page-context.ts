import { createContext, useContext } from 'react';
import type { ActionTexts } from './action-texts.ts';
import type { PageClient } from './page-client.ts';
import type { Person, Viewer } from './portal-api.ts';
import type { Texts } from './texts/en.ts';
import { fill, type Language } from './texts.ts';

export type Page = {
  readonly client: PageClient;
  readonly texts: Texts;
  /** The words of the workflow action itself, as the workflow editor shows them. */
  readonly actionTexts: ActionTexts;
  readonly language: Language;
  readonly timeZone: string;
  readonly viewer: Viewer;
  readonly announce: (message: string) => void;
  readonly copy: (text: string) => Promise<void>;
};

const PageContext = createContext<Page | undefined>(undefined);

export const PageProvider = PageContext.Provider;

export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === undefined) throw new Error('usePage is for components inside PageProvider');
  return page;
}

/** Only somebody who left needs a successor. A queue is not active, and nobody left. */
export function hasLeft({ isActive, isQueue }: Person): boolean {
  return !isActive && isQueue !== true;
}

export function useFormats(): {
  readonly name: (person: Person) => string;
  readonly time: (iso: string) => string;
  readonly day: (day: string) => string;
  readonly number: (value: number) => string;
} {
  const { texts, language, timeZone } = usePage();
  return {
    name: (person) => {
      const name = person.name || person.email || fill(texts.person.ownerId, { ownerId: person.ownerId });
      if (person.isQueue) return fill(texts.person.queue, { name });
      return person.isActive ? name : fill(texts.person.deactivated, { name });
    },
    time: (iso) =>
      new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(new Date(iso)),
    // The service counts days in UTC.
    day: (day) =>
      new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(new Date(day)),
    number: (value) => new Intl.NumberFormat(language).format(value),
  };
}
