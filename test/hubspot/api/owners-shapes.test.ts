import fc from 'fast-check';
import { toDeadline } from '../../../lib/domain/deadline.ts';
import { type OwnerId, parseOwnerId, parseUserId, type UserId } from '../../../lib/domain/ids.ts';
import { makeAnswering, PORTAL_ID } from '../adapters.ts';

const BROKEN = { code: 'HUBSPOT_CONTRACT_BROKEN', retryable: true };
const ROW = { id: '77', type: 'PERSON', archived: false, email: 'jane@example.com' };
const page = (...results: unknown[]) => ({ results });

const list = (body: unknown, status = 200) =>
  makeAnswering({ status, body: JSON.stringify(body) }).owners.listByEmail(
    PORTAL_ID,
    'jane@example.com',
    'active',
    toDeadline(1),
  );
async function find(body: unknown, status = 200) {
  const id = parseOwnerId('77');
  if (id === undefined) throw new Error('a fixture has no valid owner id');
  return makeAnswering({ status, body: JSON.stringify(body) }).owners.findById(PORTAL_ID, id, 'active', toDeadline(1));
}

describe('Shapes of the owners listing', () => {
  it.each<[unknown, string]>([
    [{}, 'nothing in it'],
    [null, 'null'],
    [[], 'an array'],
    [5, 'a number'],
    ['x', 'a text'],
    [{ results: null }, 'no list'],
    [{ results: 5 }, 'a number for a list, which the SDK iterates'],
    [{ results: {} }, 'an object for a list, which the SDK iterates'],
    [page(null), 'a row that is null'],
    [page(5), 'a row that is a number'],
    [page({ ...ROW, id: 'jane' }), 'an id that is not digits'],
    [page({ ...ROW, id: undefined }), 'no id'],
    [page({ ...ROW, type: null }), 'no type'],
    [page({ ...ROW, archived: undefined }), 'nothing about being archived'],
    [page({ ...ROW, archived: 'false' }), 'a text for a flag'],
    [page({ ...ROW, userId: { id: 88 } }), 'an object for a user id'],
    [page({ ...ROW, email: 5 }), 'a number for an email'],
    [page(5, { ...ROW, id: '' }), 'two rows that cannot be read, and no other'],
    [{ ...page(ROW), paging: 5 }, 'a number for paging, which the SDK takes for the last page'],
    [{ ...page(ROW), paging: { next: {} } }, 'a next page without a cursor'],
    [{ ...page(ROW), paging: { next: { after: null } } }, 'null for the cursor of the next page'],
    [{ ...page(ROW), paging: { next: { after: '' } } }, 'an empty cursor, which would begin again'],
    [{ ...page(ROW), paging: { next: { after: 1.5 } } }, 'a cursor that is no text'],
  ])('[H18] The owners listing %j breaks the contract: %s', async (body) => {
    await expect(list(body)).rejects.toMatchObject(BROKEN);
  });

  it.each<[unknown, string]>([
    [page(ROW), 'the least a row has'],
    [page({ ...ROW, email: null, firstName: null, lastName: null, userId: null, teams: null }), 'nulls'],
    [page({ ...ROW, quota: 7, createdAt: 'never' }), 'fields that we do not know or use'],
    [{ ...page(ROW), paging: null }, 'no paging'],
    [{ ...page(ROW), paging: {} }, 'empty paging'],
  ])('The owners listing %j is read: %s', async (body) => {
    await expect(list(body)).resolves.toMatchObject([{ id: '77', firstName: '', teams: [] }]);
  });

  it.each<[string, unknown]>([
    ['that cannot be read', { ...ROW, id: '' }],
    ['that is null', null],
    ['of another type', { ...ROW, id: '78', type: 'AGENT' }],
  ])('[T1] The owners listing leaves out a row %s, and reads the other row', async (_what, odd) => {
    await expect(list(page(odd, ROW))).resolves.toMatchObject([{ id: '77' }]);
  });

  it('[T1] The owners listing is empty when all its rows are of unknown types, so nobody known has the email', async () => {
    await expect(list(page({ ...ROW, type: 'AGENT' }))).resolves.toEqual([]);
  });

  it.each<[unknown, unknown[], string]>([
    [undefined, [], 'absent'],
    [3, [], 'a number'],
    [[null, 5, {}, { id: null }], [], 'nothing in it that is a team'],
    [[{ id: 12, name: null, primary: 1 }], [{ id: '12', name: '', primary: false }], 'a number, a null and a number'],
    [
      [
        { id: '1', name: 'A', primary: true },
        { id: '2', name: 'B', primary: true },
      ],
      [
        { id: '1', name: 'A', primary: true },
        { id: '2', name: 'B', primary: true },
      ],
      'two primary ones',
    ],
  ])('[M5] An owner is read whatever their teams are: %j', async (teams, expected) => {
    await expect(list(page({ ...ROW, teams }))).resolves.toMatchObject([{ id: '77', teams: expected }]);
  });

  it('[T1] Names and teams of any length are shortened to what the table keeps, the primary teams first', async () => {
    const teams = Array.from({ length: 5_000 }, (_, n) => ({
      id: n,
      name: '東日本営業部'.repeat(100),
      primary: n === 4_000,
    }));
    const row = { ...ROW, firstName: 'x'.repeat(500_000), lastName: '\u{1f600}'.repeat(200).slice(1), teams };
    const [owner] = await list(page(row));
    const [again] = await list(page({ ...row, teams: teams.toReversed() }));
    expect(JSON.stringify(owner).length).toBeLessThan(70_000);
    expect(owner?.lastName.isWellFormed()).toBe(true);
    expect(owner?.teams).toContainEqual(expect.objectContaining({ id: '4000', primary: true }));
    expect(new Set(again?.teams.map(({ id }) => id))).toEqual(new Set(owner?.teams.map(({ id }) => id)));
  });

  it('An owner in the archived listing counts as archived, even when the row says otherwise', async () => {
    const { owners } = makeAnswering({ status: 200, body: JSON.stringify(page(ROW)) });
    const found = await owners.listByEmail(PORTAL_ID, 'jane@example.com', 'archived', toDeadline(1));
    expect(found).toMatchObject([{ id: '77', archived: true }]);
  });

  it.each([
    [{ userId: 88, userIdIncludingInactive: 88 }, '88'],
    [{ id: 77, userId: '88' }, '88'],
    [{ userId: null, userIdIncludingInactive: 88 }, '88'],
    [{ userIdIncludingInactive: 88 }, '88'],
    [{ userId: 0, userIdIncludingInactive: 88 }, '88'],
    [{ userId: '', userIdIncludingInactive: 88 }, '88'],
    [{ userId: 0 }, undefined],
    [{ userId: 1.5 }, undefined],
    [{}, undefined],
  ])('The user ID in the row %j is %p', async (fields, userId) => {
    await expect(list(page({ ...ROW, ...fields }))).resolves.toMatchObject([{ userId }]);
  });

  it.each([
    ['no address', undefined],
    ['', undefined],
    [' Jane@EXAMPLE.com ', 'jane@example.com'],
  ])('The email %j in an owner row is read as %p', async (email, expected) => {
    await expect(list(page({ ...ROW, email }))).resolves.toMatchObject([{ email: expected }]);
  });

  it.each([201, 202, 204, 207, 304, 400, 404, 414])(
    '[H20] The status %d breaks the contract of the owners listing',
    async (status) => {
      await expect(list(page(ROW), status)).rejects.toMatchObject(BROKEN);
    },
  );

  it.each([
    ['a Unicode domain', 'zoe@bücher.example'],
    ['a Unicode local part', 'zoë@example.com'],
    ['a dot at the beginning', '.jane@example.com'],
    ['a dot at the end', 'jane.@example.com'],
    ['two dots in a row', 'jane..doe@example.com'],
    ['a top-level domain of one letter', 'jane@example.c'],
    ['a number for a domain', 'jane@127.0.0.1'],
    ['the suffix of a sandbox', 'jane@example.com.invalid'],
    ['a picture', '😀@example.com'],
  ])('[M4, T5] A filter that refuses an email with %s finds nobody and is no fault', async (_what, email) => {
    const { owners } = makeAnswering({ status: 400, body: '{"status":"error"}' });
    await expect(owners.listByEmail(PORTAL_ID, email, 'active', toDeadline(1))).resolves.toEqual([]);
  });

  it.each(['jane@example.com', "o'neil+x_1@a-b.example.co", 'zoe@xn--bcher-kva.example', 'x@y.xn--p1ai'])(
    '[H20] A filter that refuses the everyday email %s breaks the contract',
    async (email) => {
      const { owners } = makeAnswering({ status: 400, body: '{"status":"error"}' });
      await expect(owners.listByEmail(PORTAL_ID, email, 'active', toDeadline(1))).rejects.toMatchObject(BROKEN);
    },
  );

  it.each(['jane@example.con', 'jane@example.local'])(
    '[M4] A filter that refuses the email %s and takes another one finds nobody, as a check of top-level domains would',
    async (email) => {
      const { owners, urls } = makeAnswering(
        { status: 400, body: '{"status":"error"}' },
        { status: 200, body: JSON.stringify(page()) },
      );
      await expect(owners.listByEmail(PORTAL_ID, email, 'archived', toDeadline(1))).resolves.toEqual([]);
      expect(urls.map((url) => new URL(url).searchParams.get('archived'))).toEqual(['true', 'true']);
    },
  );

  it.each(['jane@example.con', 'zoë@example.com'])(
    '[M4] A filter that refuses the second page of %s breaks the contract, because another owner may be on it',
    async (email) => {
      const first = { ...page({ ...ROW, email }), paging: { next: { after: '1' } } };
      const { owners } = makeAnswering(
        { status: 200, body: JSON.stringify(first) },
        { status: 400, body: '{"status":"error"}' },
      );
      await expect(owners.listByEmail(PORTAL_ID, email, 'active', toDeadline(1))).rejects.toMatchObject(BROKEN);
    },
  );

  it('[H18] Any JSON for an owners listing is read or breaks the contract, and never fails in another way', async () => {
    const anyBody = fc.oneof(
      fc.jsonValue(),
      fc.record({ results: fc.jsonValue(), paging: fc.jsonValue() }),
      fc.record({ results: fc.array(fc.dictionary(fc.constantFrom(...Object.keys(ROW), 'teams'), fc.jsonValue())) }),
    );
    await fc.assert(
      fc.asyncProperty(anyBody, async (body) => {
        const outcomes = await Promise.allSettled([list(body), find(body)]);
        const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
        expect(errors.map((error: { code?: unknown }) => error.code)).toEqual(errors.map(() => BROKEN.code));
      }),
    );
  });

  it.each([
    [10, false, 'the last page we read'],
    [11, true, 'one page more than one email can need'],
  ])('[H18] An owners listing of %d pages breaks the contract: %s (%s)', async (pages, isBroken) => {
    const next = { status: 200, body: JSON.stringify({ ...page(ROW), paging: { next: { after: 'a b&c' } } }) };
    const last = { status: 200, body: JSON.stringify(page(ROW)) };
    const { owners, urls } = makeAnswering(...Array(pages - 1).fill(next), last);
    const [outcome] = await Promise.allSettled([
      owners.listByEmail(PORTAL_ID, 'jane@example.com', 'active', toDeadline(1)),
    ]);
    expect(outcome).toMatchObject(isBroken ? { reason: BROKEN } : { value: Array(10).fill({ id: '77' }) });
    expect(urls).toHaveLength(10);
    expect(urls.map((url) => new URL(url).searchParams.get('after'))).toEqual([null, ...Array(9).fill('a b&c')]);
  });
});

