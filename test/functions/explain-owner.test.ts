import { addActiveOwner, addArchivedOwner, addOwnersSharingEmail } from '../../local/simulator/seed-owners.ts';
import { addUser, addUserFor } from '../../local/simulator/seed-users.ts';
import { getPortal, type SimulatedOwner, type SimulatedUser } from '../../local/simulator/state.ts';
import { START_EPOCH_MS } from '../support/clock.ts';
import { enroll } from '../support/enrollment.ts';
import { grantAllBut } from '../support/grant-scopes.ts';
import { explain, invokeExplainOwner, readReport } from '../support/invoke-operators.ts';
import { invokeSetSuccessor } from '../support/invoke-set-successor.ts';
import { refreshPortal } from '../support/refresh-portal.ts';
import { OTHER_PORTAL, PORTAL } from '../support/service.ts';
import { useService } from '../support/use-service.ts';

const HOUR_MS = 3_600_000;
const service = useService();
const state = () => service().simulator.state;
const iso = (epochMs: number) => new Date(epochMs).toISOString();
const ask = (value: string | number, rest: object = {}) => explain(service(), { portalId: PORTAL, value, ...rest });
const regimes = ({ matches }: Awaited<ReturnType<typeof ask>>) =>
  matches.map(({ valueIs, ownerId }) => `${valueIs} of ${ownerId}`);

let jane: SimulatedOwner;
let user: SimulatedUser;
let left: SimulatedOwner;

beforeEach(() => {
  jane = addActiveOwner(state(), PORTAL, {
    email: 'jane@example.com',
    firstName: 'Jane',
    lastName: 'Doe',
    teams: [{ name: 'Enterprise', primary: true }],
  });
  user = addUser(state(), PORTAL, {
    owner: jane,
    recordId: '30123456789',
    availability: 'away',
    roleIds: ['7'],
    seatNames: ['SALES'],
  });
  left = addArchivedOwner(state(), PORTAL, { email: 'lena@example.com' });
});

it('The explanation of an email says whose it is, since when that is known, and what the action would answer', async () => {
  await refreshPortal(service());
  service().clock.advance(20 * HOUR_MS);
  await refreshPortal(service());
  service().clock.advance(HOUR_MS);

  const { matches, elsewhere, action } = await ask(' Jane@Example.com ');

  const found = { outcome: 'FOUND', ownerId: jane.id, ownerName: 'Jane Doe', errorCode: '', resolvedFrom: 'CACHE' };
  expect(matches).toEqual([
    {
      valueIs: 'email',
      ownerId: jane.id,
      isAssignable: true,
      isActive: true,
      type: 'PERSON',
      email: 'jane@example.com',
      formerEmails: [],
      name: 'Jane Doe',
      userId: String(jane.userId),
      internalUserId: String(jane.userId),
      userRecordId: '30123456789',
      availability: 'away',
      teams: [expect.objectContaining({ name: 'Enterprise', primary: true })],
      lastConfirmed: iso(START_EPOCH_MS + 20 * HOUR_MS),
      knownSince: iso(START_EPOCH_MS),
      settingsUser: expect.objectContaining({ userId: String(jane.userId), roleIds: ['7'], seatNames: ['SALES'] }),
      byTheirEmail: expect.objectContaining(found),
    },
  ]);
  expect(action).toMatchObject(found);
  expect(elsewhere).toEqual([]);
});

it('[M4] The explanation finds somebody by their email as HubSpot spells it, before the first refresh', async () => {
  const zoe = addActiveOwner(service().simulator.state, PORTAL, { email: 'Zoe.Day@Example.com' });
  expect(await ask('Zoe.Day@Example.com')).toMatchObject({ matches: [{ ownerId: zoe.id }] });
});

it('The explanation contains what a refresh knew about the user, even when the owner was just looked up', async () => {
  await refreshPortal(service());
  service().clock.advance(27 * HOUR_MS);
  const { matches } = await ask('jane@example.com');
  expect(matches).toMatchObject([
    {
      userRecordId: '30123456789',
      availability: 'away',
      lastConfirmed: iso(START_EPOCH_MS + 27 * HOUR_MS),
      knownSince: iso(START_EPOCH_MS),
      byTheirEmail: { outcome: 'FOUND' },
    },
  ]);
});

