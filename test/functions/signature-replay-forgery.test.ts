import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { anyText } from '../support/any-text.ts';
import { CLIENT_SECRET, makeEvent } from '../support/http-events.ts';
import { extendDigest } from '../support/length-extension.ts';
import { makeExecution, makeOfflineService } from '../support/offline-service.ts';
import { base64V3, hexV2, makeBytesEvent, URL_OF_ROUTE, v2Headers } from '../support/signed-bytes.ts';

const EXTENSION_RUNS = 300;
const FORGERY_RUNS = 2_000;
const SECRET = CLIENT_SECRET;

function makeService(config: Parameters<typeof makeOfflineService>[0] = {}) {
  const service = makeOfflineService(config);
  const accepted = () => service.telemetry.counted.filter(({ name }) => name === 'SignatureAccepted');
  const rejected = () => service.telemetry.counted.filter(({ name }) => name === 'SignatureRejected');
  const effects = () => [...service.requests, ...service.keys];
  return { ...service, accepted, rejected, effects };
}

describe('Length extension of a v2 signature', () => {
  it('[S10] The forger in this test computes the same hash as SHA-256', () => {
    const law = fc.property(fc.uint8Array({ maxLength: 200 }), fc.string({ maxLength: 150 }), (message, suffix) => {
      const { hex, added } = extendDigest(createHash('sha256').update(message).digest('hex'), message.length, suffix);
      expect(hex).toBe(createHash('sha256').update(message).update(added).digest('hex'));
    });
    fc.assert(law, { numRuns: EXTENSION_RUNS });
  });

  const execution = JSON.stringify(makeExecution());
  const evil = JSON.stringify(makeExecution({ inputFields: { ownerEmail: 'evil@example.com' } }));

  it.each([
    ['an execution that follows the captured one', execution, evil],
    ['white space', execution, '   '],
    ['a member', execution, `,"inputFields":{"ownerEmail":"evil@example.com"}}`],
    ['an execution that follows an empty body', '', evil],
  ])(
    '[S10] A forged request with a correct extended signature is refused as unreadable: %s',
    async (_name, captured, suffix) => {
      const service = makeService();
      const signed = { method: 'POST', url: URL_OF_ROUTE, body: Buffer.from(captured) };
      const hashedBytes = Buffer.byteLength(`${SECRET}POST${URL_OF_ROUTE}${captured}`);
      const { hex, added } = extendDigest(hexV2(SECRET, signed), hashedBytes, suffix);
      const event = makeBytesEvent(Buffer.concat([signed.body, added]), service.clock.now(), {
        'x-hubspot-signature': hex,
        'x-hubspot-signature-version': 'v2',
      });

      expect((await service.send(event)).status).toBe(400);
      expect(service.accepted()).toEqual([
        { name: 'SignatureAccepted', dimensions: { version: 'v2', secret: 'current' } },
      ]);
      expect(service.effects()).toEqual([]);
    },
  );
});

describe('Bytes that are not UTF-8', () => {
  const text = JSON.stringify(makeExecution({ inputFields: { ownerEmail: 'X@example.com' } }));
  it.each([
    ['a lone continuation byte', [0x80]],
    ['a byte that never occurs', [0xff]],
    ['an overlong form', [0xc0, 0xaf]],
    ['half a surrogate', [0xed, 0xa0, 0x80]],
    ['a character that is cut off', [0xc3]],
    ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ])('[S9] A signed body with %s is refused with 400', async (_name, bytes) => {
    const service = makeService();
    const [before = '', after = ''] = text.split('X');
    const body = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
    expect((await service.send(makeBytesEvent(body, service.clock.now()))).status).toBe(400);
    expect(service.accepted()).toHaveLength(1);
    expect(service.effects()).toEqual([]);
  });

  it('[S9] A body with the replacement character itself is read', async () => {
    const service = makeService();
    const body = Buffer.from(text.replace('X', '\ufffd'));
    expect((await service.send(makeBytesEvent(body, service.clock.now()))).status).toBe(200);
  });
});