it.each([
  [500, '500'],
  ['500', '500'],
  ['NTAw==', 'NTAw=='],
])('The cursor %j of the next page of owners is sent back as %j', async (after, sent) => {
  const next = { status: 200, body: JSON.stringify({ ...page(ROW), paging: { next: { after } } }) };
  const { owners, urls } = makeAnswering(next, { status: 200, body: JSON.stringify(page()) });
  await owners.listByEmail(PORTAL_ID, 'jane@example.com', 'active', toDeadline(1));
  expect(urls.map((url) => new URL(url).searchParams.get('after'))).toEqual([null, sent]);
});

describe('Shapes of a page of all owners', () => {
  const listPage = (body: unknown) =>
    makeAnswering({ status: 200, body: JSON.stringify(body) }).owners.listPage(
      PORTAL_ID,
      'active',
      undefined,
      toDeadline(1),
    );

  it('[T1] A page of owners gives the readable rows, and the IDs of the others where they have one', async () => {
    const odd = [
      { ...ROW, id: '9001', type: 'AGENT' },
      { ...ROW, id: 9002, archived: null },
      { ...ROW, id: 'x' },
      null,
      { ...ROW, id: '9003', email: {} },
    ];
    const { owners, odd: oddIds } = await listPage(page(...odd.slice(0, 3), ROW, ...odd.slice(3)));
    expect(owners).toMatchObject([{ id: '77' }]);
    expect(oddIds).toEqual(['9001', '9002', undefined, undefined, '9003']);
  });

  it.each<[unknown, string | undefined]>([
    [{ next: { after: 'a b&c' } }, 'a b&c'],
    [{ next: { after: 500 } }, '500'],
    [{ next: null }, undefined],
  ])('[T1] The paging %j of a page of owners leads to %p', async (paging, after) => {
    await expect(listPage({ ...page(ROW), paging })).resolves.toMatchObject({ after });
  });

  it.each([{ next: {} }, { next: { after: null } }, { next: { after: [500] } }, { next: { after: Number.NaN } }])(
    '[H18] The paging %j of a page of owners breaks the contract, because pages may be missing',
    async (paging) => {
      await expect(listPage({ ...page(ROW), paging })).rejects.toMatchObject(BROKEN);
    },
  );

  it('[T1] A page of owners never fails because of one row, whatever the row contains', async () => {
    const anyRow = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom(...Object.keys(ROW), 'userId', 'teams'), fc.jsonValue()),
      fc.record({ ...mapValues(ROW), teams: fc.jsonValue() }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { maxLength: 5 }), async (rows) => {
        const { owners, odd } = await listPage(page(...rows));
        expect(owners.length + (odd?.length ?? 0)).toBe(rows.length);
        for (const owner of owners) expect(['PERSON', 'QUEUE']).toContain(owner.type);
      }),
    );
  });
});

