import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/**
 * The OAuth `state` of an install: it proves that we started it, recently, and in the browser that has the cookie.
 *
 *     base64url(nonce 16 │ expiry, epoch ms 6 │ SHA-256 of the cookie's value 32) . base64url(HMAC-SHA256 of the text before)
 *
 * Nothing is stored when it is issued. `OAuthStates` ensures that its nonce is used only once.
 */
type VerifiedState = { readonly nonce: string; readonly expiresAtEpochMs: number };

/** Why a state was refused: a fixed word for logs and for the choice of the page. */
export type StateFault = 'missing' | 'malformed' | 'forged' | 'expired' | 'cookie_missing' | 'cookie_mismatch';
export type StateVerdict =
  | ({ readonly valid: true } & VerifiedState)
  | { readonly valid: false; readonly reason: StateFault };

export type StateKey = { readonly stateKey: Uint8Array; readonly nowEpochMs: number };

/** How long an administrator may spend on HubSpot's consent page. */
export const STATE_LIFETIME_MS = 600_000;

const NONCE_BYTES = 16;
const EXPIRY_BYTES = 6;
const COOKIE_BYTES = 32;
/** Whole groups of three bytes, so that the text has only one form. */
const STATE = /^([\w-]{72})\.([\w-]{43})$/;

/** A new state, and the value of its cookie. */
export function issueState(asked: StateKey & { readonly randomBytes: (size: number) => Uint8Array }) {
  const { stateKey, nowEpochMs, randomBytes } = asked;
  const cookie = Buffer.from(randomBytes(COOKIE_BYTES)).toString('base64url');
  const expiry = Buffer.alloc(EXPIRY_BYTES);
  expiry.writeUIntBE(nowEpochMs + STATE_LIFETIME_MS, 0, EXPIRY_BYTES);
  const payload = Buffer.concat([randomBytes(NONCE_BYTES), expiry, hashOf(cookie)]).toString('base64url');
  return { state: `${payload}.${sign(stateKey, payload).toString('base64url')}`, cookie };
}

/** @param cookies every value of the cookie: there is only one, unless somebody tampers */
export function verifyState(
  state: string | undefined,
  cookies: readonly string[],
  { stateKey, nowEpochMs }: StateKey,
): StateVerdict {
  if (state === undefined) return refused('missing');
  const [, payload, signature] = STATE.exec(state) ?? [];
  if (payload === undefined || signature === undefined) return refused('malformed');
  // Compares texts instead of decoded bytes, because the last character of a signature has spare bits.
  const expected = sign(stateKey, payload).toString('base64url');
  if (!timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) return refused('forged');

  const bytes = Buffer.from(payload, 'base64url');
  const expiresAtEpochMs = bytes.readUIntBE(NONCE_BYTES, EXPIRY_BYTES);
  if (nowEpochMs >= expiresAtEpochMs) return refused('expired');
  const [cookie] = cookies;
  if (cookie === undefined) return refused('cookie_missing');
  const cookieHash = bytes.subarray(NONCE_BYTES + EXPIRY_BYTES);
  if (cookies.length > 1 || !timingSafeEqual(hashOf(cookie), cookieHash)) return refused('cookie_mismatch');
  return { valid: true, nonce: bytes.subarray(0, NONCE_BYTES).toString('base64url'), expiresAtEpochMs };
}

function sign(stateKey: Uint8Array, payload: string): Buffer {
  return createHmac('sha256', stateKey).update(payload).digest();
}

function hashOf(cookie: string): Buffer {
  return createHash('sha256').update(cookie).digest();
}

function refused(reason: StateFault): StateVerdict {
  return { valid: false, reason };
}

const KEY_PURPOSE = 'set-owner-by-email install state v1';

/**
 * The key that signs the `state` of installs, derived from the app's client secret. It is a separate key, so that a signed state
 * is not a valid signature for anything else. A new format of the state needs a new purpose.
 */
export function deriveStateKey(clientSecret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', clientSecret, '', KEY_PURPOSE, 32));
}
