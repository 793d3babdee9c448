/**
 * Reading an email address as people type it: forgiving about form, never about identity.
 *
 * Form is white space and invisible characters around the address, upper case, Unicode composition, `mailto:` and
 * `Name <a@b.c>`. Anything that would need a guess (two addresses, a trailing dot, a space inside) is not an address.
 */
declare const brand: unique symbol;

/** A normalised email address: trimmed, NFC, lower case, at most 254 characters. */
export type OwnerEmail = string & { readonly [brand]: 'OwnerEmail' };

export type EmailReading =
  | { readonly kind: 'email'; readonly email: OwnerEmail }
  | { readonly kind: 'missing' }
  /** Digits only: somebody mapped an id. Which regime it belongs to is for the cache to say. */
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'invalid' };

/** RFC 5321 path limit, which is also what keeps an address far below DynamoDB's key limits. */
export const MAX_EMAIL_LENGTH = 254;
/** Room for a display name and white space around the address. Longer input is refused before any work is done on it. */
const MAX_INPUT_LENGTH = 1024;
const MAX_LOCAL_LENGTH = 64;
const MAX_LABEL_LENGTH = 63;

/** HubSpot appends this to users' emails in sandbox portals (community reports, read 2026-11-23). */
export const SANDBOX_SUFFIX = '.invalid';

/** White space plus characters that show nothing and arrive by copy and paste: zero width, BOM, direction marks. */
const INVISIBLE = '\\s\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff\\u00ad';
const AROUND = new RegExp(`^[${INVISIBLE}]+|[${INVISIBLE}]+$`, 'gu');
const CONTROL_OR_INVISIBLE = new RegExp(`[${INVISIBLE}\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}]`, 'u');
const NEVER_IN_LOCAL = /[()<>[\]:;,"\\@]/u;
const LABEL = /^[\p{L}\p{N}\p{M}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?$/u;
const WORDS_FOR_NOTHING = new Set(['null', 'undefined']);

export function readOwnerEmail(input: string | null | undefined): EmailReading {
  if (input === null || input === undefined) return { kind: 'missing' };
  if (input.length > MAX_INPUT_LENGTH) return { kind: 'invalid' };
  const text = trim(input);
  if (text === '' || WORDS_FOR_NOTHING.has(text.toLowerCase())) return { kind: 'missing' };
  if (/^\d{1,20}$/.test(text)) return { kind: 'number', digits: text };
  const address = normalizeEmail(withoutMailto(withoutDisplayName(text)));
  return isAddress(address) ? { kind: 'email', email: address as OwnerEmail } : { kind: 'invalid' };
}

/**
 * The one normal form, used by whoever writes the owner cache and whoever reads it. Normalising twice is normalising once.
 * NFC runs again after lower-casing because lower-casing can decompose (`İ`).
 */
export function normalizeEmail(text: string): string {
  return trim(text).normalize('NFC').toLowerCase().normalize('NFC');
}

/** Reads the email of an owner row as HubSpot returns it: the same form, but no display names. */
export function parseOwnerEmail(value: string | null | undefined): OwnerEmail | undefined {
  if (value === null || value === undefined || value.length > MAX_INPUT_LENGTH) return undefined;
  const address = normalizeEmail(value);
  return isAddress(address) ? (address as OwnerEmail) : undefined;
}

function trim(text: string): string {
  return text.replace(AROUND, '');
}

/** `Jane Doe <jane@example.com>` and `<jane@example.com>`; a second `<` leaves the text as it is, which is then no address. */
function withoutDisplayName(text: string): string {
  const open = text.indexOf('<');
  if (open === -1 || !text.endsWith('>') || text.indexOf('<', open + 1) !== -1) return text;
  const displayName = text.slice(0, open);
  return displayName.includes('@') ? text : trim(text.slice(open + 1, -1));
}

/** `mailto:jane@example.com?subject=…`: the address ends where the link's query begins (RFC 6068). */
function withoutMailto(text: string): string {
  if (!text.toLowerCase().startsWith('mailto:')) return text;
  const link = text.slice('mailto:'.length);
  const query = link.indexOf('?');
  return query === -1 ? link : link.slice(0, query);
}

function isAddress(text: string): boolean {
  if (text.length > MAX_EMAIL_LENGTH || CONTROL_OR_INVISIBLE.test(text)) return false;
  const at = text.indexOf('@');
  const local = text.slice(0, at);
  if (at < 1 || local.length > MAX_LOCAL_LENGTH || NEVER_IN_LOCAL.test(local)) return false;
  const labels = text.slice(at + 1).split('.');
  return labels.length >= 2 && labels.every((label) => label.length <= MAX_LABEL_LENGTH && LABEL.test(label));
}
