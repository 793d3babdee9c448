import { createContext, useContext } from 'react';
import type { ActionTexts } from './action-texts.ts';
import type { PageClient } from './page-client.ts';
import type { Person, Viewer } from './portal-api.ts';
import type { Texts } from './texts/en.ts';
import { fill, type Language } from './texts.ts';

/** Shown by HubSpot above the page, wherever somebody is by then. */
export type PageAlert = {
  readonly type: 'success' | 'warning' | 'danger';
  readonly title?: string;
  readonly message: string;
};

export type Page = {
  readonly client: PageClient;
  readonly texts: Texts;
  /** The words of the workflow action itself, as the workflow editor shows them. */
  readonly actionTexts: ActionTexts;
  readonly language: Language;
  /** Undefined where HubSpot names none that the browser knows: then it is the browser's own. */
  readonly timeZone: string | undefined;
  readonly viewer: Viewer;
  readonly announce: (message: string) => void;
  readonly warn: (alert: PageAlert) => void;
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
  /** Several people in a line. */
  readonly names: (people: readonly Person[]) => string;
  /** Calls people so that nobody is taken for somebody else: those of one name have their owner IDs behind it. */
  readonly distinguish: (people: readonly Person[]) => (person: Person) => Person;
  readonly time: (iso: string) => string;
  readonly day: (day: string) => string;
  readonly number: (value: number) => string;
} {
  const { texts, language, timeZone } = usePage();
  const idOf = ({ ownerId }: Person) => fill(texts.person.ownerId, { ownerId });
  const called = (person: Person) => person.name || person.email || idOf(person);
  const name = (person: Person) => {
    if (person.isQueue) return fill(texts.person.queue, { name: called(person) });
    return person.isActive ? called(person) : fill(texts.person.deactivated, { name: called(person) });
  };
  const distinguish = (people: readonly Person[]) => {
    const ofName = Map.groupBy(people, name);
    return (person: Person): Person =>
      ofName.get(name(person))?.every(({ ownerId }) => ownerId === person.ownerId) === false
        ? { ...person, name: `${called(person)} (${idOf(person)})` }
        : person;
  };
  return {
    name,
    names: (people) => people.map(distinguish(people)).map(name).join(texts.common.listSeparator),
    distinguish,
    time: (iso) =>
      new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(new Date(iso)),
    // The service counts days in UTC.
    day: (day) =>
      new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(new Date(day)),
    number: (value) => new Intl.NumberFormat(language).format(value),
  };
}
