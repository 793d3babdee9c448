import type { IfNotAssignable, Overwrite } from './assignment.ts';
import type { PortalId } from './ids.ts';
import type { RecordRef } from './ports.ts';

/** What a workflow asks for, for one record. */
export type SetOwnerCommand = {
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
  /** The property's value as it came with the execution; undefined when it did not come. */
  readonly currentValue: string | undefined;
};
