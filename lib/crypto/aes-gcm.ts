import { type CipherKey, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { PortalId } from '../domain/ids.ts';

export const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM with a random IV of 96 bits: IV, tag, ciphertext. It can be decrypted only with the same key and context. */
export function encrypt(key: CipherKey, context: string, plaintext: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context, 'utf8'));
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);
}

/** @throws if the box was made with another key, for another context, or changed since */
export function decrypt(key: CipherKey, context: string, box: Buffer): string {
  const [iv, tag] = [box.subarray(0, IV_BYTES), box.subarray(IV_BYTES, IV_BYTES + TAG_BYTES)];
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context, 'utf8'));
  decipher.setAuthTag(tag);
  const plaintext = Buffer.concat([decipher.update(box.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  return plaintext.toString('utf8');
}

/** The context of a ciphertext: in another portal's row, it cannot be decrypted. KMS writes it to CloudTrail. */
export function contextOf(portalId: PortalId): { readonly portalId: PortalId; readonly app: string } {
  return { portalId, app: 'set-owner-by-email' };
}
