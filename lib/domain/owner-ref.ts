import { type EmailDomain, parseEmailDomain } from './alias.ts';
import { type OwnerEmail, readOwnerEmail } from './email.ts';
import { type OwnerId, parseOwnerId } from './ids.ts';

/** How an operator or an admin names somebody. */
export type OwnerRef =
  | { readonly kind: 'ownerId'; readonly ownerId: OwnerId }
  /** `input`: the given text, because HubSpot may store an address in another spelling. */
  | { readonly kind: 'email'; readonly email: OwnerEmail; readonly input?: string };

/** The target of an alias: a person, or the new domain for a former one. */
export type AliasTarget = OwnerRef | { readonly kind: 'domain'; readonly domain: EmailDomain };

/** Undefined if the value is neither one owner ID nor one email. */
export function readOwnerRef(value: unknown): OwnerRef | undefined {
  const input = typeof value === 'string' ? value : '';
  const reading = readOwnerEmail(input);
  if (reading.kind === 'email') return { ...reading, input };
  const ownerId = parseOwnerId(reading.kind === 'number' ? reading.digits : value);
  return ownerId && { kind: 'ownerId', ownerId };
}

/** Undefined if the value is neither one owner ID, one email nor `@` and a domain. */
export function readAliasTarget(value: unknown): AliasTarget | undefined {
  const domain = parseEmailDomain(value);
  return domain === undefined ? readOwnerRef(value) : { kind: 'domain', domain };
}
