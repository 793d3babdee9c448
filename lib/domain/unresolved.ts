import type { OwnerEmail } from './email.ts';
import type { OwnerId, PortalId } from './ids.ts';

/** The verdicts on an email that somebody should look at. What is no email at all is told to the workflow only. */
export const UNRESOLVED_CODES = ['OWNER_NOT_FOUND', 'OWNER_DEACTIVATED', 'OWNER_AMBIGUOUS', 'OWNER_IS_QUEUE'] as const;

/** An email that workflows asked for and that somebody should look at, since it was last reported. */
export type UnresolvedEmail = {
  readonly email: OwnerEmail;
  readonly count: number;
  /** HubSpot's workflow ids, as far as executions named them. */
  readonly workflowIds: readonly string[];
  readonly lastSeenAtEpochMs: number;
  /** Whom it led to, because they had it once; absent where nobody could be assigned. */
  readonly formerOf?: OwnerId;
};

/** Unresolved emails of a portal: its own data, kept for a while and never logged. */
export type UnresolvedEmails = {
  /** In vain and as somebody's former address are counted apart. */
  note(portalId: PortalId, email: OwnerEmail, workflowId: string, atEpochMs: number, formerOf?: OwnerId): Promise<void>;
  list(portalId: PortalId): Promise<readonly UnresolvedEmail[]>;
  /** Takes off what a report has told. What was noted since then stays for the next one. */
  settle(portalId: PortalId, reported: readonly UnresolvedEmail[]): Promise<void>;
};

export type LikelyCause =
  /** In the meantime somebody active has the email. */
  | { readonly kind: 'resolved'; readonly ownerIds: readonly OwnerId[] }
  | { readonly kind: 'left'; readonly ownerIds: readonly OwnerId[] }
  | { readonly kind: 'shared'; readonly ownerIds: readonly OwnerId[] }
  | { readonly kind: 'queue'; readonly ownerIds: readonly OwnerId[] }
  /** Asked for with the suffix that sandboxes append, while somebody has the address without it. */
  | { readonly kind: 'sandbox_suffix'; readonly ownerIds: readonly OwnerId[] }
  /** A user of the account has the email, but HubSpot lists no owner for them. */
  | { readonly kind: 'user_without_owner' }
  | { readonly kind: 'typo'; readonly of: OwnerEmail; readonly ownerIds: readonly OwnerId[] }
  | { readonly kind: 'never_seen' };

export type ExplainedEmail = Omit<UnresolvedEmail, 'formerOf'> & { readonly cause: LikelyCause };
/** An address that records hold and its owner does not have any more. */
export type FormerEmail = Omit<UnresolvedEmail, 'formerOf'> & { readonly ownerId: OwnerId };
