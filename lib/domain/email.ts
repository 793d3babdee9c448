import { domainToASCII, domainToUnicode } from 'node:url';

/**
 * Reads an email address as people type it: tolerant about form, never about identity. Only this file says which texts are the
 * same address.
 *
 * Form is what is around the address or repeats it: white space, invisible characters, list punctuation, `mailto:`, `Name
 * <a@b.c>`; and its spelling: upper case, Unicode composition, punycode. Text that would need a guess (two addresses, a trailing
 * dot, a space inside) is not an address.
 */
declare const brand: unique symbol;

/** A normalized email address: trimmed, NFC, lower case, its domain in Unicode, at most 254 characters. */
export type OwnerEmail = string & { readonly [brand]: 'OwnerEmail' };

/** Why a text is not one email address. */
export type EmailFault =
  | 'several_addresses'
  | 'hidden_character'
  | 'too_long'
  /** Digits that are not a known ID. */
  | 'unknown_number'
  | 'not_an_address';

export type EmailReading =
  | { readonly kind: 'email'; readonly email: OwnerEmail }
  | { readonly kind: 'missing' }
  /** Digits only: the workflow sends an ID. The cache says which kind of ID it is. */
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'invalid'; readonly reason: EmailFault };

/** RFC 5321 path limit, which is also what keeps an address far below DynamoDB's key limits. */
const MAX_EMAIL_LENGTH = 254;
/** Room for a display name and white space around the address. Longer input is refused before it is parsed. */
const MAX_INPUT_LENGTH = 1024;
const MAX_LOCAL_LENGTH = 64;
const MAX_LABEL_LENGTH = 63;

/** HubSpot appends this to users' emails in sandbox portals (community reports, read 2026-11-26). */
const SANDBOX_SUFFIX = '.invalid';
const PUNYCODE = 'xn--';

/** White space, controls, characters that Unicode hides, and blank glyphs: Braille, musical, hieroglyphic. */
const BLANK = '\\s\\p{Z}\\p{Cc}\\p{Cf}\\p{DI}\\u2800\\ufffc\\u{1d159}\\u{13441}\\u{13442}';
/** What separates a list, as typed on any keyboard: also full-width, half-width, small, ideographic and Arabic. */
const LIST = ';,\\uff1b\\uff0c\\uff64\\ufe50\\ufe51\\ufe54\\u3001\\u061b\\u060c';
/** From the first to the last character that is not blank; in one pass, whatever the text. */
const VISIBLE = new RegExp(`[^${BLANK}](?:[^]*[^${BLANK}])?`, 'u');
const LISTED = new RegExp(`[^${BLANK}${LIST}](?:[^]*[^${BLANK}${LIST}])?`, 'u');
/** A plain space is also blank, but people see it. */
const HIDDEN = new RegExp(`(?! )[${BLANK}]`, 'gu');
const NEVER_IN_LOCAL = new RegExp(`[()<>[\\]:${LIST}"\\\\@${BLANK}\\p{Co}\\p{Cs}\\p{NChar}\\ufffd]`, 'u');
const LABEL = new RegExp(`^(?!-)(?:(?![${BLANK}])[\\p{L}\\p{N}\\p{M}-])+(?<!-)$`, 'u');
/** Characters between and around the parts of a list. None of them is part of an address (RFC 5322), except the bar. */
const BETWEEN = new RegExp(`[${BLANK}${LIST}<>()[\\]"|]+`, 'u');
/**
 * Matches nearly every address: already normalized, ASCII, nothing around it. An address is read several times in an execution.
 */
