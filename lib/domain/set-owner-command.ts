import type { IfNotAssignable, Overwrite } from './assignment.ts';
import type { PortalId } from './ids.ts';
import type { RecordRef } from './ports.ts';

/**
 * The moment that an execution stands for: when it was first seen. An owner who was set later, by whomever, is newer.
 */
export type Moment = {
  readonly firstSeenAtEpochMs: number;
  /** Not its first delivery, or not done at once: the record may have changed since it was sent, so it is read. */
  readonly isLate: boolean;
};

/** For so long the properties that came with a first delivery are believed. */
export const PICTURE_LIFETIME_MS = 20_000;

/** What a workflow asks for, for one record. */
export type SetOwnerCommand = Moment & {
  readonly portalId: PortalId;
  readonly workflowId: string;
  readonly record: RecordRef;
  /** As the workflow gave it. */
  readonly ownerEmail: string;
  readonly ownerProperty: string;
  readonly overwrite: Overwrite;
  readonly ifNotAssignable: IfNotAssignable;
  /** An owner id from HubSpot's owner picker, as given. */
  readonly fallbackOwner: string;
  /** The property's value as it came with the execution; undefined when it did not come, or is too old to be believed. */
  readonly currentValue: string | undefined;
};
