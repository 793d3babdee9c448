import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { chooseOwner } from '../../lib/domain/choose-owner.ts';
import { addPage, startSync } from '../../lib/domain/owner-listing.ts';
import { createOwnerCache } from '../../lib/store/owner-cache.ts';
import { createOwnerSyncStore } from '../../lib/store/owner-sync.ts';
import type { Item, Table } from '../../lib/store/table.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { PORTAL_A, toEmail, toPortalId } from '../builders/ids.ts';
import { makeArchivedOwner, makeOwner } from '../builders/owner.ts';
import { makeClock, START_EPOCH_MS } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { makeRefresher } from '../support/refresh.ts';
import { PORTAL, tokenOf } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';
import { useService } from '../support/use-service.ts';

jest.setTimeout(180_000);

const OWNERS = 2_000;
const KB = 1_000;
/** Of an item, its names counted ("Quotas in Amazon DynamoDB", read 2026-11-23). */
const MAX_ITEM_BYTES = 400 * KB;
const TEAMS = Array.from({ length: 5 }, (_, n) => ({ name: `Sales team ${n} of the region`, primary: n === 0 }));

/** Unresolved emails since the night before. */
const UNRESOLVED: Item[] = Array.from({ length: 1_000 }, (_, n) => ({
  sk: { S: `unknown.number${n}@example.com` },
  seen: { N: String(n + 1) },
  workflowIds: { SS: ['1790000001', '1790000002'] },
  lastSeenAtEpochMs: { N: String(START_EPOCH_MS) },
}));

describe('What a refresh of 2,000 owners writes', () => {
  const service = useService();

  it('[D8] A refresh of 2,000 owners writes small items, none of which grows with the account', async () => {
    const { simulator, clock, telemetry } = service();
    for (let n = 0; n < OWNERS; n += 1) {
      const email = `somebody.number${n}@example.com`;
      addActiveOwner(simulator.state, PORTAL, { email, firstName: 'Somebody', lastName: 'Somewhere', teams: TEAMS });
    }
    const { table, largest } = makeRecordingTable();
    const id = toPortalId(PORTAL);
    const tokens = new Map([[id, tokenOf(PORTAL)]]);
    const refresh = makeRefresher({ simulator, clock, telemetry, table, tokens }, id);

    expect(await refresh({})).toMatchObject({
      kind: 'done',
      report: { active: OWNERS, totals: { joined: OWNERS }, unresolvedTotal: UNRESOLVED.length },
    });

    expect([...largest.keys()].sort()).toEqual(['email', 'listing', 'owner', 'refresh', 'unresolved', 'user']);
    const { refresh: report, ...ofOneOwner } = Object.fromEntries(largest);
    // It names the first hundred of each change, and the most frequent of the unresolved emails.
    expect(report).toBeLessThan(40 * KB);
    expect(Object.values(ofOneOwner).filter((bytes) => bytes > 2 * KB)).toEqual([]);
  });
});

describe.each(ENGINES)('A refresh of 5,000 owners that saves checkpoints, on $name', ({ makeTable }) => {
  it('[D5, D8] The checkpoint of a refresh of 5,000 owners consists of items that fit, and is read again to its last page', async () => {
    const table = await makeTable();
    const clock = makeClock();
    const teams = TEAMS.map((team, n) => ({ id: String(n), ...team }));
    const owners = Array.from({ length: 5_000 }, (_, n) =>
      makeOwner({ id: String(n + 1), email: `somebody.number${n}@example.com`, teams }),
    );
    const sweep = addPage(startSync(clock.now()), { owners, after: 'cursor' });
    const store = createOwnerSyncStore(table, clock.now);

    await store.saveCheckpoint(PORTAL_A, 'run-1', sweep);

    const sizes = (await readAllItems(table)).map(bytesOf);
    expect(Math.max(...sizes)).toBeLessThan(MAX_ITEM_BYTES);
    // Of 100,000 owners, what one partition takes in the half minute that is left.
    expect(sizes.reduce((sum, bytes) => sum + bytes) * 20).toBeLessThan(15_000 * KB);
    expect(await store.resume(PORTAL_A, 'run-1')).toEqual(sweep);
  });

  it('[D8] A checkpoint of owners in hundreds of teams consists of items that fit, and is read again', async () => {
    const table = await makeTable();
    const clock = makeClock();
    const teams = Array.from({ length: 300 }, (_, n) => ({ id: String(n), name: `東日本営業部 ${n}`, primary: false }));
    const owners = Array.from({ length: 101 }, (_, n) => makeOwner({ id: String(n + 1), teams }));
    const sweep = addPage(startSync(clock.now()), { owners, after: 'cursor' });
    const { saveCheckpoint, resume } = createOwnerSyncStore(table, clock.now);

    await saveCheckpoint(PORTAL_A, 'run-1', sweep);

    expect(Math.max(...(await readAllItems(table)).map(bytesOf))).toBeLessThan(MAX_ITEM_BYTES);
    expect(await resume(PORTAL_A, 'run-1')).toEqual(sweep);
  });

  it('[D8] An email that thousands of leavers share has a row that fits, and leads to the one active person', async () => {
    const table = await makeTable();
    const shared = toEmail('removed@example.com');
    const leavers = Array.from({ length: 4_000 }, (_, n) => makeArchivedOwner({ id: String(n + 1), email: shared }));
    const owners = [...leavers, makeOwner({ id: '9001', email: shared })];
    const { rememberEmail, findByEmail } = createOwnerCache(table, makeClock().now);

    await rememberEmail(PORTAL_A, shared, { owners, confirmedAtEpochMs: START_EPOCH_MS });

    expect(Math.max(...(await readAllItems(table)).map(bytesOf))).toBeLessThan(MAX_ITEM_BYTES);
    const found = (await findByEmail(PORTAL_A, shared))?.owners ?? [];
    expect(chooseOwner(shared, found)).toMatchObject({ kind: 'assignable', owner: { id: '9001' } });
    const left = chooseOwner(
      shared,
      found.filter(({ archived }) => archived),
    );
    expect(left.kind).toBe('deactivated');
  });
});

/** A table that keeps nothing but the size of the largest item of each kind: engines take a minute for all these writes. */
function makeRecordingTable(): { readonly table: Table; readonly largest: ReadonlyMap<string, number> } {
  const largest = new Map<string, number>();
  const send = async ({ input }: { input: { Item?: Item; Key?: Item; ExpressionAttributeValues?: Item } }) => {
    const { Item: put, Key, ExpressionAttributeValues } = input;
    const written = put ?? (Key !== undefined && ExpressionAttributeValues && { ...Key, ...ExpressionAttributeValues });
    if (written) {
      const kind = written.pk?.S?.split('#')[2] ?? '';
      largest.set(kind, Math.max(largest.get(kind) ?? 0, bytesOf(written)));
    }
    const asked = ExpressionAttributeValues?.[':pk']?.S ?? '';
    return { Items: asked.endsWith('#unresolved') ? UNRESOLVED : [], Attributes: { fence: { N: '1' } } };
  };
  const client = Object.assign(new DynamoDBClient({}), { send });
  return { table: { client, tableName: 'recorded' }, largest };
}

/** As DynamoDB counts, or more: it counts names and values without JSON's quotes and types. */
function bytesOf(item: Item): number {
  const { zipped = { B: new Uint8Array() }, ...others } = item;
  return Buffer.byteLength(JSON.stringify(others)) + (zipped.B?.length ?? 0);
}
