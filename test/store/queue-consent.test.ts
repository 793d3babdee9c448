import { StoreUnavailableError } from '../../lib/domain/errors.ts';
import type { PortalId } from '../../lib/domain/ids.ts';
import { createQueueConsent } from '../../lib/store/queue-consent.ts';
import type { Table } from '../../lib/store/table.ts';
import { PORTAL_A, PORTAL_B } from '../builders/ids.ts';
import { type FakeClock, makeClock, START_EPOCH_MS } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { readAllItems } from '../support/table-items.ts';

const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];
const GRANTED = ['oauth', 'automation', 'crm.objects.owners.read'];

describe.each(ENGINES)('whether executions of a portal may be queued, on $name', ({ makeTable }) => {
  let table: Table;
  let clock: FakeClock;
  let scopes: readonly string[] | undefined;
  let asked: PortalId[];

  beforeEach(async () => {
    table = await makeTable();
    clock = makeClock();
    scopes = GRANTED;
    asked = [];
  });

  /** As a container has it. */
  const open = () =>
    createQueueConsent(table, {
      now: clock.now,
      findScopes: async (portalId) => {
        asked.push(portalId);
        return scopes;
      },
    });

  it.each<[readonly string[] | undefined, boolean, string]>([
    [GRANTED, true, 'callbacks can be completed'],
    [['oauth', 'automation.sequences.read'], false, 'another scope of a like name is none'],
    [[], false, 'nothing was granted'],
    [undefined, true, 'nobody can tell: HubSpot will'],
  ])('is, with the scopes %j, %s: %s', async (granted, mayQueue) => {
    scopes = granted;
    expect(await open().mayQueue(PORTAL_A)).toBe(mayQueue);
  });

  it('is asked for once a minute and container', async () => {
    const consent = open();
    for (let call = 0; call < 5; call += 1) expect(await consent.mayQueue(PORTAL_A)).toBe(true);
    scopes = [];
    clock.advance(MINUTE_MS - 1);
    expect(await consent.mayQueue(PORTAL_A)).toBe(true);
    expect(asked).toHaveLength(1);
    clock.advance(1);
    expect(await consent.mayQueue(PORTAL_A)).toBe(false);
    scopes = GRANTED;
    expect(await consent.mayQueue(PORTAL_A)).toBe(false);
    clock.advance(MINUTE_MS);
    expect(await consent.mayQueue(PORTAL_A)).toBe(true);
  });

  it.each([[GRANTED], [undefined]])(
    'is withdrawn for an hour when HubSpot refuses callbacks, with scopes %j',
    async (granted) => {
      scopes = granted;
      await open().withdraw(PORTAL_A);
      expect(await open().mayQueue(PORTAL_A)).toBe(false);
      clock.advance(HOUR_MS - 1);
      expect(await open().mayQueue(PORTAL_A)).toBe(false);
      clock.advance(1);
      expect(await open().mayQueue(PORTAL_A)).toBe(true);
    },
  );

  it('is seen to be withdrawn within a minute by a container that knew otherwise', async () => {
    const consent = open();
    await consent.mayQueue(PORTAL_A);
    await open().withdraw(PORTAL_A);
    clock.advance(MINUTE_MS);
    expect(await consent.mayQueue(PORTAL_A)).toBe(false);
  });

  it('is withdrawn anew each time HubSpot refuses', async () => {
    await open().withdraw(PORTAL_A);
    clock.advance(HOUR_MS - 1);
    await open().withdraw(PORTAL_A);
    clock.advance(HOUR_MS - 1);
    expect(await open().mayQueue(PORTAL_A)).toBe(false);
  });

  it('is a matter of each portal', async () => {
    await open().withdraw(PORTAL_A);
    const consent = open();
    expect(await consent.mayQueue(PORTAL_B)).toBe(true);
    expect(await consent.mayQueue(PORTAL_A)).toBe(false);
    expect(await consent.mayQueue(PORTAL_B)).toBe(true);
  });

  it('[D7] leaves an item that goes when the hour is over', async () => {
    await open().withdraw(PORTAL_A);
    expect(await readAllItems(table)).toEqual([
      {
        pk: { S: 'portal#8200001#queue' },
        sk: { S: 'consent' },
        withdrawnUntilEpochMs: { N: String(START_EPOCH_MS + HOUR_MS) },
        expiresAtEpochSeconds: { N: String((START_EPOCH_MS + HOUR_MS) / 1_000) },
      },
    ]);
  });

  it('is not given while the table is away, and is asked for again at once', async () => {
    const consent = open();
    const send = jest.spyOn(table.client, 'send').mockRejectedValue(new Error('away') as never);
    expect(await consent.mayQueue(PORTAL_A)).toBe(false);
    send.mockRestore();
    expect(await consent.mayQueue(PORTAL_A)).toBe(true);
  });
});

it('is not given while nobody can say what was granted', async () => {
  const consent = createQueueConsent(
    { client: {} as never, tableName: 'none' },
    {
      now: () => START_EPOCH_MS,
      findScopes: () => Promise.reject(new StoreUnavailableError('away')),
    },
  );
  expect(await consent.mayQueue(PORTAL_A)).toBe(false);
});

it('does not hide a mistake of ours', async () => {
  const consent = createQueueConsent(
    { client: {} as never, tableName: 'none' },
    {
      now: () => START_EPOCH_MS,
      findScopes: () => Promise.reject(new TypeError('a mistake')),
    },
  );
  await expect(consent.mayQueue(PORTAL_A)).rejects.toThrow('a mistake');
});
