import { UnreadableRequestError } from './http-errors.ts';

/**
 * Strict UTF-8: a lenient decoder maps distinct bytes to one text, which lets a forged body through that hashes right.
 * @throws {UnreadableRequestError}
 */
export function parseJsonBody(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    throw new UnreadableRequestError('The body is not JSON in UTF-8');
  }
}
