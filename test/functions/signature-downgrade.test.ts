import { createHandler } from '../../functions/list-owner-properties.ts';
import { FIND_OWNER_BY_EMAIL, OWNER_PROPERTIES_ROUTE, SET_OWNER_BY_EMAIL } from '../../lib/action/definition.ts';
import type { HttpEvent } from '../../lib/http/http-event.ts';
import { PROBE_HEADER } from '../../lib/http/middleware.ts';
import { createOptionsRuntime } from '../../lib/runtime/options-runtime.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { makeContext, makeEvent } from '../support/http-events.ts';
import { makeExecution } from '../support/offline-service.ts';
import { makePatience } from '../support/patience.ts';
import { OTHER_PORTAL, PORTAL, type Service } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';
import { useService } from '../support/use-service.ts';

const running = useService();
type Way = 'set' | 'find' | 'options';
const WAYS = ['set', 'find', 'options'] as const;
const ROUTES = { set: SET_OWNER_BY_EMAIL.route, find: FIND_OWNER_BY_EMAIL.route, options: OWNER_PROPERTIES_ROUTE };

beforeEach(() => {
  addActiveOwner(running().simulator.state, PORTAL, { email: 'jane@example.com' });
});

type Sent = { readonly portalId?: number; readonly signatures?: 'v2' | 'v2+v3'; readonly by?: Service };

function eventOf(way: Way, { portalId = PORTAL, signatures = 'v2' }: Sent = {}) {
  const origin = { portalId };
  const execution = makeExecution({ origin, callbackId: undefined, object: { objectId: 501, objectType: 'CONTACT' } });
  const body = JSON.stringify(way === 'options' ? { origin, objectTypeId: '0-1' } : execution);
  return makeEvent({ route: ROUTES[way], body, nowEpochMs: running().clock.now(), signatures });
}

async function sendEvent(way: Way, event: HttpEvent, by = running()): Promise<{ status: number; code: unknown }> {
  if (way !== 'options') {
    const { status, body } = await by.send(event, { action: way });
    return { status, code: body.code };
  }
  const { clock, config, table, telemetry } = by;
  const world = {
    now: clock.now,
    sleep: makePatience(clock).sleep,
    random: () => 0.5,
    newId: () => 'id',
    table: table.client,
    fetch,
  };
  const runtime = createOptionsRuntime(config, telemetry, world);
  const { statusCode, body } = await createHandler(telemetry, async () => runtime)(event, makeContext());
  return { status: statusCode, code: JSON.parse(body).code };
}

