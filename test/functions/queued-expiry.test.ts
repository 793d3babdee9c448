import { randomBytes } from 'node:crypto';
import type { SQSRecord } from 'aws-lambda';
import { createLocalTokenCipher } from '../../lib/crypto/token-cipher-local.ts';
import { encryptGrant } from '../../lib/domain/portal.ts';
import { createPortals } from '../../lib/store/portals.ts';
import { ALL_SCOPES } from '../../local/simulator/object-types.ts';
import { addProperty, revokeToken } from '../../local/simulator/seed-portals.ts';
import { toPortalId } from '../builders/ids.ts';
import type { Execution } from '../support/queued-enrollment.ts';
import { PORTAL, tokenOf } from '../support/service.ts';
import { useFlood } from '../support/use-flood.ts';

const BLOCK_MS = 2 * 86_400_000;
const LAST_CALL_MS = 30 * 60_000;

let killAt: string | undefined;
const flood = useFlood({ fate: (step) => (step === killAt ? 'after' : undefined) });
beforeEach(() => {
  killAt = undefined;
});

/** Moves the clock to so long before the block of an execution that was queued just now is over. */
function moveToEnd(leftMs: number): void {
  const { clock, queue } = flood();
  const [message] = queue.sent;
  clock.advance((message?.sentAtEpochMs ?? 0) + BLOCK_MS - leftMs - clock.now());
}

async function queueOne(): Promise<Execution> {
  flood.hire();
  const [execution] = await flood.queued({});
  return execution as Execution;
}

it('[Q10] An execution near the end of its wait reports that it expired, and nothing is written', async () => {
  const execution = await queueOne();
  moveToEnd(LAST_CALL_MS - 1_000);
  await flood().work();
  expect(execution).toMatchObject({
    state: 'completed',
    outputs: { outcome: 'FAILED', errorCode: 'EXPIRED_IN_QUEUE', hs_execution_state: 'FAIL_CONTINUE' },
  });
  expect(flood.ownerOf(execution)).toBe('');
  expect(flood().queue.live.messages).toEqual([]);
});

it('[Q10] An execution shortly before the expiry margin is still set', async () => {
  const execution = await queueOne();
  moveToEnd(LAST_CALL_MS + 60_000);
  await flood().work();
  expect(execution).toMatchObject({ state: 'completed', outputs: { outcome: 'ASSIGNED' } });
});

it('[Q10] After HubSpot stopped waiting, nothing is written or completed, and the execution is counted as late', async () => {
  const execution = await queueOne();
  moveToEnd(-1_000);
  const calls = await flood.callsOf(() => flood().work());
  expect(calls).toEqual([]);
  expect(flood.ownerOf(execution)).toBe('');
  expect(flood.count('ExecutionsLate')).toBe(1);
  expect(flood().queue.live.messages).toEqual([]);
  flood().simulator.state.blocked.expireDue();
  await Promise.resolve();
  expect(execution.state).toBe('expired');
});

it.each([
  ['worker', 'ASSIGNED', '', () => flood().work()],
  ['dead-letter function', 'FAILED', 'EXPIRED_IN_QUEUE', () => flood().handleDeadLetters()],
])(
  '[Q9, Q10] An execution that got BLOCK again later is still ended after two days without a worker: %s',
  async (which, outcome, errorCode, run) => {
    flood.hire();
    const { clock, queue, hubspot } = flood();
    const execution = hubspot.enroll();
    await flood().spendBudget(5_000);
    await flood().deliver(execution, { isAnswerLost: true });
    clock.advance(3_600_000);
    await flood().deliver(execution);
    expect(JSON.parse(execution.answer?.body ?? '{}')).toMatchObject({ outputFields: { hs_execution_state: 'BLOCK' } });
    if (which !== 'worker') {
      killAt = 'worker BatchGetItemCommand';
      while (queue.dead.messages.length === 0) {
        clock.advance(360_000);
        await flood().work();
        flood().restart();
      }
      killAt = undefined;
    }
    moveToEnd(-60_000);
    await run();
    expect(execution).toMatchObject({ state: 'completed', outputs: { outcome, errorCode } });
    expect(queue.live.messages).toEqual([]);
  },
);

it('[Q10] An execution in two messages ends while HubSpot waits for the younger one, whichever comes first', async () => {
  flood.hire();
  const execution = flood().hubspot.enroll({});
  await flood().spendBudget(5_000);
  killAt = 'action SQS';
  await flood().deliver(execution);
  killAt = undefined;
  flood().restart();
  flood().clock.advance(600_000);
  await flood().spendBudget(5_000);
  await flood().deliver(execution);
  expect(execution.state).toBe('waiting');
  moveToEnd(-60_000);
  const { live } = flood().queue;
  const records = live.receive(10).reverse();
  await flood().invokeWorker(records);
  live.delete(records);
  expect(execution).toMatchObject({ state: 'completed', outputs: { errorCode: 'EXPIRED_IN_QUEUE' } });
});

it('[Q10] An execution whose workflow could not be informed for two days is counted as late, although its owner was set', async () => {
  const execution = await queueOne();
  const { simulator } = flood();
  simulator.faults.script({ route: 'POST callback', times: 100_000, fault: { kind: 'status', status: 503 } });
  await flood.workAll();
  simulator.faults.clear();
  simulator.state.blocked.expireDue();
  await Promise.resolve();
  expect(execution.state).toBe('expired');
  expect(flood.ownerOf(execution)).not.toBe('');
  expect(flood.count('ExecutionsLate')).toBe(1);
});