describe('Signature versions and secrets', () => {
  it('[S2] A valid v2 signature does not help an invalid v3 one', async () => {
    const service = makeService();
    const event = makeEvent({ body: JSON.stringify(makeExecution()), nowEpochMs: service.clock.now() });
    const headers = { ...event.headers, 'x-hubspot-signature-v3': base64V3('secret-test-other', NOTHING, '1') };
    expect((await service.send({ ...event, headers })).status).toBe(401);
    expect(service.effects()).toEqual([]);
  });

  it.each([
    [true, 200],
    [false, 401],
  ])('[S3] A v2 signature alone, allowed %s, gives %d, and the metric says v2', async (allowSignatureV2, status) => {
    const service = makeService({ config: { allowSignatureV2 } });
    const body = JSON.stringify(makeExecution());
    const event = makeEvent({ body, nowEpochMs: service.clock.now(), signatures: 'v2' });
    expect((await service.send(event)).status).toBe(status);
    expect(service.accepted().map(({ dimensions }) => dimensions.version)).toEqual(allowSignatureV2 ? ['v2'] : []);
  });

  it.each([
    ['secret-test-new', 'current'],
    ['secret-test-old', 'previous'],
    ['secret-test-older', undefined],
  ])('[S14] During a rotation, the secret %s is reported as %s', async (secret, counted) => {
    const service = makeService({ config: { secrets: { current: 'secret-test-new', previous: 'secret-test-old' } } });
    const body = JSON.stringify(makeExecution());
    const answer = await service.send(makeEvent({ body, nowEpochMs: service.clock.now(), secret }));
    expect(answer.status).toBe(counted === undefined ? 401 : 200);
    expect(service.accepted().map(({ dimensions }) => dimensions.secret)).toEqual(
      counted === undefined ? [] : [counted],
    );
    expect(service.rejected()).toHaveLength(counted === undefined ? 1 : 0);
  });

  const NOTHING = { method: 'POST', url: URL_OF_ROUTE, body: Buffer.alloc(0) };
  it('[S2, S4, S5, S7, S8] Every refusal has the same answer except for its correlation ID', async () => {
    const service = makeService();
    const now = service.clock.now();
    const body = JSON.stringify(makeExecution());
    const good = makeEvent({ body, nowEpochMs: now });
    const headerSets: Record<string, string>[] = [
      {},
      { ...good.headers, 'x-hubspot-signature-v3': 'x' },
      { ...good.headers, 'x-hubspot-signature-v3': 'a,b' },
      { ...good.headers, 'x-hubspot-request-timestamp': 'now' },
      { 'x-hubspot-signature': 'x', 'x-hubspot-signature-version': 'v1' },
      { 'x-hubspot-signature': 'x', 'x-hubspot-signature-version': 'v2' },
      { ...makeEvent({ body, nowEpochMs: now - 300_001 }).headers },
      { ...makeEvent({ body, nowEpochMs: now, secret: 'secret-test-other' }).headers },
      v2Headers(SECRET, { ...NOTHING, url: `${URL_OF_ROUTE}/` }),
    ];
    const texts = new Set<string>();
    for (const [index, headers] of headerSets.entries()) {
      const requestContext = { requestId: `request-${index}`, http: { method: 'POST' } };
      const answer = await service.send({ ...good, headers, requestContext });
      expect(answer.status).toBe(401);
      expect(JSON.parse(answer.text).correlationId).toBe(`request-${index}`);
      texts.add(answer.text.replace(`request-${index}`, ''));
    }
    expect(texts.size).toBe(1);
    expect(service.effects()).toEqual([]);
  });

  it('[S16] A body is not parsed before its signature is verified', async () => {
    const service = makeService();
    const body = JSON.stringify(makeExecution());
    const event = makeEvent({ body, nowEpochMs: service.clock.now() });
    const parse = jest.spyOn(JSON, 'parse');
    const parsed = () => parse.mock.calls.map(([text]) => text).filter((text) => text.includes('origin'));

    await service.send({ ...event, headers: { ...event.headers, 'x-hubspot-signature-v3': 'x' } });
    expect(parsed()).toEqual([]);
    await service.send(event);
    expect(parsed()).toEqual([body]);
  });

  it('[S7] Random headers and bodies are never accepted and never cause an internal error', async () => {
    const service = makeService();
    const names = ['x-hubspot-signature-v3', 'X-HubSpot-Request-Timestamp', 'x-hubspot-signature', 'host', '__proto__'];
    const headers = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), anyText());
    const events = fc.record({
      rawPath: fc.constantFrom('/actions/set-owner-by-email', '/x/actions/set-owner-by-email', '/', ''),
      rawQueryString: fc.string(),
      headers: fc.oneof(headers, fc.constant(null)),
      body: fc.oneof(anyText(), fc.json(), fc.constant(null)),
      isBase64Encoded: fc.boolean(),
      requestContext: fc.record({ http: fc.record({ method: fc.constantFrom('POST', 'POST', 'GET', 'post', '') }) }),
    });
    const law = fc.asyncProperty(events, async (event) => {
      expect([401, 404, 405]).toContain((await service.send(event)).status);
    });
    await fc.assert(law, { numRuns: FORGERY_RUNS });
    expect(service.accepted()).toEqual([]);
    expect(service.effects()).toEqual([]);
  });
});