const send = (way: Way, sent: Sent = {}) => sendEvent(way, eventOf(way, sent), sent.by);
const ACCEPTED = { status: 200, code: undefined };
const REFUSED = { status: 401, code: 'SIGNATURE_INVALID' };
const rejections = () => running().telemetry.counted.filter(({ name }) => name === 'SignatureRejected');
const rows = async () =>
  (await readAllItems(running().table)).map(({ pk }) => pk?.S).filter((pk) => /#signature$/.test(pk ?? ''));

describe('Requests with only a v2 signature', () => {
  it.each(WAYS)(
    '[W12] A request with only a v2 signature is accepted for the action %s as long as its account has never sent v3',
    async (way) => {
      expect(await send(way)).toEqual(ACCEPTED);
      expect(await send(way)).toEqual(ACCEPTED);
      expect(await rows()).toEqual([]);
    },
  );

  it.each(WAYS.flatMap((first) => WAYS.map((then) => [first, then] as const)))(
    '[W12] A v2 request is refused after the account has sent v3 (first %s, then %s), permanently and in every container',
    async (first, then) => {
      expect(await send(first, { signatures: 'v2+v3' })).toEqual(ACCEPTED);
      const other = await running().restart();
      running().clock.advance(400 * 86_400_000);
      const calls = await running.callsOf(async () => {
        expect(await send(then)).toEqual(REFUSED);
        expect(await send(then, { by: other })).toEqual(REFUSED);
      });
      expect(calls).toEqual([]);
      expect(rejections()).toEqual([{ name: 'SignatureRejected', dimensions: { reason: 'downgraded' } }]);
      expect(await rows()).toEqual([`portal#${PORTAL}#signature`]);
    },
  );

  it('[W12] A captured request whose v3 signature was removed is refused, however fresh it is', async () => {
    const event = eventOf('set', { signatures: 'v2+v3' });
    expect(await sendEvent('set', event)).toEqual(ACCEPTED);
    const {
      'x-hubspot-signature-v3': _signature,
      'x-hubspot-request-timestamp': _timestamp,
      ...headers
    } = event.headers;
    expect(await sendEvent('set', { ...event, headers })).toEqual(REFUSED);
  });

  it('[W12] A v2 request is accepted from another account that has not sent v3', async () => {
    await send('find', { signatures: 'v2+v3' });
    expect(await send('options', { portalId: OTHER_PORTAL })).toEqual(ACCEPTED);
    expect(await send('options')).toEqual(REFUSED);
  });

  it.each(WAYS)(
    '[W12, M7] Nothing is kept of an account that is not connected when it sends v3, as a forgotten one may: %s',
    async (way) => {
      expect(await send(way, { portalId: 4_711, signatures: 'v2+v3' })).toEqual(ACCEPTED);
      expect(await rows()).toEqual([]);
    },
  );

  it.each(WAYS)(
    '[W12] A v2 request for the action %s is not decided while the table is away, so HubSpot sends it again',
    async (way) => {
      jest.spyOn(running().table.client, 'send').mockRejectedValue(new Error('away') as never);
      expect(await send(way)).toEqual({ status: 503, code: 'STORE_UNAVAILABLE' });
    },
  );
});

describe('What does not count as v3', () => {
  it.each<[string, (event: ReturnType<typeof eventOf>) => HttpEvent, number]>([
    [
      'a forged v3 signature',
      (event) => ({ ...event, headers: { ...event.headers, 'x-hubspot-signature-v3': 'x' } }),
      401,
    ],
    [
      'an empty v3 signature',
      (event) => ({ ...event, headers: { ...event.headers, 'x-hubspot-signature-v3': '' } }),
      401,
    ],
    ['a good one over another body', (event) => ({ ...event, body: event.body?.replace('jane', 'omar') ?? '' }), 401],
    ['the check of an operator', (event) => ({ ...event, headers: { ...event.headers, [PROBE_HEADER]: '1' } }), 400],
  ])('[W12] An account does not count as sending v3 because of %s', async (_name, change, status) => {
    const { status: answered } = await sendEvent('set', change(eventOf('set', { signatures: 'v2+v3' })));
    expect(answered).toBe(status);
    expect(await rows()).toEqual([]);
    expect(await send('find')).toEqual(ACCEPTED);
  });

  it('[W12] A signed body with no account, or with two, does not count as v3', async () => {
    const nowEpochMs = running().clock.now();
    for (const parts of [{ origin: {} }, { portalId: OTHER_PORTAL }, { callbackId: 'ap-99-1-2-3' }]) {
      const body = JSON.stringify(makeExecution(parts));
      expect(await sendEvent('set', makeEvent({ body, nowEpochMs }))).toMatchObject({ status: 400 });
    }
    expect(await rows()).toEqual([]);
  });
});

describe('What HubSpot signs for the settings page', () => {
  it.each(WAYS)(
    '[X1] A user of one account cannot have a request for another account signed by asking for the address of %s from the page',
    async (way) => {
      const { body = '' } = eventOf(way, { portalId: OTHER_PORTAL });
      const appended = `userId=1&userEmail=${encodeURIComponent('viewer@example.com')}&appId=4711&portalId=${PORTAL}`;
      for (const rawQueryString of [appended, `portalId=${OTHER_PORTAL}&${appended}`]) {
        for (const signatures of ['v2+v3', 'v2'] as const) {
          const nowEpochMs = running().clock.now();
          const signed = makeEvent({
            route: `${ROUTES[way]}?${rawQueryString}`,
            body: body ?? '',
            nowEpochMs,
            signatures,
          });
          const calls = await running.callsOf(async () =>
            expect(await sendEvent(way, { ...signed, rawPath: ROUTES[way], rawQueryString })).toEqual(REFUSED),
          );
          expect(calls).toEqual([]);
        }
      }
      expect(await readAllItems(running().table)).toEqual([]);
    },
  );
});

describe('The check of an operator', () => {
  it('[W12] A v2 check of an operator says that the signature is valid, whatever the account sent before', async () => {
    await send('set', { signatures: 'v2+v3' });
    const event = eventOf('set');
    const probe = { ...event, headers: { ...event.headers, [PROBE_HEADER]: '1' } };
    expect(await sendEvent('set', probe)).toEqual({ status: 400, code: 'SIGNATURE_ACCEPTED' });
  });
});

describe('Requests with a v3 signature', () => {
  it('[W12] A v3 request takes no more table calls than a v2 request, after the container knows the account', async () => {
    await send('find', { signatures: 'v2+v3' });
    const table = jest.spyOn(running().table.client, 'send');
    await send('find', { signatures: 'v2+v3' });
    const keys = table.mock.calls.map(([command]) => JSON.stringify(command.input));
    expect(keys.filter((key) => key.includes('#signature'))).toEqual([]);
  });

  it('[W12] A v3 request is answered while the table takes no writes, and is noted with the next one', async () => {
    const { client } = running().table;
    const real = client.send.bind(client);
    const table = jest.spyOn(client, 'send');
    table.mockImplementation(async (command: { input: object }) => {
      if (JSON.stringify(command.input).includes('#signature')) throw new Error('away');
      return real(command as never) as never;
    });
    expect(await send('find', { signatures: 'v2+v3' })).toEqual(ACCEPTED);
    table.mockRestore();
    expect(await rows()).toEqual([]);
    expect(await send('find', { signatures: 'v2+v3' })).toEqual(ACCEPTED);
    expect(await rows()).toEqual([`portal#${PORTAL}#signature`]);
  });
});
