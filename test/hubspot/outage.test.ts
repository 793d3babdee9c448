import { toDeadline } from '../../lib/domain/deadline.ts';
import { createPortalClient, type SendForPortal } from '../../lib/hubspot/client.ts';
import type { TransportResult } from '../../lib/hubspot/transport.ts';
import type { FakeBudgetRows } from '../fakes/rate-limit.ts';
import { type FakeClock, makeClock } from '../support/clock.ts';
import { makeTelemetry } from '../support/recording-telemetry.ts';
import { fault, makeTokens, portalId, REQUEST, reply } from './gateway.ts';
import { INTERACTIVE, makeDesk } from './permit-desk.ts';

const [A, B] = [portalId(1), portalId(2)];
const HOUR_MS = 3_600_000;
const GOOD = reply(200, { done: true });

type Told = { readonly atMs: number; readonly code: string };

/** Containers that share a table and a HubSpot, which is away for portal A in the first hour. */
function startOutage(containers: number, failure: TransportResult) {
  const clock = makeClock();
  const startedAt = clock.now();
  const rows: FakeBudgetRows = new Map();
  const calls: number[] = [];
  const telemetry = makeTelemetry();
  const isAway = () => clock.now() - startedAt < HOUR_MS;
  const clients = Array.from({ length: containers }, () => makeContainer(clock, rows));

  function makeContainer(theClock: FakeClock, theRows: FakeBudgetRows): SendForPortal {
    return createPortalClient({
      transport: async ({ url }) => {
        if (!url.endsWith('/A')) return GOOD;
        calls.push(clock.now() - startedAt);
        return isAway() ? failure : GOOD;
      },
      tokens: makeTokens(),
      rateLimiter: makeDesk({ clock: theClock, rows: theRows, policy: INTERACTIVE }).permits,
      now: theClock.now,
      sleep: theClock.sleep,
      random: () => 0,
      metrics: telemetry.metrics,
      log: telemetry.log,
    });
  }

  async function send(index: number, portal = A): Promise<Told> {
    const client = clients[index % clients.length];
    const url = `https://api.example.com/${portal === A ? 'A' : 'B'}`;
    const sent = client?.(portal, { ...REQUEST, url }, toDeadline(clock.now() + 8_000));
    const code = await sent?.then(
      () => 'ok',
      (error: { code: string }) => error.code,
    );
    return { atMs: clock.now() - startedAt, code: code ?? 'nobody' };
  }

  /** One execution a second, by the containers in turn, for so long. */
  async function run(ms: number, portal = A): Promise<Told[]> {
    const told: Told[] = [];
    for (const endAt = clock.now() + ms; clock.now() < endAt; clock.advance(1_000)) {
      told.push(await send(told.length, portal));
    }
    return told;
  }

  const opened = () => telemetry.counted.filter(({ name }) => name === 'BreakerOpened').length;
  return { clock, calls, run, send, opened };
}

describe.each([
  ['is answered with 503', reply(503)],
  ['runs into silence', fault('timeout')],
])('An hour in which every call %s', (_how, failure) => {
  it.each([
    [1, 150],
    [10, 250],
  ])(
    '[H26] During an outage, %i containers make at most %i calls, and the account is served within a minute after it',
    async (...given) => {
      const [containers, mostCalls] = given;
      const outage = startOutage(containers, failure);

      const during = await outage.run(HOUR_MS);
      expect(new Set(during.map(({ code }) => code))).toEqual(new Set(['HUBSPOT_UNAVAILABLE']));
      expect(outage.calls.length).toBeLessThanOrEqual(mostCalls);
      expect(outage.opened()).toBeGreaterThan(50);

      const after = await outage.run(180_000);
      const firstGood = after.find(({ code }) => code === 'ok');
      expect(firstGood?.atMs).toBeLessThanOrEqual(HOUR_MS + 60_000);
      const served = after.filter(({ atMs }) => atMs > HOUR_MS + 60_000);
      expect(new Set(served.map(({ code }) => code))).toEqual(new Set(['ok']));
    },
  );
});

it('[H26] An outage of one account does not affect another account', async () => {
  const outage = startOutage(2, reply(503));
  await outage.run(60_000);
  const told = await outage.run(60_000, B);
  expect(new Set(told.map(({ code }) => code))).toEqual(new Set(['ok']));
});

it('[H26] After one container finds HubSpot away, containers that have not failed themselves stop calling too', async () => {
  const outage = startOutage(2, reply(503));
  for (let call = 0; call < 5; call += 1) await outage.send(0);
  const before = outage.calls.length;
  await expect(outage.send(1)).resolves.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE' });
  expect(outage.calls).toHaveLength(before);
});

it('[H11] A 429 in one container stops all containers, for as long as HubSpot says and for that account only', async () => {
  const outage = startOutage(2, reply(429, { policyName: 'TEN_SECONDLY_ROLLING' }, { 'retry-after': '3' }));
  await expect(outage.send(0)).resolves.toMatchObject({ code: 'RATE_LIMITED' });
  await expect(outage.send(1)).resolves.toMatchObject({ code: 'RATE_LIMITED' });
  expect(outage.calls).toHaveLength(1);
  await expect(outage.send(1, B)).resolves.toMatchObject({ code: 'ok' });
  outage.clock.advance(2_999);
  await expect(outage.send(1)).resolves.toMatchObject({ code: 'RATE_LIMITED' });
  expect(outage.calls).toHaveLength(1);
  outage.clock.advance(1);
  await outage.send(1);
  expect(outage.calls).toHaveLength(2);
});
