import fc from 'fast-check';
import { createEmailCipher } from '../../lib/crypto/email-cipher.ts';
import { PORTAL_A, PORTAL_B } from '../builders/ids.ts';

const [OLD, NEW] = ['secret-test-old', 'secret-test-new'];
const EMAIL = 'jane@example.com';
const seal = createEmailCipher({ current: OLD });

it('opens whatever it sealed, which never looks the same twice and has no white space', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (email) => {
      const [first, second] = [seal.encrypt(PORTAL_A, email), seal.encrypt(PORTAL_A, email)];
      expect(first).not.toBe(second);
      expect(first).toMatch(/^[\w-]+$/);
      expect(seal.decrypt(PORTAL_A, first)).toBe(email);
    }),
  );
});

it('[O11] shows nothing of an email but about how long it is', () => {
  const sealed = seal.encrypt(PORTAL_A, EMAIL);
  expect(sealed).toHaveLength(Math.ceil(((12 + 16 + EMAIL.length) * 4) / 3));
  const bytes = Buffer.from(sealed, 'base64url');
  for (const part of ['jane', 'example']) expect(bytes.includes(part)).toBe(false);
});

it('is the same box for every container that has the secret', () => {
  expect(createEmailCipher({ current: OLD }).decrypt(PORTAL_A, seal.encrypt(PORTAL_A, EMAIL))).toBe(EMAIL);
});

it('[X1] opens nothing that was sealed for another portal', () => {
  const sealed = seal.encrypt(PORTAL_A, EMAIL);
  expect(() => seal.decrypt(PORTAL_B, sealed)).toThrow();
  expect(() => createEmailCipher({ current: NEW, previous: OLD }).decrypt(PORTAL_B, sealed)).toThrow();
});

describe('while the secret rotates', () => {
  const rotating = createEmailCipher({ current: NEW, previous: OLD });
  const after = createEmailCipher({ current: NEW });

  it('[X12] opens what waits from before, and seals with the new secret', () => {
    expect(rotating.decrypt(PORTAL_A, seal.encrypt(PORTAL_A, EMAIL))).toBe(EMAIL);
    expect(after.decrypt(PORTAL_A, rotating.encrypt(PORTAL_A, EMAIL))).toBe(EMAIL);
    expect(() => seal.decrypt(PORTAL_A, rotating.encrypt(PORTAL_A, EMAIL))).toThrow();
  });

  it('[X12] opens nothing of a secret that is configured no more', () => {
    expect(() => after.decrypt(PORTAL_A, seal.encrypt(PORTAL_A, EMAIL))).toThrow();
  });
});

it('notices a change of any bit, and a box that was cut', () => {
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

it.each(['', ' ', 'no box', EMAIL, 'A'.repeat(1_000)])('refuses %j, which is no box', (text) => {
  expect(() => seal.decrypt(PORTAL_A, text)).toThrow();
});
