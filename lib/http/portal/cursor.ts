import type { PortalId } from '../../domain/ids.ts';
import type { OpenEmailCursor } from '../../domain/unresolved-page.ts';
import type { EmailCipher } from '../../ports/queue.ts';
import { UnreadableRequestError } from '../http-errors.ts';

/** A cursor for a URL: the count, and the address encrypted for this portal. */
export function writeCursor(cipher: EmailCipher, portalId: PortalId, { count, email }: OpenEmailCursor): string {
  return `${count}.${cipher.encrypt(portalId, email)}`;
}

/**
 * Undefined for the first page.
 * @throws {UnreadableRequestError} if we did not make it, or made it for another portal
 */
export function readCursor(
  cipher: EmailCipher,
  portalId: PortalId,
  cursor: string | undefined,
): OpenEmailCursor | undefined {
  if (cursor === undefined) return undefined;
  const [count = '', encrypted = '', ...more] = cursor.split('.');
  // Decoders are lenient, so only the exact text that we would write is accepted.
  const isWritten = Buffer.from(encrypted, 'base64url').toString('base64url') === encrypted;
  if (!/^\d{1,15}$/.test(count) || encrypted === '' || !isWritten || more.length > 0) throw invalid();
  try {
    return { count: Number(count), email: cipher.decrypt(portalId, encrypted) };
  } catch {
    throw invalid();
  }
}

function invalid(): UnreadableRequestError {
  return new UnreadableRequestError('The cursor is not valid', ['after']);
}
