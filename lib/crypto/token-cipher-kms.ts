import { randomBytes } from 'node:crypto';
import { callAws } from '../aws/signed-call.ts';
import { TokenCipherError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { TokenCipher } from '../domain/portal.ts';
import { contextOf, decrypt, encrypt, KEY_BYTES } from './aes-gcm.ts';

/** Distinguishes this format from later ones. */
const FORM = 1;
const HEADER_BYTES = 3;

/**
 * Encrypts with a KMS key, with the portal as its encryption context (Encrypt and Decrypt, KMS API reference, read 2026-11-23).
 *
 * KMS encrypts 4,096 bytes at most, and HubSpot names no maximum for its tokens. So KMS wraps a key of 32 random bytes, and that
 * key encrypts: format, length of the wrapped key, wrapped key, encrypted text. The wrapped key itself names the KMS key and its
 * yearly rotation.
 *
 * @param keyId ID, ARN or alias of the key
 */
export function createKmsTokenCipher(keyId: string): TokenCipher {
  return {
    async encrypt(portalId, plaintext) {
      const key = randomBytes(KEY_BYTES);
      const wrapped = await callKms('Encrypt', portalId, { KeyId: keyId, Plaintext: key.toString('base64') });
      const header = Buffer.alloc(HEADER_BYTES);
      header.writeUInt8(FORM, 0);
      header.writeUInt16BE(wrapped.length, 1);
      const box = encrypt(key, JSON.stringify(contextOf(portalId)), plaintext);
      return Buffer.concat([header, wrapped, box]).toString('base64');
    },

    async decrypt(portalId, ciphertext) {
      const bytes = Buffer.from(ciphertext, 'base64');
      if (bytes.length <= HEADER_BYTES || bytes.readUInt8(0) !== FORM) throw new TokenCipherError('unknown ciphertext');
      const boxAt = HEADER_BYTES + bytes.readUInt16BE(1);
      const wrapped = bytes.subarray(HEADER_BYTES, boxAt).toString('base64');
      const key = await callKms('Decrypt', portalId, { CiphertextBlob: wrapped });
      try {
        return decrypt(key, JSON.stringify(contextOf(portalId)), bytes.subarray(boxAt));
      } catch (cause) {
        throw new TokenCipherError('the ciphertext is not what was encrypted for this portal', { cause });
      }
    },
  };
}

const RESULT = { Encrypt: 'CiphertextBlob', Decrypt: 'Plaintext' } as const;

/** @throws {TokenCipherError} that contains nothing of the reply of KMS except its error type */
async function callKms(operation: 'Encrypt' | 'Decrypt', portalId: PortalId, input: object): Promise<Buffer> {
  const body = { ...input, EncryptionContext: contextOf(portalId) };
  const reply = await callAws({ service: 'kms', target: `TrentService.${operation}`, body }).catch((cause: unknown) => {
    throw new TokenCipherError(`KMS could not be reached for ${operation}`, { cause });
  });
  const result = reply.body[RESULT[operation]];
  if (reply.ok && typeof result === 'string') return Buffer.from(result, 'base64');
  throw new TokenCipherError(`KMS refused ${operation}: ${reply.trouble}`);
}
