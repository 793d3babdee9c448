import type { EmailFault } from '../domain/email.ts';
import type { ErrorCode } from '../domain/outcome.ts';

/** The facts that the sentences may contain. An empty string is an unknown fact. */
export type ErrorFacts = {
  /** The workflow's value for the email. */
  readonly asked: string;
  /** Names of the people the error is about, ready to read. */
  readonly people: string;
  /** Owner IDs the error is about. */
  readonly ownerIds: string;
  /** The same, each followed by the name if it is known. */
  readonly owners: string;
  /** The wrong input field or property, or a fixed word for what is wrong with the email. */
  readonly subject: string;
  /** Where an administrator installs the app again; empty with a static token. */
  readonly installUrl: string;
};

/** The English sentence of the `errorMessage` output. Only the portal sees it, so it may name its people. */
const SENTENCES: Readonly<Record<ErrorCode, (facts: ErrorFacts) => string>> = {
  EMAIL_MISSING: () => `No email was given. Check that the property mapped to "Owner's email" has a value.`,
  EMAIL_INVALID: ({ asked, subject }) => `"${asked}" is not a valid email address: ${emailFault(subject)}.`,
  OWNER_NOT_FOUND: ({ asked }) => `No owner in this HubSpot account has the email ${asked}.`,
  OWNER_DEACTIVATED: ({ asked, ownerIds }) => `${asked} belongs to a deactivated user (owner ID ${ownerIds}).`,
  OWNER_AMBIGUOUS: ({ asked, owners }) =>
    `The email ${asked} leads to more than one active owner: owner IDs ${owners}.`,
  OWNER_IS_QUEUE: ({ asked, ownerIds }) => `${asked} belongs to a queue (owner ID ${ownerIds}), not to a person.`,
  VALUE_IS_OWNER_ID: ({ asked, people }) =>
    `${asked} is an owner ID${of(people)}, not an email. Map the property that holds the email.`,
  VALUE_IS_USER_ID: ({ asked, people }) =>
    `${asked} is a user ID${of(people)}, not an email. Map the property that holds the email.`,
  FALLBACK_OWNER_INVALID: () => 'The fallback owner is missing, deactivated or not a person of this HubSpot account.',
  INPUT_INVALID: ({ subject }) => `The input "${subject}" has a value that is not allowed.`,
  RECORD_MISSING: () =>
    'This workflow enrolls no record, so there is no owner to set. Use this action in a workflow that enrolls records.',
  RECORD_NOT_FOUND: () => 'The record no longer exists.',
  RECORD_TYPE_UNSUPPORTED: () => 'This action cannot set the owner of this type of record.',
  PROPERTY_NOT_FOUND: ({ subject }) => `"${subject}" is not a writable owner property of this object.`,
  PROPERTY_HOLDS_SEVERAL: ({ subject }) => `The property "${subject}" holds several people, so it was not changed.`,
  RECORD_VALIDATION_FAILED: ({ subject }) =>
    `HubSpot refused to change "${subject}" because of a rule of this account.`,
  INVALID_OWNER_ID: ({ owners }) => `HubSpot refused the owner${owners === '' ? '' : ` ID ${owners}`}.`,
  MISSING_SCOPES: ({ subject, installUrl }) =>
    `The app lacks ${subject === '' ? 'a permission' : `the permission ${subject}`} in this HubSpot account. Approve its scopes again${at(installUrl)}.`,
  PORTAL_NOT_CONNECTED: ({ installUrl }) =>
    // With a static token HubSpot has the app, or it would send no execution.
    installUrl === ''
      ? 'The app has no valid token for this HubSpot account. Ask whoever runs the service to store the current one.'
      : `The app is not connected to this HubSpot account. Install it${at(installUrl)}.`,
  EXPIRED_IN_QUEUE: () => 'The execution waited too long in the queue. The owner was not changed.',
};

/** What the history adds to its own text of these codes: names and IDs, in no language, or what is wrong with the email. */
const DETAILS: Readonly<Partial<Record<ErrorCode, (facts: ErrorFacts) => string>>> = {
  EMAIL_INVALID: ({ subject }) => emailFault(subject),
  OWNER_AMBIGUOUS: ({ owners }) => owners,
  VALUE_IS_OWNER_ID: ({ people, ownerIds }) => people || ownerIds,
  VALUE_IS_USER_ID: ({ people, ownerIds }) => people || ownerIds,
  INPUT_INVALID: ({ subject }) => subject,
  PROPERTY_NOT_FOUND: ({ subject }) => subject,
  PROPERTY_HOLDS_SEVERAL: ({ subject }) => subject,
  RECORD_VALIDATION_FAILED: ({ subject }) => subject,
  INVALID_OWNER_ID: ({ owners }) => owners,
  MISSING_SCOPES: ({ subject, installUrl }) => [subject, installUrl].filter((text) => text !== '').join(' '),
  PORTAL_NOT_CONNECTED: ({ installUrl }) => installUrl,
};

/** Whether the history adds something to its own text of the code. */
export function hasDetails(code: string): boolean {
  return Object.hasOwn(DETAILS, code);
}

export function errorMessage(code: ErrorCode, facts: ErrorFacts): string {
  return SENTENCES[code](facts);
}

/** Empty for codes whose text is complete. A dash stands for an unknown fact. */
export function errorDetails(code: ErrorCode, facts: ErrorFacts): string {
  const find = DETAILS[code];
  return find === undefined ? '' : find(facts) || '–';
}

const EMAIL_FAULTS: Readonly<Record<EmailFault, string>> = {
  several_addresses: 'it holds more than one address',
  hidden_character: 'it contains a hidden character',
  too_long: 'it is too long',
  unknown_number: 'it is a number',
  not_an_address: 'it does not have the form of an address',
};

function emailFault(word: string): string {
  return EMAIL_FAULTS[Object.hasOwn(EMAIL_FAULTS, word) ? (word as EmailFault) : 'not_an_address'];
}

function at(url: string): string {
  // A full stop or comma right after it would become part of the link.
  return url === '' ? '' : ` at ${url} to continue`;
}

function of(people: string): string {
  return people === '' ? '' : ` of ${people}`;
}
