import fc from 'fast-check';
import { createHandler } from '../../functions/list-owner-properties.ts';
import { OWNER_PROPERTIES_ROUTE } from '../../lib/action/definition.ts';
import { PROPERTY_LIST_MAX_AGE_MS } from '../../lib/domain/ages.ts';
import type { HttpEvent } from '../../lib/http/http-event.ts';
import { MAX_BODY_BYTES } from '../../lib/http/middleware.ts';
import { nodeFetch } from '../../lib/network/fetch.ts';
import { createOptionsRuntime } from '../../lib/runtime/options-runtime.ts';
import { CALL_MS, HUBSPOT_BUDGET_MS, RETRY_AFTER_MS } from '../../lib/use-cases/executions/owner-property-cache.ts';
import { addCustomObjectType, addProperty, addToken, revokeToken } from '../../local/simulator/seed-portals.ts';
import { CLIENT_SECRET, makeContext, makeEvent } from '../support/http-events.ts';
import { makePatience, type Patience } from '../support/patience.ts';
import { OTHER_PORTAL, PORTAL, tokenOf } from '../support/service.ts';
import { useService } from '../support/use-service.ts';

const OWNER = { referencedObjectType: 'OWNER' } as const;
const STANDARD = { label: 'Record owner', value: 'hubspot_owner_id', description: 'hubspot_owner_id' };
const ADVISOR = { label: 'Advisor', value: 'advisor', description: 'advisor' };
/** What is offered when the list is not to be had, with the reason in it. */
const standardBecause = (reason: RegExp) => ({
  options: [{ ...STANDARD, description: expect.stringMatching(reason) }],
  searchable: true,
});

type Option = { readonly label: string; readonly value: string; readonly description: string };
type Body = { readonly options: readonly Option[]; readonly after?: string; readonly searchable: boolean };
type Question = { portalId?: number; objectTypeId?: unknown; q?: unknown; after?: unknown; more?: object };

const service = useService();
let patience: Patience;
let answerQuestion: ReturnType<typeof makeHandler>;
/** While true HubSpot takes calls and never answers; `asked` resolves with the first one. */
let silent: boolean;
/** While it is there, HubSpot's answers wait for it. */
let held: PromiseWithResolvers<void> | undefined;
let asked: Promise<void>;
let announceCall: () => void;

beforeEach(() => {
  patience = makePatience(service().clock);
  silent = false;
  held = undefined;
  asked = new Promise((resolve) => {
    announceCall = resolve;
  });
  answerQuestion = makeHandler();
  addProperty(service().simulator.state, PORTAL, '0-1', { name: 'advisor', label: 'Advisor', ...OWNER });
});

/** The function as another container would have it, or with other secrets. */
function makeHandler(secrets = service().config.secrets) {
  const { clock, config, table, telemetry } = service();
  const runtime = createOptionsRuntime({ ...config, secrets }, telemetry, {
    now: clock.now,
    sleep: patience.sleep,
    random: () => 0.5,
    newId: () => 'unused',
    table: table.client,
    fetch: (input, init) => {
      announceCall();
      if (silent) return new Promise(() => {});
      return held === undefined ? nodeFetch(input, init) : held.promise.then(() => nodeFetch(input, init));
    },
    hubspotTryTimeoutMs: 2_000,
  });
  return createHandler(telemetry, async () => runtime);
}

/** The payload of the guide, with what captures add. */
function bodyOf({ portalId = PORTAL, objectTypeId = '0-1', q, after, more }: Question): string {
  return JSON.stringify({
    origin: { portalId, actionDefinitionId: 2, actionDefinitionVersion: 3 },
    portalId,
    userId: 505,
    objectTypeId,
    inputFieldName: 'ownerProperty',
    inputFields: { overwrite: { type: 'STATIC_VALUE', value: 'ALWAYS' } },
    fetchOptions: { q, after },
    ...more,
  });
}

