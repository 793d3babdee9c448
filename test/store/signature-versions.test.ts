import { createPortalData } from '../../lib/store/portal-data.ts';
import { createSignatureVersions, MAX_NOTED } from '../../lib/store/signature-versions.ts';
import { createTableClient, type Table } from '../../lib/store/table.ts';
import { toPortalId } from '../builders/ids.ts';
import { describeSignatureMemory } from '../contracts/signature-versions.contract.ts';
import { createFakeSignatureMemory } from '../fakes/signature-versions.ts';
import { makeClock, START_EPOCH_MS } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { CAPTURED_LINES } from '../support/log-guard.ts';
import { makeTelemetry } from '../support/recording-telemetry.ts';
import { readAllItems } from '../support/table-items.ts';

const TWELVE = toPortalId(12);

describeSignatureMemory('in memory, for tests', async () => createFakeSignatureMemory());

describe.each(ENGINES)('Remembered signature versions on $name', ({ name, makeTable }) => {
  const clock = makeClock();
  const make = (table: Table, isConnected = async () => true) =>
    createSignatureVersions(table, { now: clock.now, log: makeTelemetry().log, isConnected });

  describeSignatureMemory(name, async () => make(await makeTable()));

  it('[W12] The signature version of an account is one row without expiry, which says since when', async () => {
    const table = await makeTable();
    await make(table).noteV3(TWELVE);
    clock.advance(60_000);
    await make(table).noteV3(TWELVE);
    expect(await readAllItems(table)).toEqual([
      { pk: { S: 'portal#12#signature' }, sk: { S: 'signature' }, v3SinceEpochMs: { N: String(START_EPOCH_MS) } },
    ]);
  });

  it('[W12, M7] Nothing is kept of an account that is not connected, until it is', async () => {
    const table = await makeTable();
    let isConnected = false;
    const signatures = make(table, async () => isConnected);
    await signatures.noteV3(TWELVE);
    expect(await readAllItems(table)).toEqual([]);
    isConnected = true;
    await signatures.noteV3(TWELVE);
    expect(await signatures.hasSentV3(TWELVE)).toBe(true);
  });

  it('[W12, X15] The signature version is deleted with the account, and a container that noted it before does not use it any more', async () => {
    const table = await makeTable();
    const signatures = make(table);
    await signatures.noteV3(TWELVE);
    await createPortalData(table).purge(TWELVE, () => true);
    expect(await readAllItems(table)).toEqual([]);
    expect(await signatures.hasSentV3(TWELVE)).toBe(false);
  });

  it('[W12, M6] A container that noted the signature version of a forgotten account notes it for the next install within an hour', async () => {
    const table = await makeTable();
    const signatures = make(table);
    await signatures.noteV3(TWELVE);
    await createPortalData(table).purge(TWELVE, () => true);
    clock.advance(3_600_000);
    await signatures.noteV3(TWELVE);
    expect(await signatures.hasSentV3(TWELVE)).toBe(true);
  });
});

describe('Remembered signature versions in a container', () => {
  let table: Table;
  let send: jest.SpyInstance;
  const isConnected = async () => true;
  const make = () =>
    createSignatureVersions(table, { now: () => START_EPOCH_MS, log: makeTelemetry().log, isConnected });

  beforeEach(() => {
    table = { client: createTableClient(), tableName: 'owners' };
    send = jest.spyOn(table.client, 'send').mockResolvedValue({} as never);
  });

  afterEach(() => table.client.destroy());

  it('[W12] The signature version is written once for each account, however many requests there are', async () => {
    const signatures = make();
    for (const portalId of [12, 12, 13, 12, 13]) await signatures.noteV3(toPortalId(portalId));
    expect(send).toHaveBeenCalledTimes(2);
  });

  it('[W12] A signature version that cannot be noted is logged, and written with the next request', async () => {
    const signatures = make();
    send.mockRejectedValueOnce(new Error('away'));
    const mark = CAPTURED_LINES.length;
    await signatures.noteV3(TWELVE);
    expect(CAPTURED_LINES.slice(mark)).toEqual([expect.stringContaining('"level":"WARN"')]);
    await signatures.noteV3(TWELVE);
    await signatures.noteV3(TWELVE);
    expect(send).toHaveBeenCalledTimes(2);
  });

  it('[W12] A v2 request is not decided while the table is away, and the signature version is read consistently', async () => {
    const signatures = make();
    await signatures.hasSentV3(TWELVE);
    expect(send.mock.calls[0][0].input).toMatchObject({ ConsistentRead: true });
    send.mockRejectedValueOnce(new Error('away'));
    await expect(signatures.hasSentV3(TWELVE)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
  });

  it('[W12] A container remembers the signature versions of a limited number of accounts', async () => {
    const signatures = make();
    for (let portalId = 1; portalId <= MAX_NOTED; portalId += 1) await signatures.noteV3(toPortalId(portalId));
    await signatures.noteV3(toPortalId(1));
    expect(send).toHaveBeenCalledTimes(MAX_NOTED);
    await signatures.noteV3(toPortalId(MAX_NOTED + 1));
    await signatures.noteV3(toPortalId(1));
    expect(send).toHaveBeenCalledTimes(MAX_NOTED + 1);
    // It was unused for the longest time, and made room.
    await signatures.noteV3(toPortalId(2));
    expect(send).toHaveBeenCalledTimes(MAX_NOTED + 2);
  });
});
