import { addActiveOwner, addArchivedOwner } from '../../local/simulator/seed-owners.ts';
import { addRecord } from '../../local/simulator/seed-records.ts';
import { ASSIGNED, COME_BACK, countCalls, enroll, JANE, told } from '../support/enrollment.ts';
import { OTHER_PORTAL, PORTAL, type Service } from '../support/service.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
const lookUps = () => countCalls(service(), { route: 'GET owners' });
const hire = (email = JANE) => addActiveOwner(service().simulator.state, PORTAL, { email });

describe('An owner who was just created', () => {
  it('[H27] A new owner is found live at once when nobody asked before', async () => {
    const owner = hire();
    const answer = await enroll(service());
    expect(answer).toMatchObject(ASSIGNED);
    expect(answer.outputs).toMatchObject({ resolvedFrom: 'LIVE', ownerDataAgeSeconds: '0' });
    expect(answer.ownerId()).toBe(owner.id);
  });

  it.each([
    [0, 'OWNER_NOT_FOUND', 'nobody is believed at once'],
    [59_999, 'OWNER_NOT_FOUND', 'and for almost a minute'],
    [60_000, 'OWNER_NOT_FOUND', 'and for a minute'],
    [60_001, '', 'and not a millisecond longer'],
  ])('[H27] A new owner gives, %d ms after nobody was found, the error code %j (%s)', async (ms, errorCode) => {
    expect(await enroll(service())).toMatchObject(told('OWNER_NOT_FOUND'));
    const owner = hire();
    const before = lookUps();
    service().clock.advance(ms);
    const answer = await enroll(service());
    expect(answer.outputs.errorCode).toBe(errorCode);
    expect(answer.ownerId()).toBe(errorCode === '' ? owner.id : '');
    expect(lookUps() - before).toBe(errorCode === '' ? 1 : 0);
  });

  it('[H27] A new owner is found as soon as HubSpot lists them, however often nobody was found before', async () => {
    for (let minute = 0; minute < 3; minute += 1) {
      expect(await enroll(service())).toMatchObject(told('OWNER_NOT_FOUND'));
      service().clock.advance(60_001);
    }
    hire();
    expect(await enroll(service())).toMatchObject(ASSIGNED);
  });

  it('[H27] A new owner replaces a leaver with the same email within a minute', async () => {
    addArchivedOwner(service().simulator.state, PORTAL, { email: JANE });
    expect(await enroll(service())).toMatchObject(told('OWNER_DEACTIVATED'));
    const owner = hire();
    service().clock.advance(60_001);
    const answer = await enroll(service());
    expect(answer).toMatchObject(ASSIGNED);
    expect(answer.ownerId()).toBe(owner.id);
  });

  it.each(['FALLBACK', 'CLEAR'])(
    '[H27] A new owner loses no record because a leaver had the email and owners cannot be read: %s',
    async (ifNotAssignable) => {
      const { state, faults } = service().simulator;
      addArchivedOwner(state, PORTAL, { email: JANE });
      const [bob, carol] = [hire('bob@example.com'), hire('carol@example.com')];
      const enrollCarols = () => {
        const properties = { hubspot_owner_id: carol.id };
        const { id: objectId } = addRecord(state, PORTAL, { typeId: '0-1', properties });
        const inputFields = { ownerEmail: JANE, ifNotAssignable, fallbackOwner: bob.id };
        return enroll(service(), { objectId, inputFields });
      };
      expect((await enrollCarols()).outputs).toMatchObject({ errorCode: 'OWNER_DEACTIVATED' });
      const jane = hire();
      service().clock.advance(120_000);
      faults.chaos({ seed: 1, shares: { status5xx: 1 }, routes: ['GET owners', 'GET owner'] });
      const answer = await enrollCarols();
      expect(answer).toMatchObject(COME_BACK);
      expect(answer.ownerId()).toBe(carol.id);
      faults.clear();
      service().clock.advance(60_001);
      expect((await enrollCarols()).ownerId()).toBe(jane.id);
    },
  );
});

describe('An email that nobody has', () => {
  it('[H27] An email that nobody has is looked up once a minute, in any container and however often it is asked for', async () => {
    const containers: Service[] = [service(), await service().restart(), await service().restart()];
    await enroll(service());
    // One look-up asks for active and for archived owners, as people know the email and with a sandbox's suffix.
    const oneLookUp = lookUps();
    expect(oneLookUp).toBe(4);
    for (const container of containers) {
      for (let count = 0; count < 3; count += 1) {
        service().clock.advance(6_000);
        expect(await enroll(container)).toMatchObject({ ...told('OWNER_NOT_FOUND'), calls: 0 });
      }
    }
    service().clock.advance(6_001);
    expect(await enroll(containers[2] ?? service())).toMatchObject({ ...told('OWNER_NOT_FOUND'), calls: oneLookUp });
    for (const container of [...containers, await service().restart()]) {
      expect(await enroll(container)).toMatchObject({ ...told('OWNER_NOT_FOUND'), calls: 0 });
    }
    expect(lookUps()).toBe(2 * oneLookUp);
  });

  it('[H27] An email that nobody has does not affect other emails or other accounts', async () => {
    await enroll(service());
    const [bob, jane] = [
      hire('bob@example.com'),
      addActiveOwner(service().simulator.state, OTHER_PORTAL, { email: JANE }),
    ];
    expect((await enroll(service(), { email: 'bob@example.com' })).ownerId()).toBe(bob.id);
    expect((await enroll(service(), { portalId: OTHER_PORTAL })).ownerId()).toBe(jane.id);
  });

  it('[H27] An email is not remembered as absent when HubSpot lists other people for it', async () => {
    const [other, jane] = [hire('bob@example.com'), hire()];
    const row = (id: string, email: string) => ({ id, email, type: 'PERSON', archived: false });
    const body = { results: [row(other.id, 'bob@example.com'), row(jane.id, 'JANE@example.com')] };
    service().simulator.faults.script({ route: 'GET owners', fault: { kind: 'json', body } });
    expect((await enroll(service())).ownerId()).toBe(jane.id);
  });

  it('[H27] An email is reported as not found when HubSpot lists only other people for it', async () => {
    const other = hire('bob@example.com');
    const row = { id: other.id, email: 'bob@example.com', type: 'PERSON', archived: false };
    service().simulator.faults.script({
      route: 'GET owners',
      times: 4,
      fault: { kind: 'json', body: { results: [row] } },
    });
    const answer = await enroll(service());
    expect(answer).toMatchObject(told('OWNER_NOT_FOUND'));
    expect(answer.ownerId()).toBe('');
  });
});