const eventOf = (body: string, secret = CLIENT_SECRET) =>
  makeEvent({ route: OWNER_PROPERTIES_ROUTE, body, secret, nowEpochMs: service().clock.now() });
/** A request that is right in everything but its signature, which is one for the action. */
const eventSignedForAction = (body: string): HttpEvent => ({
  ...makeEvent({ body, nowEpochMs: service().clock.now() }),
  rawPath: OWNER_PROPERTIES_ROUTE,
});

async function send(event: HttpEvent, handler = answerQuestion) {
  const { statusCode, headers, body } = await handler(event, makeContext());
  return { status: statusCode, headers, body: JSON.parse(body) };
}

async function ask(question: Question = {}, handler = answerQuestion): Promise<Body> {
  const { status, body } = await send(eventOf(bodyOf(question)), handler);
  expect(status).toBe(200);
  return body;
}

const refusalOf = (question: Question, handler = answerQuestion) => send(eventOf(bodyOf(question)), handler);
const INVALID_CURSOR = { status: 400, body: { code: 'BAD_REQUEST', fields: ['fetchOptions.after'] } };
const valuesOf = ({ options }: Body) => options.map(({ value }) => value);

function seedProperties(count: number, portalId = PORTAL): string[] {
  const names = Array.from({ length: count }, (_, index) => `owner_${index}`);
  for (const [index, name] of names.entries()) {
    addProperty(service().simulator.state, portalId, '0-1', { name, label: `Owner ${index % 50}`, ...OWNER });
  }
  return names;
}

describe('Options', () => {
  it('The options are the owner properties of the object, the standard one first, from one call in five minutes', async () => {
    const calls = await service.callsOf(async () => {
      expect(await ask()).toEqual({ options: [STANDARD, ADVISOR], searchable: true });
      expect(await ask({ q: 'ADV' })).toEqual({ options: [ADVISOR], searchable: true });
      service().clock.advance(PROPERTY_LIST_MAX_AGE_MS - 1);
      expect(await ask({ q: 'jane@example.com' })).toEqual({ options: [], searchable: true });
    });
    expect(calls).toEqual(['GET properties']);
    service().clock.advance(1);
    expect(await service.callsOf(() => ask())).toEqual(['GET properties']);
  });

  it.each([
    ['0-2', ['hubspot_owner_id'], 'a type id'],
    ['CONTACT', ['hubspot_owner_id', 'advisor'], 'the name that executions use'],
    ['2-345', ['hubspot_owner_id', 'mechanic'], 'a custom object'],
    [`p${PORTAL}_machines`, ['hubspot_owner_id', 'mechanic'], 'a custom object by its full name'],
  ])('[T10] The options of %s are %j: %s', async (objectTypeId, expected) => {
    const { state } = service().simulator;
    addCustomObjectType(state, PORTAL, { typeId: '2-345', name: 'machines' });
    addProperty(state, PORTAL, '2-345', { name: 'mechanic', label: 'Mechanic', ...OWNER });
    expect(valuesOf(await ask({ objectTypeId }))).toEqual(expected);
  });

  it.each<[unknown, RegExp, number, string]>([
    ['2-346', /lists no owner property/, 1, 'a custom object without ownership'],
    ['2-999', /lists no owner property/, 1, 'a type that HubSpot does not know'],
    ['machines', /does not know this type/, 0, 'a bare name'],
    ['../../owners', /does not know this type/, 0, 'a path'],
    ['https://example.com/0-1', /does not know this type/, 0, 'an address'],
    ['0-1/../0-2', /does not know this type/, 0, 'a way to another type'],
    [7, /does not know this type/, 0, 'a number'],
    [null, /does not know this type/, 0, 'nothing'],
  ])('[X4] The options of %j are the standard property only: %s', async (objectTypeId, reason, calls) => {
    addCustomObjectType(service().simulator.state, PORTAL, { typeId: '2-346', name: 'parts', hasOwner: false });
    const made = await service.callsOf(async () =>
      expect(await ask({ objectTypeId })).toEqual(standardBecause(reason)),
    );
    expect(made).toHaveLength(calls);
  });

  it('[X1] The options are those of the account in the signed body, even when accounts share the container', async () => {
    addProperty(service().simulator.state, OTHER_PORTAL, '0-1', { name: 'other', label: 'Other', ...OWNER });
    for (const _ of [1, 2]) {
      expect(valuesOf(await ask())).toEqual(['hubspot_owner_id', 'advisor']);
      expect(valuesOf(await ask({ portalId: OTHER_PORTAL }))).toEqual(['hubspot_owner_id', 'other']);
    }
  });

  it('[T1, T3] The options contain no property that holds several people or that HubSpot describes in an unexpected form', async () => {
    const { state } = service().simulator;
    addProperty(state, PORTAL, '0-1', { name: 'team', several: true, ...OWNER });
    addProperty(state, PORTAL, '0-1', { name: 'odd', oddRow: { name: 'odd', hidden: 'no', ...OWNER } });
    addProperty(state, PORTAL, '0-1', { name: 'gone', oddRow: null });
    expect(await ask()).toEqual({ options: [STANDARD, ADVISOR], searchable: true });
    const { counted } = service().telemetry;
    expect(counted.filter(({ name }) => name === 'HubSpotRowsSkipped')).toHaveLength(2);
  });

  it('[X10] The options never come from the request', async () => {
    const injected = { label: 'Injected', value: 'injected', description: '' };
    const more = { options: [injected], results: [injected], fields: { ownerProperty: { fieldValue: 'injected' } } };
    for (const question of [{ more, q: '' }, { more, q: 'injected' }, {}]) {
      expect(JSON.stringify(await ask(question))).not.toContain('injected');
    }
    expect(await ask()).toMatchObject({ options: [STANDARD, ADVISOR] });
  });
});

