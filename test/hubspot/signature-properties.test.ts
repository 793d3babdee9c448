import fc from 'fast-check';
import { verifySignature } from '../../lib/hubspot/signature.ts';
import { anyText } from '../support/any-text.ts';
import { START_EPOCH_MS } from '../support/clock.ts';
import { requestWith, type SignedBytes, v2Headers, v3Headers } from '../support/signed-bytes.ts';

const V3_RUNS = 6_000;
const V2_RUNS = 5_000;
const HEADER_RUNS = 4_000;
const TIMESTAMP_RUNS = 3_000;

const SECRET = 'secret-test-current';
const OPTIONS = { secrets: { current: SECRET }, allowV2: true, nowEpochMs: START_EPOCH_MS };

/** Without escapes: `%3A` and `:` are one URL to v3, so a flip between them would rightly change nothing. */
const url = fc
  .tuple(fc.webUrl({ withQueryParameters: true }), fc.webPath())
  .map(([base, path]) => `${base}${path}`.replaceAll('%', ''));
const signed = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  url,
  body: fc.uint8Array({ minLength: 1, maxLength: 300 }),
});
const position = fc.record({ at: fc.nat(), bit: fc.integer({ min: 0, max: 7 }) });
type Position = { readonly at: number; readonly bit: number };

function flipByte(bytes: Uint8Array, { at, bit }: Position): Uint8Array {
  const index = at % bytes.length;
  return bytes.map((byte, i) => (i === index ? byte ^ (1 << bit) : byte));
}

function flipChar(text: string, { at, bit }: Position): string {
  const index = at % text.length;
  const flipped = String.fromCharCode(text.charCodeAt(index) ^ (1 << bit));
  return `${text.slice(0, index)}${flipped}${text.slice(index + 1)}`;
}

function flipHeader(headers: Record<string, string>, name: string, where: Position): Record<string, string> {
  return { ...headers, [name]: flipChar(headers[name] ?? '', where) };
}

function isAccepted(parts: SignedBytes, headers: Record<string, string>): boolean {
  return verifySignature(requestWith(parts, headers), OPTIONS).valid;
}

it('[S8] Any flipped bit of URL, method, body, time or signature invalidates a v3 signature', () => {
  const offset = fc.integer({ min: -300_000, max: 300_000 });
  const part = fc.constantFrom('url', 'method', 'body', 'time', 'signature');
  const law = fc.property(signed, offset, part, position, (parts, offsetMs, flipped, where) => {
    const headers = v3Headers(SECRET, parts, String(START_EPOCH_MS + offsetMs));
    expect(isAccepted(parts, headers)).toBe(true);
    const changes: Record<typeof flipped, () => boolean> = {
      url: () => isAccepted({ ...parts, url: flipChar(parts.url, where) }, headers),
      method: () => isAccepted({ ...parts, method: flipChar(parts.method, where) }, headers),
      body: () => isAccepted({ ...parts, body: flipByte(parts.body, where) }, headers),
      time: () => isAccepted(parts, flipHeader(headers, 'x-hubspot-request-timestamp', where)),
      signature: () => isAccepted(parts, flipHeader(headers, 'x-hubspot-signature-v3', where)),
    };
    expect(changes[flipped]()).toBe(false);
  });
  fc.assert(law, { numRuns: V3_RUNS });
});

it('[S8] Any flipped bit of URL, method, body, version or signature invalidates a v2 signature', () => {
  const part = fc.constantFrom('url', 'method', 'body', 'version', 'signature');
  const law = fc.property(signed, part, position, (parts, flipped, where) => {
    const headers = v2Headers(SECRET, parts);
    expect(isAccepted(parts, headers)).toBe(true);
    const changes: Record<typeof flipped, () => boolean> = {
      url: () => isAccepted({ ...parts, url: flipChar(parts.url, where) }, headers),
      method: () => isAccepted({ ...parts, method: flipChar(parts.method, where) }, headers),
      body: () => isAccepted({ ...parts, body: flipByte(parts.body, where) }, headers),
      version: () => isAccepted(parts, flipHeader(headers, 'x-hubspot-signature-version', where)),
      signature: () => isAccepted(parts, flipHeader(headers, 'x-hubspot-signature', where)),
    };
    expect(changes[flipped]()).toBe(false);
  });
  fc.assert(law, { numRuns: V2_RUNS });
});

it('[S7] No arbitrary header is accepted as a signature or makes the check throw', () => {
  const value = fc.oneof(
    anyText(),
    fc.base64String({ minLength: 44, maxLength: 44 }),
    fc.stringMatching(/^[0-9a-f]{64}$/),
    fc.constantFrom('v2', 'v3', String(START_EPOCH_MS)),
  );
  const headers = fc.record(
    {
      'x-hubspot-signature-v3': value,
      'x-hubspot-request-timestamp': fc.oneof(value, fc.constant(String(START_EPOCH_MS))),
      'x-hubspot-signature': value,
      'x-hubspot-signature-version': fc.oneof(value, fc.constant('v2')),
    },
    { requiredKeys: [] },
  );
  const law = fc.property(signed, headers, (parts, given) => {
    expect(isAccepted(parts, given as Record<string, string>)).toBe(false);
  });
  fc.assert(law, { numRuns: HEADER_RUNS });
});

it('[S6] A signed time is accepted only as 13 digits within the window', () => {
  const timestamp = fc.oneof(
    fc.string(),
    fc.double().map(String),
    fc.stringMatching(/^[0-9a-fx.eE+-]{0,40}$/),
    fc.stringMatching(/^\d{10,16}$/),
    fc.integer({ min: -400_000, max: 400_000 }).map((offsetMs) => String(START_EPOCH_MS + offsetMs)),
  );
  const law = fc.property(signed, timestamp, (parts, text) => {
    const mayPass = /^[0-9]{13}$/.test(text) && Math.abs(Number(text) - START_EPOCH_MS) <= 300_000;
    expect(isAccepted(parts, v3Headers(SECRET, parts, text))).toBe(mayPass);
  });
  fc.assert(law, { numRuns: TIMESTAMP_RUNS });
});
