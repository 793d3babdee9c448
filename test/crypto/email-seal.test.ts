import fc from 'fast-check';
import { createEmailSeal } from '../../lib/crypto/email-seal.ts';
import { PORTAL_A, PORTAL_B } from '../builders/ids.ts';

const [OLD, NEW] = ['secret-test-old', 'secret-test-new'];
const EMAIL = 'jane@example.com';
const seal = createEmailSeal({ current: OLD });

it('opens whatever it sealed, which never looks the same twice and has no white space', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (email) => {
      const [first, second] = [seal.seal(PORTAL_A, email), seal.seal(PORTAL_A, email)];
      expect(first).not.toBe(second);
      expect(first).toMatch(/^[\w-]+$/);
      expect(seal.open(PORTAL_A, first)).toBe(email);
    }),
  );
});

it('[O11] shows nothing of an email but about how long it is', () => {
  const sealed = seal.seal(PORTAL_A, EMAIL);
  expect(sealed).toHaveLength(Math.ceil(((12 + 16 + EMAIL.length) * 4) / 3));
  const bytes = Buffer.from(sealed, 'base64url');
  for (const part of ['jane', 'example']) expect(bytes.includes(part)).toBe(false);
});

it('is the same box for every container that has the secret', () => {
  expect(createEmailSeal({ current: OLD }).open(PORTAL_A, seal.seal(PORTAL_A, EMAIL))).toBe(EMAIL);
});

it('[X1] opens nothing that was sealed for another portal', () => {
  const sealed = seal.seal(PORTAL_A, EMAIL);
  expect(() => seal.open(PORTAL_B, sealed)).toThrow();
  expect(() => createEmailSeal({ current: NEW, previous: OLD }).open(PORTAL_B, sealed)).toThrow();
});

describe('while the secret rotates', () => {
  const rotating = createEmailSeal({ current: NEW, previous: OLD });
  const after = createEmailSeal({ current: NEW });

  it('[X12] opens what waits from before, and seals with the new secret', () => {
    expect(rotating.open(PORTAL_A, seal.seal(PORTAL_A, EMAIL))).toBe(EMAIL);
    expect(after.open(PORTAL_A, rotating.seal(PORTAL_A, EMAIL))).toBe(EMAIL);
    expect(() => seal.open(PORTAL_A, rotating.seal(PORTAL_A, EMAIL))).toThrow();
  });

  it('[X12] opens nothing of a secret that is configured no more', () => {
    expect(() => after.open(PORTAL_A, seal.seal(PORTAL_A, EMAIL))).toThrow();
  });
});

it('notices a change of any bit, and a box that was cut', () => {
  const box = Buffer.from(seal.seal(PORTAL_A, EMAIL), 'base64url');
  for (let bit = 0; bit < box.length * 8; bit += 1) {
    const changed = Buffer.from(box);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => seal.open(PORTAL_A, changed.toString('base64url'))).toThrow();
  }
  for (let length = 0; length < box.length; length += 1) {
    expect(() => seal.open(PORTAL_A, box.subarray(0, length).toString('base64url'))).toThrow();
  }
});

it.each(['', ' ', 'no box', EMAIL, 'A'.repeat(1_000)])('refuses %j, which is no box', (text) => {
  expect(() => seal.open(PORTAL_A, text)).toThrow();
});
