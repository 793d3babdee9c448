import type { Fault } from '../../local/simulator/fault.ts';
import type { RouteName } from '../../local/simulator/routes/route-name.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { addRecord, readRecordProperty } from '../../local/simulator/seed-records.ts';
import { findClosedPort, httpAnswer, startRawServer } from '../hubspot/raw-server.ts';
import {
  ASSIGNED,
  COME_BACK,
  CONTRACT_BROKEN,
  countMetric,
  enroll,
  JANE,
  seedCachedOwner,
} from '../support/enrollment.ts';
import { CAPTURED_LINES } from '../support/log-guard.ts';
import { PORTAL } from '../support/service.ts';
import { useService } from '../support/use-service.ts';

let detours: (string | Error)[] = [];
const service = useService({
  world: {
    // No call that hangs ends by it within a test.
    hubspotTryTimeoutMs: 600_000,
    /** Sends the next calls elsewhere, as a broken network would. */
    fetch: async (input, init) => {
      const base = detours.shift();
      if (base instanceof Error) throw new TypeError('fetch failed', { cause: base });
      return fetch(base === undefined ? input : String(input).replace(/^https?:\/\/[^/]+/, base), init);
    },
  },
});

beforeEach(() => {
  detours = [];
});

const script = (fault: Fault, times = 1, route: RouteName = 'PATCH object') =>
  service().simulator.faults.script({ route, times, fault });
const lastFault = () => CAPTURED_LINES.findLast((line) => line.includes('"request failed"'));

describe('Failures of HubSpot', () => {
  it.each([500, 502, 503, 504, 521, 523, 524])(
    '[H14] Two HTML answers with status %d are retried twice',
    async (status) => {
      const owner = await seedCachedOwner(service());
      script({ kind: 'status', status, body: '<html><body>Sorry</body></html>' }, 2);
      const answer = await enroll(service());
      expect(answer).toMatchObject({ ...ASSIGNED, calls: 3 });
      expect(answer.waitedMs).toBe(100 + 200);
      expect(answer.ownerId()).toBe(owner.id);
    },
  );

  it.each([500, 502, 503, 504, 521, 523, 524])(
    '[H14] A third answer with status %d is left to a retry by HubSpot',
    async (status) => {
      await seedCachedOwner(service());
      script({ kind: 'status', status, body: '<html><body>Sorry</body></html>' }, 3);
      const answer = await enroll(service());
      expect(answer).toMatchObject({ ...COME_BACK, calls: 3 });
      expect(answer.ownerId()).toBe('');
      expect(lastFault()).toContain(`"fault":"http_${status}"`);
    },
  );

  it.each([522, 525, 526])(
    '[H14] One answer with status %d is left to a retry by HubSpot, without quick retries',
    async (status) => {
      await seedCachedOwner(service());
      script({ kind: 'status', status });
      expect(await enroll(service())).toMatchObject({ ...COME_BACK, calls: 1 });
      expect(await enroll(service())).toMatchObject({ ...COME_BACK, calls: 0 });
    },
  );

  it('[H14] Retries stay inside the time of the function', async () => {
    await seedCachedOwner(service());
    script({ kind: 'status', status: 502 }, 2);
    // 200 ms of work: the wait of 100 ms fits, the next one of 200 ms does not.
    const answer = await enroll(service(), { remainingMs: 700 });
    expect(answer).toMatchObject({ ...COME_BACK, calls: 2, waitedMs: 100 });
  });

  it('[H14] Failures of a lookup are retried too', async () => {
    addActiveOwner(service().simulator.state, PORTAL, { email: JANE });
    script({ kind: 'status', status: 503 }, 2, 'GET owners');
    expect(await enroll(service())).toMatchObject(ASSIGNED);
  });
});

