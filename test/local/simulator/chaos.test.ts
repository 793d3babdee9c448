import { type ChaosKind, type ChaosPlan, createChaos } from '../../../local/simulator/chaos.ts';
import { addRecord } from '../../../local/simulator/seed-records.ts';
import { PORTAL_ID, useSimulator } from './use-simulator.ts';

const OWNERS = '/crm/owners/2026-09';
const running = useSimulator();

const faultsOf = (plan: ChaosPlan, calls: number) => {
  const chaos = createChaos(plan);
  return { faults: Array.from({ length: calls }, () => chaos.take('PATCH object')), chaos };
};

it('Chaos treats the same sequence of calls alike, and differently with another seed', () => {
  const shares = { status5xx: 0.2, reset: 0.1, delay: 0.3 };
  const first = faultsOf({ seed: 7, shares }, 200).faults;
  expect(faultsOf({ seed: 7, shares }, 200).faults).toEqual(first);
  expect(faultsOf({ seed: 8, shares }, 200).faults).not.toEqual(first);
});

it('Chaos hits about the given shares of the calls, and counts them', () => {
  const shares = {
    status5xx: 0.1,
    status429: 0.1,
    reset: 0.05,
    resetAfterEffect: 0.05,
    truncate: 0.05,
    delay: 0.05,
    hang: 0.02,
  };
  const { chaos, faults } = faultsOf({ seed: 1, shares }, 20_000);
  const counts = chaos.counts();
  for (const [kind, share] of Object.entries(shares)) {
    const hit = counts[kind as ChaosKind] / 20_000;
    expect(Math.abs(hit - share)).toBeLessThan(0.01);
  }
  expect(chaos.calls()).toBe(20_000);
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(
    faults.filter((fault) => fault !== undefined).length,
  );
});

it.each(['status5xx', 'status429', 'reset', 'resetAfterEffect', 'truncate', 'delay', 'hang'] as const)(
  'Chaos hits every call with %s when its share is 1',
  (kind) => {
    const { faults } = faultsOf({ seed: 3, shares: { [kind]: 1 } }, 50);
    const expected = kind.startsWith('status') ? 'status' : kind;
    expect(faults.map((fault) => fault?.kind)).toEqual(faults.map(() => expected));
  },
);

it('Chaos fails with every 5xx of an edge, as HTML and as JSON, and waits no longer than allowed', () => {
  const failures = faultsOf({ seed: 3, shares: { status5xx: 1 } }, 200).faults;
  const seen = failures.flatMap((fault) => (fault?.kind === 'status' ? [`${fault.status} ${typeof fault.body}`] : []));
  expect([...new Set(seen)].sort()).toEqual(
    [500, 502, 503, 504].flatMap((status) => [`${status} object`, `${status} string`]),
  );
  const delays = faultsOf({ seed: 3, shares: { delay: 1 }, maxDelayMs: 40 }, 200).faults;
  const waits = delays.flatMap((fault) => (fault?.kind === 'delay' ? [fault.ms] : []));
  expect(Math.max(...waits)).toBeLessThanOrEqual(40);
  expect(Math.min(...waits)).toBeGreaterThan(0);
});

it.each([
  ['a share under 0', { reset: -0.1 }],
  ['a share over 1', { reset: 1.1 }],
  ['no number', { reset: Number.NaN }],
  ['more than 1 together', { reset: 0.6, truncate: 0.5 }],
])('Chaos refuses %s', (_, shares) => {
  expect(() => createChaos({ seed: 1, shares })).toThrow(RangeError);
});

it('Chaos accepts tenths that sum to 1', () => {
  const tenths = { status5xx: 0.1, reset: 0.2, truncate: 0.3, delay: 0.4 };
  expect(faultsOf({ seed: 1, shares: tenths }, 500).faults).not.toContain(undefined);
});

it('Chaos leaves other routes alone, and ends when it is cleared', async () => {
  const { simulator, call, patch } = running();
  const { id } = addRecord(simulator.state, PORTAL_ID, { typeId: '0-1' });
  const path = `/crm/objects/2026-09/0-1/${id}`;
  const chaos = simulator.faults.chaos({ seed: 1, shares: { status5xx: 1 }, routes: ['PATCH object'] });
  expect((await call(OWNERS)).status).toBe(200);
  expect((await patch(path, { firstname: 'Ada' })).status).toBeGreaterThanOrEqual(500);
  expect(chaos.calls()).toBe(1);
  simulator.faults.clear();
  expect((await patch(path, { firstname: 'Ada' })).status).toBe(200);
  expect(chaos.counts()).toMatchObject({ status5xx: 1 });
});

it('A scripted fault comes before chaos', async () => {
  const { simulator, call } = running();
  const chaos = simulator.faults.chaos({ seed: 1, shares: { status5xx: 1 } });
  simulator.faults.script({ route: 'GET owners', fault: { kind: 'status', status: 418, body: {} } });
  expect((await call(OWNERS)).status).toBe(418);
  expect(chaos.calls()).toBe(0);
  expect((await call(OWNERS)).status).toBeGreaterThanOrEqual(500);
});