it('[Q10] An expiring execution reports success when a crashed worker had set its owner', async () => {
  const execution = await queueOne();
  flood().clock.advance(BLOCK_MS - LAST_CALL_MS - 120_000);
  killAt = 'worker POST /crm/objects/2026-09/0-1/batch/update';
  expect((await flood().work()).failedIds).toBeUndefined();
  killAt = undefined;
  flood().restart();
  flood().clock.advance(360_000);
  await flood().work();
  expect(execution).toMatchObject({
    state: 'completed',
    outputs: { outcome: 'ALREADY_ASSIGNED', ownerId: flood.ownerOf(execution), hs_execution_state: 'SUCCESS' },
  });
});

it.each([
  ['PROPERTY_HOLDS_SEVERAL', { name: 'owners', several: true, referencedObjectType: 'OWNER' } as const],
  ['PROPERTY_NOT_FOUND', { name: 'owners' } as const],
])('[T2, T3] An expiring execution reports %s, whatever the property holds', async (errorCode, property) => {
  const { id } = flood.hire();
  addProperty(flood().simulator.state, PORTAL, '0-1', property);
  const inputFields = { ownerProperty: property.name };
  const [execution] = await flood.queued({ inputFields, properties: { [property.name]: id } });
  moveToEnd(LAST_CALL_MS - 1_000);
  await flood().work();
  expect(execution).toMatchObject({ state: 'completed', outputs: { outcome: 'FAILED', errorCode, ownerId: '' } });
});

it('A disconnected account takes one try every fifteen minutes, and none after HubSpot stopped waiting', async () => {
  const execution = await queueOne();
  const { simulator, queue, clock } = flood();
  revokeToken(simulator.state, PORTAL, tokenOf(PORTAL));
  let rounds = 0;
  for (; queue.live.messages.length > 0 && rounds < 1_000; rounds += 1) {
    clock.advance(Math.max(0, (queue.live.nextAtEpochMs() ?? 0) - clock.now()));
    const worked = await flood().work();
    expect(worked.failedIds).toEqual([]);
  }
  // Every quarter of an hour for two days.
  expect(rounds).toBeLessThanOrEqual(2 * 96 + 3);
  expect(queue.live.messages).toEqual([]);
  expect(flood.ownerOf(execution)).toBe('');
});

it('While HubSpot is away at the end of a wait, it is called at intervals and never in a loop', async () => {
  const execution = await queueOne();
  moveToEnd(LAST_CALL_MS - 1_000);
  const { simulator, queue, clock } = flood();
  simulator.faults.chaos({ seed: 1, shares: { status5xx: 1 } });
  let rounds = 0;
  for (; queue.live.messages.length > 0 && rounds < 1_000; rounds += 1) {
    clock.advance(Math.max(0, (queue.live.nextAtEpochMs() ?? 0) - clock.now()));
    await flood().work();
  }
  simulator.faults.clear();
  expect(rounds).toBeLessThan(60);
  expect(flood.ownerOf(execution)).toBe('');
});

describe('An account that installed the app', () => {
  const key = randomBytes(32).toString('base64');
  const oauth = {
    clientId: 'client-1',
    clientSecret: 'secret-test-client',
    redirectUri: 'https://owner.example.com/oauth/callback',
    appBaseUrl: 'https://app.example.com',
    tokenKey: { kind: 'local', key },
  } as const;
  const installed = useFlood({ config: { oauth, staticTokens: new Map() } });
  const portalId = toPortalId(PORTAL);

  async function connect(): Promise<void> {
    const { table, clock } = installed();
    const pair = { accessToken: tokenOf(PORTAL), refreshToken: 'refresh-1', expiresInSeconds: 86_400 };
    const tokens = await encryptGrant(createLocalTokenCipher({ current: key }, {}), portalId, pair, clock.now());
    await createPortals(table, clock.now).connect(portalId, { scopes: [...ALL_SCOPES], tokens }, clock.now());
  }

  it('[Q10] Executions of an account that uninstalled the app leave the queue when HubSpot stopped waiting', async () => {
    await connect();
    installed.hire();
    const [execution] = await installed.queued({});
    const { table, clock, queue } = installed();
    const portals = createPortals(table, clock.now);
    const seen = await portals.read(portalId);
    await portals.disconnect(portalId, seen as NonNullable<typeof seen>, clock.now());
    const calls = await installed.callsOf(() => installed.workAll());
    expect(calls).toEqual([]);
    expect(queue.live.messages).toEqual([]);
    expect(clock.now() - (queue.sent[0]?.sentAtEpochMs ?? 0)).toBeLessThan(BLOCK_MS + 30 * 60_000);
    expect(installed.count('ExecutionsLate')).toBe(1);
    expect(installed.ownerOf(execution as Execution)).toBe('');
  });

  it('[Q10] Dead letters of an account that uninstalled the app are kept only while HubSpot waits', async () => {
    await connect();
    installed.hire();
    await installed.queued({});
    const { table, clock, queue } = installed();
    const [message] = queue.live.messages;
    const record = {
      messageId: 'dead-1',
      body: message?.body,
      attributes: { ApproximateReceiveCount: '1' },
    } as SQSRecord;
    const portals = createPortals(table, clock.now);
    const seen = await portals.read(portalId);
    await portals.disconnect(portalId, seen as NonNullable<typeof seen>, clock.now());
    const failures = async () => installed().invokeDead([record]);
    expect(await failures()).toEqual({ batchItemFailures: [{ itemIdentifier: 'dead-1' }] });
    clock.advance(BLOCK_MS);
    expect(await failures()).toEqual({ batchItemFailures: [] });
    expect(installed.count('ExecutionsStranded')).toBe(1);
  });
});
