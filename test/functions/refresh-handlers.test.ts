import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { createHandler as createRefreshHandler } from '../../functions/refresh-owners.ts';
import { createHandler as createScheduleHandler } from '../../functions/schedule-owner-refresh.ts';
import { fromSyncMessage, toPurgeMessage, toSyncMessage } from '../../lib/queue/sync-queue.ts';
import { createSyncRuntime } from '../../lib/runtime/sync-runtime.ts';
import { addActiveOwner, deactivateOwner } from '../../local/simulator/seed-owners.ts';
import { addToken, revokeToken } from '../../local/simulator/seed-portals.ts';
import type { SimulatedOwner } from '../../local/simulator/state.ts';
import { toPortalId } from '../builders/ids.ts';
import { enroll } from '../support/enrollment.ts';
import { makeHandoverService } from '../support/handover-service.ts';
import { invokeSetSuccessor } from '../support/invoke-set-successor.ts';
import { OTHER_PORTAL, PORTAL, tokenOf } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
const sqs = mockClient(SQSClient);
const queueUrl = 'https://sqs.example.com/refresh';

beforeEach(() => {
  sqs.reset();
  sqs.on(SendMessageBatchCommand).resolves({});
});

const topicArn = 'arn:aws:sns:eu-central-1:111111111111:digest';

function makeHandlers(digest?: { readonly sns: typeof fetch; readonly pageUrl?: string }) {
  const { simulator, clock, table, telemetry } = service();
  const config = {
    hubspotApiBaseUrl: simulator.url,
    staticTokens: new Map([PORTAL, OTHER_PORTAL].map((id) => [toPortalId(id), tokenOf(id)])),
    tableName: table.tableName,
    refreshQueueUrl: queueUrl,
    ...(digest && { digest: { topicArn, withAddresses: false, pageUrl: digest.pageUrl } }),
  };
  const world = {
    now: clock.now,
    sleep: clock.sleep,
    random: () => 0.5,
    newId: () => 'unused',
    table: table.client,
    fetch: digest === undefined ? fetch : forwardingTo(digest.sns),
  };
  const runtime = createSyncRuntime(config, telemetry, world, new SQSClient({}));
  return {
    schedule: createScheduleHandler(telemetry, async () => runtime),
    refresh: createRefreshHandler(telemetry, async () => runtime),
  };
}

/** Calls of SNS go to `sns`, all others to where they are addressed. */
function forwardingTo(sns: typeof fetch): typeof fetch {
  return (input, init) => (String(input).includes('sns.') ? sns(input, init) : fetch(input, init));
}

const context = (remainingMs: number) => ({ getRemainingTimeInMillis: () => remainingMs }) as Context;
const batch = (...bodies: readonly string[]) =>
  ({ Records: bodies.map((body, index) => ({ messageId: `m${index}`, body })) }) as SQSEvent;
const sent = () => sqs.commandCalls(SendMessageBatchCommand).flatMap(({ args }) => args[0].input.Entries ?? []);
function orderIn(body: string) {
  const message = fromSyncMessage(body);
  if (message.kind !== 'refresh') throw new Error('no refresh order');
  return message.job;
}
const order = (portal = PORTAL) => ({
  portalId: toPortalId(portal),
  runId: 'run-1',
  requestedAtEpochMs: service().clock.now(),
  force: false,
  continuations: 0,
});

it('The schedule queues one refresh for each connected account, within fifteen minutes, and no personal data', async () => {
  expect(await makeHandlers().schedule(null)).toEqual({ portals: 2 });
  expect(sent().map(({ DelaySeconds }) => DelaySeconds)).toEqual([450, 450]);
  const orders = sent().map(({ MessageBody = '' }) => orderIn(MessageBody));
  expect(orders.map(({ portalId, force }) => [portalId, force])).toEqual([
    [String(PORTAL), false],
    [String(OTHER_PORTAL), false],
  ]);
  expect(new Set(orders.map(({ runId }) => runId)).size).toBe(2);
});

it('An operator can refresh at once and confirm a smaller listing', async () => {
  await makeHandlers().schedule({ force: true, atOnce: true });
  expect(sent().map(({ DelaySeconds }) => DelaySeconds)).toEqual([0, 0]);
  expect(orderIn(sent()[0]?.MessageBody ?? '').force).toBe(true);
});

