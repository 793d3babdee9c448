import type { OwnerId } from '../../lib/domain/ids.ts';
import type { ListedOwners } from '../../lib/domain/known-owners.ts';
import type { Owner } from '../../lib/domain/owner.ts';
import type { OwnerDiff } from '../../lib/domain/owner-diff.ts';
import type { OwnerSync } from '../../lib/domain/owner-listing.ts';
import type { RefreshReport } from '../../lib/domain/owner-sync.ts';
import type { OwnerSyncStore } from '../../lib/ports/store.ts';
import type { Now } from '../../lib/ports/telemetry.ts';

export type FakeOwnerSyncStore = OwnerSyncStore & {
  /** The names of the calls that came, in order. */
  readonly calls: (keyof OwnerSyncStore)[];
  readonly synced: Map<OwnerId, Owner>;
  /** What executions learned. */
  readonly learned: Owner[];
  readonly applied: OwnerDiff[];
  readonly reports: RefreshReport[];
  readonly checkpoints: Map<string, OwnerSync>;
  readonly digests: string[];
  state: { fence: number; lastCompleteStartedAtEpochMs: number; appliedAtEpochMs: number };
  lease: { readonly runId: string; readonly endsAtEpochMs: number } | undefined;
  /** Runs before a call has its effect: another run may do something in between. */
  before: (call: keyof OwnerSyncStore) => void;
};

/** What syncs keep of one portal, in maps: one thread, so every step is atomic. */
export function createFakeOwnerSyncStore(now: Now): FakeOwnerSyncStore {
  const enter = (call: keyof OwnerSyncStore) => {
    store.calls.push(call);
    store.before(call);
  };
  const store: FakeOwnerSyncStore = {
    calls: [],
    synced: new Map(),
    learned: [],
    applied: [],
    reports: [],
    checkpoints: new Map(),
    digests: [],
    state: { fence: 0, lastCompleteStartedAtEpochMs: 0, appliedAtEpochMs: 0 },
    lease: undefined,
    before: () => {},
    async readState() {
      enter('readState');
      const { fence, lastCompleteStartedAtEpochMs } = store.state;
      return { fence, firstFence: 0, lastCompleteStartedAtEpochMs, report: store.reports.at(-1) };
    },
    async listKnown(): Promise<ListedOwners> {
      enter('listKnown');
      return { synced: new Map(store.synced), pending: new Map() };
    },
    async listLearned() {
      enter('listLearned');
      return store.learned;
    },
    async acquire(_portalId, runId, syncStartedAtEpochMs, leaseMs) {
      enter('acquire');
      const { state, lease } = store;
      const isFree = lease === undefined || lease.endsAtEpochMs < now() || lease.runId === runId;
      const newest = Math.max(state.appliedAtEpochMs, state.lastCompleteStartedAtEpochMs);
      if (!isFree || syncStartedAtEpochMs < newest) return undefined;
      store.state = { ...state, fence: state.fence + 1, appliedAtEpochMs: syncStartedAtEpochMs };
      store.lease = { runId, endsAtEpochMs: now() + leaseMs };
      return { fence: store.state.fence, endsAtEpochMs: store.lease.endsAtEpochMs };
    },
    async claimDigest(_portalId, runId) {
      enter('claimDigest');
      const isFirst = !store.digests.includes(runId);
      if (isFirst) store.digests.push(runId);
      return isFirst;
    },
    async apply(_portalId, diff, _lease, _startedAtEpochMs, mayGoOn) {
      enter('apply');
      store.applied.push(diff);
      let writes = 0;
      for (const owner of diff.changed) {
        if (!mayGoOn()) return { writes, isDone: false };
        store.synced.set(owner.id, owner);
        writes += 1;
      }
      for (const { id } of diff.removed) store.synced.delete(id);
      return { writes: writes + diff.removed.length, isDone: true };
    },
    async recordRun(_portalId, fence, report) {
      enter('recordRun');
      const { state } = store;
      const isNewest = report.startedAtEpochMs >= state.lastCompleteStartedAtEpochMs;
      if (fence !== state.fence || !isNewest) return false;
      store.state = { ...state, lastCompleteStartedAtEpochMs: report.startedAtEpochMs };
      store.lease = undefined;
      store.reports.push(report);
      return true;
    },
    async saveCheckpoint(_portalId, runId, sync) {
      enter('saveCheckpoint');
      // As the table gives it back: `addPage` adds to the collections of the one it is given.
      store.checkpoints.set(runId, { ...sync, owners: new Map(sync.owners), seenCursors: [...sync.seenCursors] });
    },
    async resume(_portalId, runId) {
      enter('resume');
      return store.checkpoints.get(runId);
    },
  };
  return store;
}
