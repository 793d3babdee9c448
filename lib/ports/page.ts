import type { Change, ChangeAnswer, RecordedChange } from '../domain/change.ts';
import type { OwnerId, PortalId, UserId } from '../domain/ids.ts';
import type { OutcomeCounts } from '../domain/outcome-counts.ts';
import type { Owner } from '../domain/owner.ts';
import type { RefreshState } from '../domain/owner-sync.ts';
import type { Portal } from '../domain/portal.ts';

/** What the settings page shows of people, many at a time. */
export type People = {
  findOwners(portalId: PortalId, ids: readonly OwnerId[]): Promise<ReadonlyMap<OwnerId, Owner>>;
  /** Who has these user IDs, as far as a refresh found them. */
  findUsers(portalId: PortalId, ids: readonly UserId[]): Promise<ReadonlyMap<UserId, Owner>>;
  findSuccessorIds(portalId: PortalId, leaverIds: readonly OwnerId[]): Promise<ReadonlyMap<OwnerId, OwnerId>>;
  /** Owners as the last sync wrote them, in the order of their ids as text; without `after` there are no more. */
  listPage(
    portalId: PortalId,
    after: OwnerId | undefined,
  ): Promise<{ readonly owners: readonly Owner[]; readonly after?: OwnerId }>;
};

/** What the overview shows first: of each portal a few rows whose keys are known. */
export type OverviewRows = {
  read(
    portalId: PortalId,
    days: readonly string[],
  ): Promise<{
    /** Undefined where it never installed the app, or a static token reaches it. */
    readonly portal: Portal | undefined;
    readonly state: RefreshState;
    /** Days on which nothing was counted are left out. */
    readonly outcomes: ReadonlyMap<string, OutcomeCounts>;
  }>;
};

type ChangeEntry =
  | { readonly kind: 'started' }
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly answer: ChangeAnswer }
  /** The id came with something else, or from somebody else. */
  | { readonly kind: 'conflict' };

export type ChangeDelivery = {
  readonly changeId: string;
  readonly userId: UserId;
  /** What is asked for, and by whom. */
  readonly payloadHash: string;
  readonly writerId: string;
  readonly leaseMs: number;
};

/** Changes that were made on the page, by the ids that it gave them: each has one effect and one answer. Kept for 90 days. */
export type ChangeLog = {
  begin(portalId: PortalId, delivery: ChangeDelivery): Promise<ChangeEntry>;
  finish(portalId: PortalId, delivery: ChangeDelivery, change: Change, answer: ChangeAnswer): Promise<void>;
  /** Gives it back after a failure that may pass. */
  release(portalId: PortalId, delivery: ChangeDelivery): Promise<void>;
  /** Those that had an effect, the newest first. */
  list(portalId: PortalId): Promise<readonly RecordedChange[]>;
};
