import crypto from 'node:crypto';
import { SIGNATURE_WINDOW_MS, type SignatureVerdict, verifySignature } from '../../lib/hubspot/signature.ts';
import { START_EPOCH_MS } from '../support/clock.ts';
import {
  base64V3,
  hexV2,
  requestWith,
  type SignedBytes,
  URL_OF_ROUTE,
  v2Headers,
  v3Headers,
} from '../support/signed-bytes.ts';

const SECRET = 'secret-test-current';
const NOW = String(START_EPOCH_MS);
const PARTS: SignedBytes = { method: 'POST', url: URL_OF_ROUTE, body: Buffer.from('{"a":1}') };

type Given = {
  readonly parts?: Partial<SignedBytes>;
  readonly nowEpochMs?: number;
  readonly allowV2?: boolean;
  readonly secrets?: { readonly current: string; readonly previous?: string };
};

function verify(headers: Readonly<Record<string, string>>, given: Given = {}): SignatureVerdict {
  const { parts, nowEpochMs = START_EPOCH_MS, allowV2 = true, secrets = { current: SECRET } } = given;
  return verifySignature(requestWith({ ...PARTS, ...parts }, headers), { secrets, allowV2, nowEpochMs });
}

const V3 = v3Headers(SECRET, PARTS, NOW);
const V2 = v2Headers(SECRET, PARTS);

