import { type EmailDomain, parseEmailDomain } from './alias.ts';
import { type OwnerEmail, readOwnerEmail } from './email.ts';
import { type OwnerId, parseOwnerId } from './ids.ts';

/** How an operator or an admin names somebody. */
export type OwnerRef =
  | { readonly kind: 'ownerId'; readonly ownerId: OwnerId }
  /** `input`: as it was given, for HubSpot may hold an address in a spelling of its own. */
  | { readonly kind: 'email'; readonly email: OwnerEmail; readonly input?: string };

/** Where an alias leads: a person, or the domain that took the place of a former one. */
export type AliasTarget = OwnerRef | { readonly kind: 'domain'; readonly domain: EmailDomain };

/** Undefined when the value is neither one owner id nor one email. */
export function readOwnerRef(value: unknown): OwnerRef | undefined {
  const input = typeof value === 'string' ? value : '';
  const reading = readOwnerEmail(input);
  if (reading.kind === 'email') return { ...reading, input };
  const ownerId = parseOwnerId(reading.kind === 'number' ? reading.digits : value);
  return ownerId && { kind: 'ownerId', ownerId };
}

/** Undefined when the value is neither one owner id, one email nor `@` and a domain. */
export function readAliasTarget(value: unknown): AliasTarget | undefined {
  const domain = parseEmailDomain(value);
  return domain === undefined ? readOwnerRef(value) : { kind: 'domain', domain };
}
