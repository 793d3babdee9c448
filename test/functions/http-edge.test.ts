import type { HttpEvent } from '../../lib/http/http-event.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { addRecord } from '../../local/simulator/seed-records.ts';
import { BASE_URL, makeEvent } from '../support/http-events.ts';
import { makeExecution } from '../support/offline-service.ts';
import { PORTAL, type Service, startService } from '../support/service.ts';

const MAPPED_URL = 'https://hooks.example.com/owners';
let service: Service;
let mapped: Service;
let objectId: string;

beforeAll(async () => {
  service = await startService();
  mapped = await startService({ config: { publicBaseUrl: MAPPED_URL } });
  for (const { simulator } of [service, mapped]) {
    addActiveOwner(simulator.state, PORTAL, { email: 'jane@example.com', firstName: 'Zo\u00eb' });
    addActiveOwner(simulator.state, PORTAL, { email: 'zo\u00eb@example.com' });
    objectId = addRecord(simulator.state, PORTAL, { typeId: '0-1', id: '500001' }).id;
  }
});

afterAll(async () => {
  for (const { simulator, close } of [service, mapped]) {
    expect(simulator.violations).toEqual([]);
    await close();
  }
});

const bodyOf = (ownerEmail = 'jane@example.com') =>
  JSON.stringify(makeExecution({ object: { objectId, objectType: 'CONTACT' }, inputFields: { ownerEmail } }));
const eventOf = (body = bodyOf()) => makeEvent({ body, nowEpochMs: service.clock.now() });
const inBase64 = (event: HttpEvent) => ({
  ...event,
  body: Buffer.from(event.body ?? '').toString('base64'),
  isBase64Encoded: true,
});

describe('Bodies', () => {
  it.each([
    ['ASCII', 'jane@example.com', 'ASSIGNED'],
    ['a diaeresis', 'zo\u00eb@example.com', 'ASSIGNED'],
    ['CJK', '\u5c71\u7530@example.com', 'FAILED'],
    ['emoji', '\u{1f600}@example.com', 'FAILED'],
  ])('[E1, E2] A body with %s gets the same answer as text and in base64', async (_name, email, outcome) => {
    const plain = await service.send(eventOf(bodyOf(email)));
    const encoded = await service.send(inBase64(eventOf(bodyOf(email))));
    expect([plain.status, encoded.status]).toEqual([200, 200]);
    expect([plain.outputs.outcome, encoded.outputs.outcome]).toEqual([outcome, outcome]);
  });

  it('[E1] The signature of a base64 body is verified over the decoded bytes, not over its text', async () => {
    const event = eventOf(Buffer.from(bodyOf()).toString('base64'));
    expect((await service.send({ ...event, isBase64Encoded: true })).status).toBe(401);
    expect((await service.send(event)).status).toBe(400);
  });

  it.each([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
  ])('[E6] A body that is %s gives 401 when it is unsigned and 400 when it is signed', async (_name, body) => {
    const { body: _dropped, ...event } = eventOf('');
    const signed = body === undefined ? event : { ...event, body };
    expect((await service.send(signed)).status).toBe(400);
    expect((await service.send({ ...signed, headers: {} })).status).toBe(401);
    expect((await service.send({ ...signed, isBase64Encoded: true })).status).toBe(400);
  });

  it.each(['text/plain', 'application/xml', 'application/json; charset=latin1', '', undefined])(
    '[E8] The content type %p does not matter for a signed and valid body',
    async (contentType) => {
      const event = eventOf();
      const { 'content-type': _dropped, ...rest } = event.headers;
      const headers = contentType === undefined ? rest : { ...rest, 'content-type': contentType };
      expect((await service.send({ ...event, headers })).status).toBe(200);
    },
  );
});

