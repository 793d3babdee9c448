import { createHash, createHmac } from 'node:crypto';

/**
 * HubSpot's side of the request signatures (validating requests, read 2026-11-23). Written separately from the code that checks
 * them, so that both must agree with the documentation instead of each other.
 */
export type SignedParts = { readonly method: string; readonly uri: string; readonly body: string };

/** Exactly these are decoded in the URI before a v3 signature, and nothing else. */
const DECODED_FOR_V3: Readonly<Record<string, string>> = {
  '%3A': ':',
  '%2F': '/',
  '%3F': '?',
  '%40': '@',
  '%21': '!',
  '%24': '$',
  '%27': "'",
  '%28': '(',
  '%29': ')',
  '%2A': '*',
  '%2C': ',',
  '%3B': ';',
};

export function signV2(clientSecret: string, { method, uri, body }: SignedParts): string {
  return createHash('sha256').update(`${clientSecret}${method}${uri}${body}`, 'utf8').digest('hex');
}

/** `timestampEpochMs` is the value of the `X-HubSpot-Request-Timestamp` header. */
export function signV3(clientSecret: string, { method, uri, body }: SignedParts, timestampEpochMs: number): string {
  const decodedUri = uri.replace(/%[0-9A-F]{2}/g, (code) => DECODED_FOR_V3[code] ?? code);
  return createHmac('sha256', clientSecret)
    .update(`${method}${decodedUri}${body}${timestampEpochMs}`, 'utf8')
    .digest('base64');
}

/** v2 is what custom actions document; v3 comes along in practice (developer forum 2024-11, read 2026-11-23). */
export type SignatureVersions = 'v2+v3' | 'v2';

export function signatureHeaders(
  clientSecret: string,
  parts: SignedParts,
  nowEpochMs: number,
  versions: SignatureVersions,
): Record<string, string> {
  const v2 = { 'X-HubSpot-Signature': signV2(clientSecret, parts), 'X-HubSpot-Signature-Version': 'v2' };
  if (versions === 'v2') return v2;
  return {
    ...v2,
    'X-HubSpot-Signature-v3': signV3(clientSecret, parts, nowEpochMs),
    'X-HubSpot-Request-Timestamp': String(nowEpochMs),
  };
}
