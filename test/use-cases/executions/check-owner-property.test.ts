import { PROPERTY_LIST_MAX_AGE_MS, PROPERTY_REFUSAL_MAX_AGE_MS } from '../../../lib/domain/ages.ts';
import { toDeadline } from '../../../lib/domain/deadline.ts';
import {
  MissingScopesError,
  RateLimitedError,
  StoreUnavailableError,
  UpstreamUnavailableError,
} from '../../../lib/domain/errors.ts';
import type { ObjectTypeId } from '../../../lib/domain/ids.ts';
import { parseObjectType } from '../../../lib/domain/ids.ts';
import type { DescribedProperty } from '../../../lib/domain/owner-property.ts';
import { createOwnerProperties } from '../../../lib/hubspot/api/properties.ts';
import type { SendForPortal } from '../../../lib/hubspot/client.ts';
import { createPortalClient } from '../../../lib/hubspot/client.ts';
import { createStaticTokens } from '../../../lib/hubspot/static-tokens.ts';
import { createTransport } from '../../../lib/hubspot/transport.ts';
import { createCheckOwnerProperty } from '../../../lib/use-cases/executions/check-owner-property.ts';
import { CALL_MS, RETRY_AFTER_MS } from '../../../lib/use-cases/executions/owner-property-cache.ts';
import type { Fault } from '../../../local/simulator/fault.ts';
import { addCustomObjectType, addProperty, addToken, revokeToken } from '../../../local/simulator/seed-portals.ts';
import type { PropertyDefinition } from '../../../local/simulator/state.ts';
import { portalId } from '../../hubspot/gateway.ts';
import { PORTAL_ID, TOKEN, useSimulator } from '../../local/simulator/use-simulator.ts';
import { makeClock } from '../../support/clock.ts';
import { makeOpenPermits } from '../../support/open-permits.ts';
import { makePatience } from '../../support/patience.ts';
import { makeTelemetry } from '../../support/recording-telemetry.ts';

const PORTAL = portalId(PORTAL_ID);
const typeOf = (type: string) => parseObjectType(type) as ObjectTypeId;
const OWNER = { referencedObjectType: 'OWNER' } as const;
const NOT_FOUND = { kind: 'refused', code: 'PROPERTY_NOT_FOUND' };
const SEVERAL = { kind: 'refused', code: 'PROPERTY_HOLDS_SEVERAL' };

