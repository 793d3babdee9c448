import type { Locale } from '../../action/labels.ts';
import { type HttpEvent, headerValues } from '../http-event.ts';

type Wish = { readonly language: string; readonly quality: number };

/** One member of `Accept-Language`: a language range and its weight (RFC 9110, section 12.5.4). */
const WISH = /^([a-z]{1,8})(?:-[a-z0-9]{1,8})*(?:\s*;\s*q=([01](?:\.\d{0,3})?))?$/i;

/** The country is ignored. Portuguese is Brazilian, because HubSpot has no other. */
const LOCALES: Readonly<Record<string, Locale>> = {
  en: 'en',
  de: 'de',
  fr: 'fr',
  es: 'es',
  pt: 'pt-br',
  ja: 'ja',
  nl: 'nl',
};

/** The pages' language that the browser prefers most, or English. */
export function chooseLanguage(event: HttpEvent): Locale {
  const wishes = headerValues(event, 'accept-language')
    .flatMap((text) => text.slice(0, MAX_LENGTH).split(','))
    .flatMap(readWish)
    .sort((one, other) => other.quality - one.quality);
  return wishes.map(({ language }) => LOCALES[language]).find((locale) => locale !== undefined) ?? 'en';
}

/** Far more than a browser sends. */
const MAX_LENGTH = 1_000;

function readWish(text: string): Wish[] {
  const [, language, quality = '1'] = WISH.exec(text.trim()) ?? [];
  const wish = { language: language?.toLowerCase() ?? '', quality: Number(quality) };
  return Object.hasOwn(LOCALES, wish.language) && wish.quality > 0 ? [wish] : [];
}
