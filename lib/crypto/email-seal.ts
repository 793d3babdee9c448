import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { PortalId } from '../domain/ids.ts';
import type { EmailSeal } from '../domain/queued-execution.ts';
import { KEY_BYTES, open, seal } from './sealed-box.ts';

const KEY_PURPOSE = 'set-owner-by-email queued e-mail v1';

/**
 * Seals with a key of its own from the app's client secret, which every function that queues or works off has already: no
 * call to KMS for each record of a flood. What waits is readable for as long as the secret it was sealed with is configured.
 */
export function createEmailSeal(secrets: {
  readonly current: string;
  readonly previous?: string | undefined;
}): EmailSeal {
  const current = deriveKey(secrets.current);
  const previous = secrets.previous === undefined ? undefined : deriveKey(secrets.previous);
  return {
    seal: (portalId, email) => seal(current, contextOf(portalId), email).toString('base64url'),
    open(portalId, sealed) {
      const box = Buffer.from(sealed, 'base64url');
      if (previous === undefined) return open(current, contextOf(portalId), box);
      try {
        return open(current, contextOf(portalId), box);
      } catch {
        return open(previous, contextOf(portalId), box);
      }
    },
  };
}

/** Made ready once: from plain bytes Node would make it anew for each email, which takes four times as long. */
function deriveKey(secret: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', KEY_PURPOSE, KEY_BYTES)));
}

function contextOf(portalId: PortalId): string {
  return JSON.stringify({ portalId });
}
