import { StoreUnavailableError } from '../../../lib/domain/errors.ts';
import { ALL_SCOPES } from '../../../local/simulator/object-types.ts';
import { addToken, revokeToken } from '../../../local/simulator/seed-portals.ts';
import { PORTAL, PORTAL_ID, TOKEN, useAdapters } from '../../hubspot/adapters.ts';
import { type Completer, HOUR_MS, idsOf, makeCompleter, outputsOf } from '../../support/completing.ts';

const BATCH_PATH = '/automation/actions/callbacks/2026-09/complete';
const GOOD = idsOf(97);
const GONE = ['ap-1-2-3-901', 'ap-1-2-3-902', 'ap-1-2-3-903'];
/** Those that nobody waits for stand at the beginning, in the middle and at the end. */
const MIXED = [GONE[0], ...GOOD.slice(0, 40), GONE[1], ...GOOD.slice(40), GONE[2]] as string[];

const LIMIT = {
  kind: 'status',
  status: 429,
  body: { errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' },
} as const;

const current = useAdapters();
let completer: Completer;

beforeEach(() => {
  completer = makeCompleter(current());
});

const calls = () =>
  current()
    .simulator.calls.all()
    .map(({ path, status }) => `${path.split('/').at(-2)} ${status}`);

describe('Completing callbacks', () => {
  it('One call ends a hundred waits, each with its own outputs', async () => {
    const ids = idsOf(100);
    const ends = completer.block(ids);
    expect(await completer.complete(ids)).toEqual({});
    expect(current().simulator.calls.all()).toMatchObject([{ method: 'POST', path: BATCH_PATH, status: 204 }]);
    expect([...ends].map(([id, end]) => [id, end.kind === 'completed' && end.outputFields])).toEqual(
      ids.map((id) => [id, outputsOf(id)]),
    );
    expect(completer.count('completed')).toBe(100);
  });

  it('A single callback is completed by the single route', async () => {
    const [id = ''] = idsOf(1);
    const ends = completer.block([id]);
    expect(await completer.complete([id])).toEqual({});
    const path = `/automation/actions/callbacks/2026-09/${id}/complete`;
    expect(current().simulator.calls.all()).toMatchObject([{ path, status: 204 }]);
    expect(ends.get(id)).toMatchObject({ kind: 'completed', outputFields: outputsOf(id) });
  });

  it('Completing no callbacks makes no call', async () => {
    expect(await completer.complete([])).toEqual({});
    expect(current().simulator.calls.count()).toBe(0);
  });
});

describe('What HubSpot answers to a completion', () => {
  it.each(['204', '200'] as const)(
    '[W1] The answer %s without a body confirms a completion',
    async (completionReply) => {
      Object.assign(current().simulator.settings, { completionReply });
      const ends = completer.block(GOOD);
      expect(await completer.complete(GOOD)).toEqual({});
      expect([ends.size, current().simulator.calls.count()]).toEqual([97, 1]);
    },
  );

  it('[W1] The answer 202 confirms nothing, so each callback is completed once more and found completed', async () => {
    Object.assign(current().simulator.settings, { completionReply: '202' });
    const ends = completer.block(GOOD);
    expect(await completer.complete(GOOD)).toEqual({});
    expect([ends.size, completer.count('unknown')]).toEqual([97, 97]);
  });

  it.each(['200error', '207'] as const)(
    '[W1] The answer %s with a body that names some callbacks leaves the others to be completed',
    async (completionReply) => {
      Object.assign(current().simulator.settings, { completionReply, completionPolicy: 'some' });
      const ends = completer.block(GOOD);
      expect(await completer.complete(MIXED)).toEqual({});
      expect([...ends.keys()].sort()).toEqual(GOOD.toSorted());
    },
  );

  it('[W2] A 400 about something else is a broken contract, and all callbacks are tried again', async () => {
    const fault = {
      kind: 'status',
      status: 400,
      body: { status: 'error', category: 'VALIDATION_ERROR', message: 'outputFields is invalid' },
    } as const;
    const [id = ''] = GOOD;
    completer.block([id]);
    current().simulator.faults.script({ route: 'POST callback', fault });
    expect(await completer.complete([id])).toEqual({ [id]: 'HUBSPOT_CONTRACT_BROKEN' });
    expect(completer.count('unknown')).toBe(0);
    expect(await completer.complete([id])).toEqual({});
    expect(completer.count('completed')).toBe(1);
  });

  it('[H6] A missing scope is distinguished from every other refusal', async () => {
    const { state } = current().simulator;
    revokeToken(state, PORTAL, TOKEN);
    addToken(
      state,
      PORTAL,
      TOKEN,
      ALL_SCOPES.filter((scope) => scope !== 'automation'),
    );
    completer.block(idsOf(3));
    expect(Object.values(await completer.complete(idsOf(3)))).toEqual(Array(3).fill('MISSING_SCOPES'));
  });
});

describe('Callbacks that nobody waits for', () => {
  it('[H23] An unknown callback is finished, whether its time is over, its record left or somebody completed it', async () => {
    const [late = '', left = '', doubled = ''] = GONE;
    completer.block([late]);
    current().clock.advance(49 * HOUR_MS);
    completer.block([left, doubled]);
    current().simulator.state.blocked.unenroll([left]);
    await completer.complete([doubled]);
    for (const id of GONE) expect(await completer.complete([id])).toEqual({});
    expect(completer.count('unknown')).toBe(3);
  });

  it.each(['byRoute', '400', '404', '409', '410', '422'] as const)(
    '[H23, H25] Unknown callbacks do not stop the others from being completed, whatever HubSpot says about them: %s',
    async (unknownCallback) => {
      Object.assign(current().simulator.settings, { unknownCallback });
      const ends = completer.block(GOOD);
      expect(await completer.complete(MIXED)).toEqual({});
      expect([...ends.keys()].sort()).toEqual(GOOD.toSorted());
      expect(completer.count('unknown')).toBe(3);
    },
  );

  it('[H25] Unknown callbacks are found by halving, which takes few calls', async () => {
    const ends = completer.block(GOOD);
    await completer.complete([...GOOD, GONE[0] ?? '']);
    expect(ends.size).toBe(97);
    expect(current().simulator.calls.count()).toBeLessThanOrEqual(15);
  });

  it('[W5] The search for unknown callbacks is limited: the rest waits, and no waiting callback is forgotten', async () => {
    const gone = idsOf(100, 1_000);
    const ends = completer.block(GOOD);
    const back = await completer.complete([...gone, ...GOOD]);
    expect(calls().filter((call) => !call.endsWith('204')).length).toBeLessThanOrEqual(25);
    expect(new Set(Object.values(back))).toEqual(new Set(['refused']));
    expect(GOOD.filter((id) => !ends.has(id) && !(id in back))).toEqual([]);
  });

  it('[W5] Unknown callbacks are tried one by one, less and less often', async () => {
    const gone = idsOf(10, 1_000);
    const refusedBefore = new Set(gone);
    await completer.complete(idsOf(100, 2_000));
    const mark = current().simulator.calls.mark();
    for (let minute = 0; minute < 60; minute += 1) {
      current().clock.advance(60_000);
      await completer.complete(gone, { refusedBefore });
    }
    expect(current().simulator.calls.since(mark).length).toBeLessThanOrEqual(16);
    expect(current().simulator.calls.since(mark).length).toBeGreaterThan(3);
  });
});

describe('An execution that was just queued', () => {
  it.each(['html', 'empty'] as const)(
    '[W5] Callbacks that HubSpot refuses without its own words (%s) take few calls, and none of them counts as ended',
    async (notFoundBody) => {
      const { simulator } = current();
      Object.assign(simulator.settings, { unknownCallback: '404', notFoundBody });
      const ids = idsOf(60);
      const back = await completer.complete(ids, { refusedBefore: new Set(ids) });
      expect(Object.keys(back)).toHaveLength(60);
      expect(simulator.calls.count({})).toBeLessThanOrEqual(20);
    },
  );

  it('[W4] A callback is not completed before HubSpot can know it', async () => {
    const [id = ''] = GOOD;
    expect(await completer.complete([id], { ageMs: 4_999 })).toEqual({ [id]: 'not blocked yet' });
    expect(current().simulator.calls.count()).toBe(0);
  });

  it('[W4] A callback is completed after the three seconds in which HubSpot answers 204 and knows nothing', async () => {
    Object.assign(current().simulator.settings, { unknownCallback: 'silent', callbackKnownAfterMs: 3_000 });
    const ends = completer.block(GOOD);
    current().clock.advance(5_000);
    expect(await completer.complete(GOOD, { ageMs: 5_000 })).toEqual({});
    expect(ends.size).toBe(97);
  });

  it('[W4, D12] A callback of which HubSpot heard a second BLOCK is not completed before it can know that, by any clock', async () => {
    const [id = ''] = GOOD;
    // The clock of whoever noted it may be five seconds behind.
    await completer.workLog.noteBlocked(PORTAL_ID, [id]);
    current().clock.advance(9_999);
    expect(await completer.complete([id])).toEqual({ [id]: 'not blocked yet' });
    expect(current().simulator.calls.count()).toBe(0);
    const ends = completer.block([id]);
    current().clock.advance(1);
    expect(await completer.complete([id])).toEqual({});
    expect([...ends.keys()]).toEqual([id]);
  });

  it('[W4] No callback is completed while nobody can tell whether HubSpot heard a second BLOCK', async () => {
    completer.workLog.outage.fail(new StoreUnavailableError('away'));
    await expect(completer.complete(GOOD)).rejects.toThrow(StoreUnavailableError);
    expect(current().simulator.calls.count()).toBe(0);
  });

  it('[W4] A callback is requeued when HubSpot does not know it yet', async () => {
    const [id = ''] = GOOD;
    expect(await completer.complete([id], { ageMs: 5_000 })).toEqual({ [id]: 'not blocked yet' });
    expect(completer.count('unknown')).toBe(0);
  });
});

describe('Completions on an unreliable connection', () => {
  it.each([
    { kind: 'status', status: 503 },
    { kind: 'status', status: 502, body: '<html/>', contentType: 'text/html' },
    { kind: 'reset' },
  ] as const)('[H24] A completion is tried again after %j', async (fault) => {
    const ends = completer.block(idsOf(3));
    current().simulator.faults.script({ route: 'POST callbacks', times: 2, fault });
    expect(await completer.complete(idsOf(3))).toEqual({});
    expect(current().simulator.calls.count()).toBe(3);
    expect(ends.size).toBe(3);
  });

  it.each([2, 5, 97])(
    '[H24, W3] When the reply to a call with %i callbacks is lost, each of them is completed once',
    async (count) => {
      const ids = idsOf(count);
      const ends = completer.block(ids);
      current().simulator.faults.script({ route: 'POST callbacks', fault: { kind: 'resetAfterEffect' } });
      const later = Object.keys(await completer.complete(ids));
      expect([ends.size, later.length]).toEqual([count, Math.max(0, count - 5)]);
      expect(await completer.complete(later, { refusedBefore: new Set(later), isUrgent: true })).toEqual({});
      // The lost one, the one that HubSpot refuses, and one for each.
      expect(current().simulator.calls.count()).toBe(count + 2);
    },
  );

  it('[W3] A call whose reply was lost shortly before HubSpot stops waiting is searched at once', async () => {
    completer.block(GOOD);
    current().simulator.faults.script({ route: 'POST callbacks', fault: { kind: 'resetAfterEffect' } });
    expect(await completer.complete(GOOD, { ageMs: 47.6 * HOUR_MS })).toEqual({});
    expect(current().simulator.calls.count()).toBe(99);
  });

  it('[W3] A call that a limit delays has lost no reply, so what is requeued certainly waits', async () => {
    completer.block(GOOD);
    current().simulator.faults.script({ route: 'POST callbacks', fault: LIMIT });
    expect(new Set(Object.values(await completer.complete(GOOD)))).toEqual(new Set(['RATE_LIMITED']));
    expect(completer.countPending()).toBe(97);
  });

  it('[W3] A call that a limit delays after a failed try may have lost a reply', async () => {
    completer.block(GOOD);
    current().simulator.faults.script({ route: 'POST callbacks', fault: { kind: 'reset' } });
    current().simulator.faults.script({ route: 'POST callbacks', fault: LIMIT });
    expect(new Set(Object.values(await completer.complete(GOOD)))).toEqual(new Set(['RATE_LIMITED']));
    expect(completer.countPending()).toBe(0);
  });

  it('[W3] When the reply to a part of the callbacks is lost, the others are completed, whichever they are', async () => {
    Object.assign(current().simulator.settings, { completionPolicy: 'some' });
    const ends = completer.block(GOOD);
    current().simulator.faults.script({ route: 'POST callbacks', fault: { kind: 'resetAfterEffect' } });
    expect(await completer.complete(MIXED)).toEqual({});
    expect([...ends.keys()].sort()).toEqual(GOOD.toSorted());
  });

  it('[W3] When all replies to a worker are lost, the next worker completes each callback alone', async () => {
    const ends = completer.block(GOOD);
    current().simulator.state.blocked.complete(PORTAL, [{ callbackId: GOOD[5] ?? '', outputFields: {} }], 'each');
    expect(await completer.complete(GOOD, { isUrgent: true })).toEqual({});
    expect(ends.size).toBe(97);
  });

  it('[W3] A lost reply for one batch does not stop any other batch from being completed with one call', async () => {
    const ids = idsOf(100);
    const isLost = (id: string) => ids.indexOf(id) % 2 === 0;
    const ends = completer.block(ids.filter((id) => !isLost(id)));
    const settledAgoMs = (id: string) => (isLost(id) ? 60_000 : 50_000);
    const back = await completer.complete(ids, { isUrgent: true, settledAgoMs });
    expect([ends.size, Object.keys(back).length]).toEqual([50, 45]);
    // One for each batch, and five to see what became of the first.
    expect(current().simulator.calls.count()).toBe(7);
  });

  it('[H24] A connection that stays bad is an error, and says nothing about any callback', async () => {
    const ends = completer.block(idsOf(3));
    current().simulator.faults.script({ route: 'POST callbacks', times: 3, fault: { kind: 'status', status: 500 } });
    expect(Object.values(await completer.complete(idsOf(3)))).toEqual(Array(3).fill('HUBSPOT_UNAVAILABLE'));
    expect([ends.size, completer.count('unknown')]).toEqual([0, 0]);
    expect(await completer.complete(idsOf(3))).toEqual({});
  });
});

describe('What was completed before', () => {
  it('[Q1] A callback that was completed takes no call when its message comes again', async () => {
    completer.block(GOOD);
    await completer.complete(GOOD);
    const mark = current().simulator.calls.mark();
    expect(await completer.complete(GOOD, { isUrgent: true })).toEqual({});
    expect(current().simulator.calls.since(mark)).toEqual([]);
  });

  it('[Q1] A callback that another worker completed is left out of the refused call, and the others need one more', async () => {
    const ends = completer.block(GOOD);
    await makeAnother(completer).complete(GOOD.slice(3, 4));
    const mark = current().simulator.calls.mark();
    expect(await completer.complete(GOOD)).toEqual({});
    expect(ends.size).toBe(97);
    expect(
      current()
        .simulator.calls.since(mark)
        .map(({ status }) => status),
    ).toEqual([400, 204]);
  });

  it('A callback is tried again when the work log cannot say whether it was completed', async () => {
    completer.block(GOOD);
    await completer.complete(GOOD);
    jest.spyOn(completer.workLog, 'findCompleted').mockRejectedValue(new StoreUnavailableError('down'));
    const later = Object.keys(await completer.complete(GOOD, { isUrgent: true }));
    expect(await completer.complete(later, { refusedBefore: new Set(later), isUrgent: true })).toEqual({});
    expect(completer.count('unknown')).toBe(97);
  });

  /** Another worker, which shares the table. */
  function makeAnother({ workLog }: Completer): Completer {
    return makeCompleter(current(), workLog);
  }
});
