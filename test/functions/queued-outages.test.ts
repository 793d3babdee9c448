import { Readable } from 'node:stream';
import { nodeFetch } from '../../lib/network/fetch.ts';
import type { Execution } from '../support/queued-enrollment.ts';
import { useFlood } from '../support/use-flood.ts';

const flood = useFlood();
const many = (count: number) => Array.from({ length: count }, () => ({}));

type Rounds = { readonly receives: number[]; readonly delays: number[]; readonly rounds: number };

/** Works whenever a message may be seen, until the time is over or nothing waits any more. */
async function workUntil(untilEpochMs: number): Promise<Rounds> {
  const { clock, queue } = flood();
  const [receives, delays] = [[] as number[], [] as number[]];
  let rounds = 0;
  for (; rounds < 1_000; rounds += 1) {
    const next = queue.live.nextAtEpochMs();
    if (next === undefined || next > untilEpochMs) break;
    clock.advance(Math.max(0, next - clock.now()));
    const { records } = await flood().work();
    receives.push(...records.map(({ attributes }) => Number(attributes.ApproximateReceiveCount)));
    const waiting = queue.live.messages.map(({ delaySeconds }) => delaySeconds);
    if (waiting.length > 0) delays.push(Math.max(...waiting));
  }
  return { receives, delays, rounds };
}

function expectAllAssigned(executions: readonly Execution[], ownerId: string, outcome = 'ASSIGNED'): void {
  for (const execution of executions) {
    expect(execution).toMatchObject({ state: 'completed', outputs: { outcome, ownerId } });
    expect(flood.ownerOf(execution)).toBe(ownerId);
  }
  expect(flood().queue.live.messages).toEqual([]);
  expect(flood().queue.dead.messages).toEqual([]);
}

