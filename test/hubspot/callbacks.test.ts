import { PORTAL, PORTAL_ID, useAdapters } from './adapters.ts';

const current = useAdapters();
const OUTPUTS = { outcome: 'ASSIGNED', hs_execution_state: 'SUCCESS' };

describe.each([
  ['one callback', ['ap-1']],
  ['several callbacks', ['ap-1', 'ap-2', 'ap-3']],
])('a call that is to complete %s', (_what, ids) => {
  const route = ids.length === 1 ? 'POST callback' : 'POST callbacks';
  const complete = () => {
    const { callbacks, deadlineEpochMs } = current();
    const completions = ids.map((callbackId) => ({ callbackId, outputFields: OUTPUTS }));
    return callbacks.complete(PORTAL_ID, completions, deadlineEpochMs);
  };

  beforeEach(() => {
    const { simulator, clock } = current();
    const wait = { portalId: PORTAL, expiresAtEpochMs: clock.now() + 3_600_000 };
    for (const callbackId of ids) void simulator.state.blocked.block({ ...wait, callbackId });
  });

  it('completes all of them at once, and is refused when they do not wait any more', async () => {
    expect(await complete()).toEqual({ kind: 'completed', isRepeat: false });
    expect(current().simulator.state.blocked.waiting()).toBe(0);
    expect(await complete()).toEqual({ kind: 'unknown', isRepeat: false });
    expect(current().simulator.calls.all()).toMatchObject([{ route }, { route }]);
  });

  it('[H24] completes them although a try failed', async () => {
    current().simulator.faults.script({ route, fault: { kind: 'status', status: 503 } });
    expect(await complete()).toEqual({ kind: 'completed', isRepeat: true });
    expect(current().simulator.calls.count()).toBe(2);
  });

  it.each(['resetAfterEffect', 'truncate'] as const)(
    '[W3] says that it was repeated when the reply to a try was lost (%s) and it was refused then',
    async (kind) => {
      current().simulator.faults.script({ route, fault: { kind } });
      expect(await complete()).toEqual({ kind: 'unknown', isRepeat: true });
      expect(current().simulator.state.blocked.waiting()).toBe(0);
    },
  );
});
