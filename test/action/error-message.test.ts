import { errorDetails, errorMessage } from '../../lib/action/error-message.ts';
import { ERROR_CODES, type ErrorCode } from '../../lib/domain/outcome.ts';

const FACTS = {
  asked: 'jane@example.com',
  people: 'Jane Doe',
  ownerIds: '75001, 75002',
  owners: '75001 (Jane D.), 75002 (Jo)',
  subject: 'overwrite',
  installUrl: 'https://owner.example.com/oauth/install',
};
const NAMELESS = { ...FACTS, people: '', installUrl: '' };

describe('Error messages', () => {
  it.each(ERROR_CODES)('[P15] The error %s has a readable message', (code) => {
    for (const facts of [FACTS, NAMELESS]) {
      const sentence = errorMessage(code, facts);
      expect(sentence).toMatch(/^\S.{15,200}\.$/);
      expect(sentence).not.toMatch(/undefined|null|\[object|\$\{|_/);
    }
  });

  it('[P15] Each error code has its own message', () => {
    expect(new Set(ERROR_CODES.map((code) => errorMessage(code, FACTS))).size).toBe(ERROR_CODES.length);
  });

  it.each<[ErrorCode, (keyof typeof FACTS)[]]>([
    ['EMAIL_MISSING', []],
    ['EMAIL_INVALID', ['asked']],
    ['OWNER_NOT_FOUND', ['asked']],
    ['OWNER_DEACTIVATED', ['asked', 'ownerIds']],
    ['OWNER_AMBIGUOUS', ['asked', 'owners']],
    ['OWNER_IS_QUEUE', ['asked', 'ownerIds']],
    ['VALUE_IS_OWNER_ID', ['asked', 'people']],
    ['VALUE_IS_USER_ID', ['asked', 'people']],
    ['INPUT_INVALID', ['subject']],
    ['RECORD_MISSING', []],
    ['PROPERTY_NOT_FOUND', ['subject']],
    ['PROPERTY_HOLDS_SEVERAL', ['subject']],
    ['RECORD_VALIDATION_FAILED', ['subject']],
    ['INVALID_OWNER_ID', ['owners']],
    ['PORTAL_NOT_CONNECTED', ['installUrl']],
    ['MISSING_SCOPES', ['subject', 'installUrl']],
  ])('[P15] The message for %s contains %j and nothing else', (code, named) => {
    const sentence = errorMessage(code, FACTS);
    const told = Object.entries(FACTS).filter(([, value]) => sentence.includes(value));
    expect(told.map(([name]) => name)).toEqual(Object.keys(FACTS).filter((name) => named.includes(name as never)));
  });

  it.each([
    ['several_addresses', 'it holds more than one address'],
    ['hidden_character', 'it contains a hidden character'],
    ['too_long', 'it is too long'],
    ['unknown_number', 'it is a number'],
    ['not_an_address', 'it does not have the form of an address'],
    ['', 'it does not have the form of an address'],
  ])('[T6, T7] The message about an invalid email says only what is wrong with it: %s', (subject, words) => {
    const sentence = errorMessage('EMAIL_INVALID', { ...FACTS, subject });
    expect(sentence).toBe(`"jane@example.com" is not a valid email address: ${words}.`);
  });

  it('An error message puts nothing directly after a link, because people click it', () => {
    for (const code of ['MISSING_SCOPES', 'PORTAL_NOT_CONNECTED'] as const) {
      expect(errorMessage(code, FACTS)).toContain(`${FACTS.installUrl} `);
    }
  });

  it('[M9] Where nobody installs the app, no error message asks to install it', () => {
    const sentence = errorMessage('PORTAL_NOT_CONNECTED', { ...FACTS, installUrl: '' });
    expect(sentence).toMatch(/no valid token for this HubSpot account\. Ask whoever runs the service/);
    expect(sentence).not.toMatch(/install/i);
  });

  it('[P15] A person without a name leaves no gap in an error message', () => {
    expect(errorMessage('VALUE_IS_USER_ID', NAMELESS)).toContain('is a user ID, not an email');
  });

  it.each<[ErrorCode, string, string]>([
    ['EMAIL_INVALID', 'several_addresses', 'it holds more than one address'],
    ['EMAIL_INVALID', 'hidden_character', 'it contains a hidden character'],
    ['EMAIL_INVALID', 'too_long', 'it is too long'],
    ['EMAIL_INVALID', '', 'it does not have the form of an address'],
    ['PROPERTY_NOT_FOUND', 'firstname', 'firstname'],
    ['OWNER_NOT_FOUND', '', ''],
    ['MISSING_SCOPES', '', 'https://owner.example.com/oauth/install'],
  ])('The details of %s with %j are %j', (code, subject, details) => {
    expect(errorDetails(code, { ...FACTS, subject })).toBe(details);
    expect(errorMessage(code, { ...FACTS, subject })).toContain(details);
  });

  it('Unknown details are a dash, so that no text ends with a colon', () => {
    expect(errorDetails('PORTAL_NOT_CONNECTED', NAMELESS)).toBe('–');
  });
});