describe('Requests', () => {
  it.each<[string, object]>([
    ['no search', { fetchOptions: null }],
    ['an empty cursor, which is the first page', { fetchOptions: { q: null, after: '' } }],
    ['the portal beside the origin only', { origin: null }],
    ['the portal in the origin only', { portalId: undefined, origin: { portalId: String(PORTAL) } }],
  ])('A request for options may have %s', async (_name, more) => {
    expect(valuesOf(await ask({ more }))).toEqual(['hubspot_owner_id', 'advisor']);
  });

  it.each<[string, string[], string]>([
    ['is not JSON', [], '{'],
    ['is not an object', [''], '5'],
    ['names no portal', ['origin.portalId'], bodyOf({ more: { origin: {}, portalId: undefined } })],
    ['names two portals', ['origin.portalId'], bodyOf({ more: { portalId: OTHER_PORTAL } })],
    ['names a portal and something else', ['origin.portalId'], bodyOf({ more: { portalId: 'x' } })],
    ['searches for a number', ['fetchOptions.q'], bodyOf({ q: 5 })],
    ['has a number for a cursor', ['fetchOptions.after'], bodyOf({ after: 100 })],
  ])('A request for options that %s is refused, and HubSpot is not called', async (_name, fields, body) => {
    const calls = await service.callsOf(async () => {
      expect(await send(eventOf(body))).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST', fields } });
    });
    expect(calls).toEqual([]);
  });

  it.each<[string, number, () => HttpEvent]>([
    ['unsigned', 401, () => ({ ...eventOf(bodyOf({})), headers: {} })],
    ['sent with another body than the signed one', 401, () => ({ ...eventOf(bodyOf({})), body: bodyOf({ q: 'x' }) })],
    ['signed for the action', 401, () => eventSignedForAction(bodyOf({}))],
    ['signed with another secret', 401, () => eventOf(bodyOf({}), 'secret-test-other')],
    ['sent to another path', 404, () => ({ ...eventOf(bodyOf({})), rawPath: '/options' })],
    ['sent by GET', 405, () => ({ ...eventOf(bodyOf({})), requestContext: { http: { method: 'GET' } } })],
    ['too large', 413, () => eventOf('x'.repeat(MAX_BODY_BYTES + 1))],
  ])(
    'A request for options that is %s is answered with %d, and HubSpot is not called',
    async (_name, status, makeRequest) => {
      const table = jest.spyOn(service().table.client, 'send');
      const calls = await service.callsOf(async () => {
        expect(await send(makeRequest())).toMatchObject({ status, body: { status: 'error' } });
      });
      expect(calls).toEqual([]);
      expect(table).not.toHaveBeenCalled();
    },
  );
});