describe('Numbers', () => {
  it.each(['known from a refresh', 'that only HubSpot knows'])(
    'The explanation names every kind of ID of a number %s',
    async (how) => {
      const isKnown = how === 'known from a refresh';
      if (isKnown) await refreshPortal(service());
      const fresh = async (value: string) =>
        regimes(await explain(await service().restart(), { portalId: PORTAL, value }));

      expect(await fresh(jane.id)).toEqual([`ownerId of ${jane.id}`]);
      expect(await fresh(user.recordId)).toEqual([`userRecordId of ${jane.id}`]);
      expect(await fresh(left.id)).toEqual([`ownerId of ${left.id}`]);
      expect(await fresh(String(jane.userId))).toContain(`userId of ${jane.id}`);
    },
  );

  it('A number that is both a user ID and an internal user ID is explained as both', async () => {
    await refreshPortal(service());
    expect(regimes(await ask(jane.userId ?? 0))).toEqual([`userId of ${jane.id}`, `internalUserId of ${jane.id}`]);
  });

  it("A number that is one person's owner ID and another's user ID is explained with both", async () => {
    const other = addActiveOwner(state(), PORTAL, { email: 'omar@example.com' });
    // The simulator keeps ids of different kinds apart; HubSpot does not.
    getPortal(state(), PORTAL).owners.set(other.id, { ...other, userId: Number(jane.id) });
    await refreshPortal(service());
    expect(regimes(await ask(jane.id))).toEqual([`ownerId of ${jane.id}`, `userId of ${other.id}`]);
  });

  it.each([
    { of: 'an owner id', value: () => jane.id, errorCode: 'VALUE_IS_OWNER_ID' },
    { of: 'a leaver’s owner id', value: () => left.id, errorCode: 'VALUE_IS_OWNER_ID' },
    { of: 'a user id', value: () => String(jane.userId), errorCode: 'VALUE_IS_USER_ID' },
    { of: 'a user record id', value: () => user.recordId, errorCode: 'VALUE_IS_USER_ID' },
    { of: 'nobody’s id', value: () => '77', errorCode: 'EMAIL_INVALID' },
  ])(
    '[O7] The explanation of $of contains the right owner ID and the answer of the action: $errorCode',
    async ({ value, errorCode }) => {
      await refreshPortal(service());
      const { matches, action } = await ask(value());
      const executed = await enroll(service(), { email: value() });
      expect(action.errorCode).toBe(errorCode);
      expect(executed.outputs).toMatchObject({
        errorCode,
        errorMessage: action.errorMessage,
        ownerName: action.ownerName,
      });
      for (const { byTheirEmail, ownerId } of matches) {
        expect(byTheirEmail?.ownerId).toBe(ownerId === left.id ? '' : jane.id);
      }
    },
  );

  it('A number that was just looked up at HubSpot is confirmed as of now, and seen by no refresh', async () => {
    service().clock.advance(5_000);
    const { matches } = await ask(jane.id);
    expect(matches).toMatchObject([{ lastConfirmed: iso(START_EPOCH_MS + 5_000), knownSince: '' }]);
  });

  it('A number that is too long for the Owners API, as record IDs are, is not requested there', async () => {
    const calls = await service.callsOf(() => ask('99123456789'));
    expect(calls).toEqual(['GET object']);
  });

  it('A number is explained as far as possible when the users object is not granted', async () => {
    grantAllBut(service(), 'crm.objects.users.read', 'settings.users.read');
    expect(regimes(await ask(jane.id))).toEqual([`ownerId of ${jane.id}`]);
    expect((await ask(user.recordId)).matches).toEqual([]);
  });
});

describe('Owners who cannot be assigned', () => {
  it('A deactivated owner is explained as such, with the successor whom the action assigns instead', async () => {
    const before = await ask(left.id);
    expect(before.matches).toMatchObject([{ isActive: false, isAssignable: false }]);
    expect(before.matches[0]?.byTheirEmail).toMatchObject({ outcome: 'FAILED', errorCode: 'OWNER_DEACTIVATED' });

    await invokeSetSuccessor(service(), { portalId: PORTAL, leaver: left.id, successor: jane.id });

    const { matches, action } = await ask('lena@example.com');
    expect(matches).toMatchObject([{ ownerId: left.id, isActive: false }]);
    expect(action).toMatchObject({ outcome: 'FOUND', ownerId: jane.id, substitutedFor: left.id });
  });

  it('An owner is explained together with everybody who has the same email', async () => {
    const twins = addOwnersSharingEmail(state(), PORTAL, 'kim@example.com', 2);
    const { matches, action } = await ask('kim@example.com');
    expect(matches.map(({ ownerId }) => ownerId).sort()).toEqual(twins.map(({ id }) => id).sort());
    expect(action.errorCode).toBe('OWNER_AMBIGUOUS');
  });

  it.each([
    ['nobody@example.com', 'OWNER_NOT_FOUND'],
    ['no email', 'EMAIL_INVALID'],
    ['', 'EMAIL_MISSING'],
  ])('The value %j is explained as nobody: %s', async (value, errorCode) => {
    expect(await ask(value)).toMatchObject({ matches: [], elsewhere: [], action: { outcome: 'FAILED', errorCode } });
  });
});

