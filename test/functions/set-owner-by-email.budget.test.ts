import { PERMIT_LIFETIME_MS } from '../../lib/domain/rate-limit.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { PORTAL, type Service } from '../support/service.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
const { addContact, callsOf } = service;
const READS = ['GetItemCommand', 'QueryCommand', 'ScanCommand', 'BatchGetItemCommand'];

/** What `work` sends to DynamoDB, as its own client sees it. The counts of outcomes, written every 20 seconds, are kept apart. */
async function tableUse(container: Service, work: () => Promise<unknown>) {
  // So that nobody's permits stand in the way: two containers at the same instant are another matter.
  container.clock.advance(PERMIT_LIFETIME_MS);
  const send = jest.spyOn(container.table.client, 'send');
  await work();
  const isCount = (command: { readonly input: object }) => JSON.stringify(command.input).includes('#outcomes');
  const [counts, commands] = [true, false].map((counting) =>
    send.mock.calls.flatMap(([command]) => (isCount(command) === counting ? [command.constructor.name] : [])),
  ) as [string[], string[]];
  send.mockRestore();
  expect(counts.length).toBeLessThanOrEqual(1);
  const reads = commands.filter((name) => READS.includes(name)).length;
  return { reads, writes: commands.length - reads };
}

async function seed(): Promise<string> {
  const teams = [{ name: 'North', primary: true }];
  const jane = addActiveOwner(service().simulator.state, PORTAL, { email: 'jane@example.com', teams });
  await set(service());
  return jane.id;
}

const set = (container: Service, properties = {}) =>
  container.execute({ objectId: addContact(properties), inputFields: { ownerEmail: 'jane@example.com' } });

it('An execution in a new container reads the table once and writes it twice, plus once for permits and once for the signature', async () => {
  await seed();
  const container = await service().restart();
  expect(await tableUse(container, () => set(container))).toEqual({ reads: 1, writes: 4 });
});

it('An execution whose owner the container knows reads nothing, writes twice, and once more for every five calls', async () => {
  await seed();
  const sixTimes = async () => {
    for (let time = 0; time < 6; time += 1) await set(service());
  };
  expect(await tableUse(service(), sixTimes)).toEqual({ reads: 0, writes: 6 * 2 + 2 });
});

it('An execution that changes nothing reads nothing and writes twice', async () => {
  const ownerId = await seed();
  expect(await tableUse(service(), () => set(service(), { hubspot_owner_id: ownerId }))).toEqual({
    reads: 0,
    writes: 2,
  });
});

it.each([1, 2, 3])(
  'An execution reads the table at most once when memory must look again for time number %i',
  async (times) => {
    await seed();
    for (let time = 1; time < times; time += 1) {
      service().clock.advance(30_001);
      await set(service());
    }
    service().clock.advance(30_001);
    expect(await tableUse(service(), () => set(service()))).toEqual({ reads: 1, writes: 3 });
  },
);

it('An execution takes no HubSpot call when nothing changes, and one when something does', async () => {
  const ownerId = await seed();
  expect(await callsOf(() => set(service(), { hubspot_owner_id: ownerId }))).toEqual([]);
  expect(await callsOf(() => set(service()))).toEqual(['PATCH object']);
});

it('Finding an owner reads the table once and does nothing else after the signature of the account is noted', async () => {
  await seed();
  const container = await service().restart();
  const find = () =>
    container.execute({ action: 'find', objectId: '1', inputFields: { ownerEmail: 'jane@example.com' } });
  expect(await tableUse(container, find)).toEqual({ reads: 1, writes: 1 });
  expect(await tableUse(container, find)).toEqual({ reads: 0, writes: 0 });
});

it('The action writes the outcomes of executions once in 20 seconds, whatever the number of executions', async () => {
  const ownerId = await seed();
  service().clock.advance(20_000);
  const send = jest.spyOn(service().table.client, 'send');
  for (let time = 0; time < 20; time += 1) await set(service(), { hubspot_owner_id: ownerId });
  const counts = send.mock.calls.filter(([command]) => JSON.stringify(command.input).includes('#outcomes'));
  send.mockRestore();
  expect(counts).toHaveLength(1);
});
