import { StoreUnavailableError } from '../../lib/domain/errors.ts';
import { createQueuePermission } from '../../lib/store/queue-permission.ts';
import type { Table } from '../../lib/store/table.ts';
import { PORTAL_A, PORTAL_B } from '../builders/ids.ts';
import { type FakeClock, makeClock, START_EPOCH_MS } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { readAllItems } from '../support/table-items.ts';

const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];
const GRANTED = ['oauth', 'automation', 'crm.objects.owners.read'];

describe.each(ENGINES)('The queue permission of an account on $name', ({ makeTable }) => {
  let table: Table;
  let clock: FakeClock;
  let scopes: readonly string[] | undefined;
  let installationId: string;

  beforeEach(async () => {
    table = await makeTable();
    clock = makeClock();
    scopes = GRANTED;
    installationId = 'installation-1';
  });

  /** As a container has it. */
  const open = () =>
    createQueuePermission(table, {
      now: clock.now,
      findScopes: async () => scopes && { scopes, installationId },
    });

  it.each<[readonly string[] | undefined, boolean, string]>([
    [GRANTED, true, 'callbacks can be completed'],
    [['oauth', 'automation.sequences.read'], false, 'another scope with a similar name does not count'],
    [[], false, 'nothing was granted'],
    [undefined, true, 'the scopes are unknown and HubSpot will decide'],
  ])('An account with the scopes %j has the queue permission: %s, because %s', async (granted, mayQueue) => {
    scopes = granted;
    expect(await open().mayQueue(PORTAL_A)).toBe(mayQueue);
  });

  it('[M10] The queue permission follows what the account has granted now, from the next question on', async () => {
    const consent = open();
    for (const granted of [GRANTED, [], GRANTED]) {
      scopes = granted;
      expect(await consent.mayQueue(PORTAL_A)).toBe(granted === GRANTED);
    }
  });

  it('The queue permission asks the table once a minute and container whether HubSpot has refused', async () => {
    const consent = open();
    const send = jest.spyOn(table.client, 'send');
    for (let call = 0; call < 5; call += 1) await consent.mayQueue(PORTAL_A);
    clock.advance(MINUTE_MS - 1);
    await consent.mayQueue(PORTAL_A);
    expect(send).toHaveBeenCalledTimes(1);
    clock.advance(1);
    await consent.mayQueue(PORTAL_A);
    expect(send).toHaveBeenCalledTimes(2);
  });

  it('[M10] A revoked queue permission returns when the account has installed the app again, also in a container that knew of it', async () => {
    const consent = open();
    await consent.revoke(PORTAL_A);
    expect(await consent.mayQueue(PORTAL_A)).toBe(false);
    installationId = 'installation-2';
    expect(await consent.mayQueue(PORTAL_A)).toBe(true);
    await consent.revoke(PORTAL_A);
    expect(await open().mayQueue(PORTAL_A)).toBe(false);
  });

  it.each([[GRANTED], [undefined]])(
    'The queue permission is revoked for an hour when HubSpot refuses callbacks, with scopes %j',
    async (granted) => {
      scopes = granted;
      await open().revoke(PORTAL_A);
      expect(await open().mayQueue(PORTAL_A)).toBe(false);
      clock.advance(HOUR_MS - 1);
      expect(await open().mayQueue(PORTAL_A)).toBe(false);
      clock.advance(1);
      expect(await open().mayQueue(PORTAL_A)).toBe(true);
    },
  );

  it('A revoked queue permission is noticed within a minute by a container that knew otherwise', async () => {
    const consent = open();
    await consent.mayQueue(PORTAL_A);
    await open().revoke(PORTAL_A);
    clock.advance(MINUTE_MS);
    expect(await consent.mayQueue(PORTAL_A)).toBe(false);
  });

  it('The queue permission is revoked again each time HubSpot refuses', async () => {
    await open().revoke(PORTAL_A);
    clock.advance(HOUR_MS - 1);
    await open().revoke(PORTAL_A);
    clock.advance(HOUR_MS - 1);
    expect(await open().mayQueue(PORTAL_A)).toBe(false);
  });

  it('The queue permission of each account is separate', async () => {
    await open().revoke(PORTAL_A);
    const consent = open();
    expect(await consent.mayQueue(PORTAL_B)).toBe(true);
    expect(await consent.mayQueue(PORTAL_A)).toBe(false);
    expect(await consent.mayQueue(PORTAL_B)).toBe(true);
  });

  it('[D7] A revoked queue permission leaves an item that expires when the hour is over', async () => {
    await open().revoke(PORTAL_A);
    expect(await readAllItems(table)).toEqual([
      {
        pk: { S: 'portal#8200001#queue' },
        sk: { S: 'consent' },
        installationId: { S: 'installation-1' },
        withdrawnUntilEpochMs: { N: String(START_EPOCH_MS + HOUR_MS) },
        expiresAtEpochSeconds: { N: String((START_EPOCH_MS + HOUR_MS) / 1_000) },
      },
    ]);
  });

  it('There is no queue permission while the table is away, and it is requested again at once', async () => {
    const consent = open();
    const send = jest.spyOn(table.client, 'send').mockRejectedValue(new Error('away') as never);
    expect(await consent.mayQueue(PORTAL_A)).toBe(false);
    send.mockRestore();
    expect(await consent.mayQueue(PORTAL_A)).toBe(true);
  });
});

it('There is no queue permission while nobody can say what was granted', async () => {
  const consent = createQueuePermission(
    { client: {} as never, tableName: 'none' },
    {
      now: () => START_EPOCH_MS,
      findScopes: () => Promise.reject(new StoreUnavailableError('away')),
    },
  );
  expect(await consent.mayQueue(PORTAL_A)).toBe(false);
});

it('The queue permission does not hide a programming mistake', async () => {
  const consent = createQueuePermission(
    { client: {} as never, tableName: 'none' },
    {
      now: () => START_EPOCH_MS,
      findScopes: () => Promise.reject(new TypeError('a mistake')),
    },
  );
  await expect(consent.mayQueue(PORTAL_A)).rejects.toThrow('a mistake');
});
