import { createHandler as createOptionsHandler } from '../../functions/list-owner-properties.ts';
import { createHandler as createActionHandler } from '../../functions/set-owner-by-email.ts';
import { OWNER_PROPERTIES_ROUTE } from '../../lib/action/definition.ts';
import { createReadSecrets } from '../../lib/config/secrets.ts';
import { type Fetch, nodeFetch } from '../../lib/network/fetch.ts';
import { createOptionsRuntime } from '../../lib/runtime/options-runtime.ts';
import { lazySetOwnerRuntime } from '../../lib/runtime/set-owner-runtime.ts';
import { addProperty, addToken, revokeToken } from '../../local/simulator/seed-portals.ts';
import { addRecord, changeRecord, readRecordProperty } from '../../local/simulator/seed-records.ts';
import { enroll } from '../support/enrollment.ts';
import { createParameterStore } from '../support/fake-ssm.ts';
import { CLIENT_SECRET, makeContext, makeEvent } from '../support/http-events.ts';
import { invokeSetSuccessor } from '../support/invoke-set-successor.ts';
import { type OAuthPortal, READS, startOAuthPortal } from '../support/oauth-portal.ts';
import { makePatience } from '../support/patience.ts';
import { refreshPortal } from '../support/refresh-portal.ts';
import { DAY_MS, INPUTS, OWNER, seedJaneAndOmar, TIMED_INPUTS, type TimedStage } from '../support/reported-inputs.ts';
import { OTHER_PORTAL, PORTAL, tokenOf } from '../support/service.ts';
import { makeTimerWheel } from '../support/timer-wheel.ts';
import { useFlood } from '../support/use-flood.ts';
import { useService } from '../support/use-service.ts';

jest.mock('../../lib/network/fetch.ts', () => require('../support/global-fetch.ts').withGlobalFetch());

const service = useService();
const state = () => service().simulator.state;

beforeEach(() => seedJaneAndOmar(state(), PORTAL));

/** In a container that remembers nothing. */
const ask: TimedStage['ask'] = async (email, inputs = {}, properties = {}) => {
  const { id: objectId } = addRecord(state(), PORTAL, { typeId: '0-1', properties });
  const inputFields = { ownerEmail: email, ...inputs };
  const { status, outputs } = await enroll(await service().restart(), { objectId, inputFields });
  return {
    status,
    held: readRecordProperty(state(), PORTAL, '0-1', objectId, inputs.ownerProperty ?? OWNER),
    ...outputs,
  };
};

const stage = (): TimedStage => ({
  state: state(),
  portalId: PORTAL,
  faults: service().simulator.faults,
  ask,
  async refresh() {
    service().clock.advance(DAY_MS);
    return refreshPortal(service());
  },
  setSuccessor: (leaver, successor) => invokeSetSuccessor(service(), { portalId: String(PORTAL), leaver, successor }),
  later: (ms) => service().clock.advance(ms),
});

it.each([...INPUTS, ...TIMED_INPUTS])(
  '[$row] The service handles a reported input correctly: $input',
  async ({ right, act }) => {
    expect(await act(stage())).toEqual(Array.isArray(right) ? right : expect.objectContaining(right as object));
  },
);

it('[M9] The service writes nothing with a token of another account', async () => {
  for (const portal of [PORTAL, OTHER_PORTAL]) revokeToken(state(), portal, tokenOf(portal));
  addToken(state(), OTHER_PORTAL, tokenOf(PORTAL));
  expect(await ask('jane@example.com')).toMatchObject({ status: 503, held: '' });
});

