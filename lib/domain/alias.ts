import { type OwnerEmail, parseOwnerEmail, readOwnerEmail, trimBlank } from './email.ts';
import type { OwnerId } from './ids.ts';

declare const brand: unique symbol;

/** `@` and a normalized domain, such as `@example.com`. */
export type EmailDomain = string & { readonly [brand]: 'EmailDomain' };

/** An address that leads to a person, because an operator or an admin said so. */
export type AddressAlias = {
  readonly kind: 'address';
  readonly alias: OwnerEmail;
  readonly ownerId: OwnerId;
  readonly setAtEpochMs: number;
};

/** A former domain: its addresses lead to the people who have the same name at another domain. */
type DomainAlias = {
  readonly kind: 'domain';
  readonly alias: EmailDomain;
  readonly toDomain: EmailDomain;
  readonly setAtEpochMs: number;
};

export type Alias = AddressAlias | DomainAlias;

/** An address, or a whole domain. */
export type AliasName =
  /** `input`: the given text, because HubSpot may store an address in another spelling. */
  | { readonly kind: 'address'; readonly alias: OwnerEmail; readonly input?: string }
  | { readonly kind: 'domain'; readonly alias: EmailDomain };

/** Enough for a renamed company, few enough to be read with one call. */
export const MAX_ALIASES = 1_000;

/** Refused, because people type it for a whole domain, and an address with it would match nothing. */
const WILDCARD = '*';

/** Undefined when the value is neither one address nor `@` and a domain. */
export function readAliasName(value: unknown): AliasName | undefined {
  if (typeof value !== 'string') return undefined;
  const domain = parseEmailDomain(value);
  if (domain !== undefined) return { kind: 'domain', alias: domain };
  const reading = readOwnerEmail(value);
  return reading.kind === 'email' && !reading.email.includes(WILDCARD)
    ? { kind: 'address', alias: reading.email, input: value }
    : undefined;
}

export function parseEmailDomain(value: unknown): EmailDomain | undefined {
  const text = typeof value === 'string' ? trimBlank(value) : '';
  const email = text.startsWith('@') ? parseOwnerEmail(`x${text}`) : undefined;
  return email && domainOf(email);
}

export type AliasMap = {
  /** The person whom an alias of this address leads to. */
  ownerOf(email: OwnerEmail): OwnerId | undefined;
  /** The same name at the new domain, if this address is at a former domain. */
  movedTo(email: OwnerEmail): OwnerEmail | undefined;
};

export function toAliasMap(aliases: readonly Alias[]): AliasMap {
  const owners = new Map<string, OwnerId>();
  const domains = new Map<string, EmailDomain>();
  for (const one of aliases) {
    if (one.kind === 'address') owners.set(one.alias, one.ownerId);
    else domains.set(one.alias, one.toDomain);
  }
  return {
    ownerOf: (email) => owners.get(email),
    movedTo(email) {
      const toDomain = domains.get(domainOf(email));
      return toDomain && moveTo(toDomain, email);
    },
  };
}

/** The same name at another domain; undefined if that is not an address. */
export function moveTo(toDomain: EmailDomain, email: OwnerEmail): OwnerEmail | undefined {
  return parseOwnerEmail(`${email.slice(0, email.indexOf('@'))}${toDomain}`);
}

/**
 * True if the target domain is itself a former domain, or the other way round. An address is moved only once, so a chain of
 * domains would lead nowhere.
 */
export function makesChain(alias: EmailDomain, toDomain: EmailDomain, standing: readonly Alias[]): boolean {
  const rules = standing.filter((one) => one.kind === 'domain').filter((rule) => rule.alias !== alias);
  return alias === toDomain || rules.some((rule) => rule.alias === toDomain || rule.toDomain === alias);
}

export function domainOf(email: OwnerEmail): EmailDomain {
  return email.slice(email.indexOf('@')) as EmailDomain;
}
