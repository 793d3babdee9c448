import { MAX_BODY_BYTES } from '../../lib/http/middleware.ts';
import { JANE, makeExecution, makeOfflineService, PORTAL } from '../support/offline-service.ts';

const EMAIL = 'jane@example.com';

function makeService() {
  const service = makeOfflineService();
  const countsOf = (name: string) => service.telemetry.counted.filter((metric) => metric.name === name).length;
  return { ...service, countsOf };
}

describe('Signed bodies that are not an execution', () => {
  it.each([
    ['empty', ''],
    ['not JSON', 'ownerEmail=jane'],
    ['cut off', '{"origin":{"portalId":8200001'],
    ['JSON with a trailing comma', '{"origin":{"portalId":8200001},}'],
    ['JSON behind a byte order mark', `\ufeff${JSON.stringify(makeExecution())}`],
    ['an array', `[${JSON.stringify(makeExecution())}]`],
    ['a number', '7'],
    ['a text', '"execution"'],
    ['null', 'null'],
    ['an empty object', '{}'],
    ['an origin that is a list', '{"origin":[8200001]}'],
    ['inputs that are a list', JSON.stringify(makeExecution({ inputFields: [EMAIL] }))],
    ['inputs that are a text', JSON.stringify(makeExecution({ inputFields: EMAIL }))],
    ['an object that is a list', JSON.stringify(makeExecution({ object: [501] }))],
  ])('[P1] A signed body that is not an execution is answered with 400 and counted: %s', async (_name, body) => {
    const service = makeService();
    const answer = await service.post(body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'BAD_REQUEST', correlationId: 'request-1' });
    expect(service.countsOf('RequestUnreadable')).toBe(1);
    expect([...service.requests, ...service.keys]).toEqual([]);
  });

  it('[P1] The error for an invalid execution names the wrong fields and never their values', async () => {
    const answer = await makeService().post(JSON.stringify(makeExecution({ origin: { portalId: 'secret-test-x' } })));
    expect(JSON.parse(answer.text).fields).toEqual(['origin.portalId']);
    expect(answer.text).not.toContain('secret-test-x');
  });
});

describe('What HubSpot may add', () => {
  it('[P2] Unknown members of an execution are ignored, on every level', async () => {
    const extra = { typeMetadata: { deep: [1, { two: null }] }, 'quite new': true };
    const answer = await makeService().execute({
      ...extra,
      origin: { portalId: PORTAL, ...extra },
      context: { source: 'SOMETHING_NEW', workflowId: 62, ...extra },
      object: { objectId: 501, objectType: 'CONTACT', properties: { hubspot_owner_id: '', other: {} }, ...extra },
      inputFields: { ownerEmail: EMAIL, ...extra },
      typedInputs: 7,
    });
    expect(answer.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: JANE.id });
  });

  it.each([
    ['under its older name only', { fields: { ownerEmail: EMAIL }, inputFields: undefined }],
    ['null under its newer name', { fields: { ownerEmail: EMAIL }, inputFields: null }],
    ['under both names, where the newer one counts', { fields: { ownerEmail: 'x' } }],
    [
      'with their types only',
      { fields: undefined, inputFields: undefined, typedInputs: { ownerEmail: { value: EMAIL, type: 'STRING' } } },
    ],
  ])('[P2] The action reads the inputs %s', async (_name, parts) => {
    expect((await makeService().execute(parts)).outputs).toMatchObject({ outcome: 'ASSIGNED' });
  });
});