const PLAIN =
  /^(?=.{3,254}$)[a-z\d!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:(?!xn--)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+(?!xn--)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/;
/** The addresses in the query of a `mailto:` link. In the text of a page, an ampersand is `&amp;`. */
const MORE = /(?<=[?&](?:amp;)?to=)[^&]*/gi;
/** Full-width and small. No address has one, but a display name may be an address with one. */
const WIDE_AT = /[\uff20\ufe6b]/g;
const WORDS_FOR_NOTHING = new Set(['null', 'undefined']);

export function readOwnerEmail(input: string | null | undefined): EmailReading {
  if (input === null || input === undefined) return { kind: 'missing' };
  if (PLAIN.test(input)) return { kind: 'email', email: input as OwnerEmail };
  if (input.length > MAX_INPUT_LENGTH) {
    return trimBlank(input) === '' ? { kind: 'missing' } : { kind: 'invalid', reason: 'too_long' };
  }
  const text = trim(input, LISTED);
  if (text === '' || WORDS_FOR_NOTHING.has(text.toLowerCase())) return { kind: 'missing' };
  if (/^\d{1,20}$/.test(text)) return { kind: 'number', digits: text };
  const email = readOne(text);
  return email === undefined ? { kind: 'invalid', reason: findFault(text) } : { kind: 'email', email };
}

/**
 * The one normalized form, for writing and reading the owner cache. Normalizing twice changes nothing. NFC runs again after
 * lower-casing, because lower-casing can decompose (`İ`).
 */
export function normalizeEmail(text: string): string {
  const whole = trim(text, VISIBLE).normalize('NFC');
  const domainAt = whole.lastIndexOf('@') + 1;
  const local = whole.slice(0, domainAt).toLowerCase().normalize('NFC');
  return `${local}${whole.slice(domainAt).split('.').map(normalizeLabel).join('.')}`;
}

/** Reads the email of an owner row as HubSpot returns it: the same form, but no display names and no lists. */
export function parseOwnerEmail(value: string | null | undefined): OwnerEmail | undefined {
  if (value === null || value === undefined || value.length > MAX_INPUT_LENGTH) return undefined;
  const address = normalizeEmail(value);
  return checkForm(address) === 'address' ? (address as OwnerEmail) : undefined;
}

/** The address without the suffix of a sandbox, as people know it. */
export function withoutSandboxSuffix(email: OwnerEmail): OwnerEmail {
  const bare = email.endsWith(SANDBOX_SUFFIX) ? email.slice(0, -SANDBOX_SUFFIX.length) : undefined;
  return bare?.endsWith(SANDBOX_SUFFIX) === false ? (parseOwnerEmail(bare) ?? email) : email;
}

/** The addresses that lead to the person who has this one: the address and, in a sandbox, the one without HubSpot's suffix. */
export function leadsFrom(email: OwnerEmail): OwnerEmail[] {
  return [...new Set([email, withoutSandboxSuffix(email)])];
}

/**
 * The spellings in which HubSpot may store an address, the usual one first. Its `email` filter may compare the exact text: there
 * are no documented rules (read 2026-11-26).
 * @param input the workflow's text, which may spell the address differently
 */
export function spellingsOf(email: OwnerEmail, input = ''): string[] {
  const [local, domain = ''] = email.split('@');
  const punycode = `${local}@${domain.split('.').map(toPunycode).join('.')}`;
  const given = [input, ...mentionedIn(input)].map(unwrap).filter((text) => normalizeEmail(text) === email);
  const held = [email, punycode, ...given];
  const isBare = !email.endsWith(SANDBOX_SUFFIX);
  return [...new Set([...held, ...(isBare ? held.map((text) => `${text}${SANDBOX_SUFFIX}`) : [])])];
}

/** The text without white space and invisible characters at both ends. */
export function trimBlank(text: string): string {
  return trim(text, VISIBLE);
}

function trim(text: string, kept: RegExp): string {
  return kept.exec(text)?.[0] ?? '';
}

function normalizeLabel(label: string): string {
  const lower = label.toLowerCase().normalize('NFC');
  const isPlain = /^\p{ASCII}*$/u.test(lower) && !lower.startsWith(PUNYCODE);
  if (isPlain || !LABEL.test(lower)) return lower;
  const punycode = toPunycode(label);
  // A host that IDNA reads as plain ASCII (full-width letters) is not changed: it only looks the same.
  const unicode = punycode.startsWith(PUNYCODE) ? domainToUnicode(punycode) : '';
  return LABEL.test(unicode) ? unicode : lower;
}

function toPunycode(label: string): string {
  const ascii = domainToASCII(label);
  return ascii.startsWith(PUNYCODE) ? ascii : label;
}

/** The one address in a text, in any form. The whole text may be encoded for a link. */
function readOne(text: string): OwnerEmail | undefined {
  const bare = unwrap(text);
  return parseOwnerEmail(bare) ?? readNamed(text) ?? readList(text) ?? readNamed(bare) ?? readList(bare);
}

function readList(text: string): OwnerEmail | undefined {
  const mentioned = partsOf(text).filter((part) => part !== '');
  return mentioned.length > 1 ? readSame(mentioned) : undefined;
}

/** The parts of a list. A slash also separates, but it may be part of an address. */
function partsOf(text: string): string[] {
  const parts = text.split(BETWEEN);
  return parts.flatMap((part) => (parseOwnerEmail(unwrap(part)) === undefined ? part.split('/') : part));
}

/**
 * Everything in a text that may be an address: also in a link, in its encoded parts, and in the apostrophes of a display name.
 */
function mentionedIn(text: string): string[] {
  const parts = [text, unwrap(text)].flatMap(partsOf).map(unwrap).flatMap(partsOf);
  return parts.flatMap((part) => [part, withoutApostrophes(part)]);
}

function withoutApostrophes(part: string): string {
  return part.replace(/^'(.*)'$/, '$1');
}

/** `Jane Doe <jane@example.com>`: an address in the name must be the same one. */
function readNamed(text: string): OwnerEmail | undefined {
  const name = text.replace(/<[^<>]*>/g, ' ');
  if (!text.endsWith('>') || /[<>]/.test(name)) return undefined;
  const inBrackets = [...text.matchAll(/<([^<>]*)>/g)].map(([, inner = '']) => inner);
  const inName = name
    .split(BETWEEN)
    .map(withPlainAt)
    .filter((part) => part.includes('@'));
  return readSame([...inBrackets, ...inName.map(withoutApostrophes)]);
}

/** Unchanged if it is no address, such as a name and a company. */
function withPlainAt(part: string): string {
  const plain = part.replace(WIDE_AT, '@');
  return parseOwnerEmail(plain) === undefined ? part : plain;
}

function readSame(parts: readonly string[]): OwnerEmail | undefined {
  const addresses = new Set(parts.map((part) => parseOwnerEmail(unwrap(part))));
  return addresses.size === 1 ? [...addresses][0] : undefined;
}

/** `mailto:jane%2Bsales@example.com?subject=…` and `mailto://`. In the link's query, `to` adds addresses (RFC 6068). */
function unwrap(text: string): string {
  const bare = trim(text, LISTED);
  const scheme = /^mailto:(?:\/\/)?/i.exec(bare);
  if (scheme === null) return bare;
  try {
    const named = bare.slice(scheme[0].length).replace(/\?.*$/s, (query) => `,${query.match(MORE) ?? ''}`);
    return trim(decodeURIComponent(named), LISTED);
  } catch {
    return bare;
  }
}

function findFault(text: string): EmailFault {
  const parts = mentionedIn(text);
  const addresses = new Set(parts.flatMap((part) => parseOwnerEmail(part) ?? []));
  if (addresses.size > 1) return 'several_addresses';
  if (readOne(text.replace(HIDDEN, '')) !== undefined) return 'hidden_character';
  return [text, ...parts].some((part) => checkForm(normalizeEmail(unwrap(part))) === 'too_long')
    ? 'too_long'
    : 'not_an_address';
}

function checkForm(text: string): 'address' | 'too_long' | 'malformed' {
  const at = text.indexOf('@');
  const local = text.slice(0, at);
  const labels = text.slice(at + 1).split('.');
  const isFormed =
    at > 0 && !NEVER_IN_LOCAL.test(local) && labels.length > 1 && labels.every((label) => LABEL.test(label));
  if (!isFormed) return 'malformed';
  const isLong = local.length > MAX_LOCAL_LENGTH || labels.some((label) => label.length > MAX_LABEL_LENGTH);
  return isLong || text.length > MAX_EMAIL_LENGTH ? 'too_long' : 'address';
}
