import type { Change, ChangeAnswer, RecordedChange } from '../domain/change.ts';
import type { OwnerId, PortalId, UserId } from '../domain/ids.ts';
import type { OutcomeCounts } from '../domain/outcome-counts.ts';
import type { Owner } from '../domain/owner.ts';
import type { RefreshState } from '../domain/owner-sync.ts';
import type { Portal } from '../domain/portal.ts';

/** The people on the settings page, many at a time. */
export type People = {
  findOwners(portalId: PortalId, ids: readonly OwnerId[]): Promise<ReadonlyMap<OwnerId, Owner>>;
  /** By the given IDs: a leaver who is back with another owner ID, as the same user, is returned with that one. */
  findPresentOwners(portalId: PortalId, ids: readonly OwnerId[]): Promise<ReadonlyMap<OwnerId, Owner>>;
  /** The owners of these user IDs, if a refresh found them. */
  findUsers(portalId: PortalId, ids: readonly UserId[]): Promise<ReadonlyMap<UserId, Owner>>;
  findSuccessorIds(portalId: PortalId, leaverIds: readonly OwnerId[]): Promise<ReadonlyMap<OwnerId, OwnerId>>;
  /** Owners as the last sync wrote them, in the order of their IDs as text; no `after` means that there are no more. */
  listPage(
    portalId: PortalId,
    after: OwnerId | undefined,
  ): Promise<{ readonly owners: readonly Owner[]; readonly after?: OwnerId }>;
};

/** The rows of the overview: for each portal a few, with known keys. */
export type OverviewRows = {
  read(
    portalId: PortalId,
    days: readonly string[],
  ): Promise<{
    /** Undefined if it never installed the app, or uses a static token. */
    readonly portal: Portal | undefined;
    readonly state: RefreshState;
    /** Days without counts are left out. */
    readonly outcomes: ReadonlyMap<string, OutcomeCounts>;
  }>;
};

type ChangeEntry =
  /** If an earlier run did not finish: when the first one began, and what was saved before the effect. */
  | { readonly kind: 'started'; readonly beganAtEpochMs?: number; readonly draft?: Change }
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly answer: ChangeAnswer }
  /** The ID was used for another change, or by somebody else. */
  | { readonly kind: 'conflict' };

export type ChangeDelivery = {
  readonly changeId: string;
  readonly userId: UserId;
  /** A hash of the change and the user. */
  readonly payloadHash: string;
  readonly writerId: string;
  readonly leaseMs: number;
};

/** The changes on the page, by the IDs that the page gave them: each has one effect and one answer. Kept for 90 days. */
export type ChangeLog = {
  begin(portalId: PortalId, delivery: ChangeDelivery): Promise<ChangeEntry>;
  /** Saves what is about to be done, for a repeat. */
  saveDraft(portalId: PortalId, delivery: ChangeDelivery, draft: Change): Promise<void>;
  finish(portalId: PortalId, delivery: ChangeDelivery, change: Change, answer: ChangeAnswer): Promise<void>;
  /** Releases it after a temporary failure. */
  release(portalId: PortalId, delivery: ChangeDelivery): Promise<void>;
  /** The changes that had an effect, the newest first. */
  list(portalId: PortalId): Promise<readonly RecordedChange[]>;
  /** Notes what an operator changed. It is not in the list, because no user of the account made it. */
  note: NoteChange;
  /** What was changed since then, on the page or by operators. */
  findSince(portalId: PortalId, sinceEpochMs: number): Promise<readonly Change[]>;
};

/** For operators: a repeated request of the page must not undo their change. The page notes its own changes. */
export type NoteChange = (portalId: PortalId, change: Change) => Promise<void>;
