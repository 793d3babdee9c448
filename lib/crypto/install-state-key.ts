import { hkdfSync } from 'node:crypto';

const KEY_PURPOSE = 'set-owner-by-email install state v1';

/**
 * The key that signs the `state` of installs, from the app's client secret. A key of its own: what was signed as a state is no
 * signature for anything else that the secret signs. A new form of state needs a new purpose.
 */
export function deriveStateKey(clientSecret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', clientSecret, '', KEY_PURPOSE, 32));
}