describe('Pages', () => {
  it('[O10] The pages of 5,000 properties are read to the end, each property once, and can be searched', async () => {
    const names = seedProperties(5_000);
    const pages: Body[] = [];
    const calls = await service.callsOf(async () => {
      for (let after: string | undefined; pages.length === 0 || after !== undefined; after = pages.at(-1)?.after) {
        pages.push(await ask({ after }));
      }
      const found = await ask({ q: 'OWNER_4242' });
      expect(found).toEqual({
        options: [{ label: 'Owner 42', value: 'owner_4242', description: 'owner_4242' }],
        searchable: true,
      });
      const first = await ask({ q: 'owner 7' });
      expect(valuesOf(first)).toHaveLength(100);
      expect(new Set(first.options.map(({ label }) => label))).toEqual(new Set(['Owner 7']));
      expect(await ask({ q: 'owner 7', after: first.after })).not.toHaveProperty('after');
    });
    expect(calls).toEqual(['GET properties']);
    expect(pages.map(({ options }) => options.length)).toEqual([...Array(50).fill(100), 2]);
    expect(pages.flatMap(valuesOf).toSorted()).toEqual(['hubspot_owner_id', 'advisor', ...names].toSorted());
  });

  it('The pages continue in another container', async () => {
    seedProperties(150);
    const { after } = await ask();
    const rest = await ask({ after }, makeHandler());
    expect(rest.options).toHaveLength(52);
    expect(rest).not.toHaveProperty('after');
  });
});

describe('Cursors', () => {
  const TEXT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/;

  async function firstCursor(question: Question = {}, handler = answerQuestion): Promise<string> {
    const { after = '' } = await ask(question, handler);
    expect(after).toMatch(TEXT);
    return after;
  }

  it('[X2] A cursor is refused when a single character was changed, and HubSpot is not called', async () => {
    seedProperties(150);
    const cursor = await firstCursor();
    const where = fc.nat({ max: cursor.length });
    const character = fc.constantFrom(...'AZaz09-_.=+/ ä');
    // Old enough that whoever is let in would have HubSpot asked again.
    service().clock.advance(PROPERTY_LIST_MAX_AGE_MS);
    const tampered = fc
      .oneof(
        fc.tuple(where, character).map(([at, text]) => cursor.slice(0, at) + text + cursor.slice(at + 1)),
        fc.tuple(where, character).map(([at, text]) => cursor.slice(0, at) + text + cursor.slice(at)),
        where.map((at) => cursor.slice(0, at) + cursor.slice(at + 1)),
        where.map((at) => cursor.slice(0, at)),
        fc.string(),
        fc.base64String(),
      )
      .filter((text) => text !== cursor && text !== '');
    const calls = await service.callsOf(() =>
      fc.assert(
        fc.asyncProperty(tampered, async (after) => {
          expect(await refusalOf({ after })).toMatchObject(INVALID_CURSOR);
        }),
      ),
    );
    expect(calls).toEqual([]);
  });

  it('[X2] A cursor is refused when it is combined from others', async () => {
    seedProperties(250);
    const first = await firstCursor();
    const second = await firstCursor({ after: first });
    const [content] = first.split('.');
    const [, signature] = second.split('.');
    for (const after of [`${content}.${signature}`, `${first}.`, `${first}.${signature}`, `.${first}`]) {
      expect(await refusalOf({ after })).toMatchObject(INVALID_CURSOR);
    }
  });

  it.each<[string, Question]>([
    ['another portal', { portalId: OTHER_PORTAL }],
    ['another object type', { objectTypeId: '0-2' }],
    ['a type that is not known', { objectTypeId: 'machines' }],
    ['another search', { q: 'own' }],
    ['no search', { q: '' }],
  ])('[X2] A cursor is refused for %s', async (_name, question) => {
    seedProperties(150);
    const after = await firstCursor({ q: 'owner' });
    expect(await refusalOf({ q: 'owner', ...question, after })).toMatchObject(INVALID_CURSOR);
    expect((await ask({ q: 'owner', after })).options).toHaveLength(51);
  });

  it('[X2] A cursor from an unknown secret is refused, and one from the previous secret is accepted', async () => {
    seedProperties(150);
    const current = CLIENT_SECRET;
    const after = await firstCursor({}, makeHandler({ current: 'secret-test-older', previous: current }));
    expect(await refusalOf({ after })).toMatchObject(INVALID_CURSOR);
    const rotating = makeHandler({ current, previous: 'secret-test-older' });
    expect((await ask({ after }, rotating)).options).toHaveLength(52);
  });
});

