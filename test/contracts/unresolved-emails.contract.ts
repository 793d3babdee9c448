import type { UnresolvedEmail } from '../../lib/domain/unresolved-email.ts';
import type { UnresolvedEmails } from '../../lib/ports/store.ts';
import { PORTAL_A, PORTAL_B, toEmail, toOwnerId } from '../builders/ids.ts';
import { type FakeClock, makeClock, START_EPOCH_MS } from '../support/clock.ts';

const JANE = toEmail('jane@example.com');
const OMAR = toEmail('omar@example.com');
const DAY_MS = 86_400_000;

/** What every store of unresolved emails promises. `make` gives an empty one that lives by the given clock. */
export function describeUnresolvedEmails(name: string, make: (clock: FakeClock) => Promise<UnresolvedEmails>): void {
  describe(`unresolved emails: ${name}`, () => {
    let clock: FakeClock;
    let unresolved: UnresolvedEmails;
    const note = (email = JANE, workflowId = '62', portalId = PORTAL_A) =>
      unresolved.note(portalId, email, workflowId, clock.now());
    const list = async (portalId = PORTAL_A) => [...(await unresolved.list(portalId))].sort(byEmail);

    beforeEach(async () => {
      clock = makeClock();
      unresolved = await make(clock);
    });

    it('The store of unresolved emails is empty at first, with nothing to remove', async () => {
      expect(await list()).toEqual([]);
      await unresolved.removeReported(PORTAL_A, []);
      expect(await list()).toEqual([]);
    });

    it('An unresolved email is counted, with its workflows and the last time it was asked for', async () => {
      await note(JANE, '62');
      clock.advance(1_000);
      await note(JANE, '61');
      await note(JANE, '62');
      await note(OMAR, '62');
      const lastSeenAtEpochMs = START_EPOCH_MS + 1_000;
      expect(await list()).toEqual([
        { email: JANE, count: 3, workflowIds: ['61', '62'], lastSeenAtEpochMs },
        { email: OMAR, count: 1, workflowIds: ['62'], lastSeenAtEpochMs },
      ]);
    });

    it('Some unresolved emails are listed with one read, which says that there are no more', async () => {
      await note();
      await note(OMAR);
      const { emails, isAll } = await unresolved.listSome(PORTAL_A);
      expect([[...emails].sort(byEmail), isAll]).toEqual([await list(), true]);
    });

    it('An execution without a workflow is counted, and the workflows of others are kept', async () => {
      await note(JANE, '');
      expect(await list()).toMatchObject([{ count: 1, workflowIds: [] }]);
      await note(JANE, '62');
      await note(JANE, '');
      expect(await list()).toMatchObject([{ count: 3, workflowIds: ['62'] }]);
    });

    it('Every unresolved email that is noted at the same time is counted', async () => {
      await Promise.all(Array.from({ length: 20 }, () => note()));
      expect(await list()).toMatchObject([{ count: 20 }]);
    });

    it('More unresolved emails can be listed and removed than fit into one batch', async () => {
      const emails = Array.from({ length: 120 }, (_, n) => toEmail(`p${n}.${'x'.repeat(50)}@example.com`));
      await Promise.all(emails.map((email) => note(email)));
      const told = await list();
      expect(told.map(({ email }) => email)).toEqual([...emails].sort());
      await unresolved.removeReported(PORTAL_A, told);
      expect(await list()).toEqual([]);
    });

    it('Counting starts again after everything was reported', async () => {
      await note();
      await note(OMAR);
      await unresolved.removeReported(PORTAL_A, await list());
      expect(await list()).toEqual([]);
      await note();
      expect(await list()).toMatchObject([{ email: JANE, count: 1 }]);
    });

    it('Removing reported emails keeps what was noted while the report was made, and what the report left out', async () => {
      await note();
      await note();
      const told = await list();
      await note();
      await note(OMAR);
      await unresolved.removeReported(PORTAL_A, told);
      expect(await list()).toMatchObject([
        { email: JANE, count: 1 },
        { email: OMAR, count: 1 },
      ]);
    });

    it('Two overlapping runs can remove the same unresolved emails', async () => {
      await note();
      await note();
      const told = await list();
      await unresolved.removeReported(PORTAL_A, told);
      await unresolved.removeReported(PORTAL_A, told);
      expect(await list()).toEqual([]);
      await note();
      await unresolved.removeReported(PORTAL_A, told);
      await note();
      expect(await list()).toMatchObject([{ email: JANE, count: 2 }]);
    });

    it('Two runs that remove the same email lose nothing that was noted after it', async () => {
      await note();
      await note();
      const told = await list();
      await note();
      await unresolved.removeReported(PORTAL_A, told);
      await unresolved.removeReported(PORTAL_A, told);
      expect(await list()).toMatchObject([{ email: JANE, count: 1 }]);
    });

    it('[D6] An unresolved email is forgotten after thirty days, even if its row still exists', async () => {
      await note();
      clock.advance(29 * DAY_MS);
      await note(OMAR);
      expect(await list()).toHaveLength(2);
      clock.advance(DAY_MS);
      expect(await list()).toMatchObject([{ email: OMAR }]);
    });

    it('[M2] Emails that led to an owner by a former address are counted separately, with that owner', async () => {
      await unresolved.note(PORTAL_A, JANE, '62', clock.now(), toOwnerId('1'));
      await unresolved.note(PORTAL_A, JANE, '63', clock.now(), toOwnerId('2'));
      await note(JANE, '64');
      const told = (await list()).sort((a, b) => a.count - b.count);
      expect(told).toEqual([
        { email: JANE, count: 1, workflowIds: ['64'], lastSeenAtEpochMs: START_EPOCH_MS },
        { email: JANE, count: 2, workflowIds: ['62', '63'], lastSeenAtEpochMs: START_EPOCH_MS, formerOf: '2' },
      ]);
      await unresolved.removeReported(PORTAL_A, told.slice(1));
      expect(await list()).toEqual(told.slice(0, 1));
      await unresolved.removeReported(PORTAL_A, told);
      expect(await list()).toEqual([]);
    });

    it('Unresolved emails of an account are neither shown to nor changed by another account', async () => {
      await note();
      expect(await list(PORTAL_B)).toEqual([]);
      await note(JANE, '63', PORTAL_B);
      await unresolved.removeReported(PORTAL_B, await list(PORTAL_B));
      expect(await list()).toMatchObject([{ email: JANE, count: 1, workflowIds: ['62'] }]);
    });
  });
}

function byEmail(a: UnresolvedEmail, b: UnresolvedEmail): number {
  return a.email < b.email ? -1 : 1;
}
