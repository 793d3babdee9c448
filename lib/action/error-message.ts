import type { EmailFault } from '../domain/email.ts';
import type { ErrorCode } from '../domain/outcome.ts';

/** What the sentences may name. Empty strings are facts that are not known. */
export type ErrorFacts = {
  /** The value the workflow gave as email. */
  readonly asked: string;
  /** Names of the people the error is about, ready to read. */
  readonly people: string;
  /** Owner ids the error is about. */
  readonly ownerIds: string;
  /** The input field or property that was wrong. */
  readonly subject: string;
  /** Where an administrator installs the app again; empty where nobody installs it. */
  readonly installUrl: string;
};

/**
 * The English sentence of the `errorMessage` output. It is shown inside the portal only, so it may name the portal's own people.
 */
const SENTENCES: Readonly<Record<ErrorCode, (facts: ErrorFacts) => string>> = {
  EMAIL_MISSING: () => `No email was given. Check that the property mapped to "Owner's email" has a value.`,
  EMAIL_INVALID: ({ asked, subject }) =>
    `"${asked}" ${EMAIL_FAULTS[subject as keyof typeof EMAIL_FAULTS] ?? 'is not an email address'}.`,
  OWNER_NOT_FOUND: ({ asked }) => `No owner in this HubSpot account has the email ${asked}.`,
  OWNER_DEACTIVATED: ({ asked, ownerIds }) => `${asked} belongs to a deactivated user (owner id ${ownerIds}).`,
  OWNER_AMBIGUOUS: ({ asked, ownerIds }) => `More than one active owner has the email ${asked}: owner ids ${ownerIds}.`,
  OWNER_IS_QUEUE: ({ asked, ownerIds }) => `${asked} belongs to a queue (owner id ${ownerIds}), not to a person.`,
  VALUE_IS_OWNER_ID: ({ asked, people }) =>
    `${asked} is an owner id${of(people)}, not an email. Map the property that holds the email.`,
  VALUE_IS_USER_ID: ({ asked, people }) =>
    `${asked} is a user id${of(people)}, not an email. Map the property that holds the email.`,
  FALLBACK_OWNER_INVALID: () => 'The fallback owner is missing, deactivated or not a person of this HubSpot account.',
  INPUT_INVALID: ({ subject }) => `The input "${subject}" has a value that it cannot have.`,
  RECORD_NOT_FOUND: () => 'The record no longer exists.',
  RECORD_TYPE_UNSUPPORTED: () => 'Records of this type cannot be given an owner by this action.',
  PROPERTY_NOT_FOUND: ({ subject }) => `The property "${subject}" does not exist on this object.`,
  RECORD_VALIDATION_FAILED: ({ subject }) =>
    `HubSpot refused to change "${subject}" because of a rule of this account.`,
  INVALID_OWNER_ID: ({ ownerIds }) => `HubSpot refused the owner id ${ownerIds}.`,
  MISSING_SCOPES: ({ subject, installUrl }) =>
    `The app lacks ${subject === '' ? 'a permission' : `the permission ${subject}`} in this HubSpot account. Approve its scopes again${at(installUrl)}.`,
  PORTAL_NOT_CONNECTED: ({ installUrl }) =>
    `The app is not connected to this HubSpot account. Install it${at(installUrl)}.`,
  EXPIRED_IN_QUEUE: () => 'The execution waited too long in the queue; the owner was not changed.',
};

const EMAIL_FAULTS: Readonly<Record<Exclude<EmailFault, 'not_an_address'>, string>> = {
  several_addresses: 'holds more than one email address. Give exactly one',
  hidden_character: 'contains a hidden character. Delete the value and type it again',
  too_long: 'is too long for an email address',
  unknown_number: 'is a number, not an email. Map the property that holds the email',
};

export function errorMessage(code: ErrorCode, facts: ErrorFacts): string {
  return SENTENCES[code](facts);
}

function at(url: string): string {
  // A full stop or comma right behind it would become part of the link.
  return url === '' ? '' : ` at ${url} to go on`;
}

function of(people: string): string {
  return people === '' ? '' : ` of ${people}`;
}
