import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Table } from '../../lib/store/table.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { toPortalId } from '../builders/ids.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { enroll } from '../support/enrollment.ts';
import { makeRefresher } from '../support/refresh.ts';
import { PORTAL, type Service, startService, tokenOf } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';

const EMAILS = Array.from({ length: 40 }, (_, n) => `p${n}@example.com`);
/** How long a container answers from memory. */
const MEMORY_MS = 30_000;

describe.each(ENGINES)('A busy account on $name', ({ makeTable }) => {
  let table: Table;
  let service: Service;

  beforeEach(async () => {
    table = await makeTable();
    service = await startService({ world: { table: table.client }, config: { tableName: table.tableName } });
    for (const email of EMAILS) addActiveOwner(service.simulator.state, PORTAL, { email });
    const id = toPortalId(PORTAL);
    const refresh = makeRefresher({ ...service, table, tokens: new Map([[id, tokenOf(PORTAL)]]) }, id);
    await refresh({});
  });

  afterEach(() => service.close());

  const find = (email: string) => enroll(service, { email, action: 'find' });
  const readsOf = async (work: () => Promise<unknown>) => {
    const send = jest.spyOn(table.client, 'send');
    await work();
    const reads = send.mock.calls.flatMap(([command]) => (command instanceof GetItemCommand ? [command.input] : []));
    // A container writes what it counted every few seconds, whatever it answers.
    const calls = send.mock.calls.filter(([{ input }]) => !JSON.stringify(input).includes('#outcomes')).length;
    send.mockRestore();
    return { calls, reads };
  };

  it('[D9] The emails of a busy account are in as many partitions', async () => {
    const rows = (await readAllItems(table)).filter(({ sk }) => sk?.S === 'email');
    expect(rows).toHaveLength(EMAILS.length);
    expect(new Set(rows.map(({ pk }) => pk?.S)).size).toBe(EMAILS.length);
  });

  it('[D9] Each email that is new to the container is read from a partition of its own', async () => {
    const { reads } = await readsOf(() => Promise.all(EMAILS.map(find)));
    const partitions = reads.map(({ Key }) => Key?.pk?.S).filter((pk) => pk?.includes('#email#'));
    expect(new Set(partitions).size).toBe(EMAILS.length);
    // A container that has yet to learn when the last sync was reads a row again after it has.
    expect(partitions.length).toBeLessThanOrEqual(2 * EMAILS.length);
  });

  it('[D9] A warm container answers from memory, without a read', async () => {
    await Promise.all(EMAILS.map(find));
    service.clock.advance(MEMORY_MS - 1);
    const busy = await readsOf(async () => {
      for (const email of [...EMAILS, ...EMAILS]) expect((await find(email)).outputs.resolvedFrom).toBe('CACHE');
    });
    expect(busy.calls).toBe(0);
    service.clock.advance(1);
    expect((await readsOf(() => find('p0@example.com'))).calls).toBeGreaterThan(0);
  });

  it('[D9] A warm container writes twice and reads nothing for each record, and writes once more for five permits', async () => {
    const assign = async () => {
      expect((await enroll(service, { email: 'p0@example.com' })).outputs.outcome).toBe('ASSIGNED');
    };
    await assign();
    service.clock.advance(MEMORY_MS - 1);
    const { calls, reads } = await readsOf(async () => {
      for (let record = 0; record < 5; record += 1) await assign();
    });
    expect({ calls, reads }).toEqual({ calls: 5 * 2 + 1, reads: [] });
  });
});