describe('An owner property in HubSpot', () => {
  const running = useSimulator();
  let check: (property: string, objectType?: string) => Promise<unknown>;

  beforeEach(() => {
    const { clock, simulator } = running();
    const { log, metrics } = makeTelemetry();
    const { now } = clock;
    const { sleep } = makePatience(clock);
    const send: SendForPortal = createPortalClient({
      transport: createTransport(),
      tokens: createStaticTokens(new Map([[PORTAL, TOKEN]])),
      rateLimiter: makeOpenPermits(now, sleep),
      now,
      sleep,
      random: () => 0,
      metrics,
      log,
    });
    const ownerProperties = createOwnerProperties(send, simulator.url, metrics);
    const checkOwnerProperty = createCheckOwnerProperty({ ownerProperties, now, sleep, log });
    check = (property, type = '0-1') =>
      checkOwnerProperty({ portalId: PORTAL, objectType: typeOf(type), property }, toDeadline(now() + 8_000));
  });

  const add = (definition: PropertyDefinition, typeId = '0-1') =>
    addProperty(running().simulator.state, PORTAL_ID, typeId, definition);
  const script = (fault: Fault, times = 1) =>
    running().simulator.faults.script({ route: 'GET properties', times, fault });
  const calls = () => running().simulator.calls.count({ route: 'GET properties' });

  it.each<[PropertyDefinition, string]>([
    [{ name: 'advisor', ...OWNER }, 'of the account'],
    [{ name: 'advisor', hidden: true, ...OWNER }, 'that is hidden'],
  ])('[T2] The owner property %j can be written: one %s', async (definition) => {
    add(definition);
    expect(await check('advisor')).toBeUndefined();
    expect(calls()).toBe(1);
  });

  it.each<[PropertyDefinition, string]>([
    [{ name: 'firstname' }, 'text'],
    [{ name: 'amount', type: 'number' }, 'a number, which an owner id is, too'],
    [{ name: 'choice', options: [{ value: '1', label: 'One' }] }, 'a choice of other things'],
    [{ name: 'choices', several: true, type: 'enumeration' }, 'several other things'],
    [{ name: 'first_owner', readOnly: true, ...OWNER }, 'an owner who cannot be set'],
    [{ name: 'last_owner', calculated: true, ...OWNER }, 'an owner whom HubSpot calculates'],
    [{ name: 'all_owners', calculated: true, several: true, ...OWNER }, 'several owners whom HubSpot calculates'],
    [{ name: 'old_owner', archived: true, ...OWNER }, 'an owner in an archived property'],
    [{ name: 'hs_all_owner_ids', ...OWNER }, 'all owners, whatever is said of it'],
  ])('[T2] The property %j is not an owner property: %s', async (definition) => {
    add(definition);
    expect(await check(definition.name)).toEqual(NOT_FOUND);
  });

  it.each(['no_such_owner', 'ADVISOR', 'advisor ', '', '__proto__', 'constructor'])(
    '[T2] There is no owner property with the name %j',
    async (name) => {
      add({ name: 'advisor', ...OWNER });
      expect(await check(name)).toEqual(NOT_FOUND);
    },
  );

  it('[T3] An owner property that holds several people is refused with its own code', async () => {
    add({ name: 'team', several: true, ...OWNER });
    expect(await check('team')).toEqual(SEVERAL);
  });

  it('[T2] The standard owner property takes no call, whatever HubSpot would say', async () => {
    script({ kind: 'status', status: 503 });
    expect(await check('hubspot_owner_id')).toBeUndefined();
    expect(calls()).toBe(0);
  });

  it('[T2, T10] An owner property belongs to its object type, custom objects included, by either name of the type', async () => {
    addCustomObjectType(running().simulator.state, PORTAL_ID, { typeId: '2-345', name: 'car', hasOwner: false });
    add({ name: 'mechanic', ...OWNER }, '2-345');
    expect(await check('mechanic', '2-345')).toBeUndefined();
    expect(await check('mechanic', `p${PORTAL_ID}_car`)).toBeUndefined();
    expect(await check('mechanic', '0-1')).toEqual(NOT_FOUND);
    expect(await check('mechanic', '2-999')).toEqual(NOT_FOUND);
  });

  it('[T2] The owner properties are read once in five minutes', async () => {
    add({ name: 'advisor', ...OWNER });
    for (let minute = 0; minute < 10; minute += 1) {
      expect(await check('advisor')).toBeUndefined();
      running().clock.advance(60_000);
    }
    expect(calls()).toBe(2);
  });

  it('[T2] An owner property that was created a minute ago is found, because no refusal is based on an older list', async () => {
    expect(await check('advisor')).toEqual(NOT_FOUND);
    add({ name: 'advisor', ...OWNER });
    running().clock.advance(PROPERTY_REFUSAL_MAX_AGE_MS - 1);
    expect(await check('advisor')).toEqual(NOT_FOUND);
    expect(calls()).toBe(1);
    running().clock.advance(1);
    expect(await check('advisor')).toBeUndefined();
    expect(calls()).toBe(2);
  });

  it('[T3] An owner property that has held one person since a minute ago can be written', async () => {
    add({ name: 'team', several: true, ...OWNER });
    expect(await check('team')).toEqual(SEVERAL);
    add({ name: 'team', ...OWNER });
    running().clock.advance(PROPERTY_REFUSAL_MAX_AGE_MS);
    expect(await check('team')).toBeUndefined();
  });

  it('[T1, T2] An owner property whose row is in an unexpected form is neither present nor absent, and is read again later', async () => {
    add({ name: 'advisor', oddRow: { name: 'advisor', hidden: 'no', ...OWNER } });
    await expect(check('advisor')).rejects.toMatchObject({ code: 'HUBSPOT_CONTRACT_BROKEN', retryable: true });
    expect(await check('firstname')).toEqual(NOT_FOUND);
    add({ name: 'advisor', ...OWNER });
    running().clock.advance(PROPERTY_LIST_MAX_AGE_MS);
    expect(await check('advisor')).toBeUndefined();
  });

  it.each<[Fault, number, string]>([
    [{ kind: 'status', status: 503 }, 3, 'an outage'],
    [{ kind: 'status', status: 404, body: '<html>Not Found</html>' }, 1, 'a page of a proxy'],
    [{ kind: 'status', status: 400, body: '' }, 1, 'a refusal without a word'],
    [{ kind: 'json', body: { results: [null] } }, 1, 'a list of odd rows'],
    [{ kind: 'json', body: {} }, 1, 'no list'],
    [{ kind: 'truncate' }, 3, 'half a list'],
  ])('[T2] The owner property is not decided while HubSpot answers %j (%i times): %s', async (fault, times) => {
    add({ name: 'advisor', ...OWNER });
    script(fault, times);
    await expect(check('advisor')).rejects.toMatchObject({ retryable: true });
    const made = calls();
    running().clock.advance(RETRY_AFTER_MS - 1);
    await expect(check('advisor')).rejects.toMatchObject({ retryable: true });
    expect(calls()).toBe(made);
    running().clock.advance(1);
    expect(await check('advisor')).toBeUndefined();
  });

  it('[T2] The owner property is read again at once after an administrator granted the missing scope', async () => {
    const { state } = running().simulator;
    add({ name: 'advisor', ...OWNER });
    revokeToken(state, PORTAL_ID, TOKEN);
    addToken(state, PORTAL_ID, TOKEN, ['crm.objects.owners.read']);
    await expect(check('advisor')).rejects.toBeInstanceOf(MissingScopesError);
    revokeToken(state, PORTAL_ID, TOKEN);
    addToken(state, PORTAL_ID, TOKEN, ['crm.schemas.contacts.read']);
    expect(await check('advisor')).toBeUndefined();
  });

  it('[T2] The owner property is not decided for an account that is not connected', async () => {
    revokeToken(running().simulator.state, PORTAL_ID, TOKEN);
    await expect(check('advisor')).rejects.toMatchObject({ code: 'PORTAL_NOT_CONNECTED' });
  });
});

