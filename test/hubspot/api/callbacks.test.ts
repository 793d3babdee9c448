import { toDeadline } from '../../../lib/domain/deadline.ts';
import { PORTAL, PORTAL_ID, useAdapters } from '../adapters.ts';

const current = useAdapters();
const LIMIT = {
  kind: 'status',
  status: 429,
  body: { errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' },
} as const;
const OUTPUTS = { outcome: 'ASSIGNED', hs_execution_state: 'SUCCESS' };

describe.each([
  ['one callback', ['ap-1']],
  ['several callbacks', ['ap-1', 'ap-2', 'ap-3']],
])('Completing %s', (_what, ids) => {
  const route = ids.length === 1 ? 'POST callback' : 'POST callbacks';
  const complete = () => {
    const { callbacks, deadline } = current();
    const completions = ids.map((callbackId) => ({ callbackId, outputFields: OUTPUTS }));
    return callbacks.complete(PORTAL_ID, completions, toDeadline(deadline));
  };

  beforeEach(() => {
    const { simulator, clock } = current();
    const wait = { portalId: PORTAL, expiresAtEpochMs: clock.now() + 3_600_000 };
    for (const callbackId of ids) void simulator.state.blocked.block({ ...wait, callbackId });
  });

  it('A completion completes all its callbacks at once, and is refused when they no longer wait', async () => {
    expect(await complete()).toEqual({ kind: 'answered', completed: new Set(ids), mayBeDone: false });
    expect(current().simulator.state.blocked.waiting()).toBe(0);
    expect(await complete()).toEqual({ kind: 'unknown', mayBeDone: false });
    expect(current().simulator.calls.all()).toMatchObject([{ route }, { route }]);
  });

  it('[H24] A completion succeeds although one try failed', async () => {
    current().simulator.faults.script({ route, fault: { kind: 'status', status: 503 } });
    expect(await complete()).toEqual({ kind: 'answered', completed: new Set(ids), mayBeDone: true });
    expect(current().simulator.calls.count()).toBe(2);
  });

  it.each(['resetAfterEffect', 'truncate'] as const)(
    '[W3] A completion reports that it was repeated when the reply to a try was lost (%s) and the retry was refused',
    async (kind) => {
      current().simulator.faults.script({ route, fault: { kind } });
      expect(await complete()).toEqual({ kind: 'unknown', mayBeDone: true });
      expect(current().simulator.state.blocked.waiting()).toBe(0);
    },
  );

  it('[W3] A completion before the limit allows it fails with a rate limit error and completes nothing', async () => {
    current().simulator.faults.script({ route, fault: LIMIT });
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await complete()).toMatchObject({
        kind: 'failed',
        cause: { code: 'RATE_LIMITED' },
        mayBeDone: false,
      });
    }
    expect([current().simulator.state.blocked.waiting(), current().simulator.calls.count()]).toEqual([ids.length, 1]);
  });

  it('[W3] A completion fails when the limit refuses it after a try that may have succeeded', async () => {
    const { faults, state } = current().simulator;
    faults.script({ route, fault: { kind: 'resetAfterEffect' } });
    faults.script({ route, fault: LIMIT });
    expect(await complete()).toMatchObject({ kind: 'failed', cause: { code: 'RATE_LIMITED' }, mayBeDone: true });
    expect(state.blocked.waiting()).toBe(0);
  });
});
