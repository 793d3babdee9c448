import { addPage, startSync } from '../../lib/domain/owner-listing.ts';
import { createOwnerSyncStore } from '../../lib/store/owner-sync.ts';
import { readNumber, type Table } from '../../lib/store/table.ts';
import { createUnresolvedEmails } from '../../lib/store/unresolved-emails.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { PORTAL_A, toEmail } from '../builders/ids.ts';
import { makeOwner } from '../builders/owner.ts';
import { type FakeClock, makeClock } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { enroll, JANE } from '../support/enrollment.ts';
import { PORTAL, type Service, startService } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Neither engine deletes expired rows, so a row past its time lies there as it may for days in DynamoDB. */
describe.each(ENGINES)('Expired rows that are still in the table, on $name', ({ makeTable }) => {
  let table: Table;
  let clock: FakeClock;

  beforeEach(async () => {
    table = await makeTable();
    clock = makeClock();
  });

  async function expectExpired(kind: string, now: number): Promise<void> {
    const items = (await readAllItems(table)).filter(({ pk, sk }) => `${pk?.S} ${sk?.S}`.includes(kind));
    expect(items.map((item) => (readNumber(item, 'expiresAtEpochSeconds') ?? Infinity) * 1000 < now)).toEqual([true]);
  }

  it('[D6] An expired row does not mean that nobody has the email', async () => {
    const service = await serviceOn(table);
    expect((await enroll(service)).outputs.errorCode).toBe('OWNER_NOT_FOUND');
    const jane = addActiveOwner(service.simulator.state, PORTAL, { email: JANE });
    service.clock.advance(HOUR_MS + 1_000);
    await expectExpired('#email#', service.clock.now());

    const answer = await enroll(await service.restart());

    expect(answer.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id, resolvedFrom: 'LIVE' });
    await service.close();
  });

  it('[D6] An owner row that is a month old is not used, and the error says so when HubSpot cannot be asked', async () => {
    const service = await serviceOn(table);
    addActiveOwner(service.simulator.state, PORTAL, { email: JANE });
    await enroll(service);
    service.clock.advance(30 * DAY_MS + 1_000);
    await expectExpired('#email#', service.clock.now());
    service.simulator.faults.script({ route: 'GET owner', times: 3, fault: { kind: 'status', status: 503 } });

    const answer = await enroll(await service.restart());

    expect(answer).toMatchObject({ status: 503, body: { code: 'HUBSPOT_UNAVAILABLE' } });
    expect(answer.ownerId()).toBe('');
    await service.close();
  });

  it('[D6] An execution with an expired entry runs again, and one with a valid entry gets its first answer', async () => {
    const service = await serviceOn(table);
    addActiveOwner(service.simulator.state, PORTAL, { email: JANE });
    const { objectId } = await enroll(service, { callbackId: 'ap-1' });
    const again = () => enroll(service, { callbackId: 'ap-1', objectId, enrollmentId: 63_000_000_000 });
    service.clock.advance(9 * DAY_MS - 1_000);
    expect((await again()).calls).toBe(0);
    service.clock.advance(2_001);
    await expectExpired('#execution#', service.clock.now());
    expect((await again()).outputs).toMatchObject({ outcome: 'ALREADY_ASSIGNED', resolvedFrom: 'LIVE' });
    await service.close();
  });

  it('[D6] An expired lease can be taken by another run', async () => {
    const store = createOwnerSyncStore(table, clock.now);
    const first = await store.acquire(PORTAL_A, 'run-1', 1, HOUR_MS);
    clock.advance(HOUR_MS);
    expect(await store.acquire(PORTAL_A, 'run-2', 2, HOUR_MS)).toBeUndefined();
    clock.advance(1);
    expect(await store.acquire(PORTAL_A, 'run-2', 2, HOUR_MS)).toMatchObject({ fence: (first?.fence ?? 0) + 1 });
  });

  it('[D6] An email that was asked for a month ago is not reported', async () => {
    const unresolved = createUnresolvedEmails(table, clock.now);
    await unresolved.note(PORTAL_A, toEmail(JANE), '62', clock.now());
    expect(await unresolved.list(PORTAL_A)).toMatchObject([{ email: JANE, count: 1 }]);
    clock.advance(30 * DAY_MS + 1_000);
    await expectExpired('#unresolved', clock.now());
    expect(await unresolved.list(PORTAL_A)).toEqual([]);
  });

  it('[D6] A refresh checkpoint of the day before is not used', async () => {
    const store = createOwnerSyncStore(table, clock.now);
    const sweep = addPage(startSync(clock.now()), { owners: [makeOwner()], after: 'cursor' });
    await store.saveCheckpoint(PORTAL_A, 'run-1', sweep);
    clock.advance(DAY_MS);
    expect(await store.resume(PORTAL_A, 'run-1')).toEqual(sweep);
    clock.advance(1_000);
    expect(await store.resume(PORTAL_A, 'run-1')).toBeUndefined();
  });
});

function serviceOn({ client, tableName }: Table): Promise<Service> {
  return startService({ world: { table: client }, config: { tableName } });
}
