import fc from 'fast-check';
import { toDeadline } from '../../../lib/domain/deadline.ts';
import type { ObjectId, OwnerId } from '../../../lib/domain/ids.ts';
import { makeRecordRef, toOwnerId } from '../../builders/ids.ts';
import { makeAnswering, PORTAL_ID } from '../adapters.ts';

const BROKEN = { code: 'HUBSPOT_CONTRACT_BROKEN', retryable: true };
const OWNER = 'hubspot_owner_id';
const { objectType } = makeRecordRef();
const [ONE, TWO] = [makeRecordRef('1').objectId, makeRecordRef('2').objectId];
const VALUES = new Map<ObjectId, OwnerId | ''>([
  [ONE, toOwnerId('77')],
  [TWO, ''],
]);

function answering(body: unknown, status = 200) {
  const adapters = makeAnswering({ status, body: typeof body === 'string' ? body : JSON.stringify(body) });
  return {
    ...adapters,
    write: () =>
      adapters.batches.writeOwners({ portalId: PORTAL_ID, objectType, property: OWNER }, VALUES, toDeadline(1)),
    read: () =>
      adapters.batches.readOwners({ portalId: PORTAL_ID, objectType, property: OWNER }, [ONE, TWO], toDeadline(1)),
    bodies: () => adapters.requests.map(({ body: sent = '' }) => JSON.parse(sent) as unknown),
  };
}

const row = (id: unknown, value?: unknown) => ({ id, properties: value === undefined ? {} : { [OWNER]: value } });
const complete = (...results: unknown[]) => ({ status: 'COMPLETE', results });

it('A batch request names each record and its value, on dated paths', async () => {
  const { write, read, urls, bodies } = answering(complete());
  await write();
  await read();
  const base = 'https://api.example.com/crm/objects/2026-09/0-1/batch';
  expect(urls).toEqual([`${base}/update`, expect.stringMatching(new RegExp(`^${base}/read(\\?archived=false)?$`))]);
  expect(bodies()).toEqual([
    {
      inputs: [
        { id: '1', properties: { [OWNER]: '77' } },
        { id: '2', properties: { [OWNER]: '' } },
      ],
    },
    {
      inputs: [{ id: '1' }, { id: '2' }],
      properties: [OWNER, 'hubspot_owner_assigneddate'],
      propertiesWithHistory: [],
    },
  ]);
});