describe('Failures of the network', () => {
  it.each<[string, Fault, string]>([
    ['[H15] a reset connection', { kind: 'reset' }, 'connection_reset'],
    ['[H17] a cut body', { kind: 'truncate' }, 'connection_reset'],
    ['[H21] a reply that is lost after the effect', { kind: 'resetAfterEffect' }, 'connection_reset'],
    ['[H17] a body that is no JSON', { kind: 'status', status: 200, body: '{"id":"1","proper' }, 'not_json'],
  ])('A call is sent again, at most twice, after this fault: %s', async (_title, fault, word) => {
    const owner = await seedCachedOwner(service());
    script(fault, 2);
    const mended = await enroll(service());
    expect(mended).toMatchObject({ ...ASSIGNED, calls: 3 });
    expect(mended.ownerId()).toBe(owner.id);

    script(fault, 3);
    expect(await enroll(service())).toMatchObject({ ...COME_BACK, calls: 3 });
    expect(lastFault()).toContain(`"fault":"${word}"`);
  });

  it('[H15] Every way in which a connection fails has its own code and is retried', async () => {
    const closed = `http://127.0.0.1:${await findClosedPort()}`;
    const plain = await startRawServer((socket) => socket.end(httpAnswer(400, '{}')));
    const halfClosing = await startRawServer((socket) => socket.end('HTTP/1.1 200 OK\r\n'));
    await seedCachedOwner(service());
    const waysOut = [
      [closed, 'connection_refused'],
      [Object.assign(new Error('getaddrinfo'), { code: 'EAI_AGAIN' }), 'dns'],
      [plain.url.replace('http:', 'https:'), 'tls'],
      [halfClosing.url, 'connection_reset'],
    ] as const;
    for (const [base, word] of waysOut) {
      detours = [base, base];
      expect(await enroll(service())).toMatchObject({ ...ASSIGNED, calls: 1 });
      detours = [base, base, base];
      expect(await enroll(service())).toMatchObject({ ...COME_BACK, calls: 0 });
      expect(lastFault()).toContain(`"fault":"${word}"`);
    }
  });

  it('[H16] Silence ends before the timeout of a try when the function has less time left', async () => {
    await seedCachedOwner(service());
    script({ kind: 'hang' });
    // 50 ms of work, and the wait before a second try would end later.
    expect(await enroll(service(), { remainingMs: 550 })).toMatchObject({ ...COME_BACK, calls: 1 });
  });

  it('[H21] A write whose replies are all lost gets its true result when HubSpot retries it', async () => {
    const owner = await seedCachedOwner(service());
    const callbackId = 'ap-lost-1';
    script({ kind: 'resetAfterEffect' }, 3);
    const lost = await enroll(service(), { callbackId });
    expect(lost).toMatchObject(COME_BACK);
    expect(lost.ownerId()).toBe(owner.id);
    const again = await enroll(service(), { callbackId, objectId: lost.objectId });
    expect(again.outputs).toMatchObject({ ownerId: owner.id, hs_execution_state: 'SUCCESS', errorCode: '' });
  });
});

describe('Replies of a wrong shape or size', () => {
  it.each([[{}], [null], [[]], [{ id: '1', properties: 5 }], [{ id: '1', properties: { hubspot_owner_id: '999' } }]])(
    '[H18] The reply %j does not confirm a write, and the operator sees it',
    async (body) => {
      await seedCachedOwner(service());
      script({ kind: 'json', body });
      expect(await enroll(service())).toMatchObject({ ...CONTRACT_BROKEN, calls: 1 });
      expect(countMetric(service(), 'HubSpotContractBroken')).toBe(1);
      expect(countMetric(service(), 'UnexpectedError')).toBe(0);
    },
  );

  it.each([
    [{}],
    [null],
    [{ results: 5 }],
    [{ results: {} }],
    [{ results: [{ id: '1' }] }],
    [{ results: [], paging: 5 }],
  ])('[H18] The reply %j is not used as a listing, and nothing of it is remembered', async (body) => {
    addActiveOwner(service().simulator.state, PORTAL, { email: JANE });
    script({ kind: 'json', body }, 1, 'GET owners');
    expect(await enroll(service())).toMatchObject({ ...CONTRACT_BROKEN, calls: 1 });
    expect(countMetric(service(), 'UnexpectedError')).toBe(0);
    expect(await enroll(service())).toMatchObject(ASSIGNED);
  });

  it('[H18] A body above 5 MB is given up at once', async () => {
    addActiveOwner(service().simulator.state, PORTAL, { email: JANE });
    script({ kind: 'huge', bytes: 6 * 1024 * 1024 }, 1, 'GET owners');
    expect(await enroll(service())).toMatchObject({ ...COME_BACK, calls: 1 });
    expect(lastFault()).toContain('"fault":"body_too_large"');
  });
});

describe('Redirects', () => {
  it.each([301, 302, 307, 308] as const)(
    '[H22] A redirect with %d to another host is not followed, and that host gets nothing',
    async (status) => {
      const other = await startRawServer((socket) => socket.end(httpAnswer(200, '{"id":"1","properties":{}}')));
      await seedCachedOwner(service());
      script({ kind: 'redirect', status, location: `${other.url}/crm/objects/2026-09/0-1/1` });
      const answer = await enroll(service());
      expect(answer).toMatchObject({ ...COME_BACK, calls: 1 });
      expect(lastFault()).toContain('"fault":"redirect"');
      expect(other.connections()).toBe(0);
      expect(other.received()).toBe('');
    },
  );

  it('[H22] Redirects of a lookup are not followed either, not even to HubSpot itself', async () => {
    const record = addRecord(service().simulator.state, PORTAL, { typeId: '0-1' });
    script({ kind: 'redirect', location: `${service().simulator.url}/crm/owners/2026-09` }, 1, 'GET owners');
    expect(await enroll(service(), { objectId: record.id })).toMatchObject({ ...COME_BACK, calls: 1 });
    expect(readRecordProperty(service().simulator.state, PORTAL, '0-1', record.id, 'hubspot_owner_id')).toBe('');
  });
});