/** Each member as it is, or something else. */
function mapValues(row: Readonly<Record<string, unknown>>) {
  const arbitrary = (value: unknown) => fc.oneof({ arbitrary: fc.constant(value), weight: 4 }, fc.jsonValue());
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, arbitrary(value)]));
}

describe('Shapes of one owner', () => {
  it.each([
    [{}],
    [null],
    [[]],
    [5],
    [{ ...ROW, id: 'x' }],
    [{ ...ROW, type: 5 }],
    [{ ...ROW, id: '78' }],
    [{ ...ROW, id: '78', type: 'AGENT' }],
  ])('[H18] The owner %j breaks the contract', async (body) => {
    await expect(find(body)).rejects.toMatchObject(BROKEN);
  });

  it.each([202, 204, 400, 410])('[H20] The status %d breaks the contract of reading one owner', async (status) => {
    await expect(find(ROW, status)).rejects.toMatchObject(BROKEN);
  });

  it.each([
    [{ category: 'OBJECT_NOT_FOUND' }],
    [{ status: 'error', message: 'resource not found' }],
    [{ correlationId: '6b0f' }],
  ])('A 404 with the body %j comes from HubSpot and means that there is no such owner', async (body) => {
    await expect(find(body, 404)).resolves.toBeUndefined();
  });

  it.each([[{}], ['<html>404</html>'], [null], [{ message: 'no such route' }]])(
    '[T8] A 404 with the body %j is not from HubSpot and says nothing about an owner',
    async (body) => {
      await expect(find(body, 404)).rejects.toMatchObject(BROKEN);
    },
  );

  it.each([[{ ...ROW, id: '78' }], [{ ...ROW, id: '78', archived: true }], [{ ...ROW, id: '78', type: 'AGENT' }]])(
    '[T1] The owner %j says nothing about the owner with the ID that was asked for',
    async (body) => {
      await expect(find(body)).rejects.toMatchObject(BROKEN);
    },
  );

  it.each(['2147483648', '99999999999999999999'])(
    'No owner is requested by the ID %s, because the IDs of owners and users are 32-bit integers',
    async (digits) => {
      const { owners, requests } = makeAnswering({ status: 400, body: '{"status":"error"}' });
      const [ownerId, userId] = [parseOwnerId(digits) as OwnerId, parseUserId(digits) as UserId];
      await expect(owners.findById(PORTAL_ID, ownerId, 'active', toDeadline(1))).resolves.toBeUndefined();
      await expect(owners.findByUserId(PORTAL_ID, userId, 'active', toDeadline(1))).resolves.toBeUndefined();
      expect(requests).toEqual([]);
    },
  );

  it('[T1] An owner of an unknown type is reported as such', async () => {
    await expect(find({ ...ROW, type: 'AGENT' })).resolves.toBe('odd');
  });
});
