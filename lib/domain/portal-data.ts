import type { PortalId } from './ids.ts';

/** Everything that is kept of a portal. */
export type PortalData = {
  /**
   * Deletes every row of the portal but the one that says whether it is connected. Safe to repeat, and to stop at any time:
   * `isDone` says whether it reached the end. The next call for the same leaving goes on where this one stopped.
   * @returns how many rows this call deleted
   */
  purge(
    portalId: PortalId,
    mayGoOn: () => boolean,
    leftAtEpochMs?: number,
  ): Promise<{ readonly deleted: number; readonly isDone: boolean }>;
};
