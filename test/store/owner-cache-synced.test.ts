import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { Owner } from '../../lib/domain/owner.ts';
import { createLastSyncAt, createOwnerCache, type LastSyncAt } from '../../lib/store/owner-cache.ts';
import { toEmailAttributes, toOwnerAttributes } from '../../lib/store/owner-rows.ts';
import { PORTAL_A, PORTAL_B, toEmail } from '../builders/ids.ts';
import { makeArchivedOwner, makeOwner } from '../builders/owner.ts';
import { makeClock } from '../support/clock.ts';

const EMAIL = toEmail('jane@example.com');
const WRITTEN = 1_000;
const SYNC = 5_000;
const FENCE = 3;
const STATE = { fence: FENCE, firstFence: 2, lastCompleteStartedAtEpochMs: SYNC, report: undefined };
const JANE = makeOwner({ id: '1' });
const LEFT = makeArchivedOwner({ id: '1' });

const dynamoDb = mockClient(DynamoDBClient);
beforeEach(() => dynamoDb.reset());

const emailRow = (owner: Owner, fence?: number) =>
  toEmailAttributes({ owners: [owner], confirmedAtEpochMs: WRITTEN }, fence);

type LastSync = Awaited<ReturnType<LastSyncAt>>;

/** A cache whose table gives these rows, one after the other, and whose portal was last synced so. */
function setUp(
  rows: readonly ReturnType<typeof emailRow>[],
  { firstFence = 0, ...known }: Partial<LastSync> & Omit<LastSync, 'firstFence'>,
) {
  const last = { firstFence, ...known };
  const gets = dynamoDb.on(GetItemCommand);
  for (const row of rows) gets.resolvesOnce({ Item: row });
  const asked = jest.fn(async () => last);
  return {
    cache: createOwnerCache({ client: new DynamoDBClient({}), tableName: 'table' }, makeClock().now, asked),
    asked,
  };
}
const reads = () => dynamoDb.commandCalls(GetItemCommand).length;

it('A row that a refresh wrote is read again when the last refresh was looked up only afterwards, because it may have changed the row', async () => {
  const { cache } = setUp([emailRow(JANE, FENCE), emailRow(LEFT, FENCE + 1)], { atEpochMs: SYNC, wasKnown: false });
  expect(await cache.findByEmail(PORTAL_A, EMAIL)).toEqual({ owners: [LEFT], confirmedAtEpochMs: SYNC });
  expect(reads()).toBe(2);
});

it('A row that a refresh wrote counts as confirmed by a later refresh that was known before the read, without a second read', async () => {
  const { cache } = setUp([emailRow(JANE, FENCE)], { atEpochMs: SYNC, wasKnown: true });
  expect(await cache.findByEmail(PORTAL_A, EMAIL)).toEqual({ owners: [JANE], confirmedAtEpochMs: SYNC });
  expect(reads()).toBe(1);
});

it.each([FENCE + 1, Number.POSITIVE_INFINITY])(
  'A row of a refresh from before a deletion of the account keeps its own time when the first fence is %d',
  async (firstFence) => {
    const { cache } = setUp([emailRow(JANE, FENCE)], { atEpochMs: SYNC, wasKnown: true, firstFence });
    expect(await cache.findByEmail(PORTAL_A, EMAIL)).toMatchObject({ confirmedAtEpochMs: WRITTEN });
  },
);

it('A row that was written after the last refresh keeps its own time', async () => {
  const { cache } = setUp([emailRow(JANE, FENCE)], { atEpochMs: WRITTEN - 1, wasKnown: true });
  expect(await cache.findByEmail(PORTAL_A, EMAIL)).toMatchObject({ confirmedAtEpochMs: WRITTEN });
});

it('A row that was learned between refreshes takes the age of none, and causes no lookup of the last refresh', async () => {
  const { cache, asked } = setUp([emailRow(JANE)], { atEpochMs: SYNC, wasKnown: false });
  expect(await cache.findByEmail(PORTAL_A, EMAIL)).toEqual({ owners: [JANE], confirmedAtEpochMs: WRITTEN });
  expect([reads(), asked.mock.calls]).toEqual([1, []]);
});

it('A row that was learned between the two reads takes the age of no refresh', async () => {
  const { cache } = setUp([emailRow(JANE, FENCE), emailRow(LEFT)], { atEpochMs: SYNC, wasKnown: false });
  expect(await cache.findByEmail(PORTAL_A, EMAIL)).toEqual({ owners: [LEFT], confirmedAtEpochMs: WRITTEN });
});

it('A row that a refresh removed between the two reads is not known', async () => {
  const { cache } = setUp([emailRow(JANE, FENCE)], { atEpochMs: SYNC, wasKnown: false });
  dynamoDb
    .on(GetItemCommand)
    .resolvesOnce({ Item: emailRow(JANE, FENCE) })
    .resolves({});
  expect(await cache.findByEmail(PORTAL_A, EMAIL)).toBeUndefined();
});

it('An owner who was read by ID just before a refresh deactivated them is not reported as active', async () => {
  const row = (owner: Owner, fence: number) => toOwnerAttributes({ owner, confirmedAtEpochMs: WRITTEN }, fence);
  const { cache } = setUp([row(JANE, FENCE), row(LEFT, FENCE + 1)], { atEpochMs: SYNC, wasKnown: false });
  expect(await cache.findByOwnerId(PORTAL_A, JANE.id)).toEqual({ owner: LEFT, confirmedAtEpochMs: SYNC });
});

it('The time of the last refresh of an account is read once for a burst and remembered for half a minute', async () => {
  const clock = makeClock();
  const readState = jest.fn(async () => STATE);
  const lastSyncAt = createLastSyncAt(readState, clock.now);
  const [first, second] = await Promise.all([lastSyncAt(PORTAL_A), lastSyncAt(PORTAL_A)]);
  expect([first, second]).toEqual(Array(2).fill({ atEpochMs: SYNC, firstFence: 2, wasKnown: false }));
  clock.advance(29_999);
  expect(await lastSyncAt(PORTAL_A)).toEqual({ atEpochMs: SYNC, firstFence: 2, wasKnown: true });
  expect(readState).toHaveBeenCalledTimes(1);
  clock.advance(1);
  expect(await lastSyncAt(PORTAL_A)).toEqual({ atEpochMs: SYNC, firstFence: 2, wasKnown: false });
  expect(await lastSyncAt(PORTAL_B)).toEqual({ atEpochMs: SYNC, firstFence: 2, wasKnown: false });
  expect(readState).toHaveBeenCalledTimes(3);
});

it('When the time of the last refresh cannot be read, the next caller that needs it reads it again', async () => {
  const readState = jest.fn().mockRejectedValueOnce(new Error('away'));
  readState.mockResolvedValue(STATE);
  const lastSyncAt = createLastSyncAt(readState, makeClock().now);
  await expect(lastSyncAt(PORTAL_A)).rejects.toThrow('away');
  expect(await lastSyncAt(PORTAL_A)).toEqual({ atEpochMs: SYNC, firstFence: 2, wasKnown: false });
});