describe('HubSpot outages', () => {
  it('[H26] During an hour of outage, messages wait longer and longer, use up no receive, and are done when HubSpot is back', async () => {
    const jane = flood.hire();
    const executions = await flood.queued(...many(20));
    const { simulator, clock } = flood();
    simulator.faults.chaos({ seed: 7, shares: { status5xx: 0.6, reset: 0.4 } });
    const end = clock.now() + 3_600_000;
    let outage: Rounds | undefined;
    const calls = await flood.callsOf(async () => {
      outage = await workUntil(end);
    });
    expect(new Set(outage?.receives)).toEqual(new Set([1]));
    expect(executions.every(({ state }) => state === 'waiting')).toBe(true);
    // Growing, up to minutes.
    expect(outage?.delays.slice(0, 4)).toEqual([...(outage?.delays.slice(0, 4) ?? [])].sort((one, two) => one - two));
    expect(Math.max(...(outage?.delays ?? []))).toBeGreaterThanOrEqual(120);
    expect(outage?.rounds).toBeLessThanOrEqual(40);
    expect(calls.length).toBeLessThanOrEqual(100);

    simulator.faults.clear();
    await workUntil(clock.now() + 900_000);
    expectAllAssigned(executions, jane.id);
  });

  it.each([
    ['a 403', { unknownCallback: '403' }],
    ['a 404 that is a page', { unknownCallback: '404', notFoundBody: 'html' }],
    ['a 404 without a body', { unknownCallback: '404', notFoundBody: 'empty' }],
    ['a 408', { unknownCallback: '408' }],
    ['a 423', { unknownCallback: '423' }],
    ['a 500', { unknownCallback: '500' }],
    ['a 503', { unknownCallback: '503' }],
  ])(
    '[W2] A callback with which HubSpot always fails, with %s, keeps no other one of its batch waiting',
    async (_with, settings) => {
      const jane = flood.hire();
      const executions = await flood.queued(...many(9));
      const { simulator, clock } = flood();
      Object.assign(simulator.settings, settings);
      const odd = executions.filter((_one, index) => index === 0 || index === 5);
      simulator.state.blocked.unenroll(odd.map(({ callbackId }) => callbackId));
      await workUntil(clock.now() + 2 * 3_600_000);
      const others = executions.filter((one) => !odd.includes(one));
      expect(others.map(({ state }) => state)).toEqual(Array(7).fill('completed'));
      expect(others.map((one) => flood.ownerOf(one))).toEqual(Array(7).fill(jane.id));
    },
  );

  it('[H11] With an exhausted ten-second limit, nothing is called before its end, and no receive is used up', async () => {
    const jane = flood.hire();
    await flood.enroll();
    const executions = await flood.queued(...many(3));
    const { simulator, clock } = flood();
    simulator.faults.script({
      route: 'POST objects batch read',
      fault: {
        kind: 'status',
        status: 429,
        headers: { 'Retry-After': '8' },
        body: { status: 'error', errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING', message: 'limit' },
      },
    });
    const refused = await flood.callsOf(() => workUntil(clock.now() + 3_000));
    expect(refused).toEqual(['POST objects batch read']);
    const refusedAt = clock.now();
    const { receives } = await workUntil(clock.now() + 60_000);
    expect(new Set(receives)).toEqual(new Set([1]));
    const { atEpochMs = 0 } = simulator.calls.all().findLast(({ route }) => route === 'POST objects batch read') ?? {};
    expect(atEpochMs).toBeGreaterThanOrEqual(refusedAt + 8_000);
    expectAllAssigned(executions, jane.id);
  });

  it('[H12] With an exhausted daily limit, HubSpot is called every ten minutes, and all executions are done the next day', async () => {
    const jane = flood.hire();
    // As many calls as the work takes, for a day has no more than these.
    for (let call = 0; call < 5; call += 1) await flood.enroll();
    const executions = await flood.queued(...many(5));
    const { simulator, clock } = flood();
    simulator.settings.dailyLimit = simulator.calls.count();
    const calls = await flood.callsOf(() => workUntil(clock.now() + 24 * 3_600_000));
    // From ten in the morning until midnight.
    expect(calls.length).toBeLessThanOrEqual(14 * 6 + 5);
    expectAllAssigned(executions, jane.id);
    expect(flood.count('HubSpotDailyLimitReached')).toBeGreaterThan(1);
  });

  it('[H24] When the answer to a completion is lost, it is sent again, and nothing is written twice', async () => {
    const jane = flood.hire();
    const executions = await flood.queued(...many(4));
    const { simulator, clock } = flood();
    simulator.faults.script({ route: 'POST callbacks', times: 3, fault: { kind: 'resetAfterEffect' } });
    const calls = await flood.callsOf(() => workUntil(clock.now() + 120_000));
    expect(calls.filter((route) => route === 'POST objects batch update')).toHaveLength(1);
    expectAllAssigned(executions, jane.id);
  });

  it('When the answer to a write is lost, it is sent again, and the owner is the same', async () => {
    const jane = flood.hire();
    const executions = await flood.queued(...many(4));
    const { simulator, clock } = flood();
    simulator.faults.script({ route: 'POST objects batch update', times: 3, fault: { kind: 'resetAfterEffect' } });
    await workUntil(clock.now() + 120_000);
    // The record is read anew, and holds what was written.
    expectAllAssigned(executions, jane.id, 'ALREADY_ASSIGNED');
  });

  it.each(['reset', 'truncate', 'hang'] as const)(
    'When calls fail at random (%s), every execution ends',
    async (kind) => {
      const jane = flood.hire();
      const executions = await flood.queued(...many(12));
      const { simulator, clock } = flood();
      // A call that hangs costs two real seconds.
      const share = kind === 'hang' ? 0.05 : 0.4;
      simulator.faults.chaos({ seed: 11, shares: { [kind]: share, resetAfterEffect: 0.1 } });
      await workUntil(clock.now() + 3_600_000);
      simulator.faults.clear();
      await workUntil(clock.now() + 3_600_000);
      for (const execution of executions) {
        expect(execution).toMatchObject({
          state: 'completed',
          outputs: { ownerId: jane.id, hs_execution_state: 'SUCCESS' },
        });
        expect(flood.ownerOf(execution)).toBe(jane.id);
      }
    },
  );
});

describe('Table outages', () => {
  it('While the table is away, executions are requeued without a receive', async () => {
    const jane = flood.hire();
    const executions = await flood.queued(...many(3));
    const { table, clock } = flood();
    const spy = jest.spyOn(table.client, 'send').mockImplementation((() => Promise.reject(new Error('away'))) as never);
    const { receives, rounds } = await workUntil(clock.now() + 600_000);
    spy.mockRestore();
    expect(new Set(receives)).toEqual(new Set([1]));
    expect(rounds).toBeLessThan(20);
    await workUntil(clock.now() + 600_000);
    expectAllAssigned(executions, jane.id);
  });
});

describe('A record or a callback at which HubSpot fails again and again', () => {
  type Bad = {
    readonly id: string | undefined;
    readonly calls: RegExp;
    readonly status: number;
    readonly document?: object;
  };
  let bad: Bad | undefined;
  const failing = useFlood({
    world: {
      async fetch(url, options) {
        const call = `${options.method} ${new URL(url).pathname}`;
        const isBad = bad?.id !== undefined && bad.calls.test(call) && `${url} ${options.body}`.includes(bad.id);
        if (!isBad) return nodeFetch(url, options);
        const { status = 0, document } = bad ?? {};
        const body = document === undefined ? null : Readable.from([Buffer.from(JSON.stringify(document))]);
        return { status, headers: [], body };
      },
    },
  });

  it.each([
    ['changed', /batch\/update$|^PATCH .*0-1\/\d+$/],
    ['read', /batch\/read$|^GET .*0-1\/\d+$/],
  ])(
    '[H6] A record that may not be %s fails alone, where HubSpot names no scope that is missing',
    async (_what, calls) => {
      const jane = failing.hire();
      const executions = await failing.queued(...many(20));
      const forbidden = executions[7];
      const document = {
        status: 'error',
        category: 'USER_DOES_NOT_HAVE_PERMISSIONS',
        message: 'no',
        correlationId: 'c',
      };
      bad = { id: forbidden?.objectId, calls, status: 403, document };
      await failing.workAll();
      bad = undefined;
      expect(forbidden?.outputs).toMatchObject({ outcome: 'FAILED', errorCode: 'MISSING_SCOPES' });
      const others = executions.filter((one) => one !== forbidden);
      expect(others.map((one) => [one.outputs?.outcome, failing.ownerOf(one)])).toEqual(
        others.map(() => ['ASSIGNED', jane.id]),
      );
    },
  );

  it('[H6] An account whose app may change no record gets that answer for all of a batch after a few calls', async () => {
    failing.hire();
    const executions = await failing.queued(...many(20));
    const document = { status: 'error', category: 'USER_DOES_NOT_HAVE_PERMISSIONS', message: 'no', correlationId: 'c' };
    bad = { id: 'hubspot_owner_id', calls: /batch\/update$|^PATCH .*0-1\/\d+$/, status: 403, document };
    const counted = failing.count('HubSpotScopesMissing');
    await failing.workAll();
    bad = undefined;
    expect(new Set(executions.map(({ outputs }) => outputs?.errorCode))).toEqual(new Set(['MISSING_SCOPES']));
    expect(failing.count('HubSpotScopesMissing') - counted).toBeLessThanOrEqual(4);
  });

  it.each([
    ['A record that cannot be written', 500, 'objectId', /batch\/update$|^PATCH .*0-1\/\d+$/],
    ['A record that cannot be read', 500, 'objectId', /batch\/read$|^GET .*0-1\/\d+$/],
    // Not in HubSpot's own words: what is between may dislike what one call says.
    ['A record that cannot be written', 400, 'objectId', /batch\/update$|^PATCH .*0-1\/\d+$/],
    ['A record that cannot be read', 404, 'objectId', /batch\/read$|^GET .*0-1\/\d+$/],
    ['A callback that cannot be completed', 400, 'callbackId', /callbacks/],
  ] as const)(
    '[H14, T8] %s, with an empty %i, keeps no other one of its batch waiting for more than some minutes',
    async (_what, status, idOf, calls) => {
      failing.hire();
      const executions = await failing.queued(...many(20));
      bad = { id: executions[7]?.[idOf], calls, status };
      const { clock, queue } = failing();
      for (const end = clock.now() + 900_000; (queue.live.nextAtEpochMs() ?? end) < end; ) {
        clock.advance(Math.max(0, (queue.live.nextAtEpochMs() ?? 0) - clock.now()));
        await failing().work();
      }
      expect(executions.filter(({ state }) => state !== 'completed')).toEqual([executions[7]]);
      bad = undefined;
      await failing.workAll();
      expect(executions[7]?.outputs).toMatchObject({ outcome: 'ASSIGNED' });
    },
  );
});
