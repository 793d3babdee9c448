import { nodeFetch } from '../../lib/network/fetch.ts';
import { addActiveOwner, deactivateOwner } from '../../local/simulator/seed-owners.ts';
import { addRecords, readRecordProperty } from '../../local/simulator/seed-records.ts';
import { makeHandoverService } from '../support/handover-service.ts';
import { PORTAL } from '../support/service.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
const OWNER = 'hubspot_owner_id';
const UPDATE = /batch\/update$/;
const READ = /batch\/read$/;
let isOver: boolean;

beforeEach(() => {
  isOver = false;
});

/** Twenty contacts of a leaver go to a colleague. Until it is over, HubSpot answers calls with a bad one in this way. */
async function handOver(status: number, calls: RegExp, isBad: (index: number) => boolean, count = 20) {
  const { state } = service().simulator;
  const hire = (name: string) => addActiveOwner(state, PORTAL, { email: `${name}@example.com` }).id;
  const [lena, jane] = [hire('lena'), hire('jane')];
  deactivateOwner(state, PORTAL, lena);
  const ids = addRecords(state, PORTAL, '0-1', count, () => ({ [OWNER]: lena })).map(({ id }) => id);
  const bad = ids.filter((_id, index) => isBad(index));
  service().clock.advance(60_000);
  const handovers = makeHandoverService(service(), {
    async fetch(url, options) {
      const isOf = calls.test(`${new URL(url).pathname}`) && bad.some((id) => `${options.body}`.includes(`"${id}"`));
      return isOf && !isOver ? { status, headers: [], body: null } : nodeFetch(url, options);
    },
  });
  await handovers.ask({ leaver: 'lena@example.com', target: 'jane@example.com' });
  await handovers.drain();
  const [plan] = await handovers.list();
  await handovers.ask({ start: plan?.digest });
  const steps = async (most: number) => {
    for (let step = 0; step < most && handovers.messages.length > 0; step += 1) {
      await handovers.step();
      service().clock.advance(60_000);
    }
    return (await handovers.list())[0];
  };
  const ownersOf = (which: readonly string[]) =>
    new Set(which.map((id) => readRecordProperty(state, PORTAL, '0-1', id, OWNER)));
  return { lena, jane, bad, good: ids.filter((id) => !bad.includes(id)), steps, ownersOf };
}

it.each([
  [423, UPDATE],
  [409, UPDATE],
  [423, READ],
])(
  '[H8, H10] A record that is busy (%d) keeps no other record of a handover waiting, and goes over once it is free',
  async (status, calls) => {
    const { good, bad, jane, lena, steps, ownersOf } = await handOver(status, calls, (index) => index === 7);
    await steps(1);
    expect([ownersOf(good), ownersOf(bad)]).toEqual([new Set([jane]), new Set([lena])]);
    isOver = true;
    expect(await steps(20)).toMatchObject({ status: 'moved', moved: { done: 20, refused: 0 } });
    expect(ownersOf(bad)).toEqual(new Set([jane]));
  },
);

it.each([
  [423, UPDATE],
  [500, UPDATE],
  [500, READ],
  // Not in HubSpot's own words.
  [400, UPDATE],
  [404, READ],
])(
  '[H14] A record with which HubSpot always fails (%d) is counted as refused, and the others go over',
  async (status, calls) => {
    const { good, bad, jane, lena, steps, ownersOf } = await handOver(status, calls, (index) => [0, 7].includes(index));
    expect(await steps(40)).toMatchObject({ status: 'moved', moved: { done: 18, refused: 2 } });
    expect([ownersOf(good), ownersOf(bad)]).toEqual([new Set([jane]), new Set([lena])]);
  },
);

it.each([UPDATE, READ])(
  '[H26] In an outage of HubSpot no record of a handover is counted as refused',
  async (calls) => {
    const { bad, jane, steps, ownersOf } = await handOver(500, calls, () => true);
    expect(await steps(12)).toMatchObject({ status: 'moving', moved: { done: 0, refused: 0 } });
    isOver = true;
    // The last pause may be a long one.
    service().clock.advance(900_000);
    expect(await steps(20)).toMatchObject({ status: 'moved', moved: { done: 20, refused: 0 } });
    expect(ownersOf(bad)).toEqual(new Set([jane]));
  },
);