describe('Event shapes', () => {
  const camel = (name: string) => name.replace(/(^|-)\w/g, (start) => start.toUpperCase());
  const recased = (event: ReturnType<typeof eventOf>) =>
    Object.fromEntries(Object.entries(event.headers).map(([name, value]) => [camel(name), value]));
  const listed = (headers: Record<string, string>) =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  const rest = (event: HttpEvent) => ({ path: event.rawPath ?? '', httpMethod: 'POST', body: event.body ?? '' });

  it.each<[string, (event: ReturnType<typeof eventOf>) => HttpEvent]>([
    ['payload 2.0, names in lower case', (event) => event],
    ['payload 2.0, names in mixed case', (event) => ({ ...event, headers: recased(event) })],
    ['payload 1.0, single values', (event) => ({ version: '1.0', ...rest(event), headers: recased(event) })],
    [
      'payload 1.0, single and listed values',
      (event) => ({
        version: '1.0',
        ...rest(event),
        headers: recased(event),
        multiValueHeaders: listed(recased(event)),
        requestContext: { requestId: 'request-1' },
      }),
    ],
    [
      'payload 1.0, listed values only',
      (event) => ({ ...rest(event), headers: null, multiValueHeaders: listed(recased(event)) }),
    ],
  ])('[E3] The function reads events of %s', async (_name, shape) => {
    expect((await service.send(shape(eventOf()))).status).toBe(200);
    const unsigned = { ...eventOf(), headers: { 'content-type': 'application/json' } };
    expect((await service.send(shape(unsigned))).status).toBe(401);
  });

  const SIGNED = [
    'x-hubspot-signature-v3',
    'x-hubspot-request-timestamp',
    'x-hubspot-signature',
    'x-hubspot-signature-version',
  ];
  it.each(SIGNED)('[E4] The header %s is refused when it comes twice, and neither value is used', async (name) => {
    const event = eventOf();
    const right = event.headers[name] ?? '';
    const listedTwice = { ...listed(event.headers), [name]: [right, 'other'] };
    for (const headers of [
      { ...event.headers, [name]: `${right},other` },
      { ...event.headers, [name]: `other, ${right}` },
      { ...event.headers, [name]: `${right},${right}` },
      { ...event.headers, [camel(name)]: 'other' },
    ]) {
      expect((await service.send({ ...event, headers })).status).toBe(401);
    }
    const inLists = { ...rest(event), headers: event.headers, multiValueHeaders: listedTwice };
    expect((await service.send(inLists)).status).toBe(401);
    expect((await service.send(event)).status).toBe(200);
  });
});

describe('Addresses', () => {
  it('[E9] Behind a mapped domain, the signature is checked against the configured address', async () => {
    const event = makeEvent({ body: bodyOf(), nowEpochMs: mapped.clock.now(), baseUrl: MAPPED_URL });
    expect((await mapped.send(event)).status).toBe(200);
    expect((await mapped.send({ ...event, rawPath: `/owners${event.rawPath}` })).status).toBe(200);
    expect((await mapped.send(makeEvent({ body: bodyOf(), nowEpochMs: mapped.clock.now() }))).status).toBe(401);
  });

  it('[E10] The host in a request is never trusted', async () => {
    const body = bodyOf();
    const spoofed = { host: 'evil.example.com', 'x-forwarded-host': 'evil.example.com', 'x-forwarded-proto': 'http' };
    const honest = makeEvent({ body, nowEpochMs: service.clock.now(), baseUrl: BASE_URL });
    const evil = makeEvent({ body, nowEpochMs: service.clock.now(), baseUrl: 'https://evil.example.com' });
    expect((await service.send({ ...honest, headers: { ...honest.headers, ...spoofed } })).status).toBe(200);
    expect((await service.send({ ...evil, headers: { ...evil.headers, ...spoofed } })).status).toBe(401);
  });

  it('[E11] A query string is part of what is signed', async () => {
    const event = eventOf();
    expect((await service.send({ ...event, rawQueryString: 'a=1' })).status).toBe(401);
    const signed = makeEvent({
      route: `${event.rawPath}?a=%40&b=%20`,
      body: bodyOf(),
      nowEpochMs: service.clock.now(),
    });
    const asReceived = { ...signed, rawPath: event.rawPath ?? '', rawQueryString: 'a=%40&b=%20' };
    expect((await service.send(asReceived)).status).toBe(200);
  });
});
