import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SET_OWNER_BY_EMAIL } from '../../lib/action/definition.ts';
import { createEmailCipher } from '../../lib/crypto/email-cipher.ts';
import { createLocalTokenCipher } from '../../lib/crypto/token-cipher-local.ts';
import { decryptTokens } from '../../lib/domain/portal.ts';
import { LOWEST_LIMIT } from '../../lib/domain/rate-limit.ts';
import { parseExecution } from '../../lib/http/parse-execution.ts';
import { fromExecutionMessage } from '../../lib/queue/from-execution-message.ts';
import { fromSyncMessage } from '../../lib/queue/sync-queue.ts';
import { createAliases } from '../../lib/store/aliases.ts';
import { createExecutionLedger } from '../../lib/store/execution-ledger.ts';
import { createHandovers } from '../../lib/store/handovers.ts';
import { createOverviewRows } from '../../lib/store/overview-rows.ts';
import { createLastSyncAt, createOwnerCache } from '../../lib/store/owner-cache.ts';
import { createOwnerSyncStore } from '../../lib/store/owner-sync.ts';
import { createPeople } from '../../lib/store/people.ts';
import { createPortals } from '../../lib/store/portals.ts';
import { createRateBudget } from '../../lib/store/rate-limit.ts';
import { createSuccessors } from '../../lib/store/successors.ts';
import type { Item, Table } from '../../lib/store/table.ts';
import { toEmail, toOwnerId, toPortalId, toUserId, toUserRecordId } from '../builders/ids.ts';
import { makeLedgerDelivery } from '../builders/queued-execution.ts';
import { makeClock } from '../support/clock.ts';
import { makeEmbeddedTable } from '../support/embedded-table.ts';
import { CLIENT_SECRET } from '../support/http-events.ts';

const PORTAL = toPortalId(4_000_001);
const [JANE, LENA] = [toOwnerId('41001'), toOwnerId('41003')];
/** A minute after the rows were written. */
const NOW = 1_795_861_587_000;
const TOKEN_KEY = Buffer.alloc(32, 7).toString('base64');

/** Recorded: what the functions of an earlier version left in the table and in the queue, for people that do not exist. */
function readLines(name: string): string[] {
  return readFileSync(join(process.cwd(), `test/store/${name}.jsonl`), 'utf8')
    .trim()
    .split('\n');
}

async function makeTableOf(version: string): Promise<Table> {
  const table = await makeEmbeddedTable();
  const { client, tableName: TableName } = table;
  const items: Item[] = readLines(`rows-of-${version}`).map((line) => JSON.parse(line));
  await Promise.all(items.map((Item) => client.send(new PutItemCommand({ TableName, Item }))));
  return table;
}

describe.each(['2026-11-26', '0.2.0'])('Rows that the version of %s left behind', (version) => {
  const { now } = makeClock(NOW);
  let table: Table;

  beforeAll(async () => {
    table = await makeTableOf(version);
  });

  it('[C8] Rows of an earlier version lead to the same people, as old as its last refresh', async () => {
    const sync = createOwnerSyncStore(table, now);
    const cache = createOwnerCache(table, now, createLastSyncAt(sync.readState, now));
    const { lastCompleteStartedAtEpochMs, report } = await sync.readState(PORTAL);
    const byEmail = await cache.findByEmail(PORTAL, toEmail('jane@example.com'));
    const byIds = [
      await cache.findByUserId(PORTAL, toUserId('5001')),
      await cache.findByUserRecordId(PORTAL, toUserRecordId('9100000001')),
    ];
    expect(byEmail).toMatchObject({ owners: [{ id: JANE }], confirmedAtEpochMs: lastCompleteStartedAtEpochMs });
    expect(byIds.map((found) => found?.owner?.id)).toEqual([JANE, JANE]);
    expect(await cache.findByOwnerId(PORTAL, LENA)).toMatchObject({ owner: { archived: true } });
    expect((await sync.listKnown(PORTAL)).synced.get(JANE)?.firstName).toBe('Jane');
    expect(report).toMatchObject({ active: 4, unresolvedTotal: 1, formerEmails: [], oddRows: 0 });
  });

  it('[C8] Rows of an earlier version name the same successors', async () => {
    const successors = createSuccessors(table);
    expect(await successors.findSuccessorId(PORTAL, LENA)).toBe('41002');
    expect(await createPeople(table).findSuccessorIds(PORTAL, [LENA])).toEqual(new Map([[LENA, '41002']]));
  });

  it('[C8] Rows of an earlier version answer a repeated execution, and keep waiting what waits', async () => {
    const ledger = createExecutionLedger(table, now);
    const begin = (number: number) =>
      ledger.begin({ portalId: PORTAL, executionId: `ap-4000001-${number}-7-0` }, makeLedgerDelivery('w'));
    const result = { outcome: 'FAILED', errorCode: 'OWNER_NOT_FOUND' };
    expect(await begin(63_000_001_002)).toMatchObject({ kind: 'done', result });
    expect(await begin(63_000_002_002)).toMatchObject({ kind: 'queued' });
  });

  it('[C8] Tokens that an earlier version encrypted are decrypted, refreshed and taken away', async () => {
    const portals = createPortals(table, now);
    const portal = await portals.read(PORTAL);
    if (portal === undefined) throw new Error('the account is not connected');
    const cipher = createLocalTokenCipher({ current: TOKEN_KEY }, {});
    expect((await decryptTokens(cipher, PORTAL, portal.tokens)).refreshToken).toMatch(/^na1-[\da-f-]{36}$/);
    expect(portal.scopes).toContain('automation');
    expect(await Array.fromAsync(portals.listConnected())).toEqual([[PORTAL]]);
    expect(await portals.takeTokenLease(PORTAL, 'holder', portal, 1_000)).toBe(true);
    expect(await portals.saveTokens(PORTAL, 'holder', portal, { tokens: portal.tokens })).toBe(true);
    const overview = await createOverviewRows(table).read(PORTAL, []);
    expect(overview.portal?.version).toBe(2);
    expect(await portals.forget(PORTAL, portal.installationId, NOW)).toBe(true);
  });

  it('[C8] Rows of an earlier version say which limit an account has', async () => {
    const answer = await createRateBudget(table, now).take(PORTAL, 1, 'interactive', LOWEST_LIMIT);
    expect(answer).toEqual({ kind: 'granted', limit: { calls: 190, windowMs: 10_000 } });
  });
});

