import fc from 'fast-check';
import { createEmailCipher } from '../../lib/crypto/email-cipher.ts';
import { PORTAL_A, PORTAL_B } from '../builders/ids.ts';
import { anyText } from '../support/any-text.ts';

const [OLD, NEW] = ['secret-test-old', 'secret-test-new'];
const EMAIL = 'jane@example.com';
const seal = createEmailCipher({ current: OLD });

it('Any email decrypts to itself, never encrypts to the same text twice, and gives no white space', () => {
  fc.assert(
    fc.property(anyText({ maxLength: 400 }), (email) => {
      const [first, second] = [seal.encrypt(PORTAL_A, email), seal.encrypt(PORTAL_A, email)];
      expect(first).not.toBe(second);
      expect(first).toMatch(/^[\w-]+$/);
      expect(seal.decrypt(PORTAL_A, first)).toBe(email);
    }),
  );
});

it('[O11] An encrypted email reveals only its approximate length', () => {
  const sealed = seal.encrypt(PORTAL_A, EMAIL);
  expect(sealed).toHaveLength(Math.ceil(((12 + 16 + EMAIL.length) * 4) / 3));
  const bytes = Buffer.from(sealed, 'base64url');
  for (const part of ['jane', 'example']) expect(bytes.includes(part)).toBe(false);
});

it('An encrypted email can be decrypted by every container that has the secret', () => {
  expect(createEmailCipher({ current: OLD }).decrypt(PORTAL_A, seal.encrypt(PORTAL_A, EMAIL))).toBe(EMAIL);
});

it('[X1] An email that was encrypted for another account cannot be decrypted', () => {
  const sealed = seal.encrypt(PORTAL_A, EMAIL);
  expect(() => seal.decrypt(PORTAL_B, sealed)).toThrow();
  expect(() => createEmailCipher({ current: NEW, previous: OLD }).decrypt(PORTAL_B, sealed)).toThrow();
});

describe('While the secret rotates', () => {
  const rotating = createEmailCipher({ current: NEW, previous: OLD });
  const after = createEmailCipher({ current: NEW });

  it('[X12] Waiting emails of the previous secret are decrypted, and new ones are encrypted with the new secret', () => {
    expect(rotating.decrypt(PORTAL_A, seal.encrypt(PORTAL_A, EMAIL))).toBe(EMAIL);
    expect(after.decrypt(PORTAL_A, rotating.encrypt(PORTAL_A, EMAIL))).toBe(EMAIL);
    expect(() => seal.decrypt(PORTAL_A, rotating.encrypt(PORTAL_A, EMAIL))).toThrow();
  });

  it('[X12] An email of a secret that is no longer configured cannot be decrypted', () => {
    expect(() => after.decrypt(PORTAL_A, seal.encrypt(PORTAL_A, EMAIL))).toThrow();
  });
});

it('A changed bit or a truncated text makes the decryption of an email fail', () => {
  const box = Buffer.from(seal.encrypt(PORTAL_A, EMAIL), 'base64url');
  for (let bit = 0; bit < box.length * 8; bit += 1) {
    const changed = Buffer.from(box);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => seal.decrypt(PORTAL_A, changed.toString('base64url'))).toThrow();
  }
  for (let length = 0; length < box.length; length += 1) {
    expect(() => seal.decrypt(PORTAL_A, box.subarray(0, length).toString('base64url'))).toThrow();
  }
});

it.each(['', ' ', 'no box', EMAIL, 'A'.repeat(1_000)])('The invalid ciphertext %j is refused', (text) => {
  expect(() => seal.decrypt(PORTAL_A, text)).toThrow();
});