describe('Owner IDs of another connected account', () => {
  it('An owner ID of another account is explained with the person there and their owner here', async () => {
    const there = addActiveOwner(state(), OTHER_PORTAL, { email: 'jane@example.com', firstName: 'Jane' });
    await refreshPortal(service(), OTHER_PORTAL);
    const { matches, elsewhere } = await ask(there.id);
    expect(matches).toEqual([]);
    expect(elsewhere).toMatchObject([
      { portalId: String(OTHER_PORTAL), ownerId: there.id, here: { outcome: 'FOUND', ownerId: jane.id } },
    ]);
  });

  it('An owner ID of a sandbox is found here without the suffix of its email', async () => {
    const there = addActiveOwner(state(), OTHER_PORTAL, { email: 'jane@example.com.invalid' });
    await refreshPortal(service(), OTHER_PORTAL);
    const { elsewhere } = await ask(there.id);
    expect(elsewhere).toMatchObject([{ email: 'jane@example.com.invalid', here: { ownerId: jane.id } }]);
  });

  it('An owner ID of production is found in a sandbox', async () => {
    const sandboxed = addActiveOwner(state(), OTHER_PORTAL, { email: 'jane@example.com.invalid' });
    await refreshPortal(service());
    const { elsewhere } = await explain(service(), { portalId: OTHER_PORTAL, value: jane.id });
    expect(elsewhere).toMatchObject([{ portalId: String(PORTAL), here: { ownerId: sandboxed.id } }]);
  });

  it('The explanation says when a person of another account has no owner here', async () => {
    const there = addActiveOwner(state(), OTHER_PORTAL, { email: 'omar@example.com' });
    const nameless = addActiveOwner(state(), OTHER_PORTAL, { firstName: 'No', lastName: 'Mail' });
    await refreshPortal(service(), OTHER_PORTAL);
    expect((await ask(there.id)).elsewhere).toMatchObject([{ here: { errorCode: 'OWNER_NOT_FOUND' } }]);
    const [found] = (await ask(nameless.id)).elsewhere;
    expect(found).toMatchObject({ name: 'No Mail' });
    expect(found).not.toHaveProperty('here');
  });

  it('Other accounts are searched only when the number is no owner ID here or the operator names the account', async () => {
    const omar = addActiveOwner(state(), PORTAL, { email: 'omar@example.com' });
    const same = addActiveOwner(state(), OTHER_PORTAL, { id: jane.id, email: 'omar@example.com' });
    await refreshPortal(service());
    await refreshPortal(service(), OTHER_PORTAL);

    const here = await ask(jane.id);
    expect([regimes(here), here.elsewhere]).toEqual([[`ownerId of ${jane.id}`], []]);

    const there = await ask(jane.id, { fromPortalId: OTHER_PORTAL });
    expect(there.matches).toEqual([]);
    expect(there.elsewhere).toMatchObject([{ ownerId: same.id, here: { ownerId: omar.id } }]);
  });
});

describe('Roles, teams and seats', () => {
  it('Roles, teams and seats are left out when neither scope is granted', async () => {
    grantAllBut(service(), 'crm.objects.users.read', 'settings.users.read');
    const { matches, action } = await ask('jane@example.com');
    expect(matches).toMatchObject([{ settingsUser: 'not_granted' }]);
    expect(action.ownerId).toBe(jane.id);
  });

  it('Somebody who is no longer a user has no roles, teams and seats', async () => {
    expect((await ask('lena@example.com')).matches).toMatchObject([{ settingsUser: 'none' }]);
  });

  it.each([
    ['is away', { kind: 'status', status: 503 } as const, 3],
    ['answers in another shape', { kind: 'json', body: {} } as const, 1],
    [
      'says that the limit is spent',
      { kind: 'status', status: 429, body: { policyName: 'TEN_SECONDLY_ROLLING' } } as const,
      1,
    ],
  ])('The rest of an explanation is given while HubSpot %s', async (_why, fault, times) => {
    await refreshPortal(service());
    service().simulator.faults.script({ route: 'GET settings user', times, fault });
    const { matches, action } = await ask('jane@example.com');
    expect(matches).toMatchObject([{ ownerId: jane.id, settingsUser: 'unavailable' }]);
    expect(action.ownerId).toBe(jane.id);
  });
});

