import { errorDetails, errorMessage } from '../../lib/action/error-message.ts';
import { ERROR_CODES, type ErrorCode } from '../../lib/domain/outcome.ts';

const FACTS = {
  asked: 'jane@example.com',
  people: 'Jane Doe',
  ownerIds: '75001, 75002',
  subject: 'overwrite',
  installUrl: 'https://owner.example.com/oauth/install',
};
const NAMELESS = { ...FACTS, people: '', installUrl: '' };

describe('the sentence of an error', () => {
  it.each(ERROR_CODES)('[P15] %s has one that people can read', (code) => {
    for (const facts of [FACTS, NAMELESS]) {
      const sentence = errorMessage(code, facts);
      expect(sentence).toMatch(/^\S.{15,200}\.$/);
      expect(sentence).not.toMatch(/undefined|null|\[object|\$\{|_/);
    }
  });

  it('[P15] each code has its own', () => {
    expect(new Set(ERROR_CODES.map((code) => errorMessage(code, FACTS))).size).toBe(ERROR_CODES.length);
  });

  it.each<[ErrorCode, (keyof typeof FACTS)[]]>([
    ['EMAIL_MISSING', []],
    ['EMAIL_INVALID', ['asked']],
    ['OWNER_NOT_FOUND', ['asked']],
    ['OWNER_DEACTIVATED', ['asked', 'ownerIds']],
    ['OWNER_AMBIGUOUS', ['asked', 'ownerIds']],
    ['OWNER_IS_QUEUE', ['asked', 'ownerIds']],
    ['VALUE_IS_OWNER_ID', ['asked', 'people']],
    ['VALUE_IS_USER_ID', ['asked', 'people']],
    ['INPUT_INVALID', ['subject']],
    ['RECORD_MISSING', []],
    ['PROPERTY_NOT_FOUND', ['subject']],
    ['PROPERTY_HOLDS_SEVERAL', ['subject']],
    ['RECORD_VALIDATION_FAILED', ['subject']],
    ['INVALID_OWNER_ID', ['ownerIds']],
    ['PORTAL_NOT_CONNECTED', ['installUrl']],
    ['MISSING_SCOPES', ['subject', 'installUrl']],
  ])('[P15] %s names %j and nothing else', (code, named) => {
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
  ])('[T6, T7] of an email says what is wrong with it and nothing else: %s', (subject, words) => {
    const sentence = errorMessage('EMAIL_INVALID', { ...FACTS, subject });
    expect(sentence).toBe(`"jane@example.com" is not a valid email address: ${words}.`);
  });

  it('leaves nothing stuck to the link, which people click', () => {
    for (const code of ['MISSING_SCOPES', 'PORTAL_NOT_CONNECTED'] as const) {
      expect(errorMessage(code, FACTS)).toContain(`${FACTS.installUrl} `);
    }
  });

  it('[P15] a person who is not known by name leaves no gap', () => {
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
  ])('the details of %s with %j are %j', (code, subject, details) => {
    expect(errorDetails(code, { ...FACTS, subject })).toBe(details);
    expect(errorMessage(code, { ...FACTS, subject })).toContain(details);
  });

  it('details that are not known are a dash, so that no text ends with a colon', () => {
    expect(errorDetails('PORTAL_NOT_CONNECTED', NAMELESS)).toBe('–');
  });
});
