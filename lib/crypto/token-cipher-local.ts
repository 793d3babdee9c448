import { createHash } from 'node:crypto';
import { ConfigError, TokenCipherError } from '../domain/errors.ts';
import type { TokenCipher } from '../domain/portal.ts';
import { contextOf, decrypt, encrypt, KEY_BYTES } from './aes-gcm.ts';

export type LocalKeys = {
  /** 32 bytes in base64. */
  readonly current: string;
  /** Still decrypts what it encrypted; it encrypts nothing new. */
  readonly previous?: string | undefined;
};

type LocalKey = { readonly id: Buffer; readonly key: Buffer };

const ID_BYTES = 8;

/**
 * The local stack's replacement for the KMS cipher, with its own key: key ID, encrypted text. A key next to the table that it
 * protects is no protection, so it refuses to start on Lambda.
 *
 * @throws {ConfigError} on Lambda, or if a key is malformed
 */
export function createLocalTokenCipher(
  keys: LocalKeys,
  environment: Readonly<Record<string, string | undefined>>,
): TokenCipher {
  if (isOnLambda(environment)) throw new ConfigError('The local token cipher is not for Lambda: name a KMS key');
  const current = readKey(keys.current);
  const all = keys.previous === undefined ? [current] : [current, readKey(keys.previous)];

  return {
    async encrypt(portalId, plaintext) {
      const box = encrypt(current.key, JSON.stringify(contextOf(portalId)), plaintext);
      return Buffer.concat([current.id, box]).toString('base64');
    },

    async decrypt(portalId, ciphertext) {
      const bytes = Buffer.from(ciphertext, 'base64');
      const found = all.find(({ id }) => id.equals(bytes.subarray(0, ID_BYTES)));
      if (found === undefined) throw new TokenCipherError('the ciphertext was made with another key');
      try {
        return decrypt(found.key, JSON.stringify(contextOf(portalId)), bytes.subarray(ID_BYTES));
      } catch (cause) {
        throw new TokenCipherError('the ciphertext is not what was encrypted for this portal', { cause });
      }
    },
  };
}

/** serverless-offline also sets the function's name, but says that it is not Lambda. */
function isOnLambda({ AWS_LAMBDA_FUNCTION_NAME: name, IS_OFFLINE: isOffline }: Record<string, string | undefined>) {
  return name !== undefined && name !== '' && isOffline !== 'true';
}

function readKey(base64: string): LocalKey {
  const key = Buffer.from(base64, 'base64');
  if (key.length !== KEY_BYTES) throw new ConfigError('The key of the local token cipher must be 32 bytes in base64');
  return { key, id: createHash('sha256').update(key).digest().subarray(0, ID_BYTES) };
}
