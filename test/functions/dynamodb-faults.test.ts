import type { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { createHandler as createRefreshHandler } from '../../functions/refresh-owners.ts';
import { toSyncMessage } from '../../lib/queue/sync-queue.ts';
import { createSyncRuntime } from '../../lib/runtime/sync-runtime.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { PORTAL_A } from '../builders/ids.ts';
import { type FaultyLine, PASSING_FAULTS, startFaultyLine } from '../store/dynamodb-faulty-line.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { ASSIGNED, countMetric, enroll, JANE, seedCachedOwner } from '../support/enrollment.ts';
import { makeContext } from '../support/http-events.ts';
import { CAPTURED_LINES } from '../support/log-guard.ts';
import { PORTAL, type Service, type ServiceOptions, startService } from '../support/service.ts';

const COME_BACK = { status: 503, body: { status: 'error', code: 'STORE_UNAVAILABLE' }, outputs: {} };

describe.each(ENGINES)('A service whose table fails on $name', ({ makeTable }) => {
  let line: FaultyLine;
  let service: Service;

  const start = async (config: ServiceOptions['config'] = {}) =>
    startService({ world: { table: line.table.client }, config: { tableName: line.table.tableName, ...config } });

  beforeEach(async () => {
    line = await startFaultyLine(await makeTable());
    service = await start();
  });

  afterEach(async () => {
    await service.close();
    await line.close();
  });

  it.each(PASSING_FAULTS)('[D1, D2] HubSpot is asked when the cache meets "%s" twice', async (fault) => {
    const jane = await seedCachedOwner(service);
    line.forget();
    line.script('GetItem', fault, 2);
    // Otherwise the permits of the look-up above stand in the way, and one engine is read to see by how much.
    service.clock.advance(1_000);

    const answer = await enroll(await service.restart());

    expect(answer).toMatchObject(ASSIGNED);
    expect(answer.outputs).toMatchObject({ ownerId: jane.id, ownerName: 'Jane Doe', resolvedFrom: 'LIVE' });
    expect(line.tries('GetItem')).toBe(2);
    expect((await enroll(await service.restart())).outputs.resolvedFrom).toBe('CACHE');
  });

  it.each(PASSING_FAULTS)('[D1, D2] The cache answers when it meets "%s" once', async (fault) => {
    const jane = await seedCachedOwner(service);
    line.script('GetItem', fault, 1);
    const answer = await enroll(await service.restart());
    expect(answer.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id, resolvedFrom: 'CACHE' });
    expect(answer.calls).toBe(1);
  });

  it.each(PASSING_FAULTS)(
    '[D1, D2] Nothing is written and the answer is 503 when the ledger meets "%s" twice',
    async (fault) => {
      const jane = await seedCachedOwner(service);
      // What a new container writes of its own is behind it then.
      await enroll(service);
      line.forget();
      line.script('PutItem', fault, 2);
      const execution = { callbackId: `ap-${PORTAL}-1-7-0` };

      const refused = await enroll(service, execution);

      expect(refused).toMatchObject({ ...COME_BACK, calls: 0 });
      expect(refused.ownerId()).toBe('');
      expect(line.tries('PutItem')).toBe(2);
      expect(countMetric(service, 'StoreUnavailable')).toBe(1);
      const delivered = await enroll(service, { ...execution, objectId: refused.objectId });
      expect(delivered).toMatchObject(ASSIGNED);
      expect(delivered.ownerId()).toBe(jane.id);
    },
  );

  it('[D1, D2] The result is returned although the ledger could not store it', async () => {
    const jane = await seedCachedOwner(service);
    const { client } = line.table;
    const real = client.send.bind(client);
    const send = jest.spyOn(client, 'send').mockImplementation((async (command: UpdateItemCommand) => {
      const values = command.input.ExpressionAttributeValues ?? {};
      if (':result' in values) throw new Error('away');
      return real(command);
    }) as never);
    const answer = await enroll(service);
    send.mockRestore();
    expect(answer).toMatchObject(ASSIGNED);
    expect(answer.ownerId()).toBe(jane.id);
  });

  describe.each([
    ['is missing', async () => start({ tableName: 'no-such-table' })],
    [
      'may not be used',
      async () => {
        for (const operation of ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query']) {
          line.script(operation, 'accessDenied', 99);
        }
        return start();
      },
    ],
  ])('A table that %s', (_what, startBroken) => {
    beforeEach(async () => {
      await service.close();
      service = await startBroken();
      addActiveOwner(service.simulator.state, PORTAL, { email: JANE, firstName: 'Jane', lastName: 'Doe' });
    });

    it('[D11] An unusable table leaves an execution with HubSpot, and the operator sees it', async () => {
      const mark = CAPTURED_LINES.length;

      const answer = await enroll(service);

      expect(answer).toMatchObject({ ...COME_BACK, calls: 0 });
      expect(answer.ownerId()).toBe('');
      expect(countMetric(service, 'StoreUnavailable')).toBe(1);
      const errors = CAPTURED_LINES.slice(mark).filter((text) => text.includes('"level":"ERROR"'));
      expect(errors).toEqual([expect.stringContaining('"code":"STORE_UNAVAILABLE"')]);
    });

    it('[D11] With an unusable table, owners are found as HubSpot has them', async () => {
      const answer = await enroll(service, { action: 'find' });
      expect(answer).toMatchObject({ status: 200, outputs: { outcome: 'FOUND', resolvedFrom: 'LIVE' } });
    });

    it('[D11] An unusable table leaves a refresh in its queue, and the operator sees it', async () => {
      const mark = CAPTURED_LINES.length;
      const order = { portalId: PORTAL_A, runId: 'run-1', requestedAtEpochMs: 1, force: false, continuations: 0 };
      const { simulator, clock, telemetry, config } = service;
      const world = { ...clock, random: () => 0, newId: () => 'unused', table: line.table.client, fetch };
      const { staticTokens, tableName } = config;
      const refreshConfig = { hubspotApiBaseUrl: simulator.url, staticTokens, tableName, refreshQueueUrl: 'unused' };
      const runtime = createSyncRuntime(refreshConfig, telemetry, world, new SQSClient({}));
      const event = { Records: [{ messageId: 'm1', body: toSyncMessage(order) }] } as SQSEvent;

      const answer = await createRefreshHandler(telemetry, async () => runtime)(event, makeContext(300_000));

      expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
      const errors = CAPTURED_LINES.slice(mark).filter((text) => text.includes('"level":"ERROR"'));
      expect(errors).toEqual([expect.stringContaining('STORE_UNAVAILABLE')]);
    });
  });
});
