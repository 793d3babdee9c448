import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * HubSpot's request signatures (validating requests guide, read 2026-11-23).
 *
 * v3: base64 HMAC-SHA-256 over method + URI + body + timestamp. v2: hex SHA-256 over secret + method + URI + body.
 * Custom actions are documented to carry v2 and in practice carry both. v1 has no URI in it and is never accepted.
 */
export type SignedRequest = {
  readonly method: string;
  /** The whole URL that HubSpot was given, with the query string. */
  readonly url: string;
  /** The bytes as received, never re-serialized. */
  readonly body: Uint8Array;
  /** All values of a header, by its name in lower case. */
  readonly header: (name: string) => readonly string[];
};

export type SignatureSecrets = { readonly current: string; readonly previous?: string | undefined };

export type SignatureVerdict =
  | { readonly valid: true; readonly version: 'v2' | 'v3'; readonly secret: 'current' | 'previous' }
  | { readonly valid: false; readonly reason: SignatureFault };

type SignatureFault =
  | 'missing'
  | 'repeated_header'
  | 'version_not_accepted'
  | 'timestamp_malformed'
  | 'timestamp_outside_window'
  | 'mismatch';

/** HubSpot rejects older timestamps. We also reject timestamps this far ahead, which HubSpot does not mention. */
export const SIGNATURE_WINDOW_MS = 300_000;

export const SIGNATURE_V3 = 'x-hubspot-signature-v3';
export const SIGNED_AT = 'x-hubspot-request-timestamp';
const SIGNATURE = 'x-hubspot-signature';
const VERSION = 'x-hubspot-signature-version';

export type VerifyOptions = {
  readonly secrets: SignatureSecrets;
  readonly allowV2: boolean;
  readonly nowEpochMs: number;
};

/** A request with v3 headers needs a valid v3 signature: a valid v2 signature next to an invalid v3 one does not count. */
export function verifySignature(request: SignedRequest, options: VerifyOptions): SignatureVerdict {
  const headers = [SIGNATURE_V3, SIGNED_AT, SIGNATURE, VERSION].map(request.header);
  // A proxy that joins repeated headers writes a comma, which none of these values contains.
  if (headers.some((values) => values.length > 1 || values[0]?.includes(','))) return invalid('repeated_header');
  const [signatureV3, timestamp, signature, version] = headers.map((values) => values[0]);
  if (signatureV3 !== undefined) return verifyV3(request, signatureV3, timestamp, options);
  if (signature === undefined) return invalid('missing');
  if (version !== 'v2' || !options.allowV2) return invalid('version_not_accepted');
  return verifyV2(request, signature, options);
}

function verifyV3(
  request: SignedRequest,
  signature: string,
  timestamp: string | undefined,
  { secrets, nowEpochMs }: VerifyOptions,
): SignatureVerdict {
  if (timestamp === undefined || !/^\d{13}$/.test(timestamp)) return invalid('timestamp_malformed');
  if (Math.abs(nowEpochMs - Number(timestamp)) > SIGNATURE_WINDOW_MS) return invalid('timestamp_outside_window');
  return match('v3', signature, secrets, (secret) =>
    createHmac('sha256', secret)
      .update(request.method + decodeUriForV3(request.url))
      .update(request.body)
      .update(timestamp)
      .digest('base64'),
  );
}

function verifyV2(request: SignedRequest, signature: string, { secrets }: VerifyOptions): SignatureVerdict {
  return match('v2', signature, secrets, (secret) =>
    createHash('sha256')
      .update(secret + request.method + request.url)
      .update(request.body)
      .digest('hex'),
  );
}

/** Compares texts instead of decoded bytes, because decoders accept many spellings of the same bytes. */
function match(
  version: 'v2' | 'v3',
  given: string,
  { current, previous }: SignatureSecrets,
  sign: (secret: string) => string,
): SignatureVerdict {
  const isCurrent = equalInConstantTime(given, sign(current));
  const isPrevious = previous !== undefined && equalInConstantTime(given, sign(previous));
  if (isCurrent) return { valid: true, version, secret: 'current' };
  return isPrevious ? { valid: true, version, secret: 'previous' } : invalid('mismatch');
}

export function equalInConstantTime(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** v3 hashes the URI with exactly these twelve escapes decoded: `: / ? @ ! $ ' ( ) * , ;` */
function decodeUriForV3(url: string): string {
  return url.replace(/%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/g, decodeURIComponent);
}

function invalid(reason: SignatureFault): SignatureVerdict {
  return { valid: false, reason };
}
