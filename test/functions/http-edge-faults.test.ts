import { createHandler as createFindHandler } from '../../functions/find-owner-by-email.ts';
import { createHandler as createSetHandler } from '../../functions/set-owner-by-email.ts';
import { StoreUnavailableError } from '../../lib/domain/errors.ts';
import type { ExecutionLedger } from '../../lib/ports/executions.ts';
import type { CrmRecords, OwnersApi } from '../../lib/ports/hubspot.ts';
import type { OwnerCache } from '../../lib/ports/store.ts';
import type { FindOwnerRuntime } from '../../lib/runtime/action-runtime.ts';
import type { SetOwnerRuntime } from '../../lib/runtime/set-owner-runtime.ts';
import { createFindOwner } from '../../lib/use-cases/executions/find-owner.ts';
import { createOwnerResolver } from '../../lib/use-cases/executions/resolve-owner.ts';
import { createRunOnce } from '../../lib/use-cases/executions/run-once.ts';
import { createSetOwner } from '../../lib/use-cases/executions/set-owner.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { addRecord } from '../../local/simulator/seed-records.ts';
import { createFakeSignatureMemory } from '../fakes/signature-versions.ts';
import { createFakeWorkLog } from '../fakes/work-log.ts';
import { makeClock } from '../support/clock.ts';
import { BASE_URL, CLIENT_SECRET, makeContext, makeEvent } from '../support/http-events.ts';
import { makeExecution } from '../support/offline-service.ts';
import { makeTelemetry } from '../support/recording-telemetry.ts';
import { PORTAL, startService } from '../support/service.ts';

/** A mistake that quotes everything it can lay hands on. */
const MISTAKE = 'jane@example.com has token pat-test-1, secret secret-test-1 and Bearer x';

type Ports = { cache: OwnerCache; ownersApi: OwnersApi; records: CrmRecords; ledger: ExecutionLedger };

function makePorts(): Ports {
  return {
    cache: {
      findByEmail: async () => undefined,
      findByOwnerId: async () => undefined,
      findStoredOwner: async () => undefined,
      findByUserId: async () => undefined,
      findByUserRecordId: async () => undefined,
      rememberEmail: async () => {},
      rememberOwner: async () => {},
    },
    ownersApi: {
      listByEmail: async (_portalId, email) => [
        { id: '75001', type: 'PERSON', archived: false, email, firstName: '', lastName: '', teams: [] } as never,
      ],
      findById: async () => undefined,
      findByUserId: async () => undefined,
    },
    records: {
      writeOwner: async () => ({ kind: 'written' }),
      readOwner: async () => ({ kind: 'read', value: '75002', changedAtEpochMs: 0, updatedAtEpochMs: 0 }),
    },
    ledger: {
      begin: async () => ({ kind: 'started', firstSeenAtEpochMs: 0, isFirstDelivery: true }),
      complete: async (_key, _writer, _hash, result) => result,
      leaveToQueue: async () => undefined,
      release: async () => {},
      forget: async () => {},
    },
  };
}

function makeHandlers({ cache, ownersApi, records, ledger }: Ports) {
  const { now, sleep } = makeClock();
  const telemetry = makeTelemetry();
  const { log, metrics } = telemetry;
  const resolver = createOwnerResolver({ cache, ownersApi, now, ownerMaxAgeMs: 1_000, metrics });
  const workLog = createFakeWorkLog(now);
  const setOwner = createSetOwner({
    resolver,
    records,
    workLog,
    checkOwnerProperty: async () => undefined,
    now,
    log,
  });
  const runtime: FindOwnerRuntime & SetOwnerRuntime = {
    signaturePolicy: { publicBaseUrl: BASE_URL, secrets: { current: CLIENT_SECRET }, allowSignatureV2: false },
    now,
    signatures: createFakeSignatureMemory(),
    countOutcome: async () => undefined,
    findKnownOwner: cache.findByOwnerId,
    installUrl: '',
    findOwner: createFindOwner(resolver),
    setOwner: ({ command }, deadline) => setOwner(command, deadline),
    runOnce: createRunOnce({ ledger, workLog, now, sleep, newId: () => 'writer-1', metrics, log }),
  };
  const start = async () => runtime;
  return { telemetry, now, set: createSetHandler(telemetry, start), find: createFindHandler(telemetry, start) };
}

const INPUTS = { ownerEmail: 'jane@example.com', overwrite: 'IF_OWNER_INACTIVE' };

async function run(action: 'set' | 'find', ports: Ports, inputFields: object = INPUTS) {
  const handlers = makeHandlers(ports);
  const body = JSON.stringify(makeExecution({ object: { objectId: 501, objectType: 'CONTACT' }, inputFields }));
  const event = makeEvent({ route: `/actions/${action}-owner-by-email`, body, nowEpochMs: handlers.now() });
  const { statusCode, headers, body: text } = await handlers[action](event, makeContext());
  return { statusCode, headers, text, counted: handlers.telemetry.counted };
}

