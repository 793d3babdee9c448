import fc from 'fast-check';
import { parseOwnerId } from '../../lib/domain/ids.ts';
import { makeAnswering, PORTAL_ID } from './adapters.ts';

const BROKEN = { code: 'HUBSPOT_CONTRACT_BROKEN', retryable: true };
const ROW = { id: '77', type: 'PERSON', archived: false, email: 'jane@example.com' };
const page = (...results: unknown[]) => ({ results });

const list = (body: unknown, status = 200) =>
  makeAnswering({ status, body: JSON.stringify(body) }).owners.listByEmail(PORTAL_ID, 'jane@example.com', 'active', 1);
async function find(body: unknown, status = 200) {
  const id = parseOwnerId('77');
  if (id === undefined) throw new Error('a fixture has no valid owner id');
  return makeAnswering({ status, body: JSON.stringify(body) }).owners.findById(PORTAL_ID, id, 'active', 1);
}

describe('shapes of the owners listing', () => {
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
    [page({ ...ROW, id: 77 }), 'a number for an id'],
    [page({ ...ROW, id: 'jane' }), 'an id that is not digits'],
    [page({ ...ROW, id: undefined }), 'no id'],
    [page({ ...ROW, type: 'ROBOT' }), 'an unknown type'],
    [page({ ...ROW, archived: undefined }), 'nothing about being archived'],
    [page({ ...ROW, archived: 'false' }), 'a text for a flag'],
    [page({ ...ROW, userId: '88' }), 'a text for a user id'],
    [page({ ...ROW, teams: 3 }), 'a number for teams, which the SDK iterates'],
    [page({ ...ROW, teams: [{ id: '1' }] }), 'a team without a name'],
    [{ ...page(ROW), paging: 5 }, 'a number for paging, which the SDK takes for the last page'],
    [page(ROW, { ...ROW, id: '' }), 'one bad row beside a good one'],
  ])('[H18] %j breaks the contract: %s', async (body) => {
    await expect(list(body)).rejects.toMatchObject(BROKEN);
  });

  it.each<[unknown, string]>([
    [page(ROW), 'the least a row has'],
    [page({ ...ROW, email: null, firstName: null, lastName: null, userId: null, teams: null }), 'nulls'],
    [page({ ...ROW, quota: 7, createdAt: 'never' }), 'fields that we do not know or use'],
    [{ ...page(ROW), paging: null }, 'no paging'],
    [{ ...page(ROW), paging: {} }, 'empty paging'],
  ])('%j is read: %s', async (body) => {
    await expect(list(body)).resolves.toMatchObject([{ id: '77', firstName: '', teams: [] }]);
  });

  it.each([
    [{ userId: 88, userIdIncludingInactive: 88 }, '88'],
    [{ userId: null, userIdIncludingInactive: 88 }, '88'],
    [{ userIdIncludingInactive: 88 }, '88'],
    [{ userId: 0 }, undefined],
    [{ userId: 1.5 }, undefined],
    [{}, undefined],
  ])('the user id of %j is %p', async (fields, userId) => {
    await expect(list(page({ ...ROW, ...fields }))).resolves.toMatchObject([{ userId }]);
  });

  it.each([
    ['no address', undefined],
    ['', undefined],
    [' Jane@EXAMPLE.com ', 'jane@example.com'],
  ])('the email %j is read as %p', async (email, expected) => {
    await expect(list(page({ ...ROW, email }))).resolves.toMatchObject([{ email: expected }]);
  });

  it.each([201, 202, 204, 207, 304, 400, 404, 414])('[H20] status %d breaks the contract', async (status) => {
    await expect(list(page(ROW), status)).rejects.toMatchObject(BROKEN);
  });

  it('[H18] any JSON is read or breaks the contract, and never fails in another way', async () => {
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
  ])('[H18] a listing of %d pages breaks the contract: %s (%s)', async (pages, isBroken) => {
    const next = { status: 200, body: JSON.stringify({ ...page(ROW), paging: { next: { after: 'a b&c' } } }) };
    const last = { status: 200, body: JSON.stringify(page(ROW)) };
    const { owners, urls } = makeAnswering(...Array(pages - 1).fill(next), last);
    const [outcome] = await Promise.allSettled([owners.listByEmail(PORTAL_ID, 'jane@example.com', 'active', 1)]);
    expect(outcome).toMatchObject(isBroken ? { reason: BROKEN } : { value: Array(10).fill({ id: '77' }) });
    expect(urls).toHaveLength(10);
    expect(urls.map((url) => new URL(url).searchParams.get('after'))).toEqual([null, ...Array(9).fill('a b&c')]);
  });
});

describe('shapes of one owner', () => {
  it.each([[{}], [null], [[]], [5], [{ ...ROW, id: 77 }], [{ ...ROW, teams: 3 }]])(
    '[H18] %j breaks the contract',
    async (body) => {
      await expect(find(body)).rejects.toMatchObject(BROKEN);
    },
  );

  it.each([202, 204, 400, 410])('[H20] status %d breaks the contract', async (status) => {
    await expect(find(ROW, status)).rejects.toMatchObject(BROKEN);
  });

  it('404 means that there is nobody', async () => {
    await expect(find({ category: 'OBJECT_NOT_FOUND' }, 404)).resolves.toBeUndefined();
  });
});
