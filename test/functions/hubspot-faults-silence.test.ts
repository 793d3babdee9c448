import { startRawServer } from '../hubspot/raw-server.ts';
import { ASSIGNED, COME_BACK, enroll, seedCachedOwner } from '../support/enrollment.ts';
import { CAPTURED_LINES } from '../support/log-guard.ts';
import { useService } from '../support/use-service.ts';

/** Time really passes here: the transport's time-out is the one clock that no test can turn. */
const TRY_TIMEOUT_MS = 200;
let detour: string | undefined;
const service = useService({
  world: {
    hubspotTryTimeoutMs: TRY_TIMEOUT_MS,
    /** Sends the next call elsewhere. */
    fetch: (input, init) => {
      const base = detour;
      detour = undefined;
      return fetch(base === undefined ? input : String(input).replace(/^https?:\/\/[^/]+/, base), init);
    },
  },
});

const beSilent = (times: number) =>
  service().simulator.faults.script({ route: 'PATCH object', times, fault: { kind: 'hang' } });

describe('Silence of HubSpot', () => {
  it('[H16] Silence ends a try with its own timeout, and the call is sent again', async () => {
    const owner = await seedCachedOwner(service());
    beSilent(1);
    const start = performance.now();
    const answer = await enroll(service());
    expect(performance.now() - start).toBeGreaterThanOrEqual(TRY_TIMEOUT_MS - 5);
    expect(answer).toMatchObject({ ...ASSIGNED, calls: 2 });
    expect(answer.ownerId()).toBe(owner.id);
  });

  it('[H16] Silence during three tries makes HubSpot retry the execution', async () => {
    await seedCachedOwner(service());
    beSilent(3);
    const start = performance.now();
    expect(await enroll(service())).toMatchObject({ ...COME_BACK, calls: 3 });
    expect(performance.now() - start).toBeGreaterThanOrEqual(3 * (TRY_TIMEOUT_MS - 5));
    const line = CAPTURED_LINES.findLast((each) => each.includes('"request failed"'));
    expect(line).toContain('"fault":"timeout"');
  });

  it('[H17] Silence in the middle of a body with a longer promised length ends the try too', async () => {
    await seedCachedOwner(service());
    // The first call of a container asks whose its token is.
    await enroll(service());
    const liar = await startRawServer((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"id":'));
    detour = liar.url;
    expect(await enroll(service())).toMatchObject({ ...ASSIGNED, calls: 1 });
    expect(liar.received().match(/PATCH /g)).toHaveLength(1);
  });
});
