import { toDeadline } from '../../lib/domain/deadline.ts';
import type { Owner } from '../../lib/domain/owner.ts';
import type { OwnerPage } from '../../lib/domain/owner-listing.ts';
import type { RefreshJob } from '../../lib/domain/owner-sync.ts';
import type { ReadUsers } from '../../lib/ports/steps.ts';
import { createSyncOwners } from '../../lib/use-cases/owner-sync/sync-owners.ts';
import { PORTAL_A } from '../builders/ids.ts';
import { makeOwner } from '../builders/owner.ts';
import { createFakeOwnerSyncStore } from '../fakes/owner-sync-store.ts';
import { createFakeTelemetry } from '../fakes/telemetry.ts';
import { createFakeUnresolvedEmails } from '../fakes/unresolved-emails.ts';
import { makeClock, START_EPOCH_MS } from './clock.ts';

/** An active person with ids and email of their own. */
export const person = (id: number) =>
  makeOwner({ id: String(id), userId: String(100 + id), email: `p${id}@example.com` });
export const people = (count: number) => Array.from({ length: count }, (_, index) => person(index + 1));
/** More time than a sync needs. */
export const LATER = START_EPOCH_MS + 600_000;

/** Syncs of portal A over fakes, with HubSpot's listing in the test's hand. */
export function makeSyncing(listed: readonly Owner[] = people(3)) {
  const clock = makeClock();
  const store = createFakeOwnerSyncStore(clock.now);
  const unresolved = createFakeUnresolvedEmails(clock.now);
  const telemetry = createFakeTelemetry();
  const usersUntil: number[] = [];
  const world = {
    listed,
    pages: 0,
    /** Runs with every page, before it is given. */
    onPage: (_page: number): Partial<OwnerPage> | undefined => undefined,
  };
  const readUsers: ReadUsers = async (_portalId, listing, _known, _last, stopAt) => {
    usersUntil.push(stopAt);
    return { reading: { status: 'unavailable' }, listing, users: [], oddUsers: 0, calls: 1 };
  };
  const syncOwners = createSyncOwners({
    pages: {
      async listPage(_portalId, stage) {
        world.pages += 1;
        const change = world.onPage(world.pages);
        const owners = world.listed.filter((owner) => owner.archived === (stage === 'archived'));
        return { owners, after: undefined, ...change };
      },
    },
    store,
    readUsers,
    unresolved,
    now: clock.now,
    metrics: telemetry.metrics,
    log: telemetry.log,
  });
  const sync = (job: Partial<RefreshJob> = {}, stopAt = LATER) => {
    const whole = { portalId: PORTAL_A, runId: 'run-1', force: false, continuations: 0, ...job };
    return syncOwners({ requestedAtEpochMs: clock.now(), ...whole }, toDeadline(stopAt));
  };
  const know = (owners: readonly Owner[]) => {
    for (const owner of owners) store.synced.set(owner.id, owner);
  };
  return { clock, store, unresolved, telemetry, usersUntil, world, sync, know };
}