it('The schedule fails when SQS does not take a refresh', async () => {
  sqs.on(SendMessageBatchCommand).resolves({ Failed: [{ Id: '0', Code: 'x', SenderFault: false }] });
  await expect(makeHandlers().schedule(null)).rejects.toThrow('1 refresh jobs could not be queued');
});

it('[R8] An account is refreshed once for one event of the scheduler, however often AWS repeats that event', async () => {
  const { clock, simulator } = service();
  const { schedule, refresh } = makeHandlers();
  addActiveOwner(simulator.state, PORTAL, { email: 'jane@example.com' });
  const event = { source: 'aws.scheduler', time: new Date(clock.now()).toISOString() };
  const calls: number[] = [];
  for (let time = 0; time < 2; time += 1) {
    sqs.resetHistory();
    await schedule(event);
    clock.advance(60_000);
    const mark = simulator.calls.mark();
    await refresh(batch(sent()[0]?.MessageBody ?? ''), context(300_000));
    calls.push(simulator.calls.since(mark).length);
    clock.advance(60_000);
  }
  expect(calls).toEqual([expect.any(Number), 0]);
  expect(calls[0]).toBeGreaterThan(0);
});

it('The refresh function refreshes the account of its message', async () => {
  const jane = addActiveOwner(service().simulator.state, PORTAL, { email: 'jane@example.com' });
  const answer = await makeHandlers().refresh(batch(toSyncMessage(order())), context(300_000));
  expect(answer).toEqual({ batchItemFailures: [] });
  expect((await enroll(service())).outputs).toMatchObject({ ownerId: jane.id, resolvedFrom: 'CACHE' });
});

it('[R6] Only failed refresh messages come back: an invalid one, and one of an account whose HubSpot is away', async () => {
  const { state, faults } = service().simulator;
  addActiveOwner(state, PORTAL, { email: 'jane@example.com' });
  addActiveOwner(state, OTHER_PORTAL, { email: 'omar@example.com' });
  faults.script({ route: 'GET owners', portalId: PORTAL, times: 3, fault: { kind: 'status', status: 503 } });
  const other = toSyncMessage(order(OTHER_PORTAL));
  const unknownVersion = other.replace('"version":1', '"version":9');

  const error = jest.spyOn(service().telemetry.log, 'error');
  const answer = await makeHandlers().refresh(
    batch('{}', toSyncMessage(order()), unknownVersion, other),
    context(300_000),
  );

  expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['m0', 'm1', 'm2']);
  // The line names the account, where the message could be read.
  const accounts = error.mock.calls.filter(([text]) => text === 'a refresh job failed').map(([, of]) => of?.portalId);
  expect(accounts).toEqual([undefined, String(PORTAL), undefined]);
  // Unexpected errors are counted. An outage of HubSpot raises no alarm.
  expect(service().telemetry.counted.filter(({ name }) => name === 'UnexpectedError')).toHaveLength(2);
  const found = await enroll(service(), { portalId: OTHER_PORTAL, email: 'omar@example.com' });
  expect(found.outputs.resolvedFrom).toBe('CACHE');
});

it.each([
  ['DAILY', 601],
  ['TEN_SECONDLY_ROLLING', 11],
])(
  '[H12, R6] A refresh that meets the limit %s is put off without using up its receives, for a day at most',
  async (policyName, delaySeconds) => {
    const { simulator, clock } = service();
    addActiveOwner(simulator.state, PORTAL, { email: 'jane@example.com' });
    const { refresh } = makeHandlers();
    const job = { ...order(), continuations: 1 };
    const limit = { kind: 'status', status: 429, body: { status: 'error', policyName } } as const;
    simulator.faults.script({ route: 'GET owners', fault: limit });

    expect(await refresh(batch(toSyncMessage(job)), context(300_000))).toEqual({ batchItemFailures: [] });
    expect(sent()).toMatchObject([{ MessageBody: toSyncMessage(job), DelaySeconds: delaySeconds }]);
    clock.advance(delaySeconds * 1_000);
    const again = sent()[0]?.MessageBody ?? '';
    expect(await refresh(batch(again), context(300_000))).toEqual({ batchItemFailures: [] });
    expect((await enroll(service())).outputs.resolvedFrom).toBe('CACHE');

    // The next night has asked for another one.
    sqs.resetHistory();
    simulator.faults.script({ route: 'GET owners', fault: limit });
    const old = { ...job, requestedAtEpochMs: clock.now() + 1 };
    clock.advance(24 * 3_600_000 + 2);
    const { batchItemFailures } = await refresh(batch(toSyncMessage(old)), context(300_000));
    expect([batchItemFailures, sent()]).toEqual([[{ itemIdentifier: 'm0' }], []]);
  },
);

