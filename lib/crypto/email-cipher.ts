import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { PortalId } from '../domain/ids.ts';
import type { EmailCipher } from '../ports/queue.ts';
import { decrypt, encrypt, KEY_BYTES } from './aes-gcm.ts';

const KEY_PURPOSE = 'set-owner-by-email queued e-mail v1';

/**
 * Encrypts with a separate key from the app's client secret, which every function of the queue already has, so that a flood needs
 * no call to KMS for each record. Queued emails are readable as long as the secret of their key is configured.
 */
export function createEmailCipher(secrets: {
  readonly current: string;
  readonly previous?: string | undefined;
}): EmailCipher {
  const current = deriveKey(secrets.current);
  const previous = secrets.previous === undefined ? undefined : deriveKey(secrets.previous);
  return {
    encrypt: (portalId, email) => encrypt(current, contextOf(portalId), email).toString('base64url'),
    decrypt(portalId, sealed) {
      const box = Buffer.from(sealed, 'base64url');
      if (previous === undefined) return decrypt(current, contextOf(portalId), box);
      try {
        return decrypt(current, contextOf(portalId), box);
      } catch {
        return decrypt(previous, contextOf(portalId), box);
      }
    },
  };
}

/** Built once: from plain bytes, Node would build it for each email, which takes four times as long. */
function deriveKey(secret: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', KEY_PURPOSE, KEY_BYTES)));
}

function contextOf(portalId: PortalId): string {
  return JSON.stringify({ portalId });
}