describe.each([200, 207])('A batch answered with %i', (status) => {
  it.each([
    ['<html>Bad Gateway</html>'],
    [''],
    ['{"results":['],
    [{}],
    [null],
    [[]],
    [{ results: {} }],
    [{ results: [5] }],
    [{ results: [{ id: '1' }] }],
    [complete({ id: '1', properties: 5 })],
    [complete(row('1', {}), row('2', true))],
  ])('[H18] The batch answer %j breaks the contract', async (body) => {
    await expect(answering(body, status).write()).rejects.toMatchObject(BROKEN);
    await expect(answering(body, status).read()).rejects.toMatchObject(BROKEN);
  });

  it.each<[object, string, ObjectId[]]>([
    [complete(), 'nobody', []],
    [complete(row('1', '77'), row('2', '')), 'both', [ONE, TWO]],
    [complete(row('2', null), row('1', '77')), 'both, with null for emptiness', [TWO, ONE]],
    [complete(row('2')), 'the cleared one, of whose property nothing is said', [TWO]],
    [complete(row('1')), 'nobody: nothing is said of the value', []],
    [complete(row('1', '78'), row('2', '77')), 'nobody: they hold other values', []],
    [complete(row('3', '77'), row('', '77'), row('x', '')), 'nobody: none of these was written', []],
    [{ status: 'CANCELED', results: [] }, 'nobody: it was called off', []],
    [{ ...complete(row('1', '77')), status: 'CANCELED' }, 'nobody: it was called off, whatever it echoes', []],
    [{ ...complete(row('1', '77')), status: 'complete' }, 'the one that it names, in small letters', [ONE]],
    [complete(row('1', '77'), row('1', '78'), row('2', '')), 'the one of whom all rows say the same', [TWO]],
    [complete(row('1', '77'), row('1', '77')), 'the one that it names twice', [ONE]],
    [
      { ...complete(row('1', '77'), row('2', '')), errors: [{ status: 'error', context: { ids: ['1'] } }] },
      'the one that no error names',
      [TWO],
    ],
    [{ ...complete(row('1', '77'), row('2', '')), errors: { 1: {} } }, 'the one that no error names', [TWO]],
    [
      { ...complete(row('1', '77'), row('2', '')), errors: [{ context: { ids: [2] } }] },
      'the one that no error names, be it as a number',
      [ONE],
    ],
    [complete(row('1', '77'), 5, row('2', {}), { id: '2' }), 'the one whose row can be read', [ONE]],
    [complete(row(1, 77), row('2', '')), 'both, with numbers for ids', [ONE, TWO]],
    [{ ...complete(row('1', '77')), numErrors: 1, errors: [{ status: 'error' }] }, 'the one without an error', [ONE]],
    [
      { results: [{ ...row('1', '77'), archived: false, url: 'x' }], x: 1 },
      'whom it names, whatever else it says',
      [ONE],
    ],
  ])('[H19] The batch answer %j confirms %s', async (body, _whom, written) => {
    await expect(answering(body, status).write()).resolves.toEqual({ kind: 'answered', written: new Set(written) });
  });

  it.each(['PROCESSING', 'PENDING', 'QUEUED'])(
    '[H19] A batch that HubSpot says is %s confirms nothing that it echoes, and is tried again',
    async (state) => {
      const body = { ...complete(row('1', '77'), row('2', '')), status: state };
      await expect(answering(body, status).write()).rejects.toMatchObject({
        fault: 'batch_unfinished',
        retryable: true,
      });
    },
  );

  it('[H19] A batch answer in which two rows of a record disagree says nothing of that record', async () => {
    const read = await answering(complete(row('1', '77'), row('2', ''), row('1', '')), status).read();
    expect(read).toMatchObject({ kind: 'answered', owners: new Map([[TWO, expect.objectContaining({ value: '' })]]) });
  });

  it('[H19] A batch answer is read for its values, and an empty text means nobody', async () => {
    const unknown = { changedAtEpochMs: undefined, updatedAtEpochMs: undefined };
    const owners = new Map([
      [ONE, { value: '77', ...unknown }],
      [TWO, { value: '', ...unknown }],
    ]);
    await expect(answering(complete(row('1', '77'), row('2', null)), status).read()).resolves.toEqual({
      kind: 'answered',
      owners,
    });
  });
});

it.each([201, 202, 204, 304])(
  '[H20] The status %d is not a valid answer to a batch, whatever its body',
  async (status) => {
    await expect(answering(complete(row('1', '77')), status).write()).rejects.toMatchObject(BROKEN);
    await expect(answering(complete(row('1', '77')), status).read()).rejects.toMatchObject(BROKEN);
  },
);

it.each([400, 404, 413, 414, 415, 422])(
  '[H2] The status %d refuses the whole batch, whatever its text',
  async (status) => {
    for (const body of ['<html/>', '', {}, { errors: [{ code: 'INVALID_OWNER_ID' }] }, { correlationId: 'c-1' }]) {
      await expect(answering(body, status).write()).resolves.toEqual({ kind: 'refused' });
      await expect(answering(body, status).read()).resolves.toEqual({ kind: 'refused' });
    }
  },
);

it('[H18] Any JSON in a batch answer confirms only what it says or breaks the contract, and never fails in another way', async () => {
  const value = fc.oneof(fc.constantFrom('77', '', '78', null), fc.jsonValue());
  const results = fc.array(fc.record({ id: fc.oneof(fc.constantFrom('1', '2', '3'), fc.jsonValue()), value }), {
    maxLength: 4,
  });
  const anyBody = fc.oneof(
    fc.jsonValue(),
    results.map((rows) => complete(...rows.map((each) => row(each.id, each.value)))),
  );
  await fc.assert(
    fc.asyncProperty(anyBody, fc.constantFrom(200, 207), async (body, status) => {
      const [written, values] = await Promise.allSettled([
        answering(JSON.stringify(body), status).write(),
        answering(JSON.stringify(body), status).read(),
      ]);
      const errors = [written, values].flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
      expect(errors.map((error: { code?: unknown }) => error.code)).toEqual(errors.map(() => BROKEN.code));
      const confirmed =
        written.status === 'fulfilled' && written.value.kind === 'answered' ? written.value.written : [];
      const said = new Set((body as { results?: { id: unknown }[] } | null)?.results?.map(({ id }) => String(id)));
      expect([...confirmed].filter((id) => !said.has(id) || !VALUES.has(id))).toEqual([]);
    }),
  );
});
