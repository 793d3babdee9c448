import { toDeadline } from '../../../lib/domain/deadline.ts';
import type { ObjectId, ObjectTypeId } from '../../../lib/domain/ids.ts';
import { createCustomObjectTypes } from '../../../lib/hubspot/api/custom-object-types.ts';
import { createRecordSearch } from '../../../lib/hubspot/api/record-search.ts';
import { addActiveOwner } from '../../../local/simulator/seed-owners.ts';
import { addCustomObjectType } from '../../../local/simulator/seed-portals.ts';
import { addRecords } from '../../../local/simulator/seed-records.ts';
import { toOwnerId } from '../../builders/ids.ts';
import { makeTelemetry, type RecordingTelemetry } from '../../support/recording-telemetry.ts';
import { PORTAL, PORTAL_ID, useAdapters } from '../adapters.ts';
import { reply } from '../gateway.ts';

const current = useAdapters();
const CONTACTS = '0-1' as ObjectTypeId;
const OWNER = 'hubspot_owner_id';
const REF = { portalId: PORTAL_ID, objectType: CONTACTS, property: OWNER };

function seed(count: number) {
  const { state } = current().simulator;
  const owner = toOwnerId(addActiveOwner(state, PORTAL, { email: 'jane@example.com' }).id);
  return { owner, ids: addRecords(state, PORTAL, '0-1', count, () => ({ [OWNER]: owner })).map(({ id }) => id) };
}

const search = () => {
  const { send, simulator, clock } = current();
  return createRecordSearch(send, simulator.url, clock);
};

it('A search reads every record of an owner page by page, behind the last ID of the page before', async () => {
  const { owner, ids } = seed(450);
  const { findOwned } = search();
  const deadline = toDeadline(current().clock.now() + 60_000);
  const found: string[] = [];
  for (;;) {
    const page = await findOwned(REF, owner, found.at(-1) as never, deadline);
    if (page === undefined || page.length === 0) break;
    found.push(...page);
  }
  expect(found).toEqual(ids);
  // Three pages, the end, and one to make sure of the order.
  expect(current().simulator.calls.all()).toHaveLength(5);
});

it('Searches of one container keep to four a second, so that HubSpot refuses none', async () => {
  const { owner } = seed(1);
  const { countOwned } = search();
  const startedAt = current().clock.now();
  for (let call = 0; call < 9; call += 1) {
    expect(await countOwned(REF, owner, toDeadline(startedAt + 60_000))).toBe(1);
  }
  expect(current().clock.now() - startedAt).toBe(8 * 250);
  expect(
    current()
      .simulator.calls.all()
      .map(({ status }) => status),
  ).toEqual(Array(9).fill(200));
});

type Query = {
  readonly filterGroups: readonly [
    {
      readonly filters: readonly { readonly operator: string; readonly propertyName: string; readonly value: string }[];
    },
  ];
  readonly limit: number;
};
const bound = ({ filterGroups }: Query, operator: string) =>
  filterGroups[0].filters.find((filter) => filter.operator === operator)?.value;

/** A search whose answers are made by `answer`. Times out where it would be asked forever. */
function searchBy(answer: (query: Query) => { readonly status?: number; readonly body: object }) {
  const asked: Query[] = [];
  const { clock } = current();
  const { findOwned, countOwned } = createRecordSearch(
    async (_portalId, { body = '' }) => {
      const query = JSON.parse(body) as Query;
      if (asked.push(query) > 500) throw new Error('it asks forever');
      const { status = 200, body: document } = answer(query);
      return reply(status, document).reply;
    },
    'https://api.example.com',
    clock,
  );
  const find = (after?: string) =>
    findOwned(REF, toOwnerId('1'), after as ObjectId | undefined, toDeadline(clock.now() + 60_000));
  const count = () => countOwned(REF, toOwnerId('1'), toDeadline(clock.now() + 60_000));
  /** Page behind page, as a plan asks for them. */
  async function findAll(): Promise<string[]> {
    const found: string[] = [];
    for (;;) {
      const page = await find(found.at(-1));
      if (page === undefined || page.length === 0) return found;
      found.push(...page);
    }
  }
  return { asked, find, findAll, count };
}

const within = (query: Query, ids: readonly number[]) => {
  const [above, upTo] = [Number(bound(query, 'GT') ?? 0), Number(bound(query, 'LTE') ?? Infinity)];
  return ids.filter((id) => id > above && id <= upTo);
};
const rowsOf = (ids: readonly (number | string)[]) => ids.map((id) => ({ id: String(id) }));
const byText = (one: number, other: number) => (String(one) < String(other) ? -1 : 1);

