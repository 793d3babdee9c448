import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Item, Table } from '../../lib/store/table.ts';
import { addActiveOwner, deactivateOwner } from '../../local/simulator/seed-owners.ts';
import type { SimulatedOwner } from '../../local/simulator/state.ts';
import { toPortalId } from '../builders/ids.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { enroll, JANE, seedCachedOwner } from '../support/enrollment.ts';
import { makeRefresher } from '../support/refresh.ts';
import { PORTAL, type Service, startService, tokenOf } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';

const HOUR_MS = 3_600_000;
const MAX_AGE_MS = 26 * HOUR_MS;

describe.each(ENGINES)('Reads that return the previous row, on $name', ({ makeTable }) => {
  let table: Table;
  let service: Service;
  /** What a replica still holds; it answers whoever does not ask for a consistent read. */
  let replica: readonly Item[] | undefined;

  beforeEach(async () => {
    replica = undefined;
    const { client: engine, tableName } = await makeTable();
    const send = async (command: Parameters<DynamoDBClient['send']>[0]) => {
      if (replica === undefined || !(command instanceof GetItemCommand) || command.input.ConsistentRead === true) {
        return engine.send(command);
      }
      const { pk, sk } = command.input.Key ?? {};
      return { Item: replica.find((item) => item.pk?.S === pk?.S && item.sk?.S === sk?.S) };
    };
    const client = new Proxy(engine, {
      get: (target, name, receiver) => (name === 'send' ? send : Reflect.get(target, name, receiver)),
    });
    table = { client, tableName };
    service = await startService({ world: { table: client }, config: { tableName } });
  });

  afterEach(() => service.close());

  const refresh = () => {
    const id = toPortalId(PORTAL);
    return makeRefresher({ ...service, table, tokens: new Map([[id, tokenOf(PORTAL)]]) }, id)({});
  };
  const leave = ({ id }: SimulatedOwner) => deactivateOwner(service.simulator.state, PORTAL, id);
  /** Jane left; the refresh knows, the replica does not. */
  const leaveUnheard = async (jane: SimulatedOwner, afterMs: number) => {
    replica = await readAllItems(table);
    service.clock.advance(afterMs);
    leave(jane);
    expect(await refresh()).toMatchObject({ kind: 'done' });
  };

  it.each([
    [0, 'at once'],
    [MAX_AGE_MS, 'to the end of the leaver guard'],
    [48 * HOUR_MS, 'long past it'],
  ])('[D10] A stale read of a row is not used, %d ms after it was learned: %s', async (ageMs) => {
    const jane = await seedCachedOwner(service);
    await leaveUnheard(jane, ageMs);
    const answer = await enroll(await service.restart());
    expect(answer.outputs).toMatchObject({ errorCode: 'OWNER_DEACTIVATED' });
    expect(answer.ownerId()).toBe('');
  });

  it('[D10] A stale read does not hide an owner who joined meanwhile', async () => {
    addActiveOwner(service.simulator.state, PORTAL, { email: 'omar@example.com' });
    replica = await readAllItems(table);
    const jane = addActiveOwner(service.simulator.state, PORTAL, { email: JANE });
    await refresh();
    const answer = await enroll(await service.restart());
    expect(answer.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id, resolvedFrom: 'CACHE' });
  });

  it('[D10] A stale row that an earlier refresh wrote does not count as confirmed by the latest refresh', async () => {
    const jane = addActiveOwner(service.simulator.state, PORTAL, { email: JANE });
    addActiveOwner(service.simulator.state, PORTAL, { email: 'omar@example.com' });
    expect(await refresh()).toMatchObject({ kind: 'done' });
    await leaveUnheard(jane, 48 * HOUR_MS);
    const answer = await enroll(await service.restart());
    expect(answer.outputs).toMatchObject({ errorCode: 'OWNER_DEACTIVATED' });
    expect(answer.ownerId()).toBe('');
  });
});