describe("HubSpot's published and recomputed vectors", () => {
  const secrets = { current: 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy' };
  const url = 'https://www.example.com/webhook_uri';
  const json = '{"example_field":"example_value"}';
  const at = '1693657560000';
  const v2 = (hex: string) => ({ 'x-hubspot-signature': hex, 'x-hubspot-signature-version': 'v2' });
  const v3 = (base64: string) => ({ 'x-hubspot-signature-v3': base64, 'x-hubspot-request-timestamp': at });

  it.each([
    ['v2, GET without a body', 'GET', '', v2('eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e')],
    ['v2, POST', 'POST', json, v2('9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900')],
    ['v3, POST', 'POST', json, v3('oaA3M5dEtt6kFsseJD/Hv/x+JNl1vsoxFj4oxmwP6Go=')],
    ['v3, quotes', 'POST', json.replaceAll('"', "'"), v3('K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=')],
  ])('[S1] The signature check accepts the test vector %s', (_name, method, body, headers) => {
    const given = { parts: { method, url, body: Buffer.from(body) }, secrets, nowEpochMs: Number(at) };
    expect(verify(headers, given)).toMatchObject({ valid: true });
  });
});

describe('Signature versions', () => {
  it.each([
    ['wrong', { 'x-hubspot-signature-v3': base64V3('secret-test-other', PARTS, NOW) }],
    ['empty', { 'x-hubspot-signature-v3': '' }],
    ['outside the window', v3Headers(SECRET, PARTS, String(START_EPOCH_MS - SIGNATURE_WINDOW_MS - 1))],
    ['without a readable time', { 'x-hubspot-request-timestamp': 'now' }],
  ])('[S2] A v3 signature that is %s is rejected, even with a valid v2 signature beside it', (_why, headers) => {
    expect(verify({ ...V2, ...V3 })).toEqual({ valid: true, version: 'v3', secret: 'current' });
    expect(verify({ ...V2, ...V3, ...headers })).toMatchObject({ valid: false });
  });

  it('[S3] A v2 signature alone is accepted only while that is allowed', () => {
    expect(verify(V2)).toEqual({ valid: true, version: 'v2', secret: 'current' });
    expect(verify(V2, { allowV2: false })).toEqual({ valid: false, reason: 'version_not_accepted' });
    expect(verify(V3, { allowV2: false })).toEqual({ valid: true, version: 'v3', secret: 'current' });
  });

  const v1 = crypto.createHash('sha256').update(SECRET).update(PARTS.body).digest('hex');
  it.each([
    ['a right v1 signature', { 'x-hubspot-signature': v1, 'x-hubspot-signature-version': 'v1' }],
    ['a right v1 signature that claims to be v2', { 'x-hubspot-signature': v1, 'x-hubspot-signature-version': 'v2' }],
    ['a right v1 signature without a version', { 'x-hubspot-signature': v1 }],
    ['a right v2 signature that claims to be v1', { ...V2, 'x-hubspot-signature-version': 'v1' }],
    ['an unknown version', { ...V2, 'x-hubspot-signature-version': 'v9' }],
    ['an empty version', { ...V2, 'x-hubspot-signature-version': '' }],
    ['v2 in another case', { ...V2, 'x-hubspot-signature-version': 'V2' }],
    ['a right v2 signature without a version', { 'x-hubspot-signature': V2['x-hubspot-signature'] ?? '' }],
    ['a time without any signature', { 'x-hubspot-request-timestamp': NOW }],
    ['nothing at all', {}],
  ])('[S4] The signature check rejects %s', (_name, headers: Record<string, string>) => {
    expect(verify(headers)).toMatchObject({ valid: false });
  });
});

describe('The time of a v3 request', () => {
  it.each([
    [0, true],
    [-299_999, true],
    [-300_000, true],
    [-300_001, false],
    [299_999, true],
    [300_000, true],
    [300_001, false],
  ])('[S5] A v3 request whose time is %d ms from now is accepted: %s', (offsetMs, valid) => {
    expect(verify(v3Headers(SECRET, PARTS, String(START_EPOCH_MS + offsetMs))).valid).toBe(valid);
  });

  it.each([
    ['NaN', 'no number'],
    ['1e12', 'a number in another notation'],
    ['0x18bcfe56800', 'hexadecimal'],
    [` ${NOW} `, 'white space around'],
    [`${NOW}\n`, 'a line break behind'],
    [`+${NOW}`, 'a sign'],
    [`${NOW}.0`, 'a fraction'],
    ['', 'empty'],
    [NOW.slice(0, 10), 'seconds instead of milliseconds'],
    [`0${NOW}`, 'a leading zero'],
    [NOW.padStart(40, '0'), '40 digits'],
    [NOW.replace('1', '١'), 'digits of another script'],
  ])('[S6] The signed time %j is rejected: %s', (timestamp) => {
    expect(verify(v3Headers(SECRET, PARTS, timestamp))).toEqual({ valid: false, reason: 'timestamp_malformed' });
  });

  it('[S6] A v3 signature without a time is rejected', () => {
    expect(verify({ 'x-hubspot-signature-v3': base64V3(SECRET, PARTS, '') })).toMatchObject({ valid: false });
  });
});

describe('Spellings of a valid signature', () => {
  const right = base64V3(SECRET, PARTS, NOW);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const sameBytes = `${right.slice(0, 42)}${alphabet[alphabet.indexOf(right[42] ?? '') + 1]}=`;

  it.each([
    ['a line break behind', `${right}\n`],
    ['a line break inside', `${right.slice(0, 20)}\n${right.slice(20)}`],
    ['white space before', ` ${right}`],
    ['no padding', right.slice(0, -1)],
    ['twice the padding', `${right}=`],
    ['hexadecimal', Buffer.from(right, 'base64').toString('hex')],
    ['another last character that decodes to the same bytes', sameBytes],
    ['one character short', right.slice(1)],
    ['not base64', '%%%'],
    ['of the right length but not ASCII', 'é'.repeat(22)],
  ])('[S7] A valid signature is rejected when it is written with %s', (_name, signature) => {
    expect(verify({ ...V3, 'x-hubspot-signature-v3': signature })).toEqual({ valid: false, reason: 'mismatch' });
  });

  it('[S7] A v2 signature is accepted only in lower-case hexadecimal, as HubSpot writes it', () => {
    expect(verify({ ...V2, 'x-hubspot-signature': hexV2(SECRET, PARTS).toUpperCase() })).toMatchObject({
      valid: false,
    });
    expect(Buffer.from(sameBytes, 'base64')).toEqual(Buffer.from(right, 'base64'));
  });

  it.each<[string, Partial<SignedBytes>]>([
    ['another method', { method: 'PUT' }],
    ['http instead of https', { url: URL_OF_ROUTE.replace('https', 'http') }],
    ['a trailing slash', { url: `${URL_OF_ROUTE}/` }],
    ['a query', { url: `${URL_OF_ROUTE}?a=1` }],
    ['another host', { url: URL_OF_ROUTE.replace('owner.', 'owners.') }],
    ['the other action', { url: URL_OF_ROUTE.replace('set-', 'find-') }],
    ['one bit of the body', { body: Buffer.from('{"a":0}') }],
    ['a space behind the body', { body: Buffer.from('{"a":1} ') }],
  ])('[S8] A request that differs from the signed one by %s is rejected', (_name, parts) => {
    expect(verify(V3, { parts })).toEqual({ valid: false, reason: 'mismatch' });
    expect(verify(V2, { parts })).toEqual({ valid: false, reason: 'mismatch' });
  });
});

describe('Secret rotation', () => {
  const secrets = { current: 'secret-test-new', previous: SECRET };

  it('[S14] The current and the previous secret are both accepted, and the result says which one matched', () => {
    expect(verify(V3, { secrets })).toEqual({ valid: true, version: 'v3', secret: 'previous' });
    expect(verify(V2, { secrets })).toEqual({ valid: true, version: 'v2', secret: 'previous' });
    expect(verify(v3Headers('secret-test-new', PARTS, NOW), { secrets })).toMatchObject({ secret: 'current' });
    expect(verify(v3Headers('secret-test-older', PARTS, NOW), { secrets })).toMatchObject({ valid: false });
  });

  it('[S14] A signature is compared with both secrets in constant time, whichever matches', () => {
    const compare = jest.spyOn(crypto, 'timingSafeEqual');
    verify(v3Headers('secret-test-new', PARTS, NOW), { secrets });
    verify(V3, { secrets });
    verify(v3Headers('secret-test-older', PARTS, NOW), { secrets });
    expect(compare).toHaveBeenCalledTimes(6);
  });
});

describe('Escapes in the URL', () => {
  const query = (text: string) => `${URL_OF_ROUTE}?next=${text}`;

  it.each(['%3A:', '%2F/', '%3F?', '%40@', '%21!', '%24$', "%27'", '%28(', '%29)', '%2A*', '%2C,', '%3B;'])(
    '[E11] The escape %s in a URL is decoded for v3 and unchanged for v2',
    (pair) => {
      const [triplet, character] = [pair.slice(0, 3), pair.slice(3)];
      const asSigned = { ...PARTS, url: query(`a${character}b${character}`) };
      const parts = { url: query(`a${triplet}b${triplet}`) };
      expect(verify(v3Headers(SECRET, asSigned, NOW), { parts })).toMatchObject({ valid: true });
      expect(verify(v3Headers(SECRET, { ...PARTS, ...parts }, NOW), { parts })).toMatchObject({ valid: false });
      expect(verify(v2Headers(SECRET, { ...PARTS, ...parts }), { parts })).toMatchObject({ valid: true });
      expect(verify(v2Headers(SECRET, asSigned), { parts })).toMatchObject({ valid: false });
    },
  );

  it.each(['%20', '%23', '%25', '%253A', '%26', '%2B', '%3D', '%C3%AB', '%', '%3', '+'])(
    '[E11] The escape %s in a URL is unchanged for v3',
    (text) => {
      const parts = { ...PARTS, url: query(text) };
      expect(verify(v3Headers(SECRET, parts, NOW), { parts })).toMatchObject({ valid: true });
    },
  );
});