describe('Floods and outages', () => {
  const flood = useFlood();
  const count = (name: string) => flood().telemetry.counted.filter((metric) => metric.name === name).length;

  it('[L1] An owner whom a person sets between a failed delivery and its retry three hours later stays', async () => {
    flood.hire();
    const other = flood.hire({ email: 'omar@example.com' });
    flood().simulator.faults.script({ route: 'PATCH object', times: 3, fault: { kind: 'status', status: 503 } });
    const execution = await flood.enroll({ inputFields: { overwrite: 'IF_UNASSIGNED' } });
    expect(execution.answer?.statusCode).toBe(503);
    flood().clock.advance(3_600_000);
    changeRecord(flood().simulator.state, PORTAL, '0-1', execution.objectId, { [OWNER]: other.id });
    flood().clock.advance(2 * 3_600_000);
    await flood().deliver(execution);
    expect(execution.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', ownerId: other.id });
    expect(flood.ownerOf(execution)).toBe(other.id);
  });

  it('[L3] The younger of two executions wins when the older one is requeued after a 503', async () => {
    flood.hire();
    const joe = flood.hire({ email: 'joe@example.com' });
    const [older] = await flood.queued({});
    const fault = { kind: 'status', status: 503 } as const;
    flood().simulator.faults.script({ route: 'POST objects batch update', times: 3, fault });
    await flood().work();
    const younger = await flood.enroll({ email: 'joe@example.com', objectId: older?.objectId ?? '' });
    expect(younger.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: joe.id });
    flood().clock.advance(600_000);
    await flood.processExecutions();
    expect(older?.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', ownerId: joe.id });
    expect(flood.ownerOf(younger)).toBe(joe.id);
  });

  it.each(['207', '200error'] as const)(
    '[W1] The others are completed when half of the callbacks are unknown and HubSpot answers %s',
    async (completionReply) => {
      flood.hire();
      const executions = await flood.queued(...Array.from({ length: 6 }, () => ({})));
      Object.assign(flood().simulator.settings, { completionReply, completionPolicy: 'each' });
      const left = executions.slice(0, 3).map(({ callbackId }) => callbackId);
      flood().simulator.state.blocked.unenroll(left);
      await flood.processExecutions();
      expect(executions.map(({ state: each }) => each)).toEqual([
        ...Array(3).fill('unenrolled'),
        ...Array(3).fill('completed'),
      ]);
    },
  );

  it('[W2] A completion that is refused for another reason raises an alarm and is tried again', async () => {
    flood.hire();
    const [execution] = await flood.queued({});
    const body = { status: 'error', category: 'VALIDATION_ERROR', message: 'Invalid input JSON' };
    flood().simulator.faults.script({ route: 'POST callback', fault: { kind: 'status', status: 400, body } });
    await flood.processExecutions();
    expect([execution?.state, count('HubSpotContractBroken')]).toEqual(['waiting', 1]);
    flood().clock.advance(60_000);
    await flood.processExecutions();
    expect(execution?.state).toBe('completed');
  });

  it('[L6] A callback in two messages ends once when the workers crash until both messages are dead letters', async () => {
    flood.hire();
    const [execution] = await flood.queued({});
    const { queue, clock } = flood();
    queue.put(queue.sent[0]?.body ?? '', String(PORTAL));
    clock.advance(46 * 3_600_000);
    const records = queue.live.receive(10);
    expect(records).toHaveLength(2);
    expect(await flood().invokeDead(records)).toEqual({ batchItemFailures: [] });
    expect(execution).toMatchObject({ state: 'completed', outputs: { errorCode: 'EXPIRED_IN_QUEUE' } });
    expect(count('ExecutionsStranded')).toBe(1);
  });
});

describe('Accounts that install the app', () => {
  let portal: OAuthPortal;
  beforeEach(async () => {
    portal = await startOAuthPortal(nodeFetch);
  });
  afterEach(() => portal.service.close());

  it('[M6] A container with the former tokens serves an account that was forgotten and installed again', async () => {
    await portal.install();
    const ends = [await portal.execute()];
    await portal.forget();
    await portal.install();
    ends.push(await portal.execute());
    expect(ends).toEqual(['ASSIGNED', 'ASSIGNED']);
    expect(portal.service.simulator.calls.all().filter(({ status }) => status === 401)).toEqual([]);
  });

  it('[M10] A container continues after an administrator granted what was missing', async () => {
    await portal.install(READS);
    const ends = [await portal.execute()];
    await portal.install();
    ends.push(await portal.execute());
    expect(ends).toEqual(['MISSING_SCOPES', 'ASSIGNED']);
  });

  it('[M11] An account is served right after an install that follows an execution without a connection', async () => {
    const ends = [await portal.execute()];
    await portal.install();
    ends.push(await portal.execute());
    expect(ends).toEqual(['PORTAL_NOT_CONNECTED', 'ASSIGNED']);
  });
});

it('[T4] A list of properties that takes 1.2 s is shown when it is requested again 1.5 s later', async () => {
  addProperty(state(), PORTAL, '0-1', { name: 'advisor', label: 'Advisor', referencedObjectType: 'OWNER' });
  const { clock, config, table, telemetry } = service();
  const patience = makePatience(clock);
  const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slowly: Fetch = async (input, init) => {
    asked.resolve();
    await answered.promise;
    return nodeFetch(input, init);
  };
  const world = { now: clock.now, sleep: patience.sleep, random: () => 0.5, newId: () => 'unused' };
  const runtime = createOptionsRuntime(config, telemetry, { ...world, table: table.client, fetch: slowly });
  const handler = createOptionsHandler(telemetry, async () => runtime);
  const list = async () => {
    const body = JSON.stringify({ origin: { portalId: PORTAL }, objectTypeId: '0-1', inputFields: {} });
    const event = makeEvent({ route: OWNER_PROPERTIES_ROUTE, body, nowEpochMs: clock.now() });
    const { options } = JSON.parse((await handler(event, makeContext())).body);
    return options.map(({ value }: { value: string }) => value);
  };
  const first = list();
  await Promise.all([asked.promise, patience.begun()]);
  patience.runOut();
  expect(await first).toEqual(['hubspot_owner_id']);
  answered.resolve();
  clock.advance(1_500);
  expect(await list()).toEqual(['hubspot_owner_id', 'advisor']);
});

it('[W8] All of 120 simultaneous containers start while the parameter store takes 40 calls a second', async () => {
  const wheel = makeTimerWheel();
  const store = createParameterStore(wheel.clock.now);
  store.parameters.set('/owners/dev/client-secret', 'secret-test-ssm');
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
    const { status, body } = store.answer(String(init?.body));
    return new Response(body, { status });
  });
  const readSecrets = createReadSecrets({ now: wheel.clock.now, sleep: wheel.sleep, random: Math.random });
  const reference = { variable: 'HUBSPOT_CLIENT_SECRET', reference: 'ssm:/owners/dev/client-secret' };
  const starts = await wheel.run(Array.from({ length: 120 }, () => readSecrets([reference])));
  expect(new Set(starts.map(({ status }) => status))).toEqual(new Set(['fulfilled']));
});

it('[W14] A PUBLIC_BASE_URL with capital letters works when HubSpot signs for the address in lower case', async () => {
  const before = { ...process.env };
  Object.assign(process.env, {
    HUBSPOT_CLIENT_SECRET: CLIENT_SECRET,
    HUBSPOT_ACCESS_TOKEN: tokenOf(PORTAL),
    HUBSPOT_PORTAL_ID: String(PORTAL),
    TABLE_NAME: 'owners',
    ASSIGN_QUEUE_URL: 'https://sqs.example.com/assign',
    PUBLIC_BASE_URL: 'https://Owner.Example.com',
  });
  const { telemetry } = service();
  const container = createActionHandler(telemetry, lazySetOwnerRuntime(telemetry));
  const signed = makeEvent({ body: '{}', nowEpochMs: Date.now(), baseUrl: 'https://owner.example.com' });
  const answer = await container(signed, makeContext());
  process.env = before;
  // Signed, and no execution.
  expect(answer).toMatchObject({ statusCode: 400 });
});
