import { createKmsTokenCipher } from '../../lib/crypto/token-cipher-kms.ts';
import { PORTAL_A, PORTAL_B } from '../builders/ids.ts';
import { type FakeKms, KMS_KEY_ID, startFakeKms } from '../support/fake-kms.ts';

jest.mock('../../lib/network/fetch.ts', () => require('../support/global-fetch.ts').withGlobalFetch());

const FAILED = { code: 'TOKEN_CIPHER_FAILED', retryable: true };
const environment = { ...process.env };
const cipher = createKmsTokenCipher(KMS_KEY_ID);
let kms: FakeKms;

beforeEach(async () => {
  kms = await startFakeKms();
  process.env.AWS_ENDPOINT_URL_KMS = kms.url;
});

afterEach(async () => {
  process.env = { ...environment };
  await kms.close();
});

it('The KMS cipher decrypts what it encrypted, in two signed calls with the account as context', async () => {
  const ciphertext = await cipher.encrypt(PORTAL_A, 'pat-test-zoë');
  expect(await cipher.decrypt(PORTAL_A, ciphertext)).toBe('pat-test-zoë');
  const EncryptionContext = { portalId: PORTAL_A, app: 'set-owner-by-email' };
  expect(kms.calls).toMatchObject([
    { operation: 'Encrypt', signed: true, input: { KeyId: KMS_KEY_ID, EncryptionContext } },
    { operation: 'Decrypt', signed: true, input: { EncryptionContext } },
  ]);
});

it('[X11] The KMS cipher sends no token to KMS, shows none, and never makes the same ciphertext twice', async () => {
  const ciphertexts = [await cipher.encrypt(PORTAL_A, 'pat-test-1'), await cipher.encrypt(PORTAL_A, 'pat-test-1')];
  const shown = JSON.stringify([kms.calls, ciphertexts.map((each) => Buffer.from(each, 'base64').toString('latin1'))]);
  expect(shown).not.toContain('pat-test-1');
  expect(shown).not.toContain(Buffer.from('pat-test-1').toString('base64').slice(0, 12));
  expect(ciphertexts[0]).not.toBe(ciphertexts[1]);
  expect(ciphertexts[0]).toMatch(/^[A-Za-z0-9+/]+=*$/);
});

it('[A17] The KMS cipher encrypts more than KMS itself can encrypt at once', async () => {
  const long = 'x'.repeat(2 * 4_096 + 100);
  expect(await cipher.decrypt(PORTAL_A, await cipher.encrypt(PORTAL_A, long))).toBe(long);
});

it('[A15] The KMS cipher does not decrypt a ciphertext that was copied to another account', async () => {
  const ciphertext = await cipher.encrypt(PORTAL_A, 'pat-test-1');
  const reading = cipher.decrypt(PORTAL_B, ciphertext);
  await expect(reading).rejects.toMatchObject({ ...FAILED, message: expect.stringMatching('InvalidCiphertext') });
});

it('[A15] The KMS cipher does not decrypt a ciphertext with the wrapped key of another one', async () => {
  const [first, second] = [await cipher.encrypt(PORTAL_A, 'a'), await cipher.encrypt(PORTAL_A, 'b')];
  const [one, two] = [Buffer.from(first, 'base64'), Buffer.from(second, 'base64')];
  const boxAt = 3 + one.readUInt16BE(1);
  const mixed = Buffer.concat([one.subarray(0, boxAt), two.subarray(boxAt)]).toString('base64');
  await expect(cipher.decrypt(PORTAL_A, mixed)).rejects.toMatchObject(FAILED);
});

it.each([
  ['nothing', ''],
  ['no base64', 'ä'],
  ['another form', Buffer.from([2, 0, 4, 1, 2, 3, 4, 5]).toString('base64')],
  ['a length beyond its end', Buffer.from([1, 255, 255, 1]).toString('base64')],
  ['a key and no box', Buffer.from([1, 0, 1, 1]).toString('base64')],
])('The KMS cipher reports a ciphertext that it cannot decrypt: %s', async (_what, ciphertext) => {
  await expect(cipher.decrypt(PORTAL_A, ciphertext)).rejects.toMatchObject(FAILED);
});

it('[A14] The KMS cipher reports that the key is disabled, and no other text of KMS', async () => {
  const ciphertext = await cipher.encrypt(PORTAL_A, 'pat-test-1');
  kms.isDisabled = true;
  for (const call of [cipher.encrypt(PORTAL_A, 'pat-test-1'), cipher.decrypt(PORTAL_A, ciphertext)]) {
    const error = await call.catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ ...FAILED, message: expect.stringMatching(/: DisabledException$/) });
  }
  kms.isDisabled = false;
  expect(await cipher.decrypt(PORTAL_A, ciphertext)).toBe('pat-test-1');
});

const CUT = '{"Plaintext":"c2VjcmV0';
it.each([
  [
    'refuses',
    [{ status: 400, body: '{"__type":"com.amazonaws.kms#AccessDeniedException"}' }],
    1,
    'AccessDeniedException',
  ],
  ['refuses in words of its own', [{ status: 403, body: '{"__type":"<b>secret-test-x</b>"}' }], 1, 'unknown'],
  ['answers nonsense', [{ status: 200, body: CUT }], 1, 'unknown'],
  ['answers nothing of use', [{ status: 200, body: '{}' }], 1, 'unknown'],
  ['answers no object', [{ status: 200, body: 'null' }], 1, 'unknown'],
  ['is away', ['reset', 'reset'] as const, 2, 'could not be reached'],
  [
    'stays broken',
    [
      { status: 500, body: '<html>' },
      { status: 503, body: '' },
    ],
    2,
    'unknown',
  ],
])('[A14] The KMS cipher reports a failure when KMS %s', async (_what, faults, tries, words) => {
  const ciphertext = await cipher.encrypt(PORTAL_A, 'pat-test-1');
  kms.faults.push(...faults);
  const error = await cipher.decrypt(PORTAL_A, ciphertext).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ ...FAILED, message: expect.stringContaining(words) });
  expect(kms.calls).toHaveLength(1 + tries);
  expect(`${error} ${(error as Error).cause}`).not.toMatch(/secret-test|c2Vjcm/);
});

it('The KMS cipher retries after a reset connection and a busy moment', async () => {
  kms.faults.push('reset');
  const ciphertext = await cipher.encrypt(PORTAL_A, 'pat-test-1');
  kms.faults.push({ status: 400, body: '{"__type":"ThrottlingException"}' });
  expect(await cipher.decrypt(PORTAL_A, ciphertext)).toBe('pat-test-1');
});

it('[A14] The KMS cipher reports missing credentials as the same failure', async () => {
  delete process.env.AWS_ACCESS_KEY_ID;
  await expect(cipher.encrypt(PORTAL_A, 'pat-test-1')).rejects.toMatchObject(FAILED);
});

it.each([
  ['eu-central-1', 'https://kms.eu-central-1.amazonaws.com/'],
  ['cn-north-1', 'https://kms.cn-north-1.amazonaws.com.cn/'],
])('The KMS cipher in the region %s calls the default address %s', async (region, address) => {
  const send = jest
    .spyOn(globalThis, 'fetch')
    .mockImplementation(async () => Response.json({ CiphertextBlob: 'AAAA' }));
  delete process.env.AWS_ENDPOINT_URL_KMS;
  process.env.AWS_REGION = region;
  await cipher.encrypt(PORTAL_A, 'pat-test-1');
  expect(send.mock.calls.map(([url]) => String(url))).toEqual([address]);
});
