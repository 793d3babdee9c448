import fc from 'fast-check';
import { OUTPUT_FIELDS } from '../../lib/action/definition.ts';
import { makeExecution, makeOfflineService, PORTAL } from '../support/offline-service.ts';

const JSON_RUNS = 2_000;
const EXECUTION_RUNS = 2_000;
const EXTRA_RUNS = 500;
const PORTAL_RUNS = 1_000;
const PATH_RUNS = 2_000;

const service = makeOfflineService();
const NAMES = [...OUTPUT_FIELDS.map(({ name }) => name), 'hs_execution_state'].sort();

/** Values of every kind, with the keys and texts that hurt most often among them. */
const hostile = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue() },
  {
    weight: 1,
    arbitrary: fc.constantFrom('__proto__', '../../owners', '1?x=', '', 'null', '0-1', 'CONTACT', 1e308, -0),
  },
  {
    weight: 1,
    arbitrary: fc.dictionary(fc.constantFrom('__proto__', 'constructor', 'toString', 'ownerEmail'), fc.jsonValue()),
  },
);

it('[P1] Any signed JSON is answered with 200 or 400, never with a 5xx', async () => {
  const law = fc.asyncProperty(hostile, async (value) => {
    expect([200, 400]).toContain((await service.post(JSON.stringify(value))).status);
  });
  await fc.assert(law, { numRuns: JSON_RUNS });
});

it('[P1, P5, P13] Any value in any place of an execution is answered with 200 or 400 and all outputs', async () => {
  const parts = fc.record(
    {
      callbackId: hostile,
      origin: fc.oneof(hostile, fc.record({ portalId: fc.constant(PORTAL), actionExecutionIndexIdentifier: hostile })),
      context: fc.oneof(hostile, fc.record({ source: hostile, workflowId: hostile, actionId: hostile })),
      object: fc.oneof(hostile, fc.record({ objectId: hostile, objectType: hostile, properties: hostile })),
      fields: hostile,
      inputFields: fc.oneof(
        hostile,
        fc.record(
          { ownerEmail: hostile, ownerProperty: hostile, overwrite: hostile, ifNotAssignable: hostile },
          { requiredKeys: [] },
        ),
      ),
    },
    { requiredKeys: [] },
  );
  const law = fc.asyncProperty(parts, fc.constantFrom('set', 'find'), async (replaced, action) => {
    const { status, outputs } = await service.execute(replaced, action);
    expect([200, 400]).toContain(status);
    if (status === 200) expect(Object.keys(outputs).sort()).toEqual(NAMES);
  });
  await fc.assert(law, { numRuns: EXECUTION_RUNS });
});

it('[P2] Unknown members of an execution change nothing', async () => {
  const plain = await service.execute();
  const extra = fc.dictionary(
    fc.string().map((name) => `x${name}`),
    fc.jsonValue(),
  );
  const law = fc.asyncProperty(extra, extra, extra, async (top, inObject, inInputs) => {
    const answer = await service.execute({
      ...top,
      object: { ...inObject, objectId: 501, objectType: 'CONTACT', properties: { hubspot_owner_id: '' } },
      inputFields: { ...inInputs, ownerEmail: 'jane@example.com' },
    });
    expect({ ...answer.outputs, resolvedFrom: '' }).toEqual({ ...plain.outputs, resolvedFrom: '' });
  });
  await fc.assert(law, { numRuns: EXTRA_RUNS });
});

it('[P3] An account ID is accepted only as exact positive digits', async () => {
  const portalId = fc.oneof(
    fc.integer(),
    fc.maxSafeNat(),
    fc.double(),
    fc.stringMatching(/^[0-9 .eE+-]{0,22}$/),
    fc.jsonValue(),
  );
  const law = fc.asyncProperty(portalId, async (value) => {
    const received: unknown = JSON.parse(JSON.stringify({ value })).value;
    const isExact =
      typeof received === 'number'
        ? Number.isSafeInteger(received) && received > 0
        : typeof received === 'string' && /^[1-9][0-9]{0,19}$/.test(received);
    service.forget();
    const { status } = await service.execute({ origin: { portalId: value }, callbackId: undefined });
    expect(status).toBe(isExact ? 200 : 400);
    expect(service.keys.every((key) => key.startsWith(`portal#${received}#`))).toBe(true);
  });
  await fc.assert(law, { numRuns: PORTAL_RUNS });
});

it('[P7] Any object ID and type give a URL of the same shape', async () => {
  const bits = fc.constantFrom(
    '..',
    '/',
    '%2F',
    '?',
    '#',
    '501',
    '0-1',
    '@',
    ':',
    '\\',
    ' ',
    '\n',
    'owners',
    '%00',
    ';',
  );
  const path = fc.oneof(
    fc.array(bits, { maxLength: 5 }).map((parts) => parts.join('')),
    fc.string(),
    fc.maxSafeNat(),
  );
  const law = fc.asyncProperty(
    path,
    fc.oneof(path, fc.constantFrom('CONTACT', '2-7')),
    async (objectId, objectType) => {
      service.forget();
      const { status } = await service.post(JSON.stringify(makeExecution({ object: { objectId, objectType } })));
      expect(status).toBe(200);
      for (const { method, url } of service.requests) {
        const { origin, pathname, search } = new URL(url);
        expect(origin).toBe('https://hubspot.example.com');
        if (method === 'PATCH') expect(`${pathname}${search}`).toMatch(/^\/crm\/objects\/2026-09\/\d+-\d+\/[1-9]\d*$/);
        else expect(pathname).toBe('/crm/owners/2026-09');
      }
    },
  );
  await fc.assert(law, { numRuns: PATH_RUNS });
});