describe('A search that HubSpot answers in an odd way', () => {
  const ids = Array.from({ length: 1_050 }, (_, index) => index * 7 + 3);

  it.each([
    ['as text', (all: readonly number[]) => all.toSorted(byText)],
    ['the highest first', (all: readonly number[]) => all.toSorted((one, other) => other - one)],
    ['in no order', (all: readonly number[]) => all.toSorted((one, other) => ((one * 31) % 97) - ((other * 31) % 97))],
  ])('A search finds every record once though HubSpot sorts the IDs %s', async (_how, sorted) => {
    const { findAll, asked } = searchBy((query) => {
      const all = within(query, ids);
      return { body: { total: all.length, results: rowsOf(sorted(all).slice(0, query.limit)) } };
    });
    expect(await findAll()).toEqual(ids.map(String));
    expect(asked.length).toBeLessThan(60);
  });

  it('A search finds every record once though pages hold fewer rows than asked for, and no word about a next page', async () => {
    const { findAll } = searchBy((query) => {
      const all = within(query, ids);
      return { body: { total: all.length, results: rowsOf(all.slice(0, 90)) } };
    });
    expect(await findAll()).toEqual(ids.map(String));
  });

  it('A search finds a record once that a page holds twice', async () => {
    const { findAll } = searchBy((query) => {
      const all = within(query, ids);
      const twice = all.slice(0, query.limit).flatMap((id) => (id % 4 === 0 ? [id, id] : [id]));
      return { body: { total: all.length, results: rowsOf(twice) } };
    });
    expect(await findAll()).toEqual(ids.map(String));
  });

  it('A search asks once more for a page whose IDs are in the order of numbers and of text alike, and for no other', async () => {
    const long = Array.from({ length: 500 }, (_, index) => 30_000_000_000 + index);
    const { findAll, asked } = searchBy((query) => {
      const all = within(query, long);
      return { body: { total: all.length, results: rowsOf(all.slice(0, query.limit)) } };
    });
    expect(await findAll()).toHaveLength(500);
    expect(asked.map(({ limit }) => limit)).toEqual([200, 1, 200, 200, 200]);
  });

  it.each([
    ['counts records and sends none', () => ({ total: 5, results: [] })],
    ['sends an ID below those that were asked for', () => ({ total: 9, results: rowsOf([12, 8]) })],
    ['sends the last ID again', () => ({ total: 9, results: rowsOf([10, 12]) })],
  ])('A search fails where HubSpot %s, because records would be missed', async (_what, answer) => {
    const { find } = searchBy(() => ({ body: answer() }));
    await expect(find('10')).rejects.toMatchObject({ code: 'HUBSPOT_CONTRACT_BROKEN' });
  });

  it('A search fails where HubSpot takes the bounds of the IDs as text', async () => {
    const { findAll } = searchBy((query) => {
      const [above, upTo] = [bound(query, 'GT'), bound(query, 'LTE')];
      const all = ids
        .filter((id) => (above === undefined || String(id) > above) && (upTo === undefined || String(id) <= upTo))
        .toSorted(byText);
      return { body: { total: all.length, results: rowsOf(all.slice(0, query.limit)) } };
    });
    await expect(findAll()).rejects.toMatchObject({ code: 'HUBSPOT_CONTRACT_BROKEN' });
  });

  it.each([400, 404])(
    'A search gives no IDs where HubSpot refuses to search by the property with a %i',
    async (status) => {
      const body = { status: 'error', category: 'VALIDATION_ERROR', message: 'no such property' };
      const { find, count } = searchBy(() => ({ status, body }));
      expect(await find()).toBeUndefined();
      expect(await count()).toBeUndefined();
    },
  );
});

it.each([
  ['a row without an ID', { total: 1, results: [{}] }],
  ['no total', { results: [] }],
  ['a total that is no number of records', { total: 'many', results: [] }],
  ['a total below zero', { total: -1, results: [] }],
  ['no results', { total: 0 }],
])('A search reply with %s is refused', async (_what, answer) => {
  const { findOwned } = createRecordSearch(
    async () => reply(200, answer).reply,
    'https://api.example.com',
    current().clock,
  );
  await expect(findOwned(REF, toOwnerId('1'), undefined, toDeadline(1))).rejects.toMatchObject({
    code: 'HUBSPOT_CONTRACT_BROKEN',
  });
});

it('[T1] A search whose total is a number as text is counted like any other', async () => {
  const { countOwned, findOwned } = createRecordSearch(
    async () => reply(200, { total: '2', results: [{ id: '11' }, { id: '12' }] }).reply,
    'https://api.example.com',
    current().clock,
  );
  const deadline = toDeadline(current().clock.now() + 60_000);
  expect(await countOwned(REF, toOwnerId('1'), deadline)).toBe(2);
  expect(await findOwned(REF, toOwnerId('1'), undefined, deadline)).toEqual(['11', '12']);
});

it("The limit of the search pauses no other call of the account, and ends the search with HubSpot's wait", async () => {
  const { owner } = seed(1);
  current().simulator.settings.searchLimit = 0;
  const { countOwned } = search();
  await expect(countOwned(REF, owner, toDeadline(current().clock.now() + 60_000))).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    retryAfterMs: 1_000,
  });
  const { owners, deadline } = current();
  expect(await owners.findById(PORTAL_ID, owner, 'active', deadline)).toMatchObject({ id: owner });
});

describe('The custom objects of an account', () => {
  let telemetry: RecordingTelemetry;
  beforeEach(() => {
    telemetry = makeTelemetry();
  });
  const counted = () => telemetry.counted.map(({ dimensions }) => dimensions);
  const list = () => {
    const { send, simulator, deadline } = current();
    return createCustomObjectTypes(send, simulator.url, telemetry.metrics).listTypes(PORTAL_ID, deadline);
  };
  const answer = (...results: readonly unknown[]) =>
    current().simulator.faults.script({ route: 'GET object schemas', fault: { kind: 'json', body: { results } } });

  it('The custom objects of an account are listed by their type', async () => {
    addCustomObjectType(current().simulator.state, PORTAL, { typeId: '2-345', name: 'cars' });
    expect(await list()).toEqual(['2-345']);
    expect(counted()).toEqual([]);
  });

  it('[T1] A custom object whose row cannot be read is counted, and listed as one that nobody can name', async () => {
    answer({ objectTypeId: '2-345' }, { objectTypeId: 345 }, null);
    expect(await list()).toEqual(['2-345', undefined, undefined]);
    // The one of a type that is a number, and the one that is none.
    expect(counted()).toEqual([{ list: 'customObjects' }, { list: 'customObjects' }]);
  });

  it('[T1] A list of custom objects of which no row can be read is not believed', async () => {
    answer({ objectTypeId: 345 });
    await expect(list()).rejects.toMatchObject({ code: 'HUBSPOT_CONTRACT_BROKEN' });
  });
});