it('[M9] Nothing is refreshed with a token of another account, and the operator sees it', async () => {
  const { state } = service().simulator;
  for (const portal of [PORTAL, OTHER_PORTAL]) revokeToken(state, portal, tokenOf(portal));
  addToken(state, OTHER_PORTAL, tokenOf(PORTAL));
  addActiveOwner(state, OTHER_PORTAL, { email: 'omar@example.com' });
  const answer = await makeHandlers().refresh(batch(toSyncMessage(order())), context(300_000));
  expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm0' }]);
  expect(service().telemetry.counted.map(({ name }) => name)).toContain('ConfigInvalid');
  expect(JSON.stringify(await readAllItems(service().table))).not.toContain('omar');
});

it('[M7] A deletion that was queued before an account got a static token deletes nothing of it', async () => {
  addActiveOwner(service().simulator.state, PORTAL, { email: 'jane@example.com' });
  await makeHandlers().refresh(batch(toSyncMessage(order())), context(900_000));
  const before = await readAllItems(service().table);
  expect(await makeHandlers().refresh(batch(toPurgeMessage(toPortalId(PORTAL))), context(900_000))).toEqual({
    batchItemFailures: [],
  });
  expect(await readAllItems(service().table)).toEqual(before);
});

it('[R7] The continuation of a refresh without time left is queued', async () => {
  addActiveOwner(service().simulator.state, PORTAL, { email: 'jane@example.com' });
  const { refresh } = makeHandlers();
  const answer = await refresh(batch(toSyncMessage(order())), context(30_000));
  expect(answer).toEqual({ batchItemFailures: [] });
  const continuation = sent()[0]?.MessageBody ?? '';
  expect(orderIn(continuation)).toMatchObject({ runId: 'run-1', continuations: 1 });

  await refresh(batch(continuation), context(300_000));
  expect((await enroll(service())).outputs.resolvedFrom).toBe('CACHE');
});

it('[R7] A refresh whose time is over in the middle of a call continues with the page of that call', async () => {
  const { state, faults, calls } = service().simulator;
  for (let n = 0; n < 1_001; n += 1) addActiveOwner(state, PORTAL, { email: `p${n}@example.com` });
  const { refresh } = makeHandlers();
  // The third page does not come before the function has to stop.
  faults.script({ route: 'GET owners', nth: 3, times: 3, fault: { kind: 'hang' } });
  expect(await refresh(batch(toSyncMessage(order())), context(30_500))).toEqual({ batchItemFailures: [] });
  const continuation = sent()[0]?.MessageBody ?? '';
  expect(orderIn(continuation)).toMatchObject({ runId: 'run-1', continuations: 1 });

  const mark = calls.mark();
  await refresh(batch(continuation), context(300_000));
  expect(calls.since(mark).filter(({ route }) => route === 'GET owners')).toHaveLength(2);
  const last = await enroll(service(), { email: 'p1000@example.com' });
  expect(last.outputs).toMatchObject({ outcome: 'ASSIGNED', resolvedFrom: 'CACHE' });
});