describe('Programming mistakes', () => {
  it.each(['set', 'find'] as const)('[E13] Without a mistake, the action %s answers 200', async (action) => {
    expect((await run(action, makePorts())).statusCode).toBe(200);
  });

  it.each<['set' | 'find', keyof Ports, string, object]>([
    ['set', 'cache', 'findByEmail', INPUTS],
    ['set', 'cache', 'findByOwnerId', INPUTS],
    ['set', 'cache', 'findByUserId', { ownerEmail: '901' }],
    ['set', 'cache', 'rememberEmail', INPUTS],
    ['set', 'cache', 'rememberOwner', INPUTS],
    ['set', 'ownersApi', 'listByEmail', INPUTS],
    ['set', 'ownersApi', 'findById', INPUTS],
    ['set', 'records', 'readOwner', INPUTS],
    ['set', 'records', 'writeOwner', INPUTS],
    ['set', 'ledger', 'begin', INPUTS],
    ['set', 'ledger', 'complete', INPUTS],
    ['find', 'cache', 'findByEmail', INPUTS],
    ['find', 'cache', 'findByOwnerId', INPUTS],
    ['find', 'ownersApi', 'listByEmail', INPUTS],
  ])(
    '[E13] In the action %s, a mistake in %s.%s gives a plain 500 that is counted and reveals nothing',
    async (action, port, method, inputs) => {
      for (const thrown of [new TypeError(MISTAKE), MISTAKE, null]) {
        const ports = makePorts();
        Object.assign(ports[port], { [method]: () => Promise.reject(thrown) });
        const { statusCode, headers, text, counted } = await run(action, ports, inputs);
        expect(statusCode).toBe(500);
        expect(headers['content-type']).toMatch(/^application\/json/);
        expect(JSON.parse(text)).toEqual({
          status: 'error',
          code: 'INTERNAL_ERROR',
          message: 'Something went wrong on our side',
          correlationId: 'request-1',
        });
        expect(counted.filter(({ name }) => name === 'UnexpectedError')).toHaveLength(1);
      }
    },
  );

  it('[E13] A mistake in ledger.release after another fault gives a plain 500 too', async () => {
    const ports = makePorts();
    ports.records.writeOwner = () => Promise.reject(new StoreUnavailableError('the table could not be used'));
    expect((await run('set', ports)).statusCode).toBe(503);
    ports.ledger.release = () => Promise.reject(new TypeError(MISTAKE));
    expect((await run('set', ports)).statusCode).toBe(500);
  });
});

describe("The end of the function's time", () => {
  // Nothing but the function's own time ends a call within this test's.
  const world = { now: Date.now, hubspotTryTimeoutMs: 600_000 };

  it.each([
    ['owners', 'GET owners'],
    ['object API', 'PATCH object'],
  ] as const)(
    '[E12] When the HubSpot route for %s hangs, the answer 503 comes before the function is stopped',
    async (_name, route) => {
      const service = await startService({ world });
      addActiveOwner(service.simulator.state, PORTAL, { email: 'jane@example.com' });
      const { id } = addRecord(service.simulator.state, PORTAL, { typeId: '0-1' });
      service.simulator.faults.script({ route, times: 9, fault: { kind: 'hang' } });
      const body = JSON.stringify(makeExecution({ object: { objectId: id, objectType: 'CONTACT' } }));

      const startedAt = Date.now();
      const answer = await service.send(makeEvent({ body, nowEpochMs: startedAt }), { remainingMs: 700 });
      const tookMs = Date.now() - startedAt;
      await service.close();

      expect(answer).toMatchObject({ status: 503, body: { code: 'HUBSPOT_UNAVAILABLE', correlationId: 'request-1' } });
      expect(tookMs).toBeGreaterThanOrEqual(190);
    },
  );

  it('[E12] HubSpot is not called when less time is left than an answer needs', async () => {
    const service = await startService();
    const { id } = addRecord(service.simulator.state, PORTAL, { typeId: '0-1' });
    const answer = await service.execute({
      objectId: id,
      inputFields: { ownerEmail: 'jane@example.com' },
      remainingMs: 500,
    });
    expect(answer.status).toBe(503);
    expect(service.simulator.calls.count()).toBe(0);
    await service.close();
  });

  it.each([
    [10_000, 8_000],
    [60_000, 8_000],
    [8_500, 8_000],
    [8_499, 7_999],
    [2_000, 1_500],
  ])('[E12] With %d ms left, the work may take %d ms', async (remainingMs, budgetMs) => {
    const ports = makePorts();
    const list = jest.spyOn(ports.ownersApi, 'listByEmail');
    const { set, now } = makeHandlers(ports);
    await set(makeEvent({ body: JSON.stringify(makeExecution()), nowEpochMs: now() }), makeContext(remainingMs));
    expect(list.mock.calls[0]?.[3]).toBe(now() + budgetMs);
  });
});
