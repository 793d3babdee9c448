import { webcrypto } from 'node:crypto';
import fc from 'fast-check';
import { deriveStateKey, issueState, STATE_LIFETIME_MS, verifyState } from '../../../lib/http/install/state.ts';
import { anyText } from '../../support/any-text.ts';
import { START_EPOCH_MS } from '../../support/clock.ts';

const SECRET = 'secret-test-app';
const stateKey = deriveStateKey(SECRET);
/** 0, 1, 2 … and each call's bytes unlike the call's before. */
function makeRandomBytes(seed = 0) {
  let next = seed;
  return (size: number) => Uint8Array.from({ length: size }, () => next++ % 256);
}

const issue = (seed = 0, nowEpochMs = START_EPOCH_MS) =>
  issueState({ stateKey, nowEpochMs, randomBytes: makeRandomBytes(seed) });
const verify = (state: string | undefined, cookies: readonly string[], nowEpochMs = START_EPOCH_MS, key = stateKey) =>
  verifyState(state, cookies, { stateKey: key, nowEpochMs });

describe('[A1] The install state', () => {
  it('The install state is valid for the browser that it was made for, and returns its random value', () => {
    const { state, cookie } = issue();
    const expiresAtEpochMs = START_EPOCH_MS + STATE_LIFETIME_MS;
    const nonce = Buffer.from(Uint8Array.from({ length: 16 }, (_, index) => 32 + index)).toString('base64url');
    expect(verify(state, [cookie])).toEqual({ valid: true, nonce, expiresAtEpochMs });
  });

  it('The install state equals what another implementation of the same rules makes', async () => {
    const { subtle } = webcrypto;
    const raw = await subtle.importKey('raw', Buffer.from(SECRET), 'HKDF', false, ['deriveKey']);
    const info = Buffer.from('set-owner-by-email install state v1');
    const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info };
    const key = await subtle.deriveKey(derivation, raw, { name: 'HMAC', hash: 'SHA-256', length: 256 }, false, [
      'sign',
    ]);
    const random = makeRandomBytes();
    const cookie = Buffer.from(random(32)).toString('base64url');
    const nonce = random(16);
    const expiry = Buffer.from((START_EPOCH_MS + 600_000).toString(16).padStart(12, '0'), 'hex');
    const hash = Buffer.from(await subtle.digest('SHA-256', Buffer.from(cookie)));
    const payload = Buffer.concat([nonce, expiry, hash]).toString('base64url');
    const signature = Buffer.from(await subtle.sign('HMAC', key, Buffer.from(payload))).toString('base64url');
    expect(issue()).toEqual({ state: `${payload}.${signature}`, cookie });
  });

  it('The install state is valid for ten minutes and not a millisecond longer', () => {
    const { state, cookie } = issue();
    expect(verify(state, [cookie], START_EPOCH_MS + 599_999)).toMatchObject({ valid: true });
    expect(verify(state, [cookie], START_EPOCH_MS + 600_000)).toEqual({ valid: false, reason: 'expired' });
  });

  it('The install state counts as forged when any one of its characters is changed', () => {
    const { state, cookie } = issue();
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('');
    fc.assert(
      fc.property(fc.nat(state.length - 1), fc.constantFrom(...letters), (at, letter) => {
        fc.pre(state[at] !== letter && state[at] !== '.');
        const changed = `${state.slice(0, at)}${letter}${state.slice(at + 1)}`;
        expect(verify(changed, [cookie])).toEqual({ valid: false, reason: 'forged' });
      }),
      { numRuns: 2_000 },
    );
  });

  it('The install state is refused in every other form', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        expect(verify(text, ['x'])).toEqual({ valid: false, reason: 'malformed' });
      }),
    );
  });

  const { state: good, cookie: goodCookie } = issue();
  const [payload = '', signature = ''] = good.split('.');
  it.each<[string | undefined, string, string]>([
    [undefined, 'missing', 'none came'],
    ['', 'malformed', 'an empty one'],
    [payload, 'malformed', 'without a signature'],
    [`${payload}.`, 'malformed', 'with an empty signature'],
    [`${good}.${signature}`, 'malformed', 'with a second signature'],
    [`${good}\n`, 'malformed', 'with more behind it'],
    [` ${good}`, 'malformed', 'with more before it'],
    [`${payload}=.${signature}=`, 'malformed', 'padded'],
  ])('The install state %j is %s: %s', (state, reason) => {
    expect(verify(state, [goodCookie])).toEqual({ valid: false, reason });
  });

  it.each([
    [[], 'cookie_missing', 'another browser, or cookies are off'],
    [[issue(7).cookie], 'cookie_mismatch', 'the cookie of another install'],
    [[''], 'cookie_mismatch', 'an empty cookie'],
    [[`${goodCookie}x`], 'cookie_mismatch', 'more than the cookie'],
    [[goodCookie, 'planted'], 'cookie_mismatch', 'somebody planted a second one'],
  ])('The install state with the cookies %j is refused with %s: %s', (cookies, reason) => {
    expect(verify(good, cookies)).toEqual({ valid: false, reason });
  });

  it.each([
    ['secret-test-other', 'the secret of another app'],
    [`${SECRET}x`, 'nearly the secret'],
  ])('The install state cannot be forged with %s: %s', (secret) => {
    expect(verify(good, [goodCookie], START_EPOCH_MS, deriveStateKey(secret))).toEqual({
      valid: false,
      reason: 'forged',
    });
  });

  it('The install state is not signed with the client secret itself', () => {
    expect(verify(good, [goodCookie], START_EPOCH_MS, Buffer.from(SECRET))).toEqual({ valid: false, reason: 'forged' });
  });

  it('The install state does not contain the cookie', () => {
    expect(Buffer.from(payload, 'base64url').includes(Buffer.from(goodCookie, 'base64url'))).toBe(false);
  });
});