describe('The report of the last refresh', () => {
  it('The report of the last refresh is null before the first one, and then contains what the refresh found', async () => {
    expect(await readReport(service(), PORTAL)).toBeNull();
    const omar = addActiveOwner(state(), PORTAL, { email: 'omar@example.com' });
    addUserFor(state(), PORTAL, omar);
    for (let time = 0; time < 2; time += 1) await enroll(service(), { email: 'omra@example.com' });
    const report = await refreshPortal(service());
    const told = await readReport(await service().restart(), PORTAL);
    const aliasSuggestions = [{ alias: 'omra@example.com', ownerId: omar.id, because: 'typo', count: 2 }];
    expect(told).toEqual({ ...report, aliasSuggestions, nightlyHandovers: [] });
    expect(told?.unresolved).toMatchObject([{ email: 'omra@example.com', cause: { kind: 'typo' } }]);
    expect(await readReport(service(), OTHER_PORTAL)).toBeNull();
  });

  it('The report of the last refresh suggests no alias of somebody who left, because it would be refused', async () => {
    addArchivedOwner(state(), PORTAL, { email: 'omar@example.com' });
    for (let time = 0; time < 2; time += 1) await enroll(service(), { email: 'omra@example.com' });
    expect((await refreshPortal(service())).unresolved).toMatchObject([{ cause: { kind: 'typo' } }]);
    expect(await readReport(await service().restart(), PORTAL)).toMatchObject({ aliasSuggestions: [] });
  });
});

describe('Requests that cannot be answered', () => {
  it('The explanation fails while HubSpot is away, and can be repeated', async () => {
    service().simulator.faults.script({ route: 'GET owners', times: 3, fault: { kind: 'status', status: 503 } });
    await expect(ask('jane@example.com')).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE' });
    expect((await ask('jane@example.com')).action.ownerId).toBe(jane.id);
  });

  it('The explanation fails for an account that is not connected', async () => {
    const asked = explain(service(), { portalId: 8_299_999, value: jane.id });
    await expect(asked).rejects.toMatchObject({ code: 'PORTAL_NOT_CONNECTED' });
  });

  const REST = { portalId: PORTAL, value: 'jane@example.com' };
  it.each<[object | null, string[]]>([
    [{ ...REST, portalId: 'eu1' }, ['portalId: must be a portal ID']],
    [{ ...REST, value: ['1'] }, ['value: must be an email or an ID']],
    [{ ...REST, value: 2 ** 53 }, ['value: must be an email or an ID', 'above 2^53 as a string']],
    [{ ...REST, value: 'x'.repeat(1_025) }, ['value: must be an email or an ID']],
    [{ ...REST, fromPortalId: 'eu1' }, ['fromPortalId: must be a portal ID']],
    [{ portalId: PORTAL }, ['value: must be given, or "report", and not both']],
    [{ ...REST, report: true }, ['value: must be given, or "report", and not both']],
    [{ portalId: PORTAL, report: true, fromPortalId: PORTAL }, ['fromPortalId: must be left out with "report"']],
    [{ ...REST, portalId: ` ${PORTAL}` }, ['portalId: must be a portal ID: digits, as a string or a number']],
    [{ ...REST, 'jane@example.com': 1 }, ['the event may hold']],
    [{ portalId: PORTAL, report: 'yes' }, ['report: must be true or left out']],
    [{ ...REST, email: 'x' }, ['the event may hold portalId, value, fromPortalId and report only']],
    [null, ['the event may hold']],
  ])('The invalid request %j says what is wrong: %j', async (data, problems) => {
    const error = await invokeExplainOwner(service(), data).catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    for (const problem of problems) expect(error).toHaveProperty('message', expect.stringContaining(problem));
    expect(error).not.toHaveProperty('message', expect.stringContaining('@'));
  });
});
