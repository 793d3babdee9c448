import fc from 'fast-check';
import { PROPERTY_LIST_MAX_AGE_MS } from '../../../lib/domain/ages.ts';
import { MissingScopesError, PortalNotConnectedError, UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import type { ObjectTypeId } from '../../../lib/domain/ids.ts';
import { parseObjectType } from '../../../lib/domain/ids.ts';
import {
  compareOwnerProperties,
  type DescribedProperty,
  type OwnerProperty,
} from '../../../lib/domain/owner-property.ts';
import type { Log } from '../../../lib/ports/telemetry.ts';
import {
  CALL_MS,
  HUBSPOT_BUDGET_MS,
  MAX_ENTRIES,
  RETRY_AFTER_MS,
} from '../../../lib/use-cases/executions/owner-property-cache.ts';
import { createListOwnerProperties } from '../../../lib/use-cases/options/list-owner-properties.ts';
import { portalId } from '../../hubspot/gateway.ts';
import { makeClock } from '../../support/clock.ts';
import { makePatience } from '../../support/patience.ts';

const STANDARD: OwnerProperty = { name: 'hubspot_owner_id', label: 'Contact owner' };
const ADVISOR: OwnerProperty = { name: 'advisor', label: 'Advisor' };
const PORTAL = portalId(1);
const CONTACT = parseObjectType('CONTACT') as ObjectTypeId;
const HUBSPOT_DOWN = new UpstreamUnavailableError('http_502');
const SILENCE = new Promise<never>(() => {});
/** HubSpot's answer as a thing the test gives when it likes. */
const makeAnswer = () => Promise.withResolvers<readonly DescribedProperty[]>();
/** Until everything that can go on has gone on. */
const settled = () => new Promise(setImmediate);

type Answer = readonly DescribedProperty[] | Error | Promise<readonly DescribedProperty[]>;

/** The use case over a HubSpot that gives these answers in turn; the last one again and again. */
function makeListing(...answers: readonly Answer[]) {
  const clock = makeClock();
  const patience = makePatience(clock);
  const asked: { portal: string; objectType: string; budgetMs: number }[] = [];
  const nothing = () => {};
  const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const list = createListOwnerProperties({
    ownerProperties: {
      async listOwnerProperties(portal, objectType, deadline) {
        const answer = answers[Math.min(asked.length, answers.length - 1)] ?? [];
        asked.push({ portal, objectType, budgetMs: deadline - clock.now() });
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    now: clock.now,
    sleep: patience.sleep,
    log,
  });
  return {
    clock,
    patience,
    asked,
    list: (query: Partial<Parameters<typeof list>[0]> = {}) =>
      list({ portalId: PORTAL, objectType: CONTACT, search: '', after: undefined, ...query }),
  };
}

const namesOf = ({ options }: { options: readonly OwnerProperty[] }) => options.map(({ name }) => name);
const manyProperties = (count: number): OwnerProperty[] =>
  Array.from({ length: count }, (_, index) => ({ name: `p_${index}`, label: `Owner ${index}` }));

describe('Order', () => {
  it('The options begin with the standard property and continue by label, then by name', async () => {
    const properties = [
      { name: 'c', label: 'zone 10' },
      { name: 'b', label: 'Zone 9' },
      { name: 'z', label: 'advisor' },
      { name: 'a', label: 'Advisor' },
      STANDARD,
    ];
    expect(namesOf(await makeListing(properties).list())).toEqual(['hubspot_owner_id', 'a', 'z', 'b', 'c']);
  });

  it('The options are in the same order, whatever order HubSpot uses', () => {
    const properties = [STANDARD, ADVISOR, { name: 'x', label: 'ADVISOR' }, { name: 'y', label: 'Ädvisor' }];
    const sorted = properties.toSorted(compareOwnerProperties);
    fc.assert(
      fc.property(fc.shuffledSubarray(properties, { minLength: 4 }), (shuffled) => {
        expect(shuffled.toSorted(compareOwnerProperties)).toEqual(sorted);
      }),
    );
  });
});

describe('Pages', () => {
  it.each([
    [100, [100]],
    [101, [100, 1]],
    [250, [100, 100, 50]],
  ])('The options of %d properties come in pages of %j', async (count, sizes) => {
    const { list, asked } = makeListing(manyProperties(count));
    const pages = [await list()];
    for (let after = pages.at(-1)?.last; after !== undefined; after = pages.at(-1)?.last) {
      pages.push(await list({ after }));
    }
    expect(pages.map(({ options }) => options.length)).toEqual(sizes);
    expect(new Set(pages.flatMap(namesOf)).size).toBe(count);
    expect(asked).toHaveLength(1);
  });

  it('The pages show nothing twice and skip nothing when the list changes in between', async () => {
    const before = manyProperties(150);
    const { list, clock } = makeListing(before, [{ name: 'new', label: 'A new one' }, ...before.slice(1)]);
    const { options, last } = await list();
    clock.advance(PROPERTY_LIST_MAX_AGE_MS);
    const second = await list({ after: last });
    expect([...namesOf({ options }), ...namesOf(second)]).toEqual(before.map(({ name }) => name));
  });
});

describe('Search', () => {
  const { list } = makeListing([STANDARD, ADVISOR, { name: 'renewal_user', label: 'Über-Betreuer' }]);

  it.each([
    ['ADVIS', ['advisor'], 'a label in another case'],
    ['renewal_U', ['renewal_user'], 'a name'],
    ['U\u0308BER', ['renewal_user'], 'an accent encoded as two characters'],
    ['  owner ', ['hubspot_owner_id'], 'spaces around it'],
    ['.*', [], 'a pattern, which is only text'],
    ['', ['hubspot_owner_id', 'advisor', 'renewal_user'], 'nothing'],
  ])('A search for %j finds %j: %s', async (search, expected) => {
    expect(namesOf(await list({ search }))).toEqual(expected);
  });
});

describe('Cache', () => {
  it('The options are read once in five minutes for each account and type', async () => {
    const { list, asked, clock } = makeListing([STANDARD]);
    const other = { portalId: portalId(2) };
    for (const query of [{}, other, { objectType: parseObjectType('2-345') }, {}, other]) await list(query);
    expect(asked.map(({ portal, objectType }) => `${portal} ${objectType}`)).toEqual(['1 0-1', '2 0-1', '1 2-345']);
    clock.advance(299_999);
    await list();
    expect(asked).toHaveLength(3);
    clock.advance(1);
    await list();
    expect(asked).toHaveLength(4);
  });

  it('All simultaneous requests for options share one call', async () => {
    const { list, asked } = makeListing([STANDARD]);
    const answers = await Promise.all([list(), list({ search: 'owner' }), list()]);
    expect(answers.map(namesOf)).toEqual(Array(3).fill(['hubspot_owner_id']));
    expect(asked).toHaveLength(1);
  });

  it('A limited number of option lists is remembered, and the least recently used one is dropped', async () => {
    const { list, asked } = makeListing([STANDARD]);
    const listType = (index: number) => list({ objectType: parseObjectType(`2-${index}`) });
    for (let index = 0; index < MAX_ENTRIES; index += 1) await listType(index);
    await listType(0);
    await listType(MAX_ENTRIES);
    await listType(0);
    expect(asked).toHaveLength(MAX_ENTRIES + 1);
    await listType(1);
    expect(asked).toHaveLength(MAX_ENTRIES + 2);
  });

  it('[X10] The options remember nothing of a search text', async () => {
    const { list } = makeListing([STANDARD, ADVISOR]);
    expect(namesOf(await list({ search: 'injected', after: { name: 'injected', label: 'Injected' } }))).toEqual([]);
    expect(namesOf(await list())).toEqual(['hubspot_owner_id', 'advisor']);
  });
});

describe('When HubSpot cannot answer', () => {
  it.each([
    ['unavailable', HUBSPOT_DOWN, /could not be asked just now/],
    ['missingScopes', new MissingScopesError(undefined), /lacks the permission/],
    ['notConnected', new PortalNotConnectedError('no token'), /not connected/],
    ['none', [] as const, /lists no owner property/],
  ])('In the case %s, only the standard property is offered, with the reason', async (from, answer, description) => {
    const expected = {
      options: [{ name: 'hubspot_owner_id', label: 'Record owner', description: expect.stringMatching(description) }],
      last: undefined,
      from,
    };
    const { list } = makeListing(answer);
    expect(await list()).toEqual(expected);
    expect(await list({ search: 'advisor' })).toEqual(expected);
    expect(await list({ after: ADVISOR })).toEqual({ ...expected, options: [] });
  });

  it('Options for an unknown type cause no call', async () => {
    const { list, asked } = makeListing([STANDARD]);
    expect(await list({ objectType: undefined })).toMatchObject({ from: 'unknownType', options: [{}] });
    expect(asked).toEqual([]);
  });

  it('The last list of options is offered, however old, while HubSpot fails', async () => {
    const { list, clock, asked } = makeListing([STANDARD, ADVISOR], new MissingScopesError(undefined));
    await list();
    clock.advance(24 * 3_600_000);
    expect(await list({ search: 'adv' })).toMatchObject({ from: 'stale', options: [ADVISOR] });
    expect(asked).toHaveLength(2);
  });

  it('HubSpot is left alone for a while after a failure, and then asked again', async () => {
    const { list, clock, asked } = makeListing(HUBSPOT_DOWN, [STANDARD, ADVISOR]);
    expect(await list()).toMatchObject({ from: 'unavailable' });
    clock.advance(RETRY_AFTER_MS - 1);
    expect(await list()).toMatchObject({ from: 'unavailable' });
    expect(asked).toHaveLength(1);
    clock.advance(1);
    expect(await list()).toMatchObject({ from: 'hubspot', options: [STANDARD, ADVISOR] });
  });

  it('A programming mistake is not reported as a failure of HubSpot', async () => {
    await expect(makeListing(new TypeError('undefined is not a function')).list()).rejects.toThrow(TypeError);
  });
});

describe('When HubSpot is slow', () => {
  it('[T4] The options are returned when the time is over, without a list or with the last one', async () => {
    const { list, patience, clock, asked } = makeListing(SILENCE, [STANDARD], SILENCE);
    const start = clock.now();
    const waiting = [list(), list({ search: 'x' })];
    patience.runOut();
    expect(await Promise.all(waiting)).toMatchObject([{ from: 'unavailable' }, { from: 'unavailable' }]);
    expect(clock.now() - start).toBe(HUBSPOT_BUDGET_MS);

    clock.advance(CALL_MS);
    expect(await list()).toMatchObject({ from: 'hubspot' });
    clock.advance(PROPERTY_LIST_MAX_AGE_MS);
    const late = list();
    patience.runOut();
    expect(await late).toMatchObject({ from: 'stale', options: [STANDARD] });
    expect(HUBSPOT_BUDGET_MS).toBe(900);
    expect(asked.map(({ budgetMs }) => budgetMs)).toEqual([25_000, 25_000, 25_000]);
  });

  it('[T4] A list that takes 1.2 s is there for the next request, and HubSpot was asked once', async () => {
    const slow = makeAnswer();
    const { list, patience, clock, asked } = makeListing(slow.promise);
    const first = list();
    patience.runOut();
    expect(await first).toMatchObject({ from: 'unavailable' });
    clock.advance(300);
    slow.resolve([STANDARD, ADVISOR]);
    await settled();
    clock.advance(300);
    expect(await list()).toMatchObject({ from: 'hubspot', options: [STANDARD, ADVISOR] });
    expect(asked).toHaveLength(1);
  });

  it('[T4] A request during a call joins it, waits for it, and gets its list', async () => {
    const slow = makeAnswer();
    const { list, patience, clock, asked } = makeListing(slow.promise);
    const first = list();
    patience.runOut();
    await first;
    for (const _letter of ['a', 'ad', 'adv']) {
      clock.advance(5_000);
      const next = list({ search: 'adv' });
      patience.runOut();
      expect(await next).toMatchObject({ from: 'unavailable' });
    }
    const last = list({ search: 'adv' });
    slow.resolve([STANDARD, ADVISOR]);
    expect(await last).toMatchObject({ from: 'hubspot', options: [ADVISOR] });
    expect(asked).toHaveLength(1);
  });

  it('[T4] A request that joins a call has its whole time to wait', async () => {
    const { list, patience, clock } = makeListing(SILENCE);
    const start = clock.now();
    const first = list();
    clock.advance(600);
    const second = list();
    patience.runOut();
    expect(await Promise.all([first, second])).toMatchObject([{ from: 'unavailable' }, { from: 'unavailable' }]);
    expect(clock.now() - start).toBe(600 + HUBSPOT_BUDGET_MS);
  });

  it('[T4] A call that fails after the time is over causes a pause like any other', async () => {
    const late = makeAnswer();
    const { list, patience, asked, clock } = makeListing(late.promise, [STANDARD]);
    const first = list();
    patience.runOut();
    await first;
    clock.advance(5_000);
    late.reject(new MissingScopesError(undefined));
    await settled();
    clock.advance(RETRY_AFTER_MS - 1);
    expect(await list()).toMatchObject({ from: 'missingScopes' });
    expect(asked).toHaveLength(1);
    clock.advance(1);
    expect(await list()).toMatchObject({ from: 'hubspot' });
  });

  it('[T4] The last failure is not reported while a new call is running', async () => {
    const { list, patience, clock } = makeListing(new MissingScopesError(undefined), SILENCE);
    expect(await list()).toMatchObject({ from: 'missingScopes' });
    clock.advance(RETRY_AFTER_MS);
    const second = list();
    patience.runOut();
    expect(await second).toMatchObject({ from: 'unavailable' });
  });

  it('An answer that arrives after the answer to a later call changes nothing', async () => {
    const late = makeAnswer();
    const { list, patience, clock } = makeListing(late.promise, [STANDARD, ADVISOR]);
    const first = list();
    patience.runOut();
    await first;
    clock.advance(CALL_MS);
    await list();
    late.resolve([STANDARD]);
    await settled();
    expect(await list()).toMatchObject({ from: 'hubspot', options: [STANDARD, ADVISOR] });
  });

  it('A failure that arrives after the answer to a later call causes no pause', async () => {
    const late = makeAnswer();
    const { list, patience, clock, asked } = makeListing(late.promise, [STANDARD]);
    const first = list();
    patience.runOut();
    await first;
    clock.advance(CALL_MS);
    await list();
    late.reject(HUBSPOT_DOWN);
    await settled();
    clock.advance(PROPERTY_LIST_MAX_AGE_MS);
    expect(await list()).toMatchObject({ from: 'hubspot', options: [STANDARD] });
    expect(asked).toHaveLength(3);
  });

  it('A call that was running when the container was frozen is not joined', async () => {
    const { list, patience, clock, asked } = makeListing(SILENCE, [STANDARD]);
    const frozen = list();
    clock.advance(CALL_MS);
    expect(await list()).toMatchObject({ from: 'hubspot' });
    expect(asked).toHaveLength(2);
    patience.runOut();
    expect(await frozen).toMatchObject({ options: [STANDARD] });
  });

  it('A programming mistake that shows after the time is over is handled, and the next request makes a new call', async () => {
    const late = makeAnswer();
    const { list, patience } = makeListing(late.promise, [STANDARD]);
    const first = list();
    patience.runOut();
    await first;
    late.reject(new TypeError('undefined is not a function'));
    await settled();
    expect(await list()).toMatchObject({ from: 'hubspot' });
  });
});

describe('What is not offered', () => {
  it('[T3] The options leave out properties that hold several people, hidden ones, and rows in an unexpected form', async () => {
    const several = { name: 'team', label: 'Team', notOffered: 'several' } as const;
    const hidden = { name: 'shadow', label: 'Shadow', notOffered: 'hidden' } as const;
    const unclear = { name: 'odd', label: 'odd', notOffered: 'unclear' } as const;
    expect(await makeListing([several, STANDARD, hidden, ADVISOR, unclear]).list()).toEqual({
      options: [STANDARD, ADVISOR].map((property) => ({ ...property, description: property.name })),
      last: undefined,
      from: 'hubspot',
    });
    expect(await makeListing([several]).list()).toMatchObject({ from: 'none' });
  });
});