describe('When HubSpot cannot answer', () => {
  it('When a scope is missing, the standard property is offered with the reason, and HubSpot is not called for every letter', async () => {
    const { state } = service().simulator;
    revokeToken(state, PORTAL, tokenOf(PORTAL));
    addToken(state, PORTAL, tokenOf(PORTAL), ['oauth', 'crm.objects.owners.read']);
    const calls = await service.callsOf(async () => {
      for (const q of ['', 'a', 'ad']) expect(await ask({ q })).toEqual(standardBecause(/lacks the permission/));
    });
    expect(calls).toEqual(['GET properties']);
    service().clock.advance(RETRY_AFTER_MS);
    expect(await service.callsOf(() => ask())).toEqual(['GET properties']);
  });

  it('When the account is not connected, the standard property is offered with that reason', async () => {
    expect(await ask({ portalId: 8_200_099 })).toEqual(standardBecause(/not connected/));
  });

  it('When HubSpot fails, its last answer is offered, or else the standard property', async () => {
    await ask();
    service().clock.advance(PROPERTY_LIST_MAX_AGE_MS);
    const { faults } = service().simulator;
    faults.script({ route: 'GET properties', times: 6, fault: { kind: 'status', status: 503, body: {} } });
    expect(await ask()).toEqual({ options: [STANDARD, ADVISOR], searchable: true });
    expect(await ask({}, makeHandler())).toEqual(standardBecause(/could not be asked/));
  });

  it('When HubSpot is silent, the options are still returned in time', async () => {
    const { clock } = service();
    silent = true;
    const start = clock.now();
    const first = ask();
    await Promise.all([asked, patience.begun()]);
    patience.runOut();
    expect(await first).toEqual(standardBecause(/could not be asked/));
    expect(clock.now() - start).toBe(HUBSPOT_BUDGET_MS);

    silent = false;
    clock.advance(CALL_MS);
    expect(await ask()).toMatchObject({ options: [STANDARD, ADVISOR] });
    silent = true;
    clock.advance(PROPERTY_LIST_MAX_AGE_MS);
    const second = ask();
    await patience.begun();
    patience.runOut();
    expect(await second).toMatchObject({ options: [STANDARD, ADVISOR] });
  });

  it('[T4] A large list is offered to the next request after one call', async () => {
    const { clock, simulator } = service();
    simulator.settings.propertyTextLength = 1_000_000;
    held = Promise.withResolvers<void>();
    const calls = await service.callsOf(async () => {
      const first = ask();
      await Promise.all([asked, patience.begun()]);
      patience.runOut();
      expect(await first).toEqual(standardBecause(/could not be asked/));
      clock.advance(300);
      held?.resolve();
      clock.advance(300);
      expect(await ask()).toEqual({ options: [STANDARD, ADVISOR], searchable: true });
    });
    expect(calls).toEqual(['GET properties']);
  });
});