describe('the digest of a run', () => {
  const published: string[] = [];
  const answering = (status: number) =>
    (async (_input: unknown, init: RequestInit) => {
      published.push(new URLSearchParams(String(init.body)).get('Message') ?? '');
      return new Response('<PublishResponse/>', { status });
    }) as typeof fetch;
  const environment = { ...process.env };

  beforeEach(() => {
    published.length = 0;
    const keys = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_REGION: 'eu-central-1' };
    Object.assign(process.env, keys, { AWS_ENDPOINT_URL_SNS: '' });
  });
  afterEach(() => {
    process.env = { ...environment };
  });

  it('A digest is one message without an address, however often the order is delivered', async () => {
    addActiveOwner(service().simulator.state, PORTAL, { email: 'jane@example.com' });
    await enroll(service(), { email: 'nobody@example.com' });
    const { refresh } = makeHandlers({ sns: answering(200) });
    const message = batch(toSyncMessage(order()));
    for (let time = 0; time < 2; time += 1) {
      expect(await refresh(message, context(300_000))).toEqual({ batchItemFailures: [] });
    }
    expect(published).toHaveLength(1);
    expect(published[0]).toContain(', 1 unresolved email');
    expect(published[0]).not.toContain('@');
    expect(published[0]).toContain('Settings > Integrations > Connected Apps');
  });

  it('Each account gets the link to its own settings page, in the email and in the chat', async () => {
    for (const portal of [PORTAL, OTHER_PORTAL]) {
      addActiveOwner(service().simulator.state, portal, { email: 'jane@example.com' });
    }
    const pageUrl = 'https://app-eu1.hubspot.com/any/{portalId}/page?tab=settings';
    const { refresh } = makeHandlers({ sns: answering(200), pageUrl });
    await refresh(batch(toSyncMessage(order()), toSyncMessage(order(OTHER_PORTAL))), context(300_000));
    const ends = published.map((message) => {
      const { email, https } = JSON.parse(message) as { readonly email: string; readonly https: string };
      return [email, JSON.parse(https).content.description].map((text: string) => text.split('\n').at(-1));
    });
    const linkOf = (portal: number) => `https://app-eu1.hubspot.com/any/${portal}/page?tab=settings`;
    expect(ends).toEqual([PORTAL, OTHER_PORTAL].map((portal) => [linkOf(portal), linkOf(portal)]));
  });

  it('A digest is sent by the repetition of a run that was killed before it sent one, and not for the run of somebody else', async () => {
    addActiveOwner(service().simulator.state, PORTAL, { email: 'jane@example.com' });
    const killed = toSyncMessage(order());
    await makeHandlers().refresh(batch(killed), context(300_000));
    const { refresh } = makeHandlers({ sns: answering(200) });
    await refresh(batch(toSyncMessage({ ...order(), runId: 'run-0' })), context(300_000));
    expect(published).toEqual([]);
    for (let time = 0; time < 2; time += 1) await refresh(batch(killed), context(300_000));
    expect(published).toHaveLength(1);
  });

  it('A digest says that a nightly handover did not start where nobody can get the records, and not on the first night of another', async () => {
    const { state } = service().simulator;
    const [jane, lena, max] = ['jane', 'lena', 'max'].map((name) =>
      addActiveOwner(state, PORTAL, { email: `${name}@example.com` }),
    ) as [SimulatedOwner, SimulatedOwner, SimulatedOwner];
    for (const leaver of [lena, max]) deactivateOwner(state, PORTAL, leaver.id);
    await makeHandlers().refresh(batch(toSyncMessage(order())), context(300_000));
    await invokeSetSuccessor(service(), { portalId: PORTAL, leaver: lena.id, successor: jane.id });
    const { refresh } = makeHandlers({ sns: answering(200) });
    const operator = makeHandoverService(service());
    const night = async (runId: string) => {
      service().clock.advance(86_400_000);
      await refresh(batch(toSyncMessage({ ...order(), runId })), context(300_000));
    };
    await operator.ask({ leaver: lena.id, nightly: true });
    await night('run-2');
    expect(published).toEqual([]);
    await operator.ask({ leaver: max.id, nightly: true });
    await night('run-3');
    expect(published).toHaveLength(1);
    expect(published[0]).toContain('Nightly handovers that did not start or finish: 1');
  });

  it('A digest that SNS refuses fails no refresh', async () => {
    addActiveOwner(service().simulator.state, PORTAL, { email: 'jane@example.com' });
    const { refresh } = makeHandlers({ sns: answering(403) });
    expect(await refresh(batch(toSyncMessage(order())), context(300_000))).toEqual({ batchItemFailures: [] });
    expect(service().telemetry.counted).toContainEqual({ name: 'Digests', dimensions: { outcome: 'failed' } });
    expect(published).toHaveLength(1);
  });
});