it('[C8] Aliases, handovers and counts of version 0.2.0 are as they were', async () => {
  const table = await makeTableOf('0.2.0');
  const handovers = createHandovers(table, makeClock(NOW).now, () => 'w');
  const aliases = (await createAliases(table).list(PORTAL)).map(({ alias }) => alias);
  const { outcomes } = await createOverviewRows(table).read(PORTAL, ['2026-11-28']);
  expect(aliases).toEqual(['@old.example.com', 'j.doe@example.com']);
  expect(await handovers.list(PORTAL)).toMatchObject([{ status: 'moved', moved: { done: 20 }, remaining: 0 }]);
  expect(await handovers.listNightly(PORTAL)).toEqual([LENA]);
  expect(outcomes.get('2026-11-28')).toEqual({ ASSIGNED: 1, FOUND: 1 });
});

/** Of the same execution in all versions. With another hash, a repeated delivery would be a conflict. */
const HASH = '5931da949210e125309736edbec2ec79a6c08856fb73250e33c2f177780f6c72';
const CALLBACK = 'ap-4000001-63000002001-7-0';

describe('Messages that an earlier version left behind', () => {
  it.each(readLines('executions-queued-before'))(
    '[C8] An execution that an earlier version queued is read, its email decrypted: %#',
    (body) => {
      const { queuedAtEpochMs, blockEndsAtEpochMs } = JSON.parse(body);
      const { execution, isEmailReadable } = fromExecutionMessage(body, createEmailCipher({ current: CLIENT_SECRET }));
      expect(isEmailReadable).toBe(true);
      expect(execution).toMatchObject({
        key: { portalId: PORTAL, executionId: CALLBACK },
        payloadHash: HASH,
        command: { ownerEmail: 'jane@example.com', firstSeenAtEpochMs: queuedAtEpochMs },
        expiresAtEpochMs: blockEndsAtEpochMs,
      });
    },
  );

  it.each([
    [
      'refresh',
      '{"version":1,"portalId":"4000001","runId":"20c67a75-fcaf-4ef8-a11e-2fb45df3e12e","requestedAtEpochMs":1795861385005,"force":false,"continuations":0}',
    ],
    ['purge', '{"version":1,"kind":"purge","portalId":"4000001"}'],
    [
      'handover',
      '{"version":1,"kind":"handover","portalId":"4000001","handoverId":"f9599c0e-5d18-4a38-90c2-55738e055bd2"}',
    ],
  ])('[C8] A job of an earlier version is read: %s', (kind, body) => {
    expect(fromSyncMessage(body)).toMatchObject({ kind });
  });

  it('[C8] An execution that an earlier version answered has the same hash when HubSpot repeats it', () => {
    const body = {
      callbackId: CALLBACK,
      origin: { portalId: 4_000_001, actionDefinitionVersion: 3 },
      context: { source: 'WORKFLOWS', workflowId: 62_000_001, actionId: 7 },
      object: { objectId: 9_020, objectType: 'CONTACT', properties: { hubspot_owner_id: '' } },
      inputFields: { ownerEmail: 'jane@example.com', ifNotAssignable: '' },
    };
    const { executionId, payloadHash } = parseExecution(Buffer.from(JSON.stringify(body)), SET_OWNER_BY_EMAIL);
    expect({ executionId, payloadHash }).toEqual({ executionId: CALLBACK, payloadHash: HASH });
  });
});