describe('Account IDs', () => {
  it.each([
    ['8200001', 'a number'],
    ['"8200001"', 'digits as text'],
    ['8200001.0', 'the same number in JSON'],
  ])('[P3] The account ID %s is accepted: %s', async (json) => {
    const service = makeService();
    const body = JSON.stringify(makeExecution({ origin: { portalId: 0 } })).replace(':0}', `:${json}}`);
    expect((await service.post(body)).outputs).toMatchObject({ outcome: 'ASSIGNED' });
    expect(service.keys.every((key) => key.startsWith('portal#8200001#'))).toBe(true);
  });

  it.each([
    '0',
    '-8200001',
    '8200001.5',
    '9007199254740993',
    '1e400',
    '"008200001"',
    '" 8200001"',
    '"8200001#2"',
    '"0x7d1f81"',
    '"123456789012345678901"',
    '""',
    'null',
    'true',
    '[8200001]',
    '{"id":8200001}',
  ])('[P3] The account ID %s is refused with 400', async (json) => {
    const service = makeService();
    const body = JSON.stringify(makeExecution({ origin: { portalId: 0 } })).replace(':0}', `:${json}}`);
    expect((await service.post(body)).status).toBe(400);
    expect(service.keys).toEqual([]);
  });

  it.each<[string, object]>([
    ['as a flat key', { origin: undefined, 'origin.portalId': PORTAL }],
    ['at the top alone', { origin: undefined, portalId: PORTAL }],
    ['in the callback id as another one', { callbackId: 'ap-8200002-4-7-0' }],
  ])(
    '[W13] Account IDs that are named %s are refused with 400 by both actions, and nothing is written',
    async (_name, parts) => {
      const service = makeService();
      for (const action of ['set', 'find'] as const) {
        const answer = await service.post(JSON.stringify(makeExecution(parts)), action);
        expect(answer.status).toBe(400);
        expect(JSON.parse(answer.text)).toMatchObject({ code: 'BAD_REQUEST', fields: expect.any(Array) });
      }
      expect(service.countsOf('RequestUnreadable')).toBe(2);
      expect([...service.requests, ...service.keys]).toEqual([]);
    },
  );

  it('[P3] An execution without an account ID is refused', async () => {
    expect((await makeService().execute({ origin: {} })).status).toBe(400);
  });

  it('[P4] The last of two account IDs is used for everything, for the token and the table alike', async () => {
    const service = makeService();
    const rest = JSON.stringify(makeExecution()).slice(1);
    const wins = await service.post(`{"origin":{"portalId":1},${rest}`);
    expect(wins.outputs).toMatchObject({ outcome: 'ASSIGNED' });
    expect(service.keys.every((key) => key.startsWith(`portal#${PORTAL}#`))).toBe(true);

    service.forget();
    const first = JSON.stringify(makeExecution({ callbackId: 'ap-1-4-7-0' })).slice(0, -1);
    const loses = await service.post(`${first},"origin":{"portalId":1}}`);
    expect(loses.outputs).toMatchObject({ errorCode: 'PORTAL_NOT_CONNECTED' });
    expect(service.requests).toEqual([]);
    expect(service.keys.every((key) => key.startsWith('portal#1#'))).toBe(true);
  });
});

describe('Hostile keys and depth', () => {
  it.each([
    ['inputs', '"inputFields":{"__proto__":{"ownerEmail":"jane@example.com"}}'],
    ['a constructor of the inputs', '"inputFields":{"constructor":{"prototype":{"ownerEmail":"jane@example.com"}}}'],
    ['the body', '"inputFields":{},"__proto__":{"inputFields":{"ownerEmail":"jane@example.com"}}'],
  ])('[P5, X9] A prototype in %s gives no inputs and changes no object', async (_name, member) => {
    const service = makeService();
    const body = JSON.stringify(makeExecution({ inputFields: undefined })).replace(/}$/, `,${member}}`);
    expect((await service.post(body)).outputs).toMatchObject({ errorCode: 'EMAIL_MISSING' });
    expect(({} as Record<string, unknown>).ownerEmail).toBeUndefined();
  });

  it.each(['__proto__', 'toString', 'hasOwnProperty', 'a.b', '../x', 'a b', 'hs_all_owner_ids', 'x'.repeat(256)])(
    '[P5] The owner property %s is never looked up on a JavaScript object',
    async (ownerProperty) => {
      const service = makeService();
      const { outputs } = await service.execute({ inputFields: { ownerEmail: EMAIL, ownerProperty } });
      const written = service.requests.filter(({ method }) => method === 'PATCH').map(({ body }) => body);
      const isName = /^[a-z]+$/i.test(ownerProperty) && ownerProperty.length < 256;
      expect(outputs.errorCode).toBe(isName ? '' : 'INPUT_INVALID');
      expect(written).toEqual(isName ? [JSON.stringify({ properties: { [ownerProperty]: JANE.id } })] : []);
    },
  );

  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const DEPTH = 125_000;
  const withDeep = (member: string) => `${JSON.stringify(makeExecution()).slice(0, -1)},${member}}`;

  it('[P5] Deep nesting in an unread member is ignored', async () => {
    const { outputs } = await makeService().post(withDeep(`"extra":${nested(DEPTH)}`));
    expect(outputs).toMatchObject({ outcome: 'ASSIGNED' });
  });

  it.each([
    ['an input', `"inputFields":{"ownerEmail":${nested(DEPTH)}}`, 200],
    ['the object id', `"object":{"objectType":"CONTACT","objectId":${nested(DEPTH)}}`, 200],
    ['the object type', `"object":{"objectId":501,"objectType":${nested(DEPTH)}}`, 200],
    ['the callback id', `"callbackId":${nested(DEPTH)}`, 200],
    ['the workflow id', `"callbackId":null,"context":{"workflowId":${nested(DEPTH)}}`, 200],
    [
      'the execution index',
      `"callbackId":null,"origin":{"portalId":${PORTAL},"actionExecutionIndexIdentifier":${nested(DEPTH)}}`,
      200,
    ],
    ['the portal id', `"origin":{"portalId":${nested(DEPTH)}}`, 400],
    ['brackets that never close', `"extra":${'['.repeat(200_000)}`, 400],
    ['200,000 levels', `"extra":${nested(200_000)}`, 413],
  ])('[P5] Deep nesting in %s gets a final answer', async (_name, member, status) => {
    const body = withDeep(member);
    expect(body.length <= MAX_BODY_BYTES || status === 413).toBe(true);
    expect((await makeService().post(body)).status).toBe(status);
  });
});
