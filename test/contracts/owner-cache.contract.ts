import { withoutName } from '../../lib/domain/owner.ts';
import type { CachedOwners, OwnerCache } from '../../lib/ports/store.ts';
import { PORTAL_A, PORTAL_B, toEmail, toOwnerId, toUserId, toUserRecordId } from '../builders/ids.ts';
import { makeArchivedOwner, makeOwner, makeQueueOwner } from '../builders/owner.ts';

const JANE = toEmail('jane@example.com');
const CONFIRMED = 1_795_000_000_123;
const HOSTILE = [
  'a#b@example.com',
  'a@example.com',
  'a#email#b@example.com',
  'portal#8200002#email#a@example.com',
  `${'ü'.repeat(64)}@${'ß'.repeat(63)}.${'é'.repeat(63)}.${'ñ'.repeat(61)}`,
  `${'ü'.repeat(64)}@${'ß'.repeat(63)}.${'é'.repeat(63)}.${'ñ'.repeat(60)}`,
  'i\u0307@example.com',
  'i@example.com',
  '\u{1f600}@example.com',
  "o'neil%20&=?/../@example.com",
].map(toEmail);

/** What every owner cache promises. `make` gives an empty one. */
export function describeOwnerCache(name: string, make: () => Promise<OwnerCache>): void {
  describe(`owner cache: ${name}`, () => {
    let cache: OwnerCache;
    const cached = (...owners: CachedOwners['owners']): CachedOwners => ({ owners, confirmedAtEpochMs: CONFIRMED });

    beforeEach(async () => {
      cache = await make();
    });

    it('The owner cache is empty at first', async () => {
      expect(await cache.findByEmail(PORTAL_A, JANE)).toBeUndefined();
      expect(await cache.findByOwnerId(PORTAL_A, toOwnerId('1'))).toBeUndefined();
      expect(await cache.findByUserId(PORTAL_A, toUserId('1'))).toBeUndefined();
    });

    it('The owner cache returns every owner of an email unchanged, with their age', async () => {
      const teams = [
        { id: '7', name: 'Süd "Ost"', primary: true },
        { id: '8', name: '', primary: false },
      ];
      const owners = [
        makeOwner({ id: '1', userId: '11', firstName: 'Zoë', lastName: '', teams }),
        makeArchivedOwner({ id: '2', userId: '12' }),
        makeQueueOwner({ id: '3' }),
      ];
      await cache.rememberEmail(PORTAL_A, JANE, cached(...owners));

      expect(await cache.findByEmail(PORTAL_A, JANE)).toEqual(cached(...owners));
      expect(await cache.findByOwnerId(PORTAL_A, toOwnerId('2'))).toEqual({
        owner: owners[1],
        confirmedAtEpochMs: CONFIRMED,
      });
      expect(await cache.findByUserId(PORTAL_A, toUserId('12'))).toEqual({
        owner: owners[1],
        confirmedAtEpochMs: CONFIRMED,
      });
    });

    it('[M2] The owner cache returns who had an email, and an owner whom HubSpot no longer lists', async () => {
      const renamed = makeOwner({
        id: '1',
        email: 'new@example.com',
        formerEmails: [JANE, toEmail('older@example.com')],
      });
      const gone = makeArchivedOwner({ id: '2', userId: '12', email: undefined, formerEmails: [JANE], unlisted: true });
      await cache.rememberEmail(PORTAL_A, JANE, cached(renamed, gone));
      const found = await cache.findByEmail(PORTAL_A, JANE);
      expect(found?.owners.map(withoutName)).toEqual([withoutName(renamed), gone]);
      expect((await cache.findByOwnerId(PORTAL_A, toOwnerId('1')))?.owner).toEqual(renamed);
      expect((await cache.findByOwnerId(PORTAL_A, toOwnerId('2')))?.owner).toEqual(gone);
    });

    it('[O7] The owner cache separates owner IDs and user IDs, even when the numbers are the same', async () => {
      const first = makeOwner({ id: '1', userId: '2' });
      const second = makeOwner({ id: '2', userId: '1', email: 'bob@example.com' });
      await cache.rememberEmail(PORTAL_A, JANE, cached(first));
      await cache.rememberEmail(PORTAL_A, toEmail('bob@example.com'), cached(second));

      expect((await cache.findByOwnerId(PORTAL_A, toOwnerId('1')))?.owner).toEqual(first);
      expect((await cache.findByUserId(PORTAL_A, toUserId('1')))?.owner).toEqual(second);
    });

    it('The owner cache shows an account nothing of another account with the same email and IDs', async () => {
      const mine = makeOwner({ id: '1', userId: '11', firstName: 'Mine' });
      const theirs = makeOwner({ id: '1', userId: '11', firstName: 'Theirs' });
      await cache.rememberEmail(PORTAL_A, JANE, cached(mine));
      expect(await cache.findByEmail(PORTAL_B, JANE)).toBeUndefined();
      expect(await cache.findByOwnerId(PORTAL_B, toOwnerId('1'))).toBeUndefined();
      expect(await cache.findByUserId(PORTAL_B, toUserId('11'))).toBeUndefined();

      await cache.rememberEmail(PORTAL_B, JANE, cached(theirs));
      expect(await cache.findByEmail(PORTAL_A, JANE)).toEqual(cached(mine));
      expect((await cache.findByOwnerId(PORTAL_A, toOwnerId('1')))?.owner).toEqual(mine);
      expect((await cache.findByUserId(PORTAL_A, toUserId('11')))?.owner).toEqual(mine);
    });

    it('[P12, P11] The owner cache separates emails with its delimiter, other scripts or 254 characters', async () => {
      for (const [index, email] of HOSTILE.entries()) {
        await cache.rememberEmail(PORTAL_A, email, cached(makeOwner({ id: String(index + 1), email })));
      }
      const found = await Promise.all(HOSTILE.map((email) => cache.findByEmail(PORTAL_A, email)));
      expect(found.map((entry) => entry?.owners.map((owner) => owner.id))).toEqual(
        HOSTILE.map((_, index) => [String(index + 1)]),
      );
      expect(await Promise.all(HOSTILE.map((email) => cache.findByEmail(PORTAL_B, email)))).toEqual(
        HOSTILE.map(() => undefined),
      );
    });

    it('[O6] The owner cache replaces what was known under an email and under the IDs as soon as it is written', async () => {
      await cache.rememberEmail(PORTAL_A, JANE, cached(makeOwner({ id: '1', userId: '11' })));
      await cache.findByEmail(PORTAL_A, JANE);
      await cache.findByOwnerId(PORTAL_A, toOwnerId('1'));
      await cache.findByUserId(PORTAL_A, toUserId('11'));
      const left = makeArchivedOwner({ id: '1', userId: '11' });
      const back = makeOwner({ id: '2', userId: '12' });
      const later = { owners: [left, back], confirmedAtEpochMs: CONFIRMED + 1 };
      await cache.rememberEmail(PORTAL_A, JANE, later);

      expect(await cache.findByEmail(PORTAL_A, JANE)).toEqual(later);
      expect((await cache.findByOwnerId(PORTAL_A, toOwnerId('1')))?.owner).toEqual(left);
      expect((await cache.findByUserId(PORTAL_A, toUserId('11')))?.owner).toEqual(left);
    });

    it('[M1] The owner cache keeps the active owner of a user, whoever of the same user left, and replaces leavers', async () => {
      const user = { userId: '11' };
      for (const id of ['1', '2'])
        await cache.rememberOwner(PORTAL_A, toOwnerId(id), {
          owner: makeArchivedOwner({ id, ...user }),
          confirmedAtEpochMs: CONFIRMED,
        });
      expect((await cache.findByUserId(PORTAL_A, toUserId('11')))?.owner?.id).toBe('2');
      const back = makeOwner({ id: '3', ...user });
      await cache.rememberOwner(PORTAL_A, back.id, { owner: back, confirmedAtEpochMs: CONFIRMED });
      const left = makeArchivedOwner({ id: '1', ...user });
      await cache.rememberOwner(PORTAL_A, left.id, { owner: left, confirmedAtEpochMs: CONFIRMED + 1 });
      expect((await cache.findByUserId(PORTAL_A, toUserId('11')))?.owner).toEqual(back);
      expect((await cache.findByOwnerId(PORTAL_A, left.id))?.owner).toEqual(left);
    });

    it('The owner cache replaces an owner under both IDs and does not change their email', async () => {
      const before = makeOwner({ id: '1', userId: '11' });
      await cache.rememberEmail(PORTAL_A, JANE, cached(before));
      await cache.findByUserId(PORTAL_A, toUserId('11'));
      const after = { owner: makeArchivedOwner({ id: '1', userId: '11' }), confirmedAtEpochMs: CONFIRMED + 1 };
      await cache.rememberOwner(PORTAL_A, toOwnerId('1'), after);

      expect(await cache.findByOwnerId(PORTAL_A, toOwnerId('1'))).toEqual(after);
      expect(await cache.findByUserId(PORTAL_A, toUserId('11'))).toEqual(after);
      expect(await cache.findByEmail(PORTAL_A, JANE)).toEqual(cached(before));
    });

    it('The owner cache distinguishes an email that nobody has from an unknown email', async () => {
      await cache.rememberEmail(PORTAL_A, JANE, cached());
      expect(await cache.findByEmail(PORTAL_A, JANE)).toEqual({ owners: [], confirmedAtEpochMs: CONFIRMED });
      await cache.rememberEmail(PORTAL_A, JANE, cached(makeOwner()));
      await cache.rememberEmail(PORTAL_A, JANE, cached());
      expect((await cache.findByEmail(PORTAL_A, JANE))?.owners).toEqual([]);
    });

    it('The owner cache remembers that nobody has an owner ID', async () => {
      const absence = { owner: undefined, confirmedAtEpochMs: CONFIRMED };
      await cache.rememberOwner(PORTAL_A, toOwnerId('9'), absence);
      expect(await cache.findByOwnerId(PORTAL_A, toOwnerId('9'))).toEqual(absence);
      expect(await cache.findByOwnerId(PORTAL_B, toOwnerId('9'))).toBeUndefined();
    });

    it('The owner cache finds an owner by the IDs of the users object, where they are known', async () => {
      const user = { recordId: toUserRecordId('901'), internalUserId: toUserId('77'), availability: 'away' };
      const owner = makeOwner({ id: '1', userId: '11', user });
      await cache.rememberOwner(PORTAL_A, owner.id, { owner, confirmedAtEpochMs: CONFIRMED });
      expect((await cache.findByUserRecordId(PORTAL_A, toUserRecordId('901')))?.owner).toEqual(owner);
      expect((await cache.findByUserId(PORTAL_A, toUserId('77')))?.owner).toEqual(owner);
      expect((await cache.findByUserId(PORTAL_A, toUserId('11')))?.owner).toEqual(owner);
      expect(await cache.findByUserRecordId(PORTAL_A, toUserRecordId('1'))).toBeUndefined();
      expect(await cache.findByUserRecordId(PORTAL_B, toUserRecordId('901'))).toBeUndefined();
    });

    it('[O1] The owner cache keeps an owner without an email under their IDs', async () => {
      const owner = makeOwner({ id: '1', userId: '11', email: undefined });
      await cache.rememberOwner(PORTAL_A, owner.id, { owner, confirmedAtEpochMs: CONFIRMED });
      expect((await cache.findByOwnerId(PORTAL_A, owner.id))?.owner).toEqual(owner);
      expect((await cache.findByUserId(PORTAL_A, toUserId('11')))?.owner).toEqual(owner);
    });
  });
}