describe('Waiting for the list', () => {
  const ADVISOR: DescribedProperty = { name: 'advisor', label: 'Advisor' };
  type Answer = readonly DescribedProperty[] | Error | Promise<readonly DescribedProperty[]>;

  function makeChecking(...answers: readonly Answer[]) {
    const clock = makeClock();
    const patience = makePatience(clock);
    const budgets: number[] = [];
    const ownerProperties = {
      async listOwnerProperties(_portal: unknown, _type: unknown, deadline: number) {
        const answer = answers[Math.min(budgets.length, answers.length - 1)] ?? [];
        budgets.push(deadline - clock.now());
        if (answer instanceof Error) throw answer;
        return answer;
      },
    };
    const { log } = makeTelemetry();
    const check = createCheckOwnerProperty({ ownerProperties, now: clock.now, sleep: patience.sleep, log });
    return {
      clock,
      patience,
      budgets,
      check: (budgetMs = 8_000) =>
        check({ portalId: PORTAL, objectType: typeOf('0-1'), property: 'advisor' }, toDeadline(clock.now() + budgetMs)),
    };
  }

  it('[T2, T4] A check that waits ends at its deadline with an error that can be retried, and the next one uses the answer', async () => {
    const slow = Promise.withResolvers<readonly DescribedProperty[]>();
    const { check, clock, patience, budgets } = makeChecking(slow.promise);
    const start = clock.now();
    const first = check();
    await patience.begun();
    patience.runOut();
    await expect(first).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE', fault: 'out_of_time', retryable: true });
    expect(clock.now() - start).toBe(8_000);
    slow.resolve([ADVISOR]);
    expect(await check()).toBeUndefined();
    expect(budgets).toEqual([CALL_MS]);
  });

  it('[T2] All checks that wait for the same list share one call', async () => {
    const { check, budgets } = makeChecking([ADVISOR]);
    expect(await Promise.all([check(), check(), check()])).toEqual([undefined, undefined, undefined]);
    expect(budgets).toHaveLength(1);
  });

  it.each([
    [true, 'HubSpot is away', new UpstreamUnavailableError('http_503')],
    [false, 'the budget of the portal is spent, which spares HubSpot itself', new RateLimitedError(1_000)],
    [false, 'a permission is missing', new MissingScopesError(undefined)],
  ])('[T2] The check of the owner property pauses calls (%p) after a failure: %s', async (rests, _why, failure) => {
    const { check, budgets } = makeChecking(failure, [ADVISOR]);
    await expect(check()).rejects.toBe(failure);
    if (rests) await expect(check()).rejects.toBe(failure);
    else expect(await check()).toBeUndefined();
    expect(budgets).toHaveLength(rests ? 1 : 2);
  });

  it.each([new StoreUnavailableError('away'), new TypeError('our own mistake')])(
    '[T2] The check of the owner property throws %p unchanged',
    async (failure) => {
      await expect(makeChecking(failure).check()).rejects.toBe(failure);
    },
  );

  it('[T2] The check of the owner property does not refuse with an old list when HubSpot cannot be asked again', async () => {
    const { check, clock } = makeChecking([], new UpstreamUnavailableError('http_503'));
    expect(await check()).toEqual(NOT_FOUND);
    clock.advance(PROPERTY_REFUSAL_MAX_AGE_MS);
    await expect(check()).rejects.toMatchObject({ retryable: true });
  });
});
