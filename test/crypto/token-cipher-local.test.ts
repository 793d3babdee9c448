import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { createLocalTokenCipher } from '../../lib/crypto/token-cipher-local.ts';
import { PORTAL_A, PORTAL_B } from '../builders/ids.ts';
import { anyText } from '../support/any-text.ts';

const FAILED = { code: 'TOKEN_CIPHER_FAILED', retryable: true };
const [OLD, NEW] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const cipher = createLocalTokenCipher({ current: OLD }, {});

it('The local cipher decrypts whatever it encrypted, and never makes the same ciphertext twice', async () => {
  await fc.assert(
    fc.asyncProperty(anyText({ maxLength: 5_000 }), async (text) => {
      const [first, second] = [await cipher.encrypt(PORTAL_A, text), await cipher.encrypt(PORTAL_A, text)];
      expect(first).not.toBe(second);
      expect(await cipher.decrypt(PORTAL_A, first)).toBe(text);
    }),
    { numRuns: 50 },
  );
});

it('[A15] The local cipher does not decrypt a ciphertext that was copied to another account', async () => {
  const ciphertext = await cipher.encrypt(PORTAL_A, 'pat-test-1');
  await expect(cipher.decrypt(PORTAL_B, ciphertext)).rejects.toMatchObject(FAILED);
});

it('A changed bit or a truncated ciphertext makes the local cipher fail', async () => {
  const bytes = Buffer.from(await cipher.encrypt(PORTAL_A, 'pat-test-1'), 'base64');
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    await expect(cipher.decrypt(PORTAL_A, changed.toString('base64'))).rejects.toMatchObject(FAILED);
  }
  for (let length = 0; length < bytes.length; length += 1) {
    const cut = bytes.subarray(0, length).toString('base64');
    await expect(cipher.decrypt(PORTAL_A, cut)).rejects.toMatchObject(FAILED);
  }
});

it('The local cipher decrypts with the previous key and encrypts with the current one', async () => {
  const old = await cipher.encrypt(PORTAL_A, 'pat-test-1');
  const rotated = createLocalTokenCipher({ current: NEW, previous: OLD }, {});
  expect(await rotated.decrypt(PORTAL_A, old)).toBe('pat-test-1');
  const fresh = await rotated.encrypt(PORTAL_A, 'pat-test-2');
  expect(await createLocalTokenCipher({ current: NEW }, {}).decrypt(PORTAL_A, fresh)).toBe('pat-test-2');
  await expect(createLocalTokenCipher({ current: NEW }, {}).decrypt(PORTAL_A, old)).rejects.toMatchObject(FAILED);
});

it('The local cipher cannot be created on Lambda, and works where Lambda is only simulated', async () => {
  const onLambda = { AWS_LAMBDA_FUNCTION_NAME: 'setOwnerByEmail' };
  for (const environment of [onLambda, { ...onLambda, IS_OFFLINE: '' }, { ...onLambda, IS_OFFLINE: 'false' }]) {
    expect(() => createLocalTokenCipher({ current: OLD }, environment)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  }
  const offline = createLocalTokenCipher({ current: OLD }, { ...onLambda, IS_OFFLINE: 'true' });
  expect(await offline.decrypt(PORTAL_A, await cipher.encrypt(PORTAL_A, 'x'))).toBe('x');
});

it.each([
  ['empty', ''],
  ['too short', randomBytes(16).toString('base64')],
  ['too long', randomBytes(33).toString('base64')],
])('The local cipher refuses a key that is %s, and does not show it', (_what, key) => {
  const make = () => createLocalTokenCipher({ current: key }, {});
  expect(make).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  if (key !== '') expect(make).not.toThrow(key);
  expect(() => createLocalTokenCipher({ current: OLD, previous: key }, {})).toThrow();
});
