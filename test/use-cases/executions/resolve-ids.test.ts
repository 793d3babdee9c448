import { toDeadline } from '../../../lib/domain/deadline.ts';
import { UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import type { Owner } from '../../../lib/domain/owner.ts';
import type { OwnerResolver } from '../../../lib/ports/steps.ts';
import { createOwnerResolver } from '../../../lib/use-cases/executions/resolve-owner.ts';
import { PORTAL_A, PORTAL_B, toEmail, toOwnerId, toUserId } from '../../builders/ids.ts';
import { makeArchivedOwner, makeOwner } from '../../builders/owner.ts';
import { createFakeOwnerCache, type FakeOwnerCache } from '../../fakes/owner-cache.ts';
import { createFakeOwnerDirectory, type FakeOwnerDirectory } from '../../fakes/owners-api.ts';
import { type FakeClock, makeClock } from '../../support/clock.ts';

const OWNER_MAX_AGE_MS = 26 * 3_600_000;
const ID = toOwnerId('410000001');
const JANE = makeOwner({ id: ID, userId: '52000001' });

let clock: FakeClock;
let cache: FakeOwnerCache;
let ownersApi: FakeOwnerDirectory;
let resolver: OwnerResolver;

beforeEach(() => {
  clock = makeClock();
  cache = createFakeOwnerCache();
  ownersApi = createFakeOwnerDirectory();
  resolver = createOwnerResolver({
    cache,
    ownersApi,
    now: clock.now,
    ownerMaxAgeMs: OWNER_MAX_AGE_MS,
    metrics: { count: () => undefined, measure: () => undefined },
  });
});

describe('A number where an email belongs', () => {
  const explain = (input: string, portalId = PORTAL_A) =>
    resolver.resolveEmail(portalId, input, toDeadline(clock.now() + 8_000));

  it.each([
    ['410000001', 'VALUE_IS_OWNER_ID', ['410000001'], 'an owner id'],
    ['52000001', 'VALUE_IS_USER_ID', ['410000001'], 'a user id'],
    [' 52000001 ', 'VALUE_IS_USER_ID', ['410000001'], 'a user id with space around'],
    ['777', 'EMAIL_INVALID', [], 'nobody'],
    ['0410000001', 'EMAIL_INVALID', [], 'no id at all'],
    ['12345678901234567890', 'EMAIL_INVALID', [], 'as many digits as an id may have'],
  ])('[O7] The number %s gives %s about %j: %s', async (input, code, about) => {
    await cache.rememberEmail(PORTAL_A, toEmail('jane@example.com'), {
      owners: [JANE],
      confirmedAtEpochMs: clock.now() - 10 * OWNER_MAX_AGE_MS,
    });
    const resolution = await explain(input);
    expect(resolution).toMatchObject({ kind: 'refused', code, about: about.map((id) => ({ id })) });
    expect(ownersApi.calls).toEqual([]);
  });

  it('A number is explained only by the owners of its own account', async () => {
    await cache.rememberOwner(PORTAL_B, ID, { owner: JANE, confirmedAtEpochMs: clock.now() });
    expect(await explain('410000001')).toMatchObject({ code: 'EMAIL_INVALID' });
    expect(await explain('410000001', PORTAL_B)).toMatchObject({ code: 'VALUE_IS_OWNER_ID' });
  });

  it('A number does not count as an owner ID because somebody asked for it before and nobody was found', async () => {
    await cache.rememberOwner(PORTAL_A, ID, { owner: undefined, confirmedAtEpochMs: clock.now() });
    expect(await explain('410000001')).toMatchObject({ code: 'EMAIL_INVALID' });
  });

  it.each([
    ['', 'EMAIL_MISSING', {}],
    ['null', 'EMAIL_MISSING', {}],
    ['jane', 'EMAIL_INVALID', { fault: 'not_an_address' }],
    ['jane@example.com; bob@example.com', 'EMAIL_INVALID', { fault: 'several_addresses' }],
  ])('[P8, P9, T6] The email input %j gives %s without a call', async (input, code, why) => {
    expect(await explain(input)).toEqual({ kind: 'refused', code, about: [], ...why });
    expect([ownersApi.calls, cache.reads()]).toEqual([[], 0]);
  });
});

describe('An owner by ID', () => {
  const find = () => resolver.resolveOwnerId(PORTAL_A, ID, toDeadline(clock.now() + 8_000));
  const LEFT = makeArchivedOwner({ id: ID });

  it.each<[string, Owner[], Owner | undefined, string[]]>([
    ['an active owner in one call', [JANE], JANE, [`active ${ID}`]],
    ['one who left in two', [LEFT], LEFT, [`active ${ID}`, `archived ${ID}`]],
    ['that the portal has no such owner in two', [], undefined, [`active ${ID}`, `archived ${ID}`]],
  ])('Looking up an owner by ID finds %s, and remembers it', async (_why, owners, expected, calls) => {
    ownersApi.owners.push(...owners);
    expect(await find()).toEqual(expected);
    expect(await find()).toEqual(expected);
    expect(ownersApi.calls).toEqual(calls);
  });

  it.each<[string, Owner | undefined, number]>([
    ['an active owner for 26 hours', JANE, OWNER_MAX_AGE_MS],
    ['one who left for 60 seconds', LEFT, 60_000],
    ['an absence for 60 seconds', undefined, 60_000],
  ])('[O5] Looking up an owner by ID trusts %s and no longer', async (_why, owner, maxAgeMs) => {
    await cache.rememberOwner(PORTAL_A, ID, { owner, confirmedAtEpochMs: clock.now() - maxAgeMs });
    expect(await find()).toEqual(owner);
    expect(ownersApi.calls).toEqual([]);
    clock.advance(1);
    await find();
    expect(ownersApi.calls).not.toEqual([]);
  });

  it.each<[string, Owner[], Partial<Owner>]>([
    ['is renamed', [makeOwner({ id: ID, email: 'jane@new.example.com' })], { archived: false }],
    ['left without an email', [{ ...LEFT, email: undefined }], { archived: true, email: undefined }],
    ['is listed no more', [], { archived: true, email: undefined, unlisted: true }],
  ])(
    '[M1, M2] An owner who %s keeps the former address by ID, each time they are looked up',
    async (_how, owners, now) => {
      await cache.rememberOwner(PORTAL_A, ID, { owner: JANE, confirmedAtEpochMs: clock.now() });
      ownersApi.owners.push(...owners);
      for (let times = 0; times < 2; times += 1) {
        clock.advance(OWNER_MAX_AGE_MS + 1);
        expect(await find()).toMatchObject({ ...now, id: ID, formerEmails: [JANE.email] });
      }
      await resolver.lookUpOwnerLive(PORTAL_A, ID, toDeadline(clock.now() + 8_000));
      expect((await cache.findByOwnerId(PORTAL_A, ID))?.owner).toMatchObject({ ...now, formerEmails: [JANE.email] });
    },
  );

  it('[H1, M2] An owner whose ID HubSpot refused is not assigned for a minute, and keeps the addresses they had', async () => {
    const formerEmails = [toEmail('jane@old.example.com')];
    await cache.rememberOwner(PORTAL_A, ID, { owner: { ...JANE, formerEmails }, confirmedAtEpochMs: clock.now() });
    ownersApi.owners.push(makeOwner({ id: ID, email: 'jane@new.example.com' }));
    await resolver.invalidateOwner(PORTAL_A, ID);
    expect(await find()).toMatchObject({ archived: true });
    expect(await resolver.isActiveOwner(PORTAL_A, ID, toDeadline(clock.now() + 8_000))).toBe(false);
    expect(ownersApi.calls).toEqual([]);
    clock.advance(60_001);
    expect(await find()).toMatchObject({ archived: false, formerEmails: [JANE.email, ...formerEmails] });
  });

  it.each<[string, Partial<Owner>, string]>([
    ['is found under the new one', {}, '9'],
    ['has left again', { archived: true }, ID],
    ['is somebody else by now', { userId: toUserId('52000009') }, ID],
  ])('[M1] A leaver who is back as the same user with another ID %s', async (_how, change, expected) => {
    const back = makeOwner({ id: '9', userId: '52000001' });
    await cache.rememberOwner(PORTAL_A, back.id, {
      owner: back,
      confirmedAtEpochMs: clock.now() - OWNER_MAX_AGE_MS - 1,
    });
    ownersApi.owners.push({ ...JANE, archived: true }, { ...back, ...change });
    const found = await resolver.resolvePresentOwner(PORTAL_A, ID, toDeadline(clock.now() + 8_000));
    expect(found?.id).toBe(expected);
  });

  it('[T1] An owner of a new and unknown type is neither active nor a leaver, is not assigned, and is not remembered', async () => {
    ownersApi.findById = async () => 'odd';
    const deadline = toDeadline(clock.now() + 8_000);
    expect(await resolver.isActiveOwner(PORTAL_A, ID, deadline)).toBe('unknown');
    expect(await find()).toBeUndefined();
    expect(await resolver.lookUpOwnerLive(PORTAL_A, ID, deadline)).toBeUndefined();
    expect(await cache.findByOwnerId(PORTAL_A, ID)).toBeUndefined();
  });

  it('An owner by ID is not taken from an old row while HubSpot is away', async () => {
    await cache.rememberOwner(PORTAL_A, ID, { owner: JANE, confirmedAtEpochMs: clock.now() - OWNER_MAX_AGE_MS - 1 });
    ownersApi.outage.fail(new UpstreamUnavailableError('timeout'));
    await expect(find()).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE' });
  });
});
